"""Ways to load a dump over HTTP: by updates (SPARQL 1.1 Update), or by the Graph Store Protocol."""

from __future__ import annotations

import urllib.request
from abc import ABC, abstractmethod
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol
from urllib.parse import quote

from claimgraph.publish.portions import portions, sizes

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator
    from pathlib import Path

    from claimgraph.publish.portions import Portion
    from claimgraph.publish.store import RemoteStore
    from claimgraph.sparql.version import Version

    Progress = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True)
class Job:
    """Say what is loaded where: a dump, or some graphs of it (``only``), which are then emptied first.

    ``goes_on``: a load before this one may have loaded some of it.
    """

    store: RemoteStore
    version: Version
    dump: Path
    progress: Progress
    goes_on: bool
    only: Collection[str] | None = None

    def portions(self, most_bytes: int, most_lines: int) -> Iterator[Portion]:
        """Cut what is to be loaded into portions."""
        found = portions(self.dump, self.version, most_bytes, most_lines)
        return (portion for portion in found if self.only is None or portion.graph in self.only)

    def empty(self) -> None:
        """Empty the graphs that are loaded anew."""
        for graph in self.only or ():
            self.store.drop(self.version.named(graph))


class Load(Protocol):
    """Be a way to load; ``expected`` says, after a run, how many triples each graph has to hold."""

    expected: dict[str, int]

    def run(self, job: Job) -> int:
        """Load, and return how many triples were sent.

        Raises:
            BadQuery, EngineError: the engine refuses it, or has failed for too long.
        """
        ...


@dataclass(kw_only=True)
class _InPortions(ABC):
    """Send portions one after the other; what an earlier load has sent is known by the sizes of the graphs."""

    most_bytes: int
    most_lines: int
    expected: dict[str, int] = field(default_factory=dict)

    def run(self, job: Job) -> int:
        self.expected = dict(sizes(job.dump))
        job.empty()
        all_, done, sent = sum(self.expected.values()), 0, 0
        there: dict[str, int | None] = dict.fromkeys(self.expected, None if job.goes_on else 0)
        for portion in job.portions(self.most_bytes, self.most_lines):
            job.progress("load", done, all_)
            if (known := there[portion.graph]) is None:
                known = there[portion.graph] = job.store.count(job.version.named(portion.graph))
            if portion.end > known:
                self.add(job.store, job.version, portion)
                sent += portion.count
            done += portion.count
        return sent

    @abstractmethod
    def add(self, store: RemoteStore, version: Version, portion: Portion) -> None:
        """Add a portion to the graph that holds everything, and then to its own, by whose size it is known later."""


@dataclass(kw_only=True)
class ByUpdates(_InPortions):
    """Load by INSERT DATA, which every engine has that can be written to."""

    most_bytes: int = 256 << 10
    most_lines: int = 1000

    def add(self, store: RemoteStore, version: Version, portion: Portion) -> None:
        """Send one update for both graphs."""
        lines = portion.lines.decode()
        parts = [f"GRAPH <{graph}> {{\n{lines}}}" for graph in (version.merged, version.named(portion.graph))]
        store.update(f"INSERT DATA {{ {' '.join(parts)} }}")


@dataclass(kw_only=True)
class ByGraphStore(_InPortions):
    """Load by adding to graphs over HTTP (SPARQL 1.1 Graph Store HTTP Protocol, section 5.5)."""

    url: str
    most_bytes: int = 4 << 20
    most_lines: int = 1 << 20

    def add(self, store: RemoteStore, version: Version, portion: Portion) -> None:
        """Add the lines to both graphs."""
        for graph in (version.merged, version.named(portion.graph)):
            address = f"{self.url}{'&' if '?' in self.url else '?'}graph={quote(graph, safe='')}"
            kind = {"Content-Type": "application/n-triples"}
            store.send(urllib.request.Request(address, portion.lines, kind, method="POST"))  # noqa: S310 - of the settings
