"""The dump of a snapshot: every quad as N-Quads, in an order that is the same on any machine."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Self

from pyoxigraph import NamedNode, RdfFormat, serialize

from claimgraph.snapshot.blocks import END, Block

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

    from pyoxigraph import Quad, Store

_LINES = 50_000  # that are written at once: the largest graphs have millions


class Dump:
    """Write graphs into a file, each with its quads sorted, and count them; use it as a context manager."""

    def __init__(self, path: Path, told: Callable[[Block], None] | None = None) -> None:
        """Create the file; ``told`` is called for each graph that is added, when others can read its lines."""
        self.triples: dict[NamedNode, int] = {}
        self._told = told
        self._file = path.open("wb")
        self._digest = hashlib.sha256()

    @property
    def sha256(self) -> str:
        """Return the SHA-256, in hexadecimal, of what was written so far."""
        return self._digest.hexdigest()

    def add_all(self, store: Store) -> None:
        """Append every named graph of a store, and have what was added readable for others."""
        self.add(store, *(graph for graph in store.named_graphs() if isinstance(graph, NamedNode)))
        self._file.flush()

    def add(self, store: Store, *graphs: NamedNode) -> None:
        """Append graphs of a store, sorted by name."""
        for graph in sorted(graphs, key=lambda graph: graph.value):
            self.add_lines(graph, _lines(store, graph))

    def add_lines(self, graph: NamedNode, lines: list[bytes]) -> None:
        """Append a graph, given as N-Triples line by line in any order; the list is put in order."""
        lines.sort()
        self.triples[graph] = len(lines)
        for first in range(0, len(lines), _LINES):
            start = self._file.tell()
            self.write(b"".join(quads_line(line, graph) for line in lines[first : first + _LINES]))
            if self._told:
                self._file.flush()
                self._told(Block(str(graph).encode(), start, self._file.tell()))

    def write(self, text: bytes | memoryview) -> None:
        """Append what is N-Quads in the right order already; it is not counted."""
        self._digest.update(text)
        self._file.write(text)

    def __enter__(self) -> Self:
        """Return itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close the file."""
        self._file.close()


def _lines(store: Store, graph: NamedNode) -> list[bytes]:
    return (store.dump(format=RdfFormat.N_TRIPLES, from_graph=graph) or b"").splitlines(keepends=True)


def quads_line(triple: bytes, graph: NamedNode) -> bytes:
    """Make a line of N-Quads of a line of N-Triples."""
    return triple[: -len(END)] + b" " + str(graph).encode() + END


def triples_line(quad: bytes) -> tuple[bytes, bytes]:
    """Take a line of N-Quads apart: the line of N-Triples, by which a graph is sorted, and the IRI of the graph."""
    triple, graph, _ = quad.rsplit(b" ", 2)
    return triple + END, graph[1:-1]


def lines_of(quads: Iterable[Quad]) -> list[bytes]:
    """Write quads as lines of N-Triples, without their graphs."""
    text = serialize((quad.triple for quad in quads), format=RdfFormat.N_TRIPLES) or b""
    return text.splitlines(keepends=True)
