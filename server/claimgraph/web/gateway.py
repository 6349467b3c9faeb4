"""Take requests from the ASGI server: from the cache, by the express lane, or by the application in a thread."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

from claimgraph.web.clients import Arrival, client_of
from claimgraph.web.encoding import Encoder, choose, plain_etags
from claimgraph.web.threads import Exchange, Hangup, environ_of

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterable, MutableMapping

    from claimgraph.settings import Settings
    from claimgraph.web.cache import Cache
    from claimgraph.web.express import Express

    Message = MutableMapping[str, Any]
    Receive = Callable[[], Awaitable[Message]]
    Send = Callable[[Message], Awaitable[None]]
    Wsgi = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]

_BODY_TIMEOUT = 30.0  # seconds that a client may take to send the body of its request
_PATIENCE = 0.05  # seconds after which a request is slow enough to watch for its client hanging up
_EXPRESS = "/sparql"


class Gateway:
    """Be the ASGI application."""

    def __init__(
        self, application: Wsgi, settings: Settings, *, express: Express | None = None, cache: Cache | None = None
    ) -> None:
        """Take the WSGI application behind it; without express lane and cache that one does all the work."""
        self._application = application
        self._settings = settings
        self._pool = ThreadPoolExecutor(settings.http_threads, thread_name_prefix="request")
        self._express = express
        self._cache = cache

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            return
        encoding, known = None, b""
        for name, value in scope["headers"]:
            if name == b"accept-encoding":
                encoding = choose(value)
            elif name == b"if-none-match":
                known = value
        stamp = self._cache.stamp() if self._cache else None
        messages = self._cache.find(scope, encoding) if self._cache else None
        if messages is None:
            asked = {**scope, "headers": _plain(scope["headers"])} if known else scope
            messages = await self._work(asked, Encoder(encoding, known), receive, send)
            if self._cache:
                self._cache.keep(scope, messages, stamp, encoding)
        for message in messages:
            await send(message)

    async def _work(self, scope: Message, encoder: Encoder, receive: Receive, send: Send) -> list[Message]:
        """Answer by the express lane, or else have the application answer; returns what is still to be sent."""
        body = b"" if scope["method"] in {"GET", "HEAD"} else await self._body(receive)
        if body is None:
            return []
        arrival = Arrival(scope, client_of(scope, self._settings.trusted_proxies), body)
        if self._express and scope["path"] == _EXPRESS:
            messages = await self._express.respond(arrival, encoder, receive, send)
            if messages is not None:
                return messages
        hangup = Hangup()
        exchange = Exchange(self._application, environ_of(arrival, hangup), encoder, send)
        return await self._in_thread(exchange, hangup, receive)

    async def _in_thread(self, exchange: Exchange, hangup: Hangup, receive: Receive) -> list[Message]:
        """Run the application in a thread, and watch the client when it takes long."""
        done = asyncio.get_running_loop().run_in_executor(self._pool, exchange.run)
        finished, _ = await asyncio.wait((done,), timeout=_PATIENCE)
        if not finished:
            watch = asyncio.ensure_future(_watch(receive, hangup))
            try:
                await asyncio.wait((done,))
            finally:
                watch.cancel()
        if hangup.happened:
            done.exception()
            return []
        return done.result()

    async def _body(self, receive: Receive) -> bytes | None:
        """Read the body; None where the client hangs up or takes too long, and nobody waits for an answer."""
        try:
            return await asyncio.wait_for(self._read(receive), _BODY_TIMEOUT)
        except TimeoutError:
            return None

    async def _read(self, receive: Receive) -> bytes | None:
        """Read the body, up to one byte more than is allowed: the application then refuses it."""
        most = self._settings.max_request_bytes
        parts: list[bytes] = []
        size = 0
        while True:
            message = await receive()
            if message["type"] == "http.disconnect":
                return None
            parts.append(message.get("body", b""))
            size += len(parts[-1])
            if not message.get("more_body") or size > most:
                return b"".join(parts)[: most + 1]


def _plain(headers: list[tuple[bytes, bytes]]) -> list[tuple[bytes, bytes]]:
    return [(name, plain_etags(value) if name == b"if-none-match" else value) for name, value in headers]


async def _watch(receive: Receive, hangup: Hangup) -> None:
    """Wait until the client hangs up."""
    while (await receive())["type"] != "http.disconnect":
        continue
    await asyncio.get_running_loop().run_in_executor(None, hangup.happen)
