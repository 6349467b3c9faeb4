"""A dump made from another one: what is the same is copied, in between stand the few lines that are not."""

from __future__ import annotations

import mmap
from collections import defaultdict
from typing import TYPE_CHECKING

from pyoxigraph import NamedNode

from claimgraph.errors import SnapshotError
from claimgraph.snapshot.blocks import first_line
from claimgraph.snapshot.dump import lines_of, quads_line, triples_line

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from pyoxigraph import Quad

    from claimgraph.snapshot.dump import Dump

    Place = tuple[bytes, bytes]
    """By what a dump is sorted: the IRI of the graph, and the line without it."""

_PIECE = 1 << 22


def splice(old: Path, dump: Dump, gone: Iterable[Quad], new: Iterable[Quad], until: NamedNode) -> None:
    """Write into a dump what another one holds, but for the quads that are gone and with those that are new.

    The graph ``until`` stands at the end of a dump and is left out.

    Raises:
        SnapshotError: what is gone was not there.
    """
    with old.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as text:
        end = _graph_start(text, until)
        at = 0
        for place, line, is_new in _changes(gone, new):
            start = _find(text, place, end)
            _copy(text, dump, at, start)
            at = start
            if is_new:
                dump.write(line)
            elif text[start : start + len(line)] == line:
                at += len(line)
            else:
                raise SnapshotError(f"{old.name} is not what was built: it lacks {line.decode().rstrip()}")
        _copy(text, dump, at, end)


def _changes(gone: Iterable[Quad], new: Iterable[Quad]) -> list[tuple[Place, bytes, bool]]:
    """List in the order of a dump the lines to leave out (False) and those to put in."""
    found: list[tuple[Place, bytes, bool]] = []
    for quads, is_new in ((gone, False), (new, True)):
        for graph, members in _by_graph(quads).items():
            place = graph.value.encode()
            found += [((place, line), quads_line(line, graph), is_new) for line in lines_of(members)]
    return sorted(found)


def _by_graph(quads: Iterable[Quad]) -> dict[NamedNode, list[Quad]]:
    found: defaultdict[NamedNode, list[Quad]] = defaultdict(list)
    for quad in quads:
        if isinstance(quad.graph_name, NamedNode):
            found[quad.graph_name].append(quad)
    return found


def _find(text: mmap.mmap, place: Place, end: int) -> int:
    """Find where the first line begins that does not come before a place."""
    return first_line(text, 0, end, lambda line: _place(line) < place)


def _place(line: bytes) -> Place:
    triple, graph = triples_line(line)
    return graph, triple


def _graph_start(text: mmap.mmap, graph: NamedNode) -> int:
    """Find where the last graph of a dump begins; all of it where the graph is not there."""
    marked = f" {graph} .\n".encode()
    at = len(text)
    while at and text[max(0, at - len(marked)) : at] == marked:
        at = text.rfind(b"\n", 0, at - 1) + 1
    return at


def _copy(text: mmap.mmap, dump: Dump, start: int, end: int) -> None:
    for at in range(start, end, _PIECE):
        dump.write(text[at : min(end, at + _PIECE)])
