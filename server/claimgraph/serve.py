"""Serve a snapshot: keeper processes, HTTP processes, and the change to a new snapshot without a lost request.

The main process starts a keeper for the current snapshot and granian's HTTP processes, and looks whether ``current``
changes. When it does, a new keeper is started first, then the HTTP processes are told, by a small file that is replaced
atomically, and the old keeper stays until its last query must have ended.
"""

from __future__ import annotations

import json
import logging
import resource
import shutil
import signal
import socket
import sys
import tempfile
import threading
import time
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import structlog
from granian import Granian
from granian.constants import Interfaces

from claimgraph.catalog import Catalog
from claimgraph.engine.embedded import Embedded, KeeperProcess
from claimgraph.engine.remote import Remote
from claimgraph.engine.walls import die_with_parent
from claimgraph.errors import SnapshotError, UsageError
from claimgraph.settings import Settings
from claimgraph.snapshot import Snapshot, open_current, read_snapshot
from claimgraph.web.app import HEADERS, create_app
from claimgraph.web.cache import Cache
from claimgraph.web.express import Express
from claimgraph.web.gateway import Gateway
from claimgraph.web.metrics import Metrics
from claimgraph.web.service import View
from claimgraph.web.watch import Watch

if TYPE_CHECKING:
    from claimgraph.dataset import Layout
    from claimgraph.engine import Engine

_LOOK_EVERY = 0.5  # seconds between looks at what is current
_LOOK_AGAIN = 0.01  # seconds for which an HTTP process takes for granted that nothing has changed
_IN_SERVICE = "in-service.json"
_METRICS = "metrics"
_BACKLOG = 4096  # connections that the kernel holds until they are accepted
_OTHER_FILES = 256  # descriptors that an HTTP process keeps for other things than connections


def serve(layout: Layout, settings: Settings) -> None:
    """Serve the current snapshot until SIGINT or SIGTERM.

    Raises:
        SnapshotError: there is no snapshot to serve.
        UsageError: the port is in use.
    """
    log_to_stderr()
    port = _free_port(settings.host, settings.port)
    folder = Path(tempfile.mkdtemp(prefix="claimgraph-"))
    (folder / _METRICS).mkdir()
    supervisor = Supervisor(folder, layout.queries, settings)
    try:
        supervisor.look()
        supervisor.start()
        address = settings.public_url or f"http://{settings.host}:{port}"
        sys.stdout.write(f"claimgraph is served\n  home      {address}/\n  questions {address}/queries/\n")
        sys.stdout.write(f"  SPARQL    {address}/sparql\n")
        sys.stdout.flush()
        server = Granian(
            "claimgraph", address=settings.host, port=port, interface=Interfaces.ASGINL, websockets=False,
            workers=settings.http_workers, respawn_failed_workers=True, respawn_interval=0.2, log_enabled=False,
            workers_kill_timeout=int(settings.query_timeout) + 1,
            backlog=_BACKLOG, backpressure=_connections(settings) // settings.http_workers,
        )  # fmt: skip
        server.serve(target_loader=partial(load_application, folder, settings.model_dump_json()), wrap_loader=False)
    finally:
        supervisor.close()
        shutil.rmtree(folder, ignore_errors=True)


