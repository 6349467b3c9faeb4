"""Building: a snapshot from the files, whole: load, reason, write the store and the dump."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from claimgraph.bench.measuring import peak_bytes, timed
from claimgraph.snapshot import build

if TYPE_CHECKING:
    from claimgraph.bench.measuring import Task


def measure(task: Task) -> dict[str, Any]:
    """Return seconds (whole and by stage), triples, size on disk and peak memory of a build without a check before."""
    seconds, snapshot = timed(lambda: build(task.layout(), task.snapshots))
    size = sum(path.stat().st_size for path in snapshot.path.rglob("*") if path.is_file())
    return {
        "seconds": seconds,
        "stages": dict(snapshot.manifest.seconds),
        "triples": snapshot.manifest.triples,
        "bytes": size,
        "peak_bytes": peak_bytes(),
    }
