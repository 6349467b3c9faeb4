"""Run a mapping: rows in, triples out, chunk by chunk, with what says where they come from."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, Final, cast

from pyoxigraph import Literal, NamedNode, RdfFormat, Store, Triple, parse, serialize

from claimgraph.errors import BadMapping, BadTurtle, Place
from claimgraph.sources.facade import Table
from claimgraph.sources.mapping import KINDS
from claimgraph.sparql.prefixes import expand

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path

    from pyoxigraph import QuerySolutions, QueryTriples

    from claimgraph.sources.facade import Row
    from claimgraph.sources.mapping import Mapping
    from claimgraph.sources.source import Source

    Counted = Callable[[int], None]
    """Is told how many rows more were mapped."""

CHUNK: Final = 4000
"""Rows that a mapping sees at once; those of the files beside it see every chunk."""
ALL: Final = "all"


def make(source: Source, mapping: Mapping, grain: str, counted: Counted = lambda _rows: None) -> Iterator[bytes]:
    """Map the rows of a grain and yield pieces of N-Triples; the same rows give the same bytes on any machine.

    Raises:
        BadSource, BadTurtle: a file is not what it should be; carries the place.
        BadMapping: the query fails on the rows.
    """
    yield _lines(_about(source, mapping, grain))
    beside = b"".join(_beside(source, path) for path in mapping.beside)
    rows = itertools.chain.from_iterable(table.rows() for table in mapping.rows)
    while chunk := list(itertools.islice(rows, CHUNK)):
        kept = _kept(mapping, grain, chunk, beside)
        if kept:
            answer = cast("QueryTriples", _ask(_store(kept, beside), mapping.text, mapping.file))
            yield _lines(answer)
        counted(len(chunk))


def _kept(mapping: Mapping, grain: str, chunk: list[Row], beside: bytes) -> list[Row]:
    """Leave out the rows that a grain does not want."""
    selection = mapping.selection(grain)
    if selection is None:
        return chunk
    answer = cast("QuerySolutions", _ask(_store(chunk, beside), selection, mapping.file))
    wanted = {cast("NamedNode", solution[0]).value for solution in answer}
    return [row for row in chunk if row.name in wanted]


def _store(rows: Iterable[Row], beside: bytes) -> Store:
    store = Store()
    lines = "".join(line for row in rows for line in row.lines)
    store.bulk_load(beside + lines.encode(), RdfFormat.N_TRIPLES)
    return store


def _ask(store: Store, text: str, file: str) -> object:
    try:
        return store.query(text)
    except (RuntimeError, SyntaxError) as error:
        raise BadMapping(str(error), place=Place(file, 1, 1)) from error


def _beside(source: Source, path: Path) -> bytes:
    """Read a file that a mapping sees whole, names in Turtle or rows, as N-Triples."""
    if path.suffix != ".ttl":
        return "".join(line for row in Table(path, source.shown(path)).rows() for line in row.lines).encode()
    try:
        return _written(quad.triple for quad in parse(path=path, format=RdfFormat.TURTLE))
    except SyntaxError as error:
        raise BadTurtle(error.msg, place=Place(source.shown(path), error.lineno or 1, error.offset or 1)) from error


def _about(source: Source, mapping: Mapping, grain: str) -> Iterator[Triple]:
    """Say of the graph what it is made from, by what, and under which licence."""
    graph = graph_of(source, mapping)
    described, passed_on = source.description()
    name = NamedNode(expand(f"id:mapping/{source.name}/{mapping.name}"))
    yield from (Triple(graph, quad.predicate, quad.object) for quads in passed_on.values() for quad in quads)
    facts: dict[str, NamedNode | Literal] = {
        "rdf:type": NamedNode(expand(KINDS[mapping.kind])),
        "dcterms:title": Literal(mapping.label, language="en"),
        "cg:inDossier": source.dossier,
        "cg:madeFrom": described,
        "cg:madeBy": name,
        "cg:grain": Literal(grain),
    }
    yield from (Triple(graph, NamedNode(expand(predicate)), value) for predicate, value in facts.items())
    facts = {
        "rdf:type": NamedNode(expand("cg:Mapping")),
        "rdfs:label": Literal(mapping.label, language="en"),
        "dcterms:description": Literal(mapping.makes, language="en"),
        "cg:mappingFile": Literal(mapping.file),
    }
    yield from (Triple(name, NamedNode(expand(predicate)), value) for predicate, value in facts.items())


def graph_of(source: Source, mapping: Mapping) -> NamedNode:
    """Name the graph that a mapping makes."""
    return source.layout.graph_name(f"sources/{source.name}/{mapping.name}.ttl")


def _lines(triples: Iterable[Triple]) -> bytes:
    """Write triples as sorted lines, each once."""
    return b"".join(sorted(set(_written(triples).splitlines(keepends=True))))


def _written(triples: Iterable[Triple]) -> bytes:
    return cast("bytes", serialize(triples, format=RdfFormat.N_TRIPLES))  # no file is given, so it returns bytes
