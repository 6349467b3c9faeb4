"""Counts and times of requests and queries for Prometheus, over all processes together.

Each HTTP process writes its own into files of a shared folder, and so does each keeper; whichever HTTP process is asked
for ``/metrics`` adds them up. What a process counted stays in the sum when the process ends; what it had under way does
not.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from claimgraph.engine.ledger import read_figures

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from prometheus_client import Metric

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
_ROUTES = frozenset(
    (
        "sparql", "queries", "id", "page", "data", "graph", "ontology", "explain", "search", "reconcile", "dump",
        "versions", "live", "static", "api", "openapi", "healthz", "readyz", "metrics", "catalog", "well-known",
        "timegate", "timemap", "context", "sitemap", "robots", "shape",
    )
)  # fmt: skip
_SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0)


@dataclass(frozen=True, slots=True)
class Outcome:
    """Say what became of a request: its status (0 where the client hung up before there was one), seconds, bytes."""

    route: str
    method: str
    status: int
    seconds: float
    sent: int
    is_broken: bool


def route_of(path: str) -> str:
    """Name the part of the service that a path belongs to; strangers' paths all go by one name."""
    first = path.split("/", 2)[1].removeprefix(".").partition(".")[0] if path.startswith("/") else ""
    if not first:
        return "home"
    return first if first in _ROUTES else "other"


class Metrics:
    """Count and time the requests of one process, and write down those of all."""

    def __init__(self, folder: Path) -> None:
        """Take the folder that the HTTP processes share."""
        os.environ["PROMETHEUS_MULTIPROC_DIR"] = str(folder)
        import prometheus_client  # noqa: PLC0415 - it reads the folder when it is imported, no later

        self._folder = folder
        self._client = prometheus_client
        registry = prometheus_client.CollectorRegistry()
        self._requests = prometheus_client.Counter(
            "claimgraph_requests", "Requests answered", ("route", "method", "status"), registry=registry
        )
        self._bytes = prometheus_client.Counter(
            "claimgraph_response_bytes", "Bytes of response bodies sent", ("route",), registry=registry
        )
        self._broken = prometheus_client.Counter(
            "claimgraph_broken_responses", "Responses broken off before they were whole", ("route",), registry=registry
        )
        self._seconds = prometheus_client.Histogram(
            "claimgraph_request_seconds",
            "Seconds from request to last byte",
            ("route",),
            buckets=_SECONDS,
            registry=registry,
        )
        self._in_progress, self._running, self._waiting, self._circuits = (
            prometheus_client.Gauge("claimgraph_" + name, meaning, multiprocess_mode="livesum", registry=registry)
            for name, meaning in (
                ("requests_in_progress", "Requests that are being answered"),
                ("queries_running", "Queries that have a worker"),
                ("queries_waiting", "Queries that wait for a worker"),
                ("engine_circuits_open", "HTTP processes that leave the engine elsewhere alone, since it failed"),
            )
        )
        self._counted: dict[tuple[str, str, int], Callable[[], None]] = {}
        self._timed: dict[str, Callable[[float], None]] = {}
        self._sent: dict[str, Callable[[float], None]] = {}

    def begin(self) -> None:
        """Count a request as in progress."""
        self._in_progress.inc()

    def end(self, outcome: Outcome) -> None:
        """Count a request as answered."""
        self._in_progress.dec()
        route, key = outcome.route, (outcome.route, outcome.method, outcome.status)
        if key not in self._counted:  # looking children up by their labels takes longer than counting
            self._counted[key] = self._requests.labels(*map(str, key)).inc
            self._timed[route] = self._seconds.labels(route).observe
            self._sent[route] = self._bytes.labels(route).inc
        self._counted[key]()
        self._timed[route](outcome.seconds)
        self._sent[route](outcome.sent)
        if outcome.is_broken:
            self._broken.labels(route).inc()

    def move_queries(self, running: int, waiting: int) -> None:
        """Note that so many more queries (or fewer) run, and wait, in this process."""
        if running:
            self._running.inc(running)
        if waiting:
            self._waiting.inc(waiting)

    def move_circuits(self, opened: int) -> None:
        """Note that one circuit to the engine elsewhere more, or one less, is open."""
        self._circuits.inc(opened)

    def write(self) -> bytes:
        """Write what all processes have counted, in the text format of Prometheus."""
        from prometheus_client import multiprocess  # noqa: PLC0415 - as above

        for process in {path.stem.rpartition("_")[2] for path in self._folder.glob("gauge_live*.db")}:
            if not Path("/proc", process).exists():
                multiprocess.mark_process_dead(process)  # type: ignore[no-untyped-call]
        registry = self._client.CollectorRegistry()
        multiprocess.MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
        registry.register(self)
        return self._client.generate_latest(registry)

    def collect(self) -> Iterator[Metric]:
        """Tell how many query workers there are, and how others ended (a collector of ``prometheus_client``)."""
        from prometheus_client import core  # noqa: PLC0415 - as above

        found = read_figures(self._folder)
        workers, taken = "claimgraph_query_workers", "claimgraph_query_worker_bytes"
        yield core.GaugeMetricFamily(workers, "Processes that answer queries, or are ready to", found.workers)
        yield core.GaugeMetricFamily(taken, "Memory that they have taken beside the dataset", found.bytes)
        ended = core.CounterMetricFamily(
            "claimgraph_query_workers_ended", "Such processes that ended", labels=["cause"]
        )
        for cause, count in found.ended.items():
            ended.add_metric([cause], count)
        yield ended
