"""Serve snapshots: the main process starts granian's HTTP processes, and keepers for what they ask.

Its :class:`~claimgraph.serve.supervisor.Supervisor` looks after the keepers; in each HTTP process a
:class:`~claimgraph.serve.follower.Follower` follows it.
"""

from __future__ import annotations

import gc
import logging
import os
import resource
import shutil
import signal
import socket
import sys
import tempfile
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import structlog
from granian import Granian
from granian.constants import Interfaces
from granian.http import HTTP1Settings

from claimgraph.engine.walls import die_with_parent
from claimgraph.errors import UsageError
from claimgraph.serve.curating import CuratorProcess
from claimgraph.serve.follower import Follower
from claimgraph.serve.place import LIVE, METRICS
from claimgraph.serve.supervisor import Supervisor
from claimgraph.settings import Settings
from claimgraph.web.app import HEADERS, create_app
from claimgraph.web.cache import Cache
from claimgraph.web.express import Express
from claimgraph.web.gateway import Gateway
from claimgraph.web.metrics import Metrics
from claimgraph.web.watch import Watch

if TYPE_CHECKING:
    from claimgraph.dataset import Layout

_COLLECT_AFTER = 20_000  # objects made and kept, after which Python looks for ones that nobody holds
_BACKLOG = 4096  # connections that the kernel holds until they are accepted
_BUFFER = 1 << 17  # bytes of a connection that are held on their way in, or out; a request's address and headers fit in
_OTHER_FILES = 256  # descriptors that an HTTP process keeps for other things than connections


def serve(layout: Layout, settings: Settings) -> None:
    """Serve the current snapshot until SIGINT or SIGTERM; with ``watch``, check and build the dataset as it changes.

    Raises:
        SnapshotError: there is no snapshot to serve.
        UsageError: the port is in use.
    """
    log_to_stderr()
    port = _free_port(settings.host, settings.port)
    folder = Path(tempfile.mkdtemp(prefix="claimgraph-"))
    (folder / METRICS).mkdir()
    supervisor = Supervisor(folder, layout.queries, settings)
    curator = None
    try:
        curator = CuratorProcess(layout, folder / LIVE, settings) if settings.watch else None
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
            http1_settings=HTTP1Settings(max_buffer_size=_BUFFER),
        )  # fmt: skip
        known = settings.model_dump_json(context={"with_secrets": True})
        server.serve(target_loader=partial(load_application, folder, known, os.getpid()), wrap_loader=False)
    finally:
        if curator:
            curator.close()
        supervisor.close()
        shutil.rmtree(folder, ignore_errors=True)


def _connections(settings: Settings) -> int:
    """Let this process and its children open as many files as they may, and return how many connections that allows."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    return max(settings.http_workers, min(settings.max_connections, (most - _OTHER_FILES) * settings.http_workers))


def load_application(folder: Path, settings: str, server: int) -> Watch:
    """Make the application of one HTTP process, which ends when the process of the server is killed."""
    die_with_parent(signal.SIGKILL, server)
    log_to_stderr()
    read = Settings.model_validate_json(settings)
    metrics = Metrics(folder / METRICS)
    follower = Follower(folder, read, metrics)
    cache = Cache(follower.stamp, read.cache_bytes) if read.cache_bytes else None
    app = create_app(follower, read, live=folder / LIVE if read.watch else None)
    gateway = Gateway(app, read, express=Express(follower, read, HEADERS), cache=cache)
    gc.freeze()  # what is loaded by now stays; looking through it again and again costs a tenth of a second each time
    gc.set_threshold(_COLLECT_AFTER)
    return Watch(gateway, metrics)


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
