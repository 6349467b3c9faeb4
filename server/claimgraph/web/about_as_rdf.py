"""Write what is known of a thing as RDF, so that one can see of each triple in which graph, hence which file, it is.

N-Quads and TriG carry the graphs. The formats of triples hold the union of them, and say it twice: the document lists
its graphs by ``dcterms:source``, each with its file or rule, and in Turtle and N-Triples a comment stands before the
triples of each graph.
"""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

from pyoxigraph import Literal, NamedNode, RdfFormat, Triple, serialize

from claimgraph.sparql.prefixes import BASE, PREFIXES, expand
from claimgraph.web.about import Stated

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from claimgraph.formats import Format
    from claimgraph.web.about import About
    from claimgraph.web.resources import Resource

_HYDRA = "http://www.w3.org/ns/hydra/core#"
_TABLE = {**PREFIXES, "hydra": _HYDRA}
_DERIVED = BASE + "graph/derived/"


def write(about: About, resource: Resource, format_: Format) -> bytes:
    """Write a description in a format of RDF."""
    document = list(_document(about, resource))
    said = [*about.own, *about.into, *about.labels, *about.graphs]
    if format_.rdf in {RdfFormat.TURTLE, RdfFormat.N_TRIPLES}:
        return _in_groups(about, document, format_.rdf)
    if format_.rdf in {RdfFormat.N_QUADS, RdfFormat.TRIG}:
        name = NamedNode(_address(resource, about.page.number))
        said += [Stated(triple.subject, triple.predicate, triple.object, name) for triple in document]  # type: ignore[arg-type]
        return write_quads(said, format_.rdf, _prefixes(said))
    triples = sorted({one.triple for one in said} | set(document), key=str)
    return serialize(triples, format=format_.rdf, prefixes=_prefixes(triples)) or b""


def write_quads(said: Iterable[Stated], format_: RdfFormat | None, prefixes: dict[str, str]) -> bytes:
    """Write statements in their graphs."""
    ordered = sorted(set(said), key=lambda one: (one.graph.value, *map(str, one)))
    return serialize((one.quad for one in ordered), format=format_, prefixes=prefixes) or b""


def _in_groups(about: About, document: list[Triple], format_: RdfFormat) -> bytes:
    """Write triples graph by graph, each group below a comment that says whence it is."""
    whence = _whence(about.graphs)
    groups: list[tuple[str, list[Triple]]] = []
    for title, said in (("", about.own), ("points here: ", about.into)):
        ordered = sorted(said, key=lambda one: (one.graph.value.startswith(_DERIVED), one.graph.value))
        for graph, inner in groupby(ordered, key=lambda one: one.graph.value):
            groups.append((title + whence.get(graph, f"<{graph}>"), [one.triple for one in inner]))
    groups.append(("names of what is spoken of", [one.triple for one in about.labels]))
    groups.append(("the graphs that these are from", [one.triple for one in about.graphs]))
    groups.append(("this document", document))
    prefixes = _prefixes([triple for _, triples in groups for triple in triples])
    parts = ["".join(f"@prefix {name}: <{iri}> .\n" for name, iri in prefixes.items())]
    if format_ == RdfFormat.N_TRIPLES:
        parts.clear()
    for title, triples in groups:
        written = (serialize(sorted(triples, key=str), format=format_, prefixes=prefixes) or b"").decode()
        body = [line for line in written.splitlines() if not line.startswith("@prefix ")]
        if body:
            parts.append(f"\n# {title}\n" + "\n".join(body) + "\n")
    return "".join(parts).lstrip("\n").encode()


def _whence(graphs: Iterable[Stated]) -> dict[str, str]:
    """Say of each graph what it is: its IRI, with its file or as derived by its rule, on one line."""
    source = expand("dcterms:source")
    files = {str(one.subject.value): one.object.value for one in graphs if one.predicate.value == source}
    found = {}
    for graph in {one.subject.value for one in graphs}:
        rule = graph.removeprefix(_DERIVED) if graph.startswith(_DERIVED) else ""
        note = f"derived by the rule {rule}" if rule else f"file {files[graph]}" if graph in files else ""
        found[graph] = " ".join(f"<{graph}> {note}".split())
    return found


def _document(about: About, resource: Resource) -> Iterator[Triple]:
    """Describe the document itself: what it is about, its licence, its graphs, and the pages of a long one."""
    document = NamedNode(_address(resource, about.page.number))
    yield _say(document, "foaf:primaryTopic", NamedNode(about.iri))
    for license_ in resource.licenses:
        yield _say(document, "dcterms:license", NamedNode(license_))
    for graph in sorted({one.graph.value for one in (*about.own, *about.into)}):
        yield _say(document, "dcterms:source", NamedNode(graph))
    last = about.page.last(about.most)
    if last > 1:
        yield Triple(document, NamedNode(_HYDRA + "totalItems"), Literal(about.own_count + about.into_count))
        for name, number in (("first", 1), ("previous", about.page.number - 1), ("next", about.page.number + 1)):
            if 1 <= number <= last and number != about.page.number:
                yield Triple(document, NamedNode(_HYDRA + name), NamedNode(_address(resource, number)))


def _address(resource: Resource, number: int) -> str:
    """Name a document below the base, as everything in RDF is, and not by the host that happens to serve it."""
    return BASE + resource.data.removeprefix("/") + (f"?page={number}" if number > 1 else "")


def _say(subject: NamedNode, predicate: str, value: NamedNode) -> Triple:
    return Triple(subject, NamedNode(expand(predicate)), value)


def _prefixes(statements: Iterable[Stated | Triple]) -> dict[str, str]:
    """Return the prefixes that some statements have use for."""
    used = {
        term.value if isinstance(term, NamedNode) else term.datatype.value
        for statement in statements
        for term in statement
        if isinstance(term, NamedNode | Literal)
    }
    return {name: iri for name, iri in _TABLE.items() if any(term.startswith(iri) for term in used)}
