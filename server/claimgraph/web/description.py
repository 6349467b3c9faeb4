"""The service description (SPARQL 1.1 Service Description), built from the manifest and the table of formats."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pyoxigraph import BlankNode, Literal, NamedNode, Triple, serialize

from claimgraph.formats import GRAPHS, ROWS, Format
from claimgraph.sparql.prefixes import PREFIXES, expand

if TYPE_CHECKING:
    from collections.abc import Iterator

    from claimgraph.web.service import View

_RESULTS = {"json": "SPARQL_Results_JSON", "xml": "SPARQL_Results_XML", "csv": "SPARQL_Results_CSV"}
_RESULTS |= {"tsv": "SPARQL_Results_TSV", "ttl": "Turtle", "nt": "N-Triples", "rdf": "RDF_XML", "jsonld": "JSON-LD"}
_RESULTS |= {"trig": "TriG", "nq": "N-Quads"}
_Node = NamedNode | BlankNode


def describe(view: View, endpoint: str, format_: Format) -> bytes:
    """Describe the endpoint at an absolute address, with every named graph and its count."""
    quads = list(_triples(view, NamedNode(endpoint)))
    written = serialize(
        quads, format=format_.rdf, prefixes={name: PREFIXES[name] for name in ("sd", "void", "formats")}
    )
    return written or b""


def _triples(view: View, endpoint: NamedNode) -> Iterator[Triple]:
    dataset, default = BlankNode("dataset"), BlankNode("default")

    def say(subject: _Node, predicate: str, value: _Node | Literal) -> Triple:
        return Triple(subject, NamedNode(expand(predicate)), value)

    def term(curie: str) -> NamedNode:
        return NamedNode(expand(curie))

    service = BlankNode("service")
    yield say(service, "rdf:type", term("sd:Service"))
    yield say(service, "sd:endpoint", endpoint)
    yield say(service, "sd:supportedLanguage", term("sd:SPARQL11Query"))
    yield say(service, "sd:feature", term("sd:UnionDefaultGraph"))
    for format_ in (*ROWS, *GRAPHS):
        yield say(service, "sd:resultFormat", term("formats:" + _RESULTS[format_.name]))
    yield say(service, "sd:defaultDataset", dataset)
    yield say(dataset, "rdf:type", term("sd:Dataset"))
    yield say(dataset, "sd:defaultGraph", default)
    yield say(default, "rdf:type", term("sd:Graph"))
    yield say(default, "void:triples", Literal(view.manifest.triples))
    for number, (iri, count) in enumerate(graphs(view)):
        node, graph = BlankNode(f"named{number}"), BlankNode(f"graph{number}")
        yield say(dataset, "sd:namedGraph", node)
        yield say(node, "rdf:type", term("sd:NamedGraph"))
        yield say(node, "sd:name", NamedNode(iri))
        yield say(node, "sd:graph", graph)
        yield say(graph, "rdf:type", term("sd:Graph"))
        yield say(graph, "void:triples", Literal(count))


def graphs(view: View) -> list[tuple[str, int]]:
    """List the named graphs of a snapshot with their numbers of triples."""
    files = [(entry.graph, entry.triples or 0) for entry in view.manifest.files if entry.graph]
    return [*files, *((entry.graph, entry.triples) for entry in view.manifest.rules)]
