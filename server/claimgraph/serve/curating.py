"""Keep the process running that checks and builds the dataset while it is edited."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from typing import TYPE_CHECKING

import structlog

from claimgraph.errors import ClaimgraphError

if TYPE_CHECKING:
    from pathlib import Path

    from claimgraph.dataset import Layout
    from claimgraph.settings import Settings

_GRACE = 5.0  # seconds that a curator has to end
_PAUSE = 1.0  # seconds before one that has ended is started again


class CuratorProcess:
    """Run a :class:`~claimgraph.serve.curator.Curator` over a dataset, and another one should it end."""

    def __init__(self, layout: Layout, file: Path, settings: Settings) -> None:
        """Start the curator and wait until it has looked at the dataset once; ``file`` tells how the dataset stands.

        Raises:
            ClaimgraphError: it ended before.
        """
        self._config = json.dumps(
            {
                "parent": os.getpid(),
                "root": str(layout.root.resolve()),
                "file": str(file),
                "settings": settings.model_dump(mode="json") | {"snapshots": str(settings.snapshots.resolve())},
            }
        )
        self._stop = threading.Event()
        # A process ends with the thread that started it (see die_with_parent): this thread lasts.
        self._started = threading.Event()
        self._process: subprocess.Popen[bytes] | None = None
        self._is_ready = False
        self._thread = threading.Thread(target=self._run, name="curator", daemon=True)
        self._thread.start()
        self._started.wait()
        if not self._is_ready:
            self.close()
            raise ClaimgraphError("the dataset cannot be watched")

    def close(self) -> None:
        """End the curator; a build that it is at leaves nothing behind."""
        self._stop.set()
        if self._process:
            self._process.terminate()
        self._thread.join(_GRACE)
        if self._process and self._process.poll() is None:
            self._process.kill()

    def _run(self) -> None:
        command = [sys.executable, "-m", "claimgraph.serve.curator", self._config]
        while not self._stop.is_set():
            with subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE) as process:
                self._process = process
                if process.stdout and process.stdout.readline():
                    self._is_ready = True
                self._started.set()
                process.wait()
            if not self._stop.wait(_PAUSE):
                structlog.get_logger().error("the curator ended and is started again", status=process.returncode)
