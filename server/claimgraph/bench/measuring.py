"""What every measurement is told, and what it tells."""

from __future__ import annotations

import os
import re
import resource
import sys
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from threading import Event, Thread
from time import perf_counter
from typing import TYPE_CHECKING, Final, TypeVar

from pyoxigraph import RdfFormat, Store

from claimgraph.dataset import Layout

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_T = TypeVar("_T")
_RSS_UNIT: Final = 1 if sys.platform == "darwin" else 1024  # what getrusage counts in, in bytes

_EVERY: Final = 0.25  # seconds between two looks at the memory
_ANONYMOUS: Final = re.compile(r"^RssAnon:\s+(\d+) kB", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Task:
    """Say what to measure on: a synthetic dataset, its number of claims, and a folder to work in."""

    dataset: Path
    claims: int
    work: Path

    @property
    def snapshots(self) -> Path:
        """Return the folder in which the snapshot of the dataset is built, for the measurements that need one."""
        return self.work / f"snapshots-{self.claims}"

    def layout(self) -> Layout:
        """Return the dataset's layout."""
        return Layout(self.dataset)


def timed(action: Callable[[], _T]) -> tuple[float, _T]:
    """Return the seconds that an action takes, and its result."""
    start = perf_counter()
    result = action()
    return perf_counter() - start, result


def bulk_loaded(layout: Layout) -> Store:
    """Load every graph of a dataset into a store in memory with ``bulk_load``: the measure of other times."""
    store = Store()
    for file in layout.graphs():
        store.bulk_load(path=str(file.path), format=RdfFormat.TURTLE, to_graph=file.graph)
    return store


@contextmanager
def watched_memory() -> Iterator[Callable[[], int]]:
    """Watch how many bytes this process and those that it starts hold together; what is given tells the most so far.

    Counted is what they hold by themselves (RssAnon, proc(5)), and not the pages of files that they read; what a forked
    process shares with its parent counts twice. A process counts from the second look on: until it runs a program of
    its own it has all the memory of its parent, and takes none (vfork(2)). Elsewhere than on Linux it is the most that
    this process has held.
    """
    most, stop = [0], Event()

    def watch() -> None:
        before: set[int] = set()
        while not stop.wait(_EVERY):
            family = set(_family(os.getpid()))
            most[0] = max(most[0], sum(map(_held, family & before)))
            before = family

    thread = Thread(target=watch, daemon=True)
    if sys.platform == "linux":
        thread.start()
    try:
        yield lambda: most[0] or peak_bytes()
    finally:
        stop.set()


def _family(process: int) -> Iterator[int]:
    yield process
    with suppress(OSError):  # it may have ended
        for thread in Path(f"/proc/{process}/task").iterdir():
            for child in (thread / "children").read_text(encoding="ascii").split():
                yield from _family(int(child))


def _held(process: int) -> int:
    try:
        found = _ANONYMOUS.search(Path(f"/proc/{process}/status").read_text(encoding="utf-8"))
    except OSError:
        return 0
    return 1024 * int(found[1]) if found else 0


def peak_bytes() -> int:
    """Return the most memory that this process has held so far."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * _RSS_UNIT
