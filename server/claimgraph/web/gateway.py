"""Carry requests from an ASGI server to the WSGI application, without WSGI's two gaps.

An answer that fails half-way breaks the connection off (a WSGI server ends it as if it were whole), and a client that
hangs up is noticed while its query runs, so that the query can be ended.
"""

from __future__ import annotations

import asyncio
import io
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import structlog

from claimgraph.web.answers import HANGUP

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterable, MutableMapping

    from claimgraph.web.cache import Cache

    Message = MutableMapping[str, Any]
    Receive = Callable[[], Awaitable[Message]]
    Send = Callable[[Message], Awaitable[None]]
    Wsgi = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]

_PATIENCE = 0.05  # seconds after which a request is slow enough to watch for its client hanging up
_SEND_TIMEOUT = 60.0  # seconds that a client may leave a piece of an answer unread


class Hangup:
    """Remember what to call when the client hangs up; what is registered after that is called at once."""

    def __init__(self) -> None:
        """Begin with nothing to call."""
        self._calls: list[Callable[[], None]] = []
        self._lock = threading.Lock()
        self.happened = False

    def register(self, call: Callable[[], None]) -> None:
        """Have something called."""
        with self._lock:
            if not self.happened:
                self._calls.append(call)
                return
        call()

    def happen(self) -> None:
        """Call everything that is registered."""
        with self._lock:
            self.happened = True
            calls, self._calls = self._calls, []
        for call in calls:
            call()


class Gateway:
    """Be the ASGI application that runs a WSGI application in a pool of threads."""

    def __init__(self, application: Wsgi, *, threads: int, max_body: int, cache: Cache | None = None) -> None:
        """Take the application, how many requests it works on at once, the size of the largest body, and a cache."""
        self._application = application
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix="request")
        self._max_body = max_body
        self._cache = cache

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            return
        if self._cache is None:
            await _send_all(await self._work(scope, receive, send), send)
            return
        stamp = self._cache.stamp()
        messages = self._cache.find(scope)
        if messages is None:
            messages = await self._work(scope, receive, send)
            self._cache.keep(scope, messages, stamp)
        await _send_all(messages, send)

    async def _work(self, scope: Message, receive: Receive, send: Send) -> list[Message]:
        """Have the application answer; returns the messages that are still to be sent."""
        body = await self._read(receive)
        hangup = Hangup()
        loop = asyncio.get_running_loop()
        exchange = _Exchange(self._application, environ_of(scope, body, hangup), loop, send)
        done = loop.run_in_executor(self._pool, exchange.run)
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

    async def _read(self, receive: Receive) -> bytes:
        """Read the body, up to one byte more than is allowed: the application then refuses it."""
        parts: list[bytes] = []
        size = 0
        while True:
            message = await receive()
            if message["type"] == "http.disconnect":
                return b""
            parts.append(message.get("body", b""))
            size += len(parts[-1])
            if not message.get("more_body") or size > self._max_body:
                return b"".join(parts)[: self._max_body + 1]


async def _send_all(messages: list[Message], send: Send) -> None:
    for message in messages:
        await send(message)


async def _watch(receive: Receive, hangup: Hangup) -> None:
    """Wait until the client hangs up."""
    while (await receive())["type"] != "http.disconnect":
        continue
    await asyncio.get_running_loop().run_in_executor(None, hangup.happen)


class _Exchange:
    """Run the application for one request, in a thread of the pool."""

    def __init__(self, application: Wsgi, environ: dict[str, Any], loop: asyncio.AbstractEventLoop, send: Send) -> None:
        self._application = application
        self._environ = environ
        self._loop = loop
        self._send = send
        self._start: Message = {}

    def run(self) -> list[Message]:
        """Return the messages of a short response; send those of a long one as they come."""
        response = self._application(self._environ, self._begin)
        try:
            if any(name == b"content-length" for name, _ in self._start["headers"]):
                body = b"".join(response)
                return [self._start, {"type": "http.response.body", "body": body}]
            self._send_now(self._start)
            for piece in response:
                self._send_now({"type": "http.response.body", "body": piece, "more_body": True})
        finally:
            close = getattr(response, "close", None)
            if close:
                close()
        return [{"type": "http.response.body", "body": b""}]

    def _begin(self, status: str, headers: list[tuple[str, str]], _error: object = None) -> None:
        encoded = [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in headers]
        self._start = {"type": "http.response.start", "status": int(status[:3]), "headers": encoded}

    def _send_now(self, message: Message) -> None:
        """Send a message and wait until it is taken, which holds the engine back while the client reads slowly."""
        sending = asyncio.run_coroutine_threadsafe(_awaited(self._send(message)), self._loop)
        try:
            sending.result(_SEND_TIMEOUT)
        except TimeoutError:
            structlog.get_logger().info("client does not read", path=self._environ["PATH_INFO"])
            raise


async def _awaited(waited: Awaitable[None]) -> None:
    await waited


def environ_of(scope: Message, body: bytes, hangup: Hangup) -> dict[str, Any]:
    """Translate an ASGI scope into a WSGI environment (PEP 3333)."""
    server = scope.get("server") or ("localhost", 80)
    environ: dict[str, Any] = {
        "REQUEST_METHOD": scope["method"],
        "SCRIPT_NAME": "",
        "PATH_INFO": scope["path"].encode("utf-8", "surrogateescape").decode("latin-1"),
        "QUERY_STRING": scope["query_string"].decode("latin-1"),
        "SERVER_NAME": server[0],
        "SERVER_PORT": str(server[1]),
        "SERVER_PROTOCOL": "HTTP/" + scope["http_version"],
        "REMOTE_ADDR": (scope.get("client") or ("",))[0],
        "CONTENT_LENGTH": str(len(body)),
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": scope["scheme"],
        "wsgi.input": io.BytesIO(body),
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": True,
        "wsgi.run_once": False,
        HANGUP: hangup.register,
    }
    for name, value in scope["headers"]:
        key = name.decode("latin-1").upper().replace("-", "_")
        text = value.decode("latin-1")
        if key == "CONTENT_TYPE":
            environ[key] = text
        elif key != "CONTENT_LENGTH":
            key = "HTTP_" + key
            environ[key] = f"{environ[key]},{text}" if key in environ else text
    return environ
