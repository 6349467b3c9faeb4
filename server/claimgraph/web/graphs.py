"""Named graphs: what is in one, and answers of the engine written as part of one."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import replace
from typing import TYPE_CHECKING

from pyoxigraph import Literal, NamedNode, RdfFormat

from claimgraph.engine import WHOLE, Dataset
from claimgraph.formats import by_name

if TYPE_CHECKING:
    from collections.abc import Iterator

    from claimgraph.engine import Answer, Awaited, Engine, Limits
    from claimgraph.formats import Format
    from claimgraph.sparql.query import Query
    from claimgraph.web.paging import Page
    from claimgraph.web.service import View

_TRIPLES = by_name("nt")
_SUBJECTS = """SELECT DISTINCT ?s { GRAPH ?graph { ?s ?p ?o } FILTER(ISIRI(?s) && !STRSTARTS(STR(?s), ?parts)) }
OFFSET %d LIMIT %d"""


def contents(view: View, graph: str, page: Page) -> tuple[list[str], bool]:
    """Return the things that a graph says something of, one page of them, and whether there are more.

    Parts of the graph itself, such as the thousands by which a snapshot describes itself, are no things.
    """
    text = _SUBJECTS % (page.offset, page.size + 1)
    found = [row["s"].value for row in view.rows(text, {"graph": NamedNode(graph), "parts": Literal(graph + "#")})]
    return found[: page.size], len(found) > page.size


def in_graph(view: View, graph: str) -> View:
    """Return the view with an engine that writes N-Quads and TriG with all triples of an answer in a graph."""
    return replace(view, engine=_InGraph(view.engine, NamedNode(graph)))


class _InGraph:
    """Ask another engine; see :class:`claimgraph.engine.Engine`."""

    def __init__(self, engine: Engine, graph: NamedNode) -> None:
        self._engine = engine
        self._graph = str(graph).encode()

    def answer(self, query: Query, format_: Format, limits: Limits, dataset: Dataset = WHOLE) -> Answer:
        if format_.rdf not in {RdfFormat.N_QUADS, RdfFormat.TRIG}:
            return self._engine.answer(query, format_, limits, dataset)
        answer = self._engine.answer(query, _TRIPLES, limits, dataset)
        return _Quads(answer, self._graph) if format_.rdf == RdfFormat.N_QUADS else _Block(answer, self._graph)

    def awaited(self, *_asked: object) -> Awaited | None:
        return None

    def reading(self, text: str, limits: Limits) -> Answer:
        return self._engine.reading(text, limits)

    def close(self) -> None:
        self._engine.close()


class _Written(ABC):
    """Be an answer whose pieces are written otherwise; see :class:`claimgraph.engine.Answer`."""

    def __init__(self, answer: Answer, graph: bytes) -> None:
        self._answer = answer
        self._graph = graph
        self._pieces = self._write(answer)
        self.times = answer.times

    def __iter__(self) -> Iterator[bytes]:
        return self

    def __next__(self) -> bytes:
        return next(self._pieces)

    def others_wait(self) -> bool:
        return self._answer.others_wait()

    def close(self) -> None:
        self._answer.close()

    @abstractmethod
    def _write(self, answer: Answer) -> Iterator[bytes]:
        """Write the pieces of an answer otherwise."""


class _Quads(_Written):
    """Name the graph at the end of every line of N-Triples."""

    def _write(self, answer: Answer) -> Iterator[bytes]:
        ending, rest = b" " + self._graph + b" .\n", b""
        for piece in answer:
            whole, _, rest = (rest + piece).rpartition(b"\n")
            if whole:
                yield (whole + b"\n").replace(b" .\n", ending)  # a line break stands at ends alone


class _Block(_Written):
    """Put all lines of N-Triples, which are Turtle too, between the braces of one graph."""

    def _write(self, answer: Answer) -> Iterator[bytes]:
        first = next(answer, b"")  # what goes wrong before the first piece must still be an error
        yield self._graph + b" {\n" + first
        yield from answer
        yield b"}\n"
