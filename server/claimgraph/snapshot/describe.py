"""The graph in which a snapshot describes itself: its graphs and rules, its classes and properties, its questions."""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING

from pyoxigraph import Literal, NamedNode, Quad

from claimgraph.dataset import description_graph
from claimgraph.snapshot.examples import describe_prefixes, describe_queries
from claimgraph.snapshot.identifiers import Identifiers
from claimgraph.snapshot.void import describe_dataset, say
from claimgraph.sparql.prefixes import expand

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from pyoxigraph import Store, Triple

    from claimgraph.dataset import Layout
    from claimgraph.reason import Rule
    from claimgraph.snapshot.census import Census
    from claimgraph.snapshot.manifest import FileEntry, RuleEntry


def rule_name(base: str, rule: str) -> NamedNode:
    """Name a rule as a resource."""
    return NamedNode(f"{base}id/rule/{rule}")


def describe_graphs(
    base: str, files: Sequence[FileEntry], derived: Sequence[RuleEntry], rules: Iterable[Rule]
) -> Iterator[Quad]:
    """Describe every named graph by its size and its file or its rule, and every rule as a ``cg:Rule``.

    The description holds no date and no commit, so the same files give the same description.
    """
    return _in_graph(base, chain(_files(files), _derived(base, derived), _rules(base, rules)))


def describe_content(layout: Layout, census: Census) -> Iterator[Quad]:
    """Describe what a snapshot holds, classes and properties by VoID, and the prefixes."""
    graph = description_graph(layout.base)
    return _in_graph(layout.base, chain(describe_dataset(graph, census), describe_prefixes(graph, layout.base)))


def describe_questions(layout: Layout, store: Store) -> Iterator[Quad]:
    """Describe the canned queries, of which some name things by identifiers that a store has.

    Raises:
        BadHeader, BadQuery: a canned query cannot be read.
    """
    queries = describe_queries(description_graph(layout.base), layout, Identifiers(store).resolve)
    return _in_graph(layout.base, queries)


def _in_graph(base: str, triples: Iterable[Triple]) -> Iterator[Quad]:
    graph = description_graph(base)
    return (Quad(triple.subject, triple.predicate, triple.object, graph) for triple in triples)


def _files(files: Iterable[FileEntry]) -> Iterator[Triple]:
    for file in files:
        if file.graph is not None:
            name = NamedNode(file.graph)
            yield from _graph(name, file.triples or 0)
            yield say(name, "dcterms:source", Literal(file.path))
            yield say(name, "cg:sha256", Literal(file.sha256))


def _derived(base: str, derived: Iterable[RuleEntry]) -> Iterator[Triple]:
    for entry in derived:
        name = NamedNode(entry.graph)
        yield from _graph(name, entry.triples)
        yield say(name, "rdf:type", NamedNode(expand("cg:DerivedGraph")))
        yield say(name, "rdfs:label", Literal(f"Derived by the rule {entry.name}", language="en"))
        yield say(name, "cg:byRule", rule_name(base, entry.name))


def _rules(base: str, rules: Iterable[Rule]) -> Iterator[Triple]:
    for rule in rules:
        name = rule_name(base, rule.name)
        yield say(name, "rdf:type", NamedNode(expand("cg:Rule")))
        yield say(name, "rdfs:label", Literal(rule.label, language="en"))
        yield say(name, "skos:definition", Literal(rule.why, language="en"))
        yield say(name, "skos:example", Literal(rule.example, language="en"))


def _graph(name: NamedNode, triples: int) -> Iterator[Triple]:
    """Describe a named graph as what SPARQL 1.1 Service Description and VoID call one; it goes by its own name."""
    for kind in ("sd:NamedGraph", "sd:Graph", "void:Dataset"):
        yield say(name, "rdf:type", NamedNode(expand(kind)))
    yield say(name, "sd:name", name)
    yield say(name, "sd:graph", name)
    yield say(name, "void:triples", triples)
