"""The graph in which a snapshot describes its own graphs: where each came from and how many triples it has."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pyoxigraph import Literal, NamedNode, Quad

from claimgraph.sparql.prefixes import PREFIXES, expand

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from claimgraph.reason import Rule
    from claimgraph.snapshot.manifest import FileEntry, RuleEntry

TYPE = NamedNode(expand("rdf:type"))
_INTEGER = NamedNode(expand("xsd:integer"))


def graph_name(base: str) -> NamedNode:
    """Name the graph of the description."""
    return NamedNode(f"{base}graph/snapshot")


def rule_name(base: str, rule: str) -> NamedNode:
    """Name a rule as a resource."""
    return NamedNode(f"{base}id/rule/{rule}")


def describe(
    base: str, files: Iterable[FileEntry], derived: Iterable[RuleEntry], rules: Iterable[Rule]
) -> Iterator[Quad]:
    """Describe every graph as a ``void:Dataset`` and every rule as a ``cg:Rule``.

    The description holds no date and no commit, so the same files give the same description.
    """
    graph = graph_name(base)

    def say(subject: NamedNode, predicate: str, value: NamedNode | Literal) -> Quad:
        return Quad(subject, NamedNode(expand(predicate)), value, graph)

    for file in files:
        if file.graph is None:
            continue
        name = NamedNode(file.graph)
        yield say(name, "rdf:type", NamedNode(expand("void:Dataset")))
        yield say(name, "void:triples", Literal(str(file.triples), datatype=_INTEGER))
        yield say(name, "dcterms:source", Literal(file.path))
        yield say(name, "cg:sha256", Literal(file.sha256))
    for entry in derived:
        name = NamedNode(entry.graph)
        yield say(name, "rdf:type", NamedNode(PREFIXES["cg"] + "DerivedGraph"))
        yield say(name, "rdf:type", NamedNode(expand("void:Dataset")))
        yield say(name, "rdfs:label", Literal(f"Derived by the rule {entry.name}", language="en"))
        yield say(name, "void:triples", Literal(str(entry.triples), datatype=_INTEGER))
        yield say(name, "cg:byRule", rule_name(base, entry.name))
    for rule in rules:
        name = rule_name(base, rule.name)
        yield say(name, "rdf:type", NamedNode(expand("cg:Rule")))
        yield say(name, "rdfs:label", Literal(rule.label, language="en"))
        yield say(name, "skos:definition", Literal(rule.why, language="en"))
        yield say(name, "skos:example", Literal(rule.example, language="en"))
