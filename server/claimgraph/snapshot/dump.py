"""The dump of a snapshot: every quad as N-Quads, in an order that is the same on any machine."""

from __future__ import annotations

import hashlib
import os
from collections import Counter, deque
from concurrent.futures import ThreadPoolExecutor
from types import MappingProxyType
from typing import TYPE_CHECKING, Final, Self

from pyoxigraph import NamedNode, RdfFormat, serialize

from claimgraph.snapshot.blocks import END, Block
from claimgraph.snapshot.sorting import BESIDE, Sorting, in_memory, pieces_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from concurrent.futures import Future
    from pathlib import Path

    from pyoxigraph import Quad, Store

    from claimgraph.reason import Spill

_NONE_AHEAD: Final[Mapping[NamedNode, Path]] = MappingProxyType({})


class Dump:
    """Write graphs into a file, each with its quads sorted, and count them; use it as a context manager."""

    def __init__(self, path: Path, *told: Callable[[Block], None], is_followed: bool = False) -> None:
        """Create the file; each of ``told`` is called with whatever is added to it, when others can read that.

        One that another process follows is hashed there.
        """
        self.triples: Counter[NamedNode] = Counter()
        self._told = told
        self._is_followed = is_followed
        self._file = path.open("w+b")
        self._digest = hashlib.sha256()

    @property
    def sha256(self) -> str:
        """Return the SHA-256, in hexadecimal, of what was written so far."""
        return self._digest.hexdigest()

    def follow(self, block: Block) -> None:
        """Take in what another process has appended to the file, but for the counts."""
        self._digest.update(os.pread(self._file.fileno(), block.end - block.start, block.start))
        self._file.seek(block.end)
        self._tell(block)

    def add_all(
        self,
        store: Store,
        spill: Spill,
        folder: Path,
        told: Callable[[int, int], None] = lambda _done, _all: None,
        ahead: Mapping[NamedNode, Path] = _NONE_AHEAD,
    ) -> None:
        """Append every named graph of a store and of a spill, and have what was added readable for others.

        ``told`` is called with how many graphs are done, and of how many. ``ahead`` names the graphs of which the lines
        are in a file already, all of them and in order; that file is removed. ``folder`` is for what does not fit into
        memory.

        Raises:
            SnapshotError: the disk is full or cannot be written to.
        """
        found = spill.graphs.union(graph for graph in store.named_graphs() if isinstance(graph, NamedNode))
        graphs = sorted(found, key=lambda graph: graph.value)
        with Sorting(store, folder) as sorting, ThreadPoolExecutor(1, thread_name_prefix="dump") as beside:
            begun: deque[Iterator[bytes]] = deque()
            before: Future[None] | None = None
            for number, graph in enumerate(graphs):
                told(number, len(graphs))
                for later in graphs[number + len(begun) : number + BESIDE]:
                    is_there = later in ahead
                    begun.append(_taken(ahead[later]) if is_there else sorting.begin(later, spill.files(later)))
                for lines in begun.popleft():
                    text = self._counted(graph, lines)
                    if before:
                        before.result()
                    before = beside.submit(self._append, graph, text)
            if before:
                before.result()
        self._file.flush()

    def add(self, store: Store, graph: NamedNode) -> None:
        """Append a graph of a small store, and have it readable for others."""
        for lines in in_memory(store, graph):
            self._append(graph, self._counted(graph, lines))
        self._file.flush()

    def _counted(self, graph: NamedNode, lines: bytes) -> bytes:
        """Count lines of N-Triples, and make lines of N-Quads of them."""
        self.triples[graph] += lines.count(b"\n")
        return quads_text(lines, graph)

    def _append(self, graph: NamedNode, text: bytes) -> None:
        """Append lines of N-Quads that are in order, and tell of them; it holds no lock of Python's for most of it."""
        start = self._file.tell()
        self.write(text)
        if self._told:
            self._file.flush()
            self._tell(Block(str(graph).encode(), start, self._file.tell()))

    def _tell(self, block: Block) -> None:
        for tell in self._told:
            tell(block)

    def write(self, text: bytes | memoryview) -> None:
        """Append what is N-Quads in the right order already; it is not counted."""
        if not self._is_followed:
            self._digest.update(text)
        self._file.write(text)

    def __enter__(self) -> Self:
        """Return itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close the file."""
        self._file.close()


def _taken(path: Path) -> Iterator[bytes]:
    """Read a file in pieces of whole lines, and remove it."""
    with path.open("rb") as file:
        yield from pieces_of(file)
    path.unlink()


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
