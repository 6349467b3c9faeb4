"""Watch over every request: give it an id, count it, time it, and log it in one line.

What comes out of the cache is counted and not logged: writing the line would take longer than the answer (measured).
"""

from __future__ import annotations

import asyncio
import itertools
import re
import secrets
import time
from typing import TYPE_CHECKING, Any

import structlog

from claimgraph.web.metrics import CONTENT_TYPE, Metrics, Outcome, route_of

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, MutableMapping

    Message = MutableMapping[str, Any]
    Receive = Callable[[], Awaitable[Message]]
    Send = Callable[[Message], Awaitable[None]]
    Application = Callable[[Message, Receive, Send], Awaitable[None]]

REQUEST_ID = b"x-request-id"
_SANE = re.compile(rb"[A-Za-z0-9._-]{1,64}")
_METHODS = frozenset({"GET", "HEAD", "POST", "QUERY", "OPTIONS"})
_UNWATCHED = frozenset({"healthz", "readyz", "metrics", "live"})
"""Asked every few seconds, or more often, by machines; counted, but not logged when all is well."""
_WRONG = 400


class Watch:
    """Be an ASGI application that watches over another one; ``/metrics`` is answered here."""

    def __init__(self, application: Application, metrics: Metrics) -> None:
        """Take the application and where its requests are counted."""
        self._application = application
        self._metrics = metrics
        self._log = structlog.get_logger()
        self._process = secrets.token_hex(4)
        self._numbers = itertools.count(1)

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        """Have one request answered."""
        if scope["type"] != "http":
            await self._application(scope, receive, send)
            return
        watched = _Watched(scope, send, f"{self._process}-{next(self._numbers):x}")
        self._metrics.begin()
        try:
            if scope["path"] == "/metrics":
                await self._tell(watched.send)
            else:
                await self._application(watched.scope, receive, watched.send)
        finally:
            self._end(watched)

    async def _tell(self, send: Send) -> None:
        body = await asyncio.get_running_loop().run_in_executor(None, self._metrics.write)
        headers = [(b"content-type", CONTENT_TYPE.encode()), (b"content-length", str(len(body)).encode())]
        headers += [(b"cache-control", b"no-store"), (b"x-content-type-options", b"nosniff")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": body})

    def _end(self, watched: _Watched) -> None:
        outcome = watched.outcome()
        self._metrics.end(outcome)
        if 0 < outcome.status < _WRONG and (watched.is_from_cache or outcome.route in _UNWATCHED):
            return
        said: dict[str, Any] = {"status": outcome.status, "ms": round(1000 * outcome.seconds, 2), "bytes": outcome.sent}
        said |= {"query": watched.query} if watched.query else {}
        said |= {"broken": True} if outcome.is_broken else {}
        self._log.info("request", id=watched.id, method=outcome.method, path=watched.scope["path"], **said)


class _Watched:
    """One request: its id, which goes to the application and back to the client, and what became of it."""

    def __init__(self, scope: Message, send: Send, unnamed: str) -> None:
        self._start = time.perf_counter()
        self.status = 0
        self.sent = 0
        self.is_whole = False
        self.is_from_cache = False
        self.query = ""
        self._send = send
        headers = scope["headers"]
        given = [value for name, value in headers if name == REQUEST_ID]
        named = given[0] if given and _SANE.fullmatch(given[0]) else unnamed.encode()
        self.id = named.decode()
        if given:
            headers = [pair for pair in headers if pair[0] != REQUEST_ID]
        self.scope = {**scope, "headers": [*headers, (REQUEST_ID, named)]}

    async def send(self, message: Message) -> None:
        """Pass a message on and note what it says."""
        if message["type"] == "http.response.start":
            self.status = message["status"]
            headers = [*message["headers"], (REQUEST_ID, self.id.encode())]
            for name, value in headers:
                if name == b"server-timing":
                    self.is_from_cache = value.startswith(b"cache")
                elif name == b"claimgraph-query":
                    self.query = value.decode()
            await self._send({**message, "headers": headers})
            return
        await self._send(message)
        self.sent += len(message.get("body", b""))
        self.is_whole = not message.get("more_body")

    def outcome(self) -> Outcome:
        """Say what became of the request."""
        method = self.scope["method"] if self.scope["method"] in _METHODS else "other"
        seconds = time.perf_counter() - self._start
        is_broken = bool(self.status) and not self.is_whole
        return Outcome(route_of(self.scope["path"]), method, self.status, seconds, self.sent, is_broken)
