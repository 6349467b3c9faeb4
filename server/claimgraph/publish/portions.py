"""A dump, cut into portions that can be sent: lines of one graph each, in the names of a version."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from claimgraph.errors import SnapshotError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from claimgraph.sparql.version import Version

_END = b" .\n"


@dataclass(frozen=True, slots=True)
class Portion:
    """Be some lines of N-Triples of a graph (its name as clients know it): those from ``start`` on, so many."""

    graph: str
    start: int
    count: int
    lines: bytes

    @property
    def end(self) -> int:
        """Return the number of the line after the last."""
        return self.start + self.count


def portions(dump: Path, version: Version, most_bytes: int, most_lines: int) -> Iterator[Portion]:
    """Cut a dump into portions of limited size, in its order.

    Raises:
        SnapshotError: it has a graph that the version does not have.
    """
    graph, start, size, lines = b"", 0, 0, list[bytes]()
    with dump.open("rb") as file:
        for quad in file:
            triple, own, _ = quad.rsplit(b" ", 2)
            if lines and (own != graph or size >= most_bytes or len(lines) >= most_lines):
                yield Portion(graph[1:-1].decode(), start, len(lines), b"".join(lines))
                start, size, lines = start + len(lines), 0, []
            if own != graph:
                graph, start = own, 0
                if graph[1:-1].decode() not in version.graphs:
                    raise SnapshotError(f"the dump has the graph {graph.decode()}, of which the manifest says nothing")
            lines.append(version.line(triple + _END))
            size += len(lines[-1])
    if lines:
        yield Portion(graph[1:-1].decode(), start, len(lines), b"".join(lines))


def sizes(dump: Path) -> Counter[str]:
    """Count the lines of each graph of a dump."""
    found: Counter[bytes] = Counter()
    with dump.open("rb") as file:
        for quad in file:
            found[quad.rsplit(b" ", 2)[1]] += 1
    return Counter({graph[1:-1].decode(): count for graph, count in found.items()})
