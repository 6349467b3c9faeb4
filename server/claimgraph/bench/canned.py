"""Canned queries: each one with its default parameters, which name the busiest resources there are.

Each query runs in a forked child, so that one that does not end can be ended.
"""

from __future__ import annotations

import json
import os
import signal
from time import perf_counter
from typing import TYPE_CHECKING, Any, Final, cast

from pyoxigraph import QueryResultsFormat, RdfFormat, Store

from claimgraph.bench.measuring import peak_bytes
from claimgraph.catalog import Catalog
from claimgraph.engine.keeping import fits
from claimgraph.settings import Settings
from claimgraph.snapshot import open_current

if TYPE_CHECKING:
    from collections.abc import Callable

    from pyoxigraph import QuerySolutions

    from claimgraph.bench.measuring import Task
    from claimgraph.catalog import CannedQuery
    from claimgraph.snapshot import Snapshot

_settings = cast("Callable[[], Settings]", Settings)  # all of them from the environment
_DEADLINE: Final = 30
_RUNS: Final = 5
_ENOUGH_SECONDS: Final = 2.0


def measure(task: Task) -> dict[str, Any]:
    """Return milliseconds and rows of every canned query over the snapshot that was built before.

    It is held in memory, or on disk where the service would read it from there.
    """
    store = as_served(task)
    catalog = Catalog.load(task.layout().queries)
    return {"queries": {query.name: _apart(store, query) for query in catalog}, "peak_bytes": peak_bytes()}


def is_on_disk(snapshot: Snapshot) -> bool:
    """Tell whether the service reads a snapshot from disk: it would take too much in memory."""
    return not fits(snapshot.dump, _settings().memory_limit)


def as_served(task: Task) -> Store:
    """Open the snapshot of a task as the service does: in memory, or on disk above a limit."""
    snapshot = open_current(task.snapshots)
    if is_on_disk(snapshot):
        return snapshot.open_store()
    store = Store()
    store.bulk_load(path=str(snapshot.dump), format=RdfFormat.N_QUADS)
    return store


def _apart(store: Store, query: CannedQuery) -> dict[str, float] | None:
    """Ask a query in a child and return what it measured; None if it took longer than the deadline."""
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        signal.alarm(_DEADLINE)
        os.write(writer, json.dumps(_ask(store, query)).encode())
        os._exit(0)
    os.close(writer)
    with os.fdopen(reader, "rb") as answer:
        told = answer.read()
    os.waitpid(child, 0)
    return cast("dict[str, float]", json.loads(told)) if told else None


def _ask(store: Store, query: CannedQuery) -> dict[str, float]:
    """Ask several times, slow queries fewer times, and return the median and the slowest time with the rows."""
    text = query.bind({}, lambda _name: None)
    seconds: list[float] = []
    rows = 0
    while len(seconds) < _RUNS and sum(seconds) < _ENOUGH_SECONDS:
        start = perf_counter()
        answer = cast("QuerySolutions", store.query(text, use_default_graph_as_union=True))
        written = answer.serialize(format=QueryResultsFormat.TSV) or b""
        seconds.append(perf_counter() - start)
        rows = written.count(b"\n") - 1
    seconds.sort()
    return {"median_ms": 1000 * seconds[len(seconds) // 2], "slowest_ms": 1000 * seconds[-1], "rows": rows}
