"""Reasoning: all rules over the loaded dataset, against the time that loading takes in the same process."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from claimgraph.bench.measuring import bulk_loaded, peak_bytes, timed
from claimgraph.reason import load_rules, reason

if TYPE_CHECKING:
    from claimgraph.bench.measuring import Task


def measure(task: Task) -> dict[str, Any]:
    """Return seconds, triples derived, the ratio to loading, peak memory, and the seconds of every rule."""
    layout = task.layout()
    rules = load_rules(layout)
    loading, store = timed(lambda: bulk_loaded(layout))
    before = len(store)
    seconds, by_rule = timed(lambda: reason(store, rules))
    return {
        "seconds": seconds,
        "loading_seconds": loading,
        "times_loading": seconds / loading,
        "triples": len(store) - before,
        "peak_bytes": peak_bytes(),
        "rules": dict(sorted(by_rule.items(), key=lambda one: -one[1])),
    }
