"""Run the WSGI application for a request that came over ASGI, in a thread, without WSGI's two gaps.

An answer that fails half-way breaks the connection off (a WSGI server ends it as if it were whole), and a client that
hangs up is noticed while its query runs, so that the query can be ended.
"""

from __future__ import annotations

import asyncio
import io
import sys
import threading
from typing import TYPE_CHECKING, Any

import structlog

from claimgraph.web.answers import HANGUP

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterable, MutableMapping

    from claimgraph.web.clients import Arrival
    from claimgraph.web.encoding import Encoder

    Message = MutableMapping[str, Any]
    Send = Callable[[Message], Awaitable[None]]
    Wsgi = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]

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


class Exchange:
    """Run the application for one request, in a thread of the pool."""

    def __init__(self, application: Wsgi, environ: dict[str, Any], encoder: Encoder, send: Send) -> None:
        """Take what is asked in the form of WSGI, and how to send what is long."""
        self._application = application
        self._environ = environ
        self._encoder = encoder
        self._loop = asyncio.get_running_loop()
        self._send = send
        self._start: Message = {}

    def run(self) -> list[Message]:
        """Return the messages of a short response; send those of a long one as they come."""
        response = self._application(self._environ, self._begin)
        try:
            if any(name == b"content-length" for name, _ in self._start["headers"]):
                return self._encoder.whole(self._start, b"".join(response))
            self._send_now(self._encoder.begin(self._start))
            for piece in response:
                if sent := self._encoder.piece(piece):
                    self._send_now({"type": "http.response.body", "body": sent, "more_body": True})
        finally:
            close = getattr(response, "close", None)
            if close:
                close()
        return [{"type": "http.response.body", "body": self._encoder.end()}]

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


def environ_of(arrival: Arrival, hangup: Hangup) -> dict[str, Any]:
    """Translate a request into a WSGI environment (PEP 3333)."""
    scope, body = arrival.scope, arrival.body
    server = scope.get("server") or ("localhost", 80)
    environ: dict[str, Any] = {
        "REQUEST_METHOD": scope["method"],
        "SCRIPT_NAME": "",
        "PATH_INFO": scope["path"].encode("utf-8", "surrogateescape").decode("latin-1"),
        "QUERY_STRING": scope["query_string"].decode("latin-1"),
        "SERVER_NAME": server[0],
        "SERVER_PORT": str(server[1]),
        "SERVER_PROTOCOL": "HTTP/" + scope["http_version"],
        "REMOTE_ADDR": arrival.client,
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
