"""Checking and layout: all of a dataset, one changed file of it, and how fast ``fmt`` lays out."""

from __future__ import annotations

import subprocess
import sys
from statistics import median
from time import process_time
from typing import TYPE_CHECKING, Any, Final

from claimgraph.bench.measuring import peak_bytes, timed
from claimgraph.check import check
from claimgraph.dataset import root
from claimgraph.dataset.tidy import tidy

if TYPE_CHECKING:
    from pathlib import Path

    from claimgraph.bench.measuring import Task
    from claimgraph.dataset import Layout

_TIMES: Final = 3


def measure(task: Task) -> dict[str, Any]:
    """Return seconds of a check of everything, of one changed file, and of the shipped dataset, each as a command.

    The first is taken in this process, for its peak memory; ``fmt_bytes_per_second`` is by processor time.
    """
    layout = task.layout()
    seconds, _ = timed(lambda: check(layout))
    peak = peak_bytes()
    changed = max((file for file in layout.graphs() if file.relative.endswith("/claims.ttl")), key=_size).path
    before = changed.read_bytes()
    try:
        one = median(_changed(task.dataset, changed, before + b"# changed %d\n" % number) for number in range(_TIMES))
    finally:
        changed.write_bytes(before)
    shipped = median(timed(lambda: _command(root()))[0] for _ in range(_TIMES))
    return {
        "seconds": seconds,
        "files": len(layout.graphs()),
        "peak_bytes": peak,
        "one_file_seconds": one,
        "shipped_seconds": shipped,
        "fmt_bytes_per_second": _layout_speed(layout),
    }


def _size(file: Any) -> int:  # noqa: ANN401 - a SourceFile
    return int(file.path.stat().st_size)


def _changed(dataset: Path, path: Path, content: bytes) -> float:
    """Change a file, since one that is as it was is not judged again, and time the check of it."""
    path.write_bytes(content)
    return timed(lambda: _command(dataset, path))[0]


def _command(dataset: Path, *paths: Path) -> None:
    command = [sys.executable, "-m", "claimgraph", "check", "--dataset", str(dataset), *map(str, paths)]
    subprocess.run(command, check=False, capture_output=True)


def _layout_speed(layout: Layout) -> float:
    texts = [file.path.read_text(encoding="utf-8") for file in layout.graphs()[:20]]
    start = process_time()
    for text in texts:
        tidy(text)
    return sum(len(text.encode()) for text in texts) / max(process_time() - start, 1e-9)
