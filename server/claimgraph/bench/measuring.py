"""What every measurement is told, and what it tells."""

from __future__ import annotations

import resource
import sys
from dataclasses import dataclass
from time import perf_counter
from typing import TYPE_CHECKING, Final, TypeVar

from pyoxigraph import RdfFormat, Store

from claimgraph.dataset import Layout

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

_T = TypeVar("_T")
_RSS_UNIT: Final = 1 if sys.platform == "darwin" else 1024  # what getrusage counts in, in bytes


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


def peak_bytes() -> int:
    """Return the most memory that this process has held so far."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * _RSS_UNIT
