"""Reasoning: all rules over the loaded dataset, against the time that loading takes in the same process."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from claimgraph.bench.measuring import bulk_loaded, peak_bytes, timed
from claimgraph.reason import Spill, load_rules, reason

if TYPE_CHECKING:
    from claimgraph.bench.measuring import Task


def measure(task: Task) -> dict[str, Any]:
    """Return seconds, triples derived, the ratio to loading, peak memory, and the seconds of every rule.

    It is done as in a build: what no rule reads goes into files.
    """
    layout = task.layout()
    rules = load_rules(layout)
    loading, store = timed(lambda: bulk_loaded(layout))
    before = len(store)
    with TemporaryDirectory(dir=task.work) as folder:
        spill = Spill(Path(folder) / "spill")
        seconds, by_rule = timed(lambda: reason(store, rules, spill=spill))
        peak = peak_bytes()
        aside = sum(len({*_lines(path)}) for graph in spill.graphs for path in spill.files(graph))
    return {
        "seconds": seconds,
        "loading_seconds": loading,
        "times_loading": seconds / loading,
        "triples": len(store) + aside - before,
        "aside": aside,
        "peak_bytes": peak,
        "rules": dict(sorted(by_rule.items(), key=lambda one: -one[1])),
    }


def _lines(path: Path) -> list[bytes]:
    return path.read_bytes().splitlines()
