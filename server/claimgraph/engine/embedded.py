"""The embedded engine: Oxigraph in query workers that can be ended without harm to any other request.

A :class:`KeeperProcess` holds the snapshot; an :class:`Embedded` asks it over a small pool of connections, each of
which is one worker. Any number of processes may have an :class:`Embedded` on the same keeper.
"""

from __future__ import annotations

import contextlib
import json
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from claimgraph.engine import WHOLE, Dataset, Limits, wire
from claimgraph.errors import (
    AnswerTooLarge,
    BadQuery,
    DeadlineExceeded,
    EngineBusy,
    EngineError,
    OutOfMemory,
    SnapshotError,
)
from claimgraph.sparql.query import from_native

if TYPE_CHECKING:
    import socket

    from claimgraph.formats import Format
    from claimgraph.settings import Settings
    from claimgraph.sparql.query import Query

_GRACE = 2.0  # seconds after which a worker that should have ended itself is given up


class KeeperProcess:
    """Run a keeper over the dump of a snapshot, or over its store on disk where the dump is too large for memory."""

    def __init__(self, dump: Path, store: Path | None, settings: Settings) -> None:
        """Start the keeper and wait until it has loaded.

        Raises:
            SnapshotError: the dump or the store cannot be read.
        """
        self._folder = Path(tempfile.mkdtemp(prefix="claimgraph-"))
        self.socket = str(self._folder / "keeper")
        config = {
            "dump": str(dump),
            "store": str(store) if store else None,
            "socket": self.socket,
            "memory_limit": settings.memory_limit,
            "worker_memory": settings.worker_memory,
        }
        command = [sys.executable, "-m", "claimgraph.engine.keeper", json.dumps(config)]
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        said = self._process.stdout.readline() if self._process.stdout else b""
        report = json.loads(said) if said else {"error": "the keeper ended before it was ready"}
        if "error" in report:
            self.close()
            raise SnapshotError(f"the snapshot cannot be loaded: {report['error']}")
        self.in_memory = bool(report["in_memory"])

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


class Embedded:
    """Ask a keeper's workers, at most so many at once."""

    def __init__(self, path: str, settings: Settings, *, workers: int | None = None) -> None:
        """Take the path of the keeper's socket; ``workers`` defaults to the setting ``query_workers``."""
        self._path = path
        self._settings = settings
        self._free = threading.BoundedSemaphore(workers or settings.query_workers)
        self._idle: list[socket.socket] = []
        self._lock = threading.Lock()

    def answer(self, query: Query, format_: Format, limits: Limits, dataset: Dataset = WHOLE) -> WorkerAnswer:
        """Answer a query; see :class:`claimgraph.engine.Engine`."""
        request = {
            "query": query.text,
            "names_dataset": query.names_dataset,
            "format": format_.name,
            "seconds": limits.seconds,
            "bytes": limits.bytes,
            "graphs": [dataset.default_graphs, dataset.named_graphs] if dataset else None,
        }
        if not self._free.acquire(timeout=self._settings.queue_timeout):
            raise EngineBusy
        try:
            connection = self._ask(request, limits)
        except BaseException:
            self._free.release()
            raise
        return WorkerAnswer(self, connection, query, limits, self._settings.worker_memory)

    def close(self) -> None:
        """Close the idle connections, which ends their workers; those that are answering end when they are done."""
        with self._lock:
            idle, self._idle = self._idle, []
        for connection in idle:
            connection.close()

    def give_back(self, connection: socket.socket, *, reusable: bool) -> None:
        """Take a connection back from an answer that is done with it."""
        if reusable:
            with self._lock:
                self._idle.append(connection)
        else:
            connection.close()
        self._free.release()

    def _ask(self, request: dict[str, Any], limits: Limits) -> socket.socket:
        """Send a request to an idle worker, or to a new one where there is none or the idle one has ended."""
        while True:
            with self._lock:
                connection = self._idle.pop() if self._idle else None
            fresh = connection is None
            try:
                connection = connection or self._connect()
                connection.settimeout(limits.seconds + _GRACE)
                wire.send_request(connection, request)
            except OSError as error:
                if connection:
                    connection.close()
                if fresh:
                    raise EngineError("the query engine is not running") from error
            else:
                return connection

    def _connect(self) -> socket.socket:
        """Connect, which makes the keeper fork a worker, and hear its hello."""
        connection = wire.connect(self._path)
        try:
            connection.settimeout(_GRACE + self._settings.queue_timeout)
            hello = connection.recv(wire.LARGEST)
        except OSError:
            connection.close()
            raise
        if hello[:1] != wire.HELLO:
            connection.close()
            raise ConnectionError("the worker ended at its start")
        return connection


