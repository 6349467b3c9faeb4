"""Building: a snapshot from the files, whole, and from the one before it when one claim has changed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from claimgraph.bench.measuring import timed, watched_memory
from claimgraph.snapshot import build

if TYPE_CHECKING:
    from pathlib import Path

    from claimgraph.bench.measuring import Task

_BEFORE: Final = "cg:polarity cg:positive"
_AFTER: Final = "cg:polarity cg:negative"


def measure(task: Task) -> dict[str, Any]:
    """Return seconds (whole, by stage and by rule), triples, size on disk and peak memory of a build without a check.

    ``again_seconds`` are those of the build after one claim has changed sides; the snapshot of the dataset as it is
    stands in the folder in the end.
    """
    layout = task.layout()
    with watched_memory() as most:
        seconds, snapshot = timed(lambda: build(layout, task.snapshots))
        peak = most()
    taken = {
        "seconds": seconds,
        "stages": dict(snapshot.manifest.seconds),
        "rules": {rule.name: rule.seconds for rule in snapshot.manifest.rules},
        "triples": snapshot.manifest.triples,
        "asserted": sum(file.triples or 0 for file in snapshot.manifest.files),
        "bytes": sum(path.stat().st_size for path in snapshot.path.rglob("*") if path.is_file()),
        "peak_bytes": peak,
        "again_seconds": _again(task, max((file.path for file in layout.graphs()), key=_claims)),
    }
    build(layout, task.snapshots, keep=1)
    return taken


def parts(taken: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """Return what a build says of loading and of reasoning: the same figures, but for memory, as of each alone."""
    stages = taken["stages"]
    return {
        "loading": {"seconds": stages["load"], "triples": taken["asserted"]},
        "reasoning": {
            "seconds": stages["reason"],
            "loading_seconds": stages["load"],
            "times_loading": stages["reason"] / stages["load"],
            "triples": taken["triples"] - taken["asserted"],
            "rules": dict(sorted(taken["rules"].items(), key=lambda one: -one[1])),
        },
    }


def _claims(path: Path) -> int:
    return path.read_text(encoding="utf-8").count(_BEFORE)


def _again(task: Task, changed: Path) -> float:
    """Build with one claim denied that was affirmed; the file is as it was afterwards."""
    before = changed.read_text(encoding="utf-8")
    try:
        changed.write_text(before.replace(_BEFORE, _AFTER, 1), encoding="utf-8")
        seconds, made = timed(lambda: build(task.layout(), task.snapshots))
    finally:
        changed.write_text(before, encoding="utf-8")
    assert made.manifest.after, made.manifest.whole_because  # noqa: S101 - else the figure would be of something else
    return seconds
