"""Keep a keeper running for the snapshot that is current, and change to a new snapshot without a lost request.

When ``current`` changes, a new keeper is started first, then the HTTP processes are told, by a small file that is
replaced atomically, and the old keeper stays until its last query must have ended.
"""

from __future__ import annotations

import json
import threading
import time
from typing import TYPE_CHECKING

import structlog

from claimgraph.engine.embedded import KeeperProcess
from claimgraph.errors import SnapshotError
from claimgraph.serve.elsewhere import Elsewhere
from claimgraph.serve.pins import Pins
from claimgraph.serve.place import CONTROL, IN_SERVICE, METRICS
from claimgraph.snapshot import Snapshot, open_current

if TYPE_CHECKING:
    from pathlib import Path

    from claimgraph.settings import Settings

_LOOK_EVERY = 0.5  # seconds between looks at what is current
_LOOK_EVERY_WATCHING = 0.03  # the same while somebody edits the dataset and waits for it


class Supervisor:
    """Keep a keeper running for the snapshot that is current, and tell the HTTP processes where it is."""

    def __init__(self, folder: Path, queries: Path, settings: Settings) -> None:
        """Take the folder that is shared with the HTTP processes."""
        self._folder = folder
        self._queries = queries
        self._settings = settings
        self._keeper: KeeperProcess | None = None
        self._served: Snapshot | None = None
        self._retired: list[tuple[float, KeeperProcess]] = []
        self._said = ""
        self._stop = threading.Event()
        self._pins = Pins(folder / CONTROL, settings, folder / METRICS)
        self._elsewhere = Elsewhere(settings.engine, settings) if settings.engine else None
        self._is_published = False
        self._lost: str | None = None
        self._thread = threading.Thread(target=self._run, name="supervisor", daemon=True)

    def start(self) -> None:
        """Begin to look whether another snapshot is current."""
        self._thread.start()
        self._pins.start()

    def close(self) -> None:
        """Stop looking and end all keepers."""
        self._stop.set()
        if self._thread.is_alive():
            self._thread.join()
        self._pins.close()
        for keeper in (*(keeper for _, keeper in self._retired), self._keeper):
            if keeper:
                keeper.close()

    def look(self) -> None:
        """Put the current snapshot into service if it is not, or if its keeper has ended.

        Raises:
            SnapshotError: it cannot be opened or loaded, or the engine elsewhere does not have it.
        """
        snapshot = open_current(self._settings.snapshots)
        if self._served and snapshot.path == self._served.path and self._keeper and self._keeper.is_running():
            return
        is_published = self._elsewhere is not None and self._elsewhere.has(snapshot)
        snapshot.verify(content=True)
        keeper = self._start_keeper(snapshot)
        if self._keeper:
            self._retired.append((time.monotonic() + 2 * self._settings.query_timeout, self._keeper))
        self._keeper, self._served, self._is_published, self._lost = keeper, snapshot, is_published, None
        self._tell()

    def _start_keeper(self, snapshot: Snapshot) -> KeeperProcess:
        """Start a keeper of the snapshot, or, where another engine has the data, one whose workers only read texts."""
        figures = self._folder / METRICS
        if self._settings.engine is not None:
            return KeeperProcess(None, None, self._settings, figures)
        return KeeperProcess(snapshot.dump, snapshot.store, self._settings, figures)

    def _tell(self, lost: str | None = None) -> None:
        """Tell the HTTP processes what is in service, or that the engine elsewhere has lost it."""
        if self._served is None or self._keeper is None:
            return
        words = {
            "snapshot": str(self._served.path.resolve()),
            "socket": self._keeper.socket,
            "queries": str(self._queries),
            "published": self._is_published,
            "lost": lost,
        }
        written = self._folder / (IN_SERVICE + ".new")
        written.write_text(json.dumps(words), encoding="utf-8")
        written.replace(self._folder / IN_SERVICE)
        said = {"error": lost} if lost else {"engine": self._describe(self._keeper)}
        event = "out of service" if lost else "in service"
        structlog.get_logger().info(event, snapshot=self._served.digest[:12], **said)

    def _describe(self, keeper: KeeperProcess) -> str:
        if self._elsewhere:
            return self._elsewhere.describe(is_published=self._is_published)
        return "embedded, in memory" if keeper.in_memory else "embedded, on disk"

    def _look_elsewhere(self) -> None:
        """Take the snapshot out of service while the engine elsewhere does not have it: its answers would be empty."""
        lost = self._elsewhere.lost(self._served) if self._elsewhere and self._served and self._is_published else None
        if lost != self._lost:
            self._lost = lost
            self._tell(lost)

    def _run(self) -> None:
        while not self._stop.wait(_LOOK_EVERY_WATCHING if self._settings.watch else _LOOK_EVERY):
            try:
                self.look()
            except SnapshotError as error:  # the last good one stays in service
                self._complain(str(error))
                self._stop.wait(10 * _LOOK_EVERY)
            else:
                self._said = ""
            self._look_elsewhere()
            self._end_retired()
            self._pins.end_idle()

    def _complain(self, said: str) -> None:
        """Log why a snapshot is not taken into service, once for each reason: it may be for as long as it is loaded."""
        if said != self._said:
            structlog.get_logger().error("snapshot not taken into service", error=said)
        self._said = said

    def _end_retired(self) -> None:
        now = time.monotonic()
        for item in [item for item in self._retired if item[0] < now]:
            self._retired.remove(item)
            item[1].close()