class WorkerAnswer:
    """Be the answer that one worker is giving; see :class:`claimgraph.engine.Answer`."""

    def __init__(self, engine: Embedded, connection: socket.socket, query: Query, limits: Limits, memory: int) -> None:
        """Take over a connection on which the request has been sent."""
        self._engine = engine
        self._connection: socket.socket | None = connection
        self._query = query
        self._limits = limits
        self._memory = memory
        self._start = time.monotonic()
        self._lock = threading.Lock()
        self._whole = False
        self.times: dict[str, float] = {}

    def __iter__(self) -> Self:
        """Return itself."""
        return self

    def __next__(self) -> bytes:
        """Return the next piece of the answer; see :meth:`claimgraph.engine.Engine.answer` for what is raised."""
        connection = self._connection
        if connection is None:
            if self._whole:
                raise StopIteration
            raise EngineError("the answer was given up before it was whole")
        try:
            message = connection.recv(wire.LARGEST)
        except TimeoutError as error:  # the worker's own timer did not end it
            self._done(reusable=False)
            raise DeadlineExceeded(self._limits.seconds) from error
        except OSError:  # closed by another thread, between two pieces
            message = b""
        kind, content = message[:1], message[1:]
        if kind == wire.DATA:
            return content
        self._done(reusable=kind in {wire.END, wire.ERROR})
        if kind == wire.END:
            self._whole = True
            self.times = json.loads(content)
            raise StopIteration
        raise self._error(kind, content)

    def close(self) -> None:
        """Give the answer up: the keeper ends the worker, and whoever waits for the next piece gets an EngineError."""
        connection = self._connection
        if connection is not None:
            with contextlib.suppress(OSError):
                connection.shutdown(2)
            self._done(reusable=False)

    def _done(self, *, reusable: bool) -> None:
        with self._lock:
            connection, self._connection = self._connection, None
        if connection is not None:
            self._engine.give_back(connection, reusable=reusable)

    def _error(self, kind: bytes, content: bytes) -> EngineError | BadQuery:
        """Translate how the answer failed."""
        if kind == wire.ERROR:
            return self._told(**json.loads(content))
        status = int(content) if kind == wire.GONE else 0
        late = time.monotonic() - self._start >= self._limits.seconds
        if status == signal.SIGALRM or (not status and late):
            return DeadlineExceeded(self._limits.seconds)
        if status & 0x7F == signal.SIGABRT:  # how native code ends when it gets no more memory
            return OutOfMemory(self._memory)
        if status & 0x7F == signal.SIGSEGV:  # its stack is used up
            return BadQuery("the query is too deeply nested or too long for the engine")
        return EngineError("the query worker ended before the answer was whole")

    def _told(self, kind: str, message: str) -> EngineError | BadQuery:
        """Translate an error that the worker told."""
        if kind == "syntax":
            return from_native(self._query.text, message)
        if kind == "large":
            return AnswerTooLarge(self._limits.bytes)
        if kind == "memory":
            return OutOfMemory(self._memory)
        if "custom function" in message:
            return BadQuery(message)
        return EngineError(f"the query failed: {message}")
