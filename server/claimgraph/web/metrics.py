"""Counts and times of requests for Prometheus, over all HTTP processes together.

Each process writes its own into files of a shared folder; whichever is asked for ``/metrics`` adds them up. What a
process counted stays in the sum when the process ends.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
_ROUTES = frozenset(
    (
        "sparql", "queries", "id", "page", "data", "graph", "ontology", "explain", "search", "reconcile", "dump",
        "versions", "live", "static", "api", "openapi", "healthz", "readyz", "metrics",
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
    first = path.split("/", 2)[1].partition(".")[0] if path.startswith("/") else ""
    if not first:
        return "home"
    return first if first in _ROUTES else "other"


class Metrics:
    """Count and time the requests of one process, and write down those of all."""

    def __init__(self, folder: Path) -> None:
        """Take the folder that the HTTP processes share."""
        os.environ["PROMETHEUS_MULTIPROC_DIR"] = str(folder)
        import prometheus_client  # noqa: PLC0415 - it reads the folder when it is imported, no later

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
        self._running = prometheus_client.Gauge(
            "claimgraph_requests_in_progress",
            "Requests that are being answered",
            multiprocess_mode="livesum",
            registry=registry,
        )
        self._counted: dict[tuple[str, str, int], Callable[[], None]] = {}
        self._timed: dict[str, Callable[[float], None]] = {}
        self._sent: dict[str, Callable[[float], None]] = {}

    def begin(self) -> None:
        """Count a request as in progress."""
        self._running.inc()

    def end(self, outcome: Outcome) -> None:
        """Count a request as answered."""
        self._running.dec()
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

    def write(self) -> bytes:
        """Write what all processes have counted, in the text format of Prometheus."""
        from prometheus_client import multiprocess  # noqa: PLC0415 - as above

        registry = self._client.CollectorRegistry()
        multiprocess.MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
        return self._client.generate_latest(registry)
