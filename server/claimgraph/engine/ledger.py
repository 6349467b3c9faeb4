"""What keepers tell of their workers while they run: how many there are, and how others ended.

Each keeper writes whole numbers into a file of its own in a folder that all keepers of a service share. The file stays
when its keeper ends, so that what it counted stays in the sums.
"""

from __future__ import annotations

import contextlib
import mmap
import os
import resource
import signal
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

CAUSES = ("closed", "deadline", "memory", "depth", "killed", "failed")
"""How a worker ends: its connection was closed, its time was up, it got no more memory, its stack was used up, it was
killed from outside (by the kernel when memory runs out), or something else went wrong."""
_BY_SIGNAL: dict[int, str] = {
    signal.SIGALRM: "deadline",
    signal.SIGABRT: "memory",
    signal.SIGSEGV: "depth",
    signal.SIGKILL: "killed",
}
_WIDTH = 8  # bytes of a number
_NAME = "keeper-"
_MODULE = b"claimgraph.engine.keeper"


def cause_of(status: int, *, was_closed: bool) -> str:
    """Name how a worker ended, by its wait status and by whether its connection had been closed before."""
    return "closed" if was_closed or status == 0 else _BY_SIGNAL.get(status & 0x7F, "failed")


class Ledger:
    """Count the workers of one keeper."""

    def __init__(self, folder: str | None) -> None:
        """Take the shared folder; without one nobody reads what is counted."""
        size = _WIDTH * (1 + len(CAUSES))
        if folder is None:
            shared = mmap.mmap(-1, size)
        else:
            path = Path(folder) / f"{_NAME}{os.getpid()}"
            path.write_bytes(bytes(size))
            with path.open("r+b") as file:
                shared = mmap.mmap(file.fileno(), size)
        self._numbers = memoryview(shared).cast("q")

    def began(self) -> None:
        """Count a worker that begins."""
        self._numbers[0] += 1

    def ended(self, cause: str) -> None:
        """Count a worker that has ended."""
        self._numbers[1 + CAUSES.index(cause)] += 1


@dataclass(slots=True)
class Figures:
    """Be what all keepers tell together.

    ``workers`` and ``bytes`` are of those that run now: how many, and the memory they have taken beside the dataset.
    """

    workers: int = 0
    bytes: int = 0
    ended: Counter[str] = field(default_factory=Counter)


def read_figures(folder: Path) -> Figures:
    """Add up what the keepers of a service have written, and look at their workers."""
    found = Figures(ended=Counter(dict.fromkeys(CAUSES, 0)))
    for path in folder.glob(_NAME + "*"):
        began, *ended = memoryview(path.read_bytes()).cast("q")
        found.ended.update(dict(zip(CAUSES, ended, strict=True)))
        process = Path("/proc", path.name.removeprefix(_NAME))
        with contextlib.suppress(OSError):  # it has ended
            if _MODULE in (process / "cmdline").read_bytes():
                found.workers += began - sum(ended)
                found.bytes += _taken(process)
    return found


def _taken(keeper: Path) -> int:
    """Return the memory that the workers of a keeper have taken beyond its own, as their limit counts it."""
    own = _size(keeper)
    taken = 0
    for worker in (keeper / "task" / keeper.name / "children").read_text(encoding="ascii").split():
        with contextlib.suppress(OSError):
            taken += max(0, _size(Path("/proc", worker)) - own)
    return taken


def _size(process: Path) -> int:
    """Return the size of the address space of a process (proc(5)), in bytes."""
    return int((process / "statm").read_text(encoding="ascii").split()[0]) * resource.getpagesize()
