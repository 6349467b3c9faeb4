"""Take requests from the ASGI server: from the cache, by the express lane, or by the application in a thread."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any, TypeVar

from claimgraph.engine.slots import Slots
from claimgraph.engine.turns import AwaitedTurn
from claimgraph.errors import EngineError
from claimgraph.web.clients import Arrival, client_of
from claimgraph.web.delivery import Delivery, hand_over
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

_T = TypeVar("_T")
_BODY_TIMEOUT = 30.0  # seconds that a client may take to send the body of its request
_EXPRESS = "/sparql"


class Gateway:
    """Be the ASGI application."""

    def __init__(
        self, application: Wsgi, settings: Settings, *, express: Express | None = None, cache: Cache | None = None
    ) -> None:
        """Take the WSGI application behind it; without express lane and cache that one does all the work."""
        self._application = application
        self._settings = settings
        # So many threads begin responses, and as many answers as can be evaluated at once may wait for a next piece.
        most = settings.http_threads + settings.query_workers
        self._pool = ThreadPoolExecutor(most, thread_name_prefix="request")
        self._turns = Slots(settings.http_threads, queue=settings.queue_length, per_client=settings.queries_per_client)
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
        await hand_over(messages, send)

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
        return await self._by_application(arrival, encoder, receive, send)

    async def _by_application(self, arrival: Arrival, encoder: Encoder, receive: Receive, send: Send) -> list[Message]:
        """Run the application in threads, and watch the client if it takes long."""
        loop = asyncio.get_running_loop()
        hangup = Hangup()
        exchange = Exchange(self._application, environ_of(arrival, hangup), encoder)
        delivery = Delivery(
            receive,
            send,
            hangup=lambda: loop.run_in_executor(None, hangup.happen),  # the threads of the pool may all be at work
            others_wait=hangup.others_wait,
        )
        try:
            messages = await self._begin(exchange, arrival.client)
            if not exchange.is_whole:
                messages = await self._stream(exchange, delivery, messages[0])
        finally:
            delivery.end()
        return [] if hangup.happened else messages

    async def _begin(self, exchange: Exchange, client: str) -> list[Message]:
        """Run the application in a thread when it is the client's turn, for no client has them all."""
        executor: ThreadPoolExecutor | None = self._pool
        turn = AwaitedTurn(self._turns)
        try:
            await turn.take(client, self._settings.queue_timeout)
        except EngineError as error:
            exchange.refuse(error)
            executor = None
        try:
            return await asyncio.get_running_loop().run_in_executor(executor, exchange.begin)
        finally:
            turn.leave()

    async def _stream(self, exchange: Exchange, delivery: Delivery, start: Message) -> list[Message]:
        """Send a long response piece by piece, each made in a thread that is free again while the client reads it."""
        try:
            await delivery.begin(start)
            while (piece := await self._in_thread(exchange.piece)) is not None:
                await delivery.piece(piece)
            return [{"type": "http.response.body", "body": await self._in_thread(exchange.end)}]
        finally:
            await self._in_thread(exchange.close)

    def _in_thread(self, work: Callable[[], _T]) -> asyncio.Future[_T]:
        return asyncio.get_running_loop().run_in_executor(self._pool, work)

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
