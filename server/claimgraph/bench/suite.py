"""Which measurements there are, in which order, and how each is taken: in a process of its own."""

from __future__ import annotations

import json
import subprocess
import sys
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, cast

from claimgraph.bench.measuring import Task

if TYPE_CHECKING:
    from collections.abc import Sequence

MEASUREMENTS: Final = (
    "loading",
    "checking",
    "reasoning",
    "building",
    "canned",
    "serving",
    "pages",
    "finding",
    "questions",
)
"""Modules beside this one with a function ``measure(task)``. Later ones may use what earlier ones left in the folder:
those after ``building`` ask the snapshot that it built."""

_SERVED: Final = MEASUREMENTS[MEASUREMENTS.index("serving") :]
"""Those that ask a service over HTTP."""
_MOST: Final = {"loading": 100_000, "reasoning": 100_000, "checking": 100_000}
"""Claims up to which a measurement is taken: of more, loading and reasoning are seen in the build, and to check
everything takes 17 kB of memory a claim."""
_REPEATED: Final = {"reasoning": "times_loading"}
"""Measurements whose ratio varies by a fifth from run to run, since it has a short time below it: which figure is the
ratio."""
_RUNS: Final = 5
_LARGEST: Final = 100_000
"""Claims up to which a measurement is repeated; more of them take minutes, in which the noise evens out."""


def measurements(claims: int, *, served: bool = True) -> tuple[str, ...]:
    """Name the measurements that are taken of so many claims, in their order; those of what is served if wanted."""
    left_out = () if served else _SERVED
    return tuple(name for name in MEASUREMENTS if name not in left_out and claims <= _MOST.get(name, claims))


def take(name: str, task: Task) -> dict[str, Any]:
    """Take one measurement in a fresh process, so that its memory is its own; of repeated runs the one in the middle.

    Raises:
        subprocess.CalledProcessError: the measurement failed; what it said went to standard error.
    """
    ratio = _REPEATED.get(name) if task.claims <= _LARGEST else None
    if ratio is None:
        return _once(name, task)
    runs = sorted((_once(name, task) for _ in range(_RUNS)), key=lambda run: float(run[ratio]))
    return {**runs[_RUNS // 2], "runs": [round(run[ratio], 2) for run in runs]}


def _once(name: str, task: Task) -> dict[str, Any]:
    command = [
        sys.executable,
        "-m",
        "claimgraph.bench.suite",
        name,
        str(task.dataset),
        str(task.claims),
        str(task.work),
    ]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE)
    return cast("dict[str, Any]", json.loads(done.stdout))


def _main(arguments: Sequence[str]) -> None:
    name, dataset, claims, work = arguments
    if name not in MEASUREMENTS:
        sys.exit(f"no measurement {name!r}; there are {', '.join(MEASUREMENTS)}")
    measured = json.dumps(
        import_module(f"claimgraph.bench.{name}").measure(Task(Path(dataset), int(claims), Path(work)))
    )
    (Path(work) / f"{name}-{claims}.json").write_text(measured, encoding="utf-8")  # in case the run is broken off
    sys.stdout.write(measured)


if __name__ == "__main__":
    _main(sys.argv[1:])
