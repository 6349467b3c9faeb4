"""The remote store as ``publish`` writes to it: updates, counts, and what the register says of a version."""

from __future__ import annotations

import datetime as dt
import time
from typing import TYPE_CHECKING, Final

from claimgraph.engine.remote import Endpoint
from claimgraph.engine.remote.register import REGISTER, node, rows
from claimgraph.engine.remote.request import updating
from claimgraph.errors import DeadlineExceeded, EngineBusy, EngineGarbled, EngineUnreachable, UsageError

if TYPE_CHECKING:
    import urllib.request
    from collections.abc import Iterable

    from claimgraph.settings import Settings
    from claimgraph.sparql.version import Version

PATIENCE: Final = 3600.0
"""Seconds that one request of a load may take."""
_AGAIN: Final = (1.0, 2.0, 4.0, 8.0)
"""Seconds to wait before a request that failed is sent again: an engine that is started anew is there by then."""
_PASSING: Final = (EngineUnreachable, EngineBusy, EngineGarbled, DeadlineExceeded)


class RemoteStore:
    """Be the store behind an engine elsewhere. Whatever is sent here may be sent twice."""

    def __init__(self, settings: Settings) -> None:
        """Take the addresses and the account from the settings.

        Raises:
            UsageError: the address for queries, or that for updates, is not given.
        """
        if settings.engine is None or settings.engine_update is None:
            raise UsageError("to publish takes two addresses of the engine: --engine for queries, --update for updates")
        self.endpoint = Endpoint(settings.engine, settings)
        self._update = settings.engine_update

    def update(self, text: str) -> None:
        """Send an update, again and again for a while where the engine cannot be reached.

        Raises:
            BadQuery, EngineError: the engine refuses it, or has failed for too long.
        """
        self.send(updating(self._update, text))

    def send(self, request: urllib.request.Request) -> None:
        """Send a request that may be sent twice; see :meth:`update`."""
        for pause in (*_AGAIN, None):
            try:
                self.endpoint.settle(request, PATIENCE)
            except _PASSING:
                if pause is None:
                    raise
                time.sleep(pause)
            else:
                return

    def count(self, graph: str) -> int:
        """Count the triples of a graph, by its name in the store."""
        (row,) = rows(self.endpoint, f"SELECT (COUNT(*) AS ?n) {{ GRAPH <{graph}> {{ ?s ?p ?o }} }}", PATIENCE)
        return int(row["n"].value)

    def lacks(self, graph: str, part: str) -> bool:
        """Tell whether a graph lacks a triple of another; both by their names in the store."""
        found = f"GRAPH <{part}> {{ ?s ?p ?o }} FILTER NOT EXISTS {{ GRAPH <{graph}> {{ ?s ?p ?o }} }}"
        return bool(rows(self.endpoint, f"SELECT ?s {{ {found} }} LIMIT 1", PATIENCE))

    def begin(self, version: Version) -> None:
        """Write into the register that a version is being loaded, and which graphs it has."""
        about = [f'<{REGISTER}:digest> "{version.digest}"', f'<{REGISTER}:since> "{_now()}"']
        self._register(version, [*about, *(f"<{REGISTER}:graph> <{graph}>" for graph in sorted(version.graphs))])

    def mark_whole(self, version: Version) -> None:
        """Write into the register that a version is whole, in one triple."""
        self._register(version, [f'<{REGISTER}:whole> "{_now()}"'])

    def forget(self, digest: str, pattern: str = "?p") -> None:
        """Take out of the register what it says of a version, or what it says by one property."""
        where = f"{{ GRAPH <{REGISTER}> {{ <{node(digest)}> {pattern} ?o }} }}"
        self.update(f"DELETE {where} WHERE {where}")

    def drop(self, graph: str) -> None:
        """Remove a graph, by its name in the store."""
        self.update(f"DROP SILENT GRAPH <{graph}>")

    def _register(self, version: Version, about: Iterable[str]) -> None:
        triples = " . ".join(f"<{node(version.digest)}> {words}" for words in about)
        self.update(f"INSERT DATA {{ GRAPH <{REGISTER}> {{ {triples} }} }}")


def _now() -> str:
    return dt.datetime.now(dt.UTC).isoformat(timespec="microseconds")
