"""Loading: the files of a dataset into a store in memory."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from claimgraph.bench.measuring import bulk_loaded, peak_bytes, timed

if TYPE_CHECKING:
    from claimgraph.bench.measuring import Task


def measure(task: Task) -> dict[str, Any]:
    """Return seconds, triples and peak memory of loading with ``bulk_load``."""
    layout = task.layout()
    size = sum(file.path.stat().st_size for file in layout.graphs())
    seconds, store = timed(lambda: bulk_loaded(layout))
    return {
        "seconds": seconds,
        "files": len(layout.graphs()),
        "bytes": size,
        "triples": len(store),
        "peak_bytes": peak_bytes(),
    }
