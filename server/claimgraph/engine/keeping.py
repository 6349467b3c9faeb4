"""Start a keeper as a process of its own, and end it."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Self

from claimgraph.engine.allocator import LOOKING_UP, preloaded
from claimgraph.errors import SnapshotError

if TYPE_CHECKING:
    from claimgraph.settings import Settings

_HUGE_PAGES = {"GLIBC_TUNABLES": "glibc.malloc.hugetlb=1"}
"""Has the C library ask for huge pages, where the kernel gives them: a fork of 1.3 GB then takes 3 ms, not 20, and
queries are a fifth faster. Other C libraries take no notice."""
_BYTES_PER_BYTE = 3  # measured: an in-memory store takes some 400 bytes for a quad, its line in the dump some 150
_GRACE = 2.0  # seconds that a keeper has to end by itself


def fits(dump: Path, limit: int) -> bool:
    """Tell whether what a dump holds takes at most so many bytes in memory, as far as can be guessed."""
    return dump.stat().st_size * _BYTES_PER_BYTE <= limit


class KeeperProcess:
    """Run a keeper over the dump of a snapshot, or over its store on disk where the dump is too large for memory.

    Without a dump its workers have no data, and read texts.
    """

    def __init__(self, dump: Path | None, store: Path | None, settings: Settings, figures: Path | None = None) -> None:
        """Start the keeper and wait until it has loaded; ``figures`` is the folder in which it counts its workers.

        Raises:
            SnapshotError: the dump or the store cannot be read.
        """
        try:
            self.in_memory = not dump or not store or fits(dump, settings.memory_limit)
        except OSError as error:
            raise SnapshotError(f"the snapshot cannot be loaded: {error}") from error
        self._folder = Path(tempfile.mkdtemp(prefix="claimgraph-"))
        self.socket = str(self._folder / "keeper")
        config = {
            "dump": str(dump) if dump else None,
            "store": str(store) if store else None,
            "socket": self.socket,
            "in_memory": self.in_memory,
            "worker_memory": settings.worker_memory,
            "figures": str(figures) if figures else None,
        }
        command = [sys.executable, "-m", "claimgraph.engine.keeper", json.dumps(config)]
        allocation = _HUGE_PAGES if self.in_memory else preloaded(LOOKING_UP) or _HUGE_PAGES
        environment = os.environ | allocation
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environment)
        said = self._process.stdout.readline() if self._process.stdout else b""
        report = json.loads(said) if said else {"error": "the keeper ended before it was ready"}
        if "error" in report:
            self.close()
            raise SnapshotError(f"the snapshot cannot be loaded: {report['error']}")

    @property
    def pid(self) -> int:
        """Return the process id of the keeper."""
        return self._process.pid

    def is_running(self) -> bool:
        """Tell whether the keeper is still there."""
        return self._process.poll() is None

    def close(self) -> None:
        """End the keeper, and with it all its workers."""
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe:
                pipe.close()
        try:
            self._process.wait(timeout=_GRACE)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        shutil.rmtree(self._folder, ignore_errors=True)

    def __enter__(self) -> Self:
        """Return itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """End the keeper."""
        self.close()
