"""A SPARQL endpoint: how it is reached, by whose credentials, and what its failures mean."""

from __future__ import annotations

import http.client
import socket
import ssl
import threading
import time
import urllib.error
import urllib.request
from typing import TYPE_CHECKING, Final

from claimgraph.engine.remote.circuit import Circuit
from claimgraph.engine.remote.request import asking
from claimgraph.engine.remote.transport import opener
from claimgraph.errors import (
    BadQuery,
    DeadlineExceeded,
    EngineBusy,
    EngineDenied,
    EngineError,
    EngineGarbled,
    EngineUnreachable,
    EngineUntrusted,
)
from claimgraph.sparql.version import ANY_MARK

if TYPE_CHECKING:
    from collections.abc import Callable

    from claimgraph.settings import Settings

_AGAIN: Final = (0.05, 0.25)
"""Seconds to wait before a request is sent again that got no byte of an answer."""
_PROBE: Final = 2.0
"""Seconds that the endpoint has to answer the smallest of questions."""
_LATE: Final = frozenset({408, 504})
_DENIED: Final = frozenset({401, 403})
_BUSY: Final = frozenset({429, 503})
_LONGEST: Final = 400  # characters of what an endpoint says that are told


class Endpoint:
    """Be the endpoint that the settings name, with its credentials and a circuit that spares it when it fails."""

    def __init__(self, url: str, settings: Settings, moved: Callable[[int], None] = lambda _open: None) -> None:
        """Take its address; nothing is asked of it yet. ``moved`` is told that one more circuit, or one less, is open.

        Raises:
            UsageError: the file of certificates cannot be read.
        """
        self.url = url
        self.circuit = Circuit(self._probe, moved)
        self._make = opener(settings)
        self._local = threading.local()  # credentials of a digest are counted, by each thread for itself

    @property
    def shown(self) -> str:
        """Return the address without what may be secret in it, for logs and messages."""
        return self.url.partition("?")[0]

    def open(self, request: urllib.request.Request, end: float, seconds: float) -> http.client.HTTPResponse:
        """Send a request that may be sent twice, and return the response, whose body is not read yet.

        ``end`` is when the time is up, on the monotonic clock, which bounds reading the body as well; ``seconds`` is
        how long that was at first.

        Raises:
            BadQuery: the endpoint says that the request is wrong.
            DeadlineExceeded: the time is up.
            EngineError: anything else; see its kinds.
        """
        for pause in (*_AGAIN, None):
            try:
                return self._send(request, max(0.001, end - time.monotonic()))
            except (http.client.HTTPException, OSError) as error:
                if pause is None or not _may_be_sent_again(error) or time.monotonic() + pause > end:
                    raise translated(error, seconds) from error
            time.sleep(pause)
        raise AssertionError  # the last pause is None

    def settle(self, request: urllib.request.Request, seconds: float) -> None:
        """Send a request that only has to succeed, within so many seconds; raises what :meth:`open` raises."""
        with self.open(request, time.monotonic() + seconds, seconds) as response:
            try:
                response.read()
            except (http.client.HTTPException, OSError) as error:
                raise translated(error, seconds) from error

    def _send(self, request: urllib.request.Request, left: float) -> http.client.HTTPResponse:
        if not hasattr(self._local, "opener"):
            self._local.opener = self._make()
        response: http.client.HTTPResponse = self._local.opener.open(request, timeout=left)
        return response

    def _probe(self) -> None:
        """Ask the smallest of questions; raises what :meth:`open` raises."""
        self.settle(asking(self.url, "ASK", "ASK {}"), _PROBE)


def translated(error: Exception, seconds: float) -> EngineError | BadQuery:
    """Say in our words how an endpoint failed."""
    if isinstance(error, urllib.error.HTTPError):
        return _refused(error, seconds)
    return _broken(error, getattr(error, "reason", error), seconds)


def _broken(error: Exception, reason: object, seconds: float) -> EngineError:
    if isinstance(reason, TimeoutError):
        return DeadlineExceeded(seconds)
    if isinstance(reason, ssl.SSLCertVerificationError):
        return EngineUntrusted(f"the endpoint's certificate is not trusted: {reason.verify_message}")
    if isinstance(error, http.client.IncompleteRead):
        return EngineGarbled("the endpoint broke off its answer")
    if isinstance(error, http.client.HTTPException) and not isinstance(error, http.client.RemoteDisconnected):
        return EngineGarbled(f"the endpoint does not speak HTTP: {type(error).__name__}")
    if isinstance(reason, socket.gaierror):
        return EngineUnreachable("the endpoint cannot be reached: its host is not known")
    return EngineUnreachable(f"the endpoint cannot be reached: {getattr(reason, 'strerror', None) or reason}")


def _refused(error: urllib.error.HTTPError, seconds: float) -> EngineError | BadQuery:
    with error:
        said = _said(error)
    if error.code == http.HTTPStatus.BAD_REQUEST:
        return BadQuery(f"the endpoint refuses the query: {said}")
    if error.code in _LATE or (error.code >= http.HTTPStatus.INTERNAL_SERVER_ERROR and "timed out" in said.lower()):
        return DeadlineExceeded(seconds)
    if error.code in _DENIED:
        return EngineDenied(f"the endpoint refuses the credentials ({error.code}): {said}")
    if error.code in _BUSY:
        return EngineBusy(_seconds(error.headers.get("Retry-After")))
    return EngineError(f"the endpoint answered {error.code} {error.reason}: {said}")


def _said(error: urllib.error.HTTPError) -> str:
    """Return the beginning of what an endpoint says about its failure, without the query that it repeats."""
    try:
        text = error.read(_LONGEST).decode("utf-8", "replace").strip()
        return ANY_MARK.sub("", text.replace("\r", "").partition("\n\n")[0]) or "without a word"
    except (http.client.HTTPException, OSError):
        return "without a word"


def _seconds(retry_after: str | None) -> int:
    """Read the seconds of a Retry-After header; one that names a date, or none, counts as a second."""
    return int(retry_after) if retry_after and retry_after.isascii() and retry_after.isdigit() else 1


def _may_be_sent_again(error: Exception) -> bool:
    """Tell whether nothing of an answer has come, and nobody said no."""
    reason = getattr(error, "reason", error)
    return not isinstance(error, urllib.error.HTTPError) and isinstance(
        reason, ConnectionRefusedError | ConnectionResetError | BrokenPipeError
    )
