"""The dump of a snapshot: every quad as N-Quads, in an order that is the same on any machine."""

from __future__ import annotations

import hashlib
from collections import Counter, deque
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import groupby
from types import MappingProxyType
from typing import TYPE_CHECKING, Final, Self

from pyoxigraph import NamedNode, RdfFormat, serialize

from claimgraph.snapshot.blocks import END, Block

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from pathlib import Path

    from pyoxigraph import Quad, Store

    from claimgraph.reason import Spill

_AHEAD = 4  # graphs that are written before they are put in order: some are small, some large
_LINES = 50_000  # that are written at once: the largest graphs have millions
_NONE_AHEAD: Final[Mapping[NamedNode, Path]] = MappingProxyType({})


class Dump:
    """Write graphs into a file, each with its quads sorted, and count them; use it as a context manager."""

    def __init__(self, path: Path, told: Callable[[Block], None] | None = None) -> None:
        """Create the file; ``told`` is called for each graph that is added, when others can read its lines."""
        self.triples: Counter[NamedNode] = Counter()
        self._told = told
        self._file = path.open("wb")
        self._digest = hashlib.sha256()

    @property
    def sha256(self) -> str:
        """Return the SHA-256, in hexadecimal, of what was written so far."""
        return self._digest.hexdigest()

    def add_all(
        self,
        store: Store,
        spill: Spill,
        folder: Path,
        told: Callable[[int, int], None] = lambda _done, _all: None,
        ahead: Mapping[NamedNode, Path] = _NONE_AHEAD,
    ) -> None:
        """Append every named graph of a store and of a spill, and have what was added readable for others.

        The engine writes each graph into a folder while the one before it is put in order: it holds no lock of
        Python's. ``told`` is called with how many graphs are done, and of how many. ``ahead`` names the graphs of which
        the lines are in a file already, all of them and in order; that file is removed.
        """
        found = spill.graphs.union(graph for graph in store.named_graphs() if isinstance(graph, NamedNode))
        graphs = sorted(found, key=lambda graph: graph.value)
        with ThreadPoolExecutor(1) as beside:
            texts: deque[Future[Path]] = deque()
            for number, graph in enumerate(graphs):
                told(number, len(graphs))
                for at in range(number + len(texts), min(number + _AHEAD, len(graphs))):
                    texts.append(beside.submit(_written, store, graphs[at], folder / f"{at}.nt", ahead))
                path = texts.popleft().result()
                if graph in ahead:
                    self._append(graph, path.read_bytes())
                else:
                    with path.open("rb") as lines:
                        self.add_lines(graph, [*lines, *spill.lines(graph)])
                path.unlink()
        self._file.flush()

    def add(self, store: Store, graph: NamedNode) -> None:
        """Append a graph of a store, and have it readable for others."""
        self.add_lines(graph, lines_of_graph(store, graph))
        self._file.flush()

    def add_lines(self, graph: NamedNode, lines: list[bytes]) -> None:
        """Append a graph, given as N-Triples line by line in any order, also twice; the list is put in order."""
        lines.sort()
        lines[:] = (line for line, _ in groupby(lines))
        for first in range(0, len(lines), _LINES):
            self._append(graph, b"".join(lines[first : first + _LINES]))

    def _append(self, graph: NamedNode, lines: bytes) -> None:
        """Append lines of N-Triples that are in order, and tell of them."""
        start = self._file.tell()
        self.write(quads_text(lines, graph))
        self.triples[graph] += lines.count(END)
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


def lines_of_graph(store: Store, graph: NamedNode) -> list[bytes]:
    """Write a graph of a store as lines of N-Triples, in any order."""
    return (store.dump(format=RdfFormat.N_TRIPLES, from_graph=graph) or b"").splitlines(keepends=True)


def _written(store: Store, graph: NamedNode, path: Path, ahead: Mapping[NamedNode, Path]) -> Path:
    if graph in ahead:
        return ahead[graph]
    store.dump(str(path), format=RdfFormat.N_TRIPLES, from_graph=graph)
    return path


def quads_text(triples: bytes, graph: NamedNode) -> bytes:
    """Make lines of N-Quads of lines of N-Triples: in no literal is a line's end."""
    return triples.replace(END, _end(graph))


def quads_line(triple: bytes, graph: NamedNode) -> bytes:
    """Make a line of N-Quads of a line of N-Triples."""
    return triple[: -len(END)] + _end(graph)


def _end(graph: NamedNode) -> bytes:
    """Return what each line of a graph ends with."""
    return b" " + str(graph).encode() + END


def triples_line(quad: bytes) -> tuple[bytes, bytes]:
    """Take a line of N-Quads apart: the line of N-Triples, by which a graph is sorted, and the IRI of the graph."""
    triple, graph, _ = quad.rsplit(b" ", 2)
    return triple + END, graph[1:-1]


def lines_of(quads: Iterable[Quad]) -> list[bytes]:
    """Write quads as lines of N-Triples, without their graphs."""
    text = serialize((quad.triple for quad in quads), format=RdfFormat.N_TRIPLES) or b""
    return text.splitlines(keepends=True)
