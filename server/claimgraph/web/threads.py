"""Run the WSGI application for a request that came over ASGI, in a thread, without WSGI's two gaps.

An answer that fails half-way breaks the connection off (a WSGI server ends it as if it were whole), and a client that
hangs up is noticed while its query runs, so that the query can be ended.
"""

from __future__ import annotations

import io
import sys
import threading
from typing import TYPE_CHECKING, Any

from werkzeug.wsgi import FileWrapper

from claimgraph.web.answers import HANGUP
from claimgraph.web.problems import REFUSED

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, MutableMapping

    from claimgraph.engine import Answer
    from claimgraph.errors import ClaimgraphError
    from claimgraph.web.clients import Arrival
    from claimgraph.web.encoding import Encoder

    Message = MutableMapping[str, Any]
    Wsgi = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


_HELD = 4 << 20  # bytes of a response that is there as a whole and held so; a larger one, a file, is sent as it is read
_PIECE = 1 << 16


class Hangup:
    """Remember which answers to close when the client hangs up; what is registered after that is closed at once."""

    def __init__(self) -> None:
        """Begin with none."""
        self._answers: list[Answer] = []
        self._lock = threading.Lock()
        self.happened = False

    def register(self, answer: Answer) -> None:
        """Have an answer closed."""
        with self._lock:
            if not self.happened:
                self._answers.append(answer)
                return
        answer.close()

    def happen(self) -> None:
        """Close every answer that is registered."""
        with self._lock:
            self.happened = True
            answers, self._answers = self._answers, []
        for answer in answers:
            answer.close()

    def others_wait(self) -> bool:
        """Tell whether other queries wait for what an answer has."""
        return any(answer.others_wait() for answer in self._answers)


class Exchange:
    """Run the application for one request, in threads: no thread is held while the client reads."""

    def __init__(self, application: Wsgi, environ: dict[str, Any], encoder: Encoder) -> None:
        """Take what is asked in the form of WSGI."""
        self._application = application
        self._environ = environ
        self._encoder = encoder
        self._response: Iterable[bytes] = ()
        self._pieces: Iterator[bytes] = iter(())
        self._start: Message = {}
        self.is_whole = False

    def refuse(self, error: ClaimgraphError) -> None:
        """Have the application say that the request is refused, and why."""
        self._environ[REFUSED] = error

    def begin(self) -> list[Message]:
        """Return the messages of a short response, or the start of a long one, whose pieces are then asked for."""
        self._response = self._application(self._environ, self._take_start)
        lengths = [int(value) for name, value in self._start["headers"] if name == b"content-length"]
        self.is_whole = bool(lengths) and lengths[0] <= _HELD
        if self.is_whole:
            try:
                return self._encoder.whole(self._start, b"".join(self._response))
            finally:
                self.close()
        self._pieces = iter(self._response)
        return [self._encoder.begin(self._start)]

    def piece(self) -> bytes | None:
        """Return the next piece of a long response, which may be empty, or None after the last."""
        piece = next(self._pieces, None)
        return None if piece is None else self._encoder.piece(piece)

    def end(self) -> bytes:
        """Return what is left of a long response."""
        return self._encoder.end()

    def close(self) -> None:
        """End the work on the response."""
        close = getattr(self._response, "close", None)
        if close:
            close()

    def _take_start(self, status: str, headers: list[tuple[str, str]], _error: object = None) -> None:
        encoded = [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in headers]
        self._start = {"type": "http.response.start", "status": int(status[:3]), "headers": encoded}


def environ_of(arrival: Arrival, hangup: Hangup) -> dict[str, Any]:
    """Translate a request into a WSGI environment (PEP 3333)."""
    scope, body = arrival.scope, arrival.body
    server = scope.get("server") or ("localhost", 80)
    environ: dict[str, Any] = {
        "REQUEST_METHOD": scope["method"],
        "SCRIPT_NAME": "",
        "PATH_INFO": scope["path"].encode("utf-8", "surrogateescape").decode("latin-1"),
        "REQUEST_URI": scope.get("raw_path", b"").decode("latin-1"),
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
        "wsgi.file_wrapper": lambda file, _size=_PIECE: FileWrapper(file, _PIECE),
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
