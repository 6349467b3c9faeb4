"""Give, in one HTTP process, the snapshots that the supervisor has keepers for."""

from __future__ import annotations

import json
import threading
import time
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from claimgraph.catalog import Catalog
from claimgraph.engine.embedded import Embedded
from claimgraph.engine.remote import Endpoint, Remote
from claimgraph.errors import SnapshotError, UnknownName
from claimgraph.publish import version_of
from claimgraph.serve.pins import ask
from claimgraph.serve.place import CONTROL, IN_SERVICE
from claimgraph.snapshot import read_snapshot
from claimgraph.web.service import View

if TYPE_CHECKING:
    from claimgraph.engine import Engine
    from claimgraph.settings import Settings
    from claimgraph.sparql.version import Version
    from claimgraph.web.metrics import Metrics

_LOOK_AGAIN = 0.01  # seconds for which an HTTP process takes for granted that nothing has changed
_ASK_AGAIN = 5.0  # seconds for which a keeper of a pinned snapshot is taken to be there


@dataclass(frozen=True, slots=True)
class _Pinned:
    """A view of a pinned snapshot, where its keeper listens, and when the supervisor was last asked for it."""

    view: View
    place: str
    asked: float


class Follower:
    """Give, in one HTTP process, the snapshot that the supervisor has put into service."""

    def __init__(self, folder: Path, settings: Settings, metrics: Metrics | None = None) -> None:
        """Take the folder that the supervisor writes into, and whom to tell how many queries run and wait."""
        self._tally = metrics.move_queries if metrics else None
        self._endpoint = _endpoint(settings, metrics)
        self._file = folder / IN_SERVICE
        self._control = folder / CONTROL
        self._pinned: dict[str, _Pinned] = {}
        self._settings = settings
        self._lock = threading.Lock()
        self._seen: tuple[int, int] = (0, 0)
        self._stamp: tuple[int, int] = (0, 0)
        self._looked = 0.0
        self._view: View | None = None
        self._lost: str | None = None

    def stamp(self) -> tuple[int, int]:
        """Return what changes when another snapshot is put into service; looked up a hundred times a second at most."""
        now = time.monotonic()
        if now - self._looked > _LOOK_AGAIN:
            found = self._file.stat()
            self._stamp, self._looked = (found.st_mtime_ns, found.st_ino), now
        return self._stamp

    def current(self) -> View:
        """Return the view of what is in service; see :class:`claimgraph.web.service.Service`."""
        stamp = self.stamp()
        if stamp != self._seen or self._view is None:
            with self._lock:
                if stamp != self._seen or self._view is None:
                    self._follow(stamp)
        if self._view is None:
            raise SnapshotError(self._lost or "no snapshot is in service")
        return self._view

    def at_hand(self) -> View | None:
        """Return the view of what is in service, or None where it is yet to be opened, which takes some time."""
        return self._view if self.stamp() == self._seen else None

    def pinned(self, digest: str) -> View:
        """Return the view of a kept snapshot; see :class:`claimgraph.web.service.Keeps`."""
        current = self.current()
        if current.digest == digest:
            return current
        with self._lock:
            known = self._pinned.get(digest)
            if known is None or time.monotonic() - known.asked > _ASK_AGAIN:
                known = self._pinned[digest] = self._pin(digest, known, current.catalog)
            return known.view

    def _pin(self, digest: str, known: _Pinned | None, catalog: Catalog) -> _Pinned:
        """Have the supervisor keep a keeper for a snapshot, and make a view over it where there is none yet."""
        if self._settings.engine is not None:
            raise UnknownName(f"the snapshot {digest[:12]} is not in service here")
        path, place = ask(self._control, digest)
        if known and known.place == place:
            return replace(known, asked=time.monotonic())
        if known:
            known.view.engine.close()
        view = View(read_snapshot(Path(path)).manifest, self._engine(place), catalog, Path(path))
        return _Pinned(view, place, time.monotonic())

    def _follow(self, stamp: tuple[int, int]) -> None:
        words: dict[str, Any] = json.loads(self._file.read_text(encoding="utf-8"))
        self._lost = words["lost"]
        if self._lost:
            previous, self._view, self._seen = self._view, None, stamp
            if previous:
                previous.engine.close()
            return
        snapshot = read_snapshot(Path(words["snapshot"]))
        catalog = Catalog.load(Path(words["queries"]))
        version = version_of(snapshot.manifest, self._settings.base) if words["published"] else None
        view = View(snapshot.manifest, self._engine(words["socket"], version), catalog, snapshot.path)
        previous, self._view, self._seen = self._view, view, stamp
        if previous:
            previous.engine.close()

    def _engine(self, place: str, version: Version | None = None) -> Engine:
        """Make the engine: over the keeper's socket, or over the endpoint that the settings name."""
        share = -(-self._settings.query_workers // self._settings.http_workers)
        embedded = Embedded(place, self._settings, workers=share, tally=self._tally)
        return Remote(self._endpoint, embedded, version) if self._endpoint else embedded


def _endpoint(settings: Settings, metrics: Metrics | None) -> Endpoint | None:
    """Make the endpoint that the settings name; it outlives snapshots, for so do its failures."""
    if settings.engine is None:
        return None
    return Endpoint(settings.engine, settings, *([metrics.move_circuits] if metrics else []))