def _connections(settings: Settings) -> int:
    """Let this process and its children open as many files as they may, and return how many connections that allows."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    return max(settings.http_workers, min(settings.max_connections, (most - _OTHER_FILES) * settings.http_workers))


def load_application(folder: Path, settings: str) -> Watch:
    """Make the application of one HTTP process, which ends when the server that started it is killed."""
    die_with_parent(signal.SIGKILL)
    log_to_stderr()
    read = Settings.model_validate_json(settings)
    follower = Follower(folder, read)
    cache = Cache(follower.stamp, read.cache_bytes) if read.cache_bytes else None
    app = create_app(follower, read)
    gateway = Gateway(app, read, express=Express(follower, read, HEADERS), cache=cache)
    return Watch(gateway, Metrics(folder / _METRICS))


def log_to_stderr() -> None:
    """Write logs as one line an event to standard error."""
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso"),
            structlog.processors.LogfmtRenderer(key_order=["timestamp", "level", "event"]),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=structlog.WriteLoggerFactory(sys.stderr),
        cache_logger_on_first_use=True,
    )


def _free_port(host: str, port: int) -> int:
    """Find out now whether the port is free, and which one where any will do.

    Raises:
        UsageError: the address cannot be listened on.
    """
    try:
        family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]
        with socket.create_server((host, port), family=family) as probe:
            return int(probe.getsockname()[1])
    except OSError as error:
        raise UsageError(f"cannot listen on {host}:{port}: {error.strerror}; choose another with --port") from error


class Supervisor:
    """Keep a keeper running for the snapshot that is current, and tell the HTTP processes where it is."""

    def __init__(self, folder: Path, queries: Path, settings: Settings) -> None:
        """Take the folder that is shared with the HTTP processes."""
        self._folder = folder
        self._queries = queries
        self._settings = settings
        self._keeper: KeeperProcess | None = None
        self._served: Path | None = None
        self._retired: list[tuple[float, KeeperProcess]] = []
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="supervisor", daemon=True)

    def start(self) -> None:
        """Begin to look whether another snapshot is current."""
        self._thread.start()

    def close(self) -> None:
        """Stop looking and end all keepers."""
        self._stop.set()
        if self._thread.is_alive():
            self._thread.join()
        for keeper in (*(keeper for _, keeper in self._retired), self._keeper):
            if keeper:
                keeper.close()

    def look(self) -> None:
        """Put the current snapshot into service if it is not, or if its keeper has ended.

        Raises:
            SnapshotError: it cannot be opened or loaded.
        """
        snapshot = open_current(self._settings.snapshots)
        elsewhere = self._settings.engine is not None
        if snapshot.path == self._served and (elsewhere or (self._keeper and self._keeper.is_running())):
            return
        snapshot.verify(content=True)
        keeper = None if elsewhere else KeeperProcess(snapshot.dump, snapshot.store, self._settings)
        if self._keeper:
            self._retired.append((time.monotonic() + 2 * self._settings.query_timeout, self._keeper))
        self._keeper, self._served = keeper, snapshot.path
        self._tell(snapshot, keeper)

    def _tell(self, snapshot: Snapshot, keeper: KeeperProcess | None) -> None:
        place = keeper.socket if keeper else None
        words = {"snapshot": str(snapshot.path.resolve()), "socket": place, "queries": str(self._queries)}
        written = self._folder / (_IN_SERVICE + ".new")
        written.write_text(json.dumps(words), encoding="utf-8")
        written.replace(self._folder / _IN_SERVICE)
        structlog.get_logger().info("in service", snapshot=snapshot.digest[:12], engine=self._describe())

    def _describe(self) -> str:
        if self._keeper is None:
            return str(self._settings.engine)
        return "embedded, in memory" if self._keeper.in_memory else "embedded, on disk"

    def _run(self) -> None:
        while not self._stop.wait(_LOOK_EVERY):
            try:
                self.look()
            except SnapshotError as error:  # the last good one stays in service
                structlog.get_logger().error("snapshot not taken into service", error=str(error))
                self._stop.wait(10 * _LOOK_EVERY)
            self._end_retired()

    def _end_retired(self) -> None:
        now = time.monotonic()
        for item in [item for item in self._retired if item[0] < now]:
            self._retired.remove(item)
            item[1].close()


class Follower:
    """Give, in one HTTP process, the snapshot that the supervisor has put into service."""

    def __init__(self, folder: Path, settings: Settings) -> None:
        """Take the folder that the supervisor writes into."""
        self._file = folder / _IN_SERVICE
        self._settings = settings
        self._lock = threading.Lock()
        self._seen: tuple[int, int] = (0, 0)
        self._stamp: tuple[int, int] = (0, 0)
        self._looked = 0.0
        self._view: View | None = None

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
            raise SnapshotError("no snapshot is in service")
        return self._view

    def at_hand(self) -> View | None:
        """Return the view of what is in service, or None where it is yet to be opened, which takes some time."""
        return self._view if self.stamp() == self._seen else None

    def _follow(self, stamp: tuple[int, int]) -> None:
        words: dict[str, Any] = json.loads(self._file.read_text(encoding="utf-8"))
        snapshot = read_snapshot(Path(words["snapshot"]))
        view = View(snapshot.manifest, self._engine(words["socket"]), Catalog.load(Path(words["queries"])))
        previous, self._view, self._seen = self._view, view, stamp
        if previous:
            previous.engine.close()

    def _engine(self, place: str | None) -> Engine:
        """Make the engine: over the keeper's socket, or over the endpoint that the settings name."""
        if self._settings.engine is not None:
            return Remote(self._settings.engine)
        share = -(-self._settings.query_workers // self._settings.http_workers)
        return Embedded(str(place), self._settings, workers=share)
