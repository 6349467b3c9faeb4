"""A dump, cut into portions that can be sent: lines of one graph each, in the names of a version."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from claimgraph.errors import SnapshotError
from claimgraph.snapshot.dump import triples_line

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from claimgraph.sparql.version import Version


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
            triple, own = triples_line(quad)
            if lines and (own != graph or size >= most_bytes or len(lines) >= most_lines):
                yield Portion(graph.decode(), start, len(lines), b"".join(lines))
                start, size, lines = start + len(lines), 0, []
            if own != graph:
                graph, start = own, 0
                if graph.decode() not in version.graphs:
                    raise SnapshotError(
                        f"the dump has the graph <{graph.decode()}>, of which the manifest says nothing"
                    )
            lines.append(version.line(triple))
            size += len(lines[-1])
    if lines:
        yield Portion(graph.decode(), start, len(lines), b"".join(lines))


def sizes(dump: Path) -> Counter[str]:
    """Count the lines of each graph of a dump."""
    found: Counter[bytes] = Counter()
    with dump.open("rb") as file:
        for quad in file:
            found[triples_line(quad)[1]] += 1
    return Counter({graph.decode(): count for graph, count in found.items()})
