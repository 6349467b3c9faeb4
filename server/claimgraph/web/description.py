"""The service description (SPARQL 1.1 Service Description): what the endpoint can do, and what the snapshot holds.

The first comes from the tables of formats and functions and from the settings, the second (VoID, prefixes, canned
queries) from the graph in which the snapshot describes itself.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pyoxigraph import BlankNode, Literal, NamedNode, RdfFormat, Triple, parse, serialize

from claimgraph.engine import Limits
from claimgraph.formats import GRAPHS, ROWS, Format, by_name
from claimgraph.sparql.prefixes import BASE, PREFIXES, expand
from claimgraph.sparql.query import read

if TYPE_CHECKING:
    from collections.abc import Iterator

    from claimgraph.settings import Settings
    from claimgraph.web.service import View

FORMAT_NAMES = {"json": "SPARQL_Results_JSON", "xml": "SPARQL_Results_XML", "csv": "SPARQL_Results_CSV"}
FORMAT_NAMES |= {"tsv": "SPARQL_Results_TSV", "ttl": "Turtle", "nt": "N-Triples", "rdf": "RDF_XML", "jsonld": "JSON-LD"}
FORMAT_NAMES |= {"trig": "TriG", "nq": "N-Quads"}
"""The names that the W3C gives formats, by ours."""
_GEOMETRY = (
    "area asGeoJSON centroid convexHull difference dimension distance ehEquals envelope getSRID intersection isEmpty "
    "isSimple length rcc8eq relate sfContains sfCrosses sfDisjoint sfEquals sfIntersects sfOverlaps sfTouches sfWithin "
    "symDifference union"
)
_CASTS = "date dayTimeDuration duration gDay gMonth gMonthDay gYear gYearMonth time yearMonthDuration"
FUNCTIONS = (
    *("http://www.opengis.net/def/function/geosparql/" + name for name in _GEOMETRY.split()),
    *(PREFIXES["xsd"] + name for name in _CASTS.split()),
)
"""Functions beyond SPARQL 1.1 that Oxigraph answers: of GeoSPARQL, and casts to more datatypes."""
_SNAPSHOT = BASE + "graph/snapshot"
_SAID = f"CONSTRUCT {{ ?s ?p ?o }} WHERE {{ GRAPH <{_SNAPSHOT}> {{ ?s ?p ?o }} }}"
_LIMITS = Limits(seconds=10, bytes=64 << 20)
_WRITTEN_WITH = ("sd", "void", "sh", "formats", "xsd", "cg", "dcterms", "rdfs", "skos")


def describe(view: View, endpoint: str, format_: Format, settings: Settings) -> bytes:
    """Describe the endpoint at an absolute address and the snapshot that it answers from."""
    said = parse(b"".join(view.engine.answer(read(_SAID), by_name("nt"), _LIMITS)), RdfFormat.N_TRIPLES)
    triples = dict.fromkeys((*_service(view, NamedNode(endpoint), settings), *(quad.triple for quad in said)))
    prefixes = {name: PREFIXES[name] for name in _WRITTEN_WITH} | {"part": _SNAPSHOT + "#"}
    return serialize(triples, format=format_.rdf, prefixes=prefixes) or b""


def _service(view: View, endpoint: NamedNode, settings: Settings) -> Iterator[Triple]:
    """Describe the service, and its graphs by the names and counts of the manifest."""
    service, dataset, union = (
        BlankNode("service"),
        NamedNode(_SNAPSHOT + "#dataset"),
        NamedNode(_SNAPSHOT + "#default-graph"),
    )
    yield _say(service, "rdf:type", _term("sd:Service"))
    yield _say(service, "sd:endpoint", endpoint)
    yield _say(service, "sd:supportedLanguage", _term("sd:SPARQL11Query"))
    yield _say(service, "sd:feature", _term("sd:UnionDefaultGraph"))
    if settings.service_allowed:
        yield _say(service, "sd:feature", _term("sd:BasicFederatedQuery"))
    for format_ in (*ROWS, *GRAPHS):
        yield _say(service, "sd:resultFormat", _term("formats:" + FORMAT_NAMES[format_.name]))
    if settings.engine is None:
        for function in map(NamedNode, FUNCTIONS):
            yield _say(service, "sd:extensionFunction", function)
            yield _say(function, "rdf:type", _term("sd:Function"))
    yield _say(service, "sd:defaultDataset", dataset)
    yield _say(dataset, "rdf:type", _term("sd:Dataset"))
    yield _say(dataset, "sd:defaultGraph", union)
    yield _say(union, "rdf:type", _term("sd:Graph"))
    yield _say(union, "rdf:type", _term("void:Dataset"))
    yield _say(union, "void:sparqlEndpoint", endpoint)
    for iri, count in graphs(view):
        yield from _named_graph(dataset, NamedNode(iri), count)


def _named_graph(dataset: NamedNode, name: NamedNode, count: int) -> Iterator[Triple]:
    yield _say(dataset, "sd:namedGraph", name)
    yield _say(name, "rdf:type", _term("sd:NamedGraph"))
    yield _say(name, "sd:name", name)
    yield _say(name, "sd:graph", name)
    yield _say(name, "rdf:type", _term("sd:Graph"))
    yield _say(name, "void:triples", Literal(count))


def _say(subject: NamedNode | BlankNode, predicate: str, value: NamedNode | Literal) -> Triple:
    return Triple(subject, _term(predicate), value)


def _term(curie: str) -> NamedNode:
    return NamedNode(expand(curie))


def graphs(view: View) -> list[tuple[str, int]]:
    """List the named graphs of a snapshot with their numbers of triples."""
    return list(view.manifest.graphs.items())
