"""HTTP to an endpoint: no redirects, no certificate taken on trust, credentials, and a limit to slow answers."""

from __future__ import annotations

import base64
import http.client
import io
import ssl
import time
import urllib.error
import urllib.request
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from claimgraph.errors import UsageError

if TYPE_CHECKING:
    import socket
    from collections.abc import Callable, Mapping

    from claimgraph.settings import Settings

WATCH: Final = "watch"
"""Attribute of a request: a function that is given the socket by which it goes, to end it from another thread."""


def opener(settings: Settings) -> Callable[[], urllib.request.OpenerDirector]:
    """Return what makes openers; one may be used by one thread at a time.

    Raises:
        UsageError: the file of certificates cannot be read.
    """
    try:
        context = ssl.create_default_context(cafile=settings.engine_ca)
    except (OSError, ssl.SSLError) as error:
        raise UsageError(f"the certificates in {settings.engine_ca} cannot be read: {error}") from error

    def make() -> urllib.request.OpenerDirector:
        return urllib.request.build_opener(_Plain(), _Secure(context), _NoRedirect(), *_credentials(settings))

    return make


def _credentials(settings: Settings) -> list[urllib.request.BaseHandler]:
    if not settings.engine_user:
        return []
    password = settings.engine_password.get_secret_value() if settings.engine_password else ""
    if settings.engine_auth == "digest":
        return [_Digest(_OneAccount(settings.engine_user, password))]
    return [_Basic(settings.engine_user, password)]


class _Basic(urllib.request.BaseHandler):
    """Send name and password with each request (RFC 7617)."""

    def __init__(self, user: str, password: str) -> None:
        self._words = "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()

    def http_request(self, request: urllib.request.Request) -> urllib.request.Request:
        request.add_unredirected_header("Authorization", self._words)
        return request

    https_request = http_request


class _OneAccount(urllib.request.HTTPPasswordMgr):
    """Give the same name and password to whatever the endpoint calls its realm."""

    def __init__(self, user: str, password: str) -> None:
        super().__init__()
        self._account = (user, password)

    def find_user_password(self, realm: str, authuri: str) -> tuple[str, str]:  # noqa: ARG002 - as in its class
        return self._account


class _Digest(urllib.request.HTTPDigestAuthHandler):
    """Prove that the password is known (RFC 7616), at once where the endpoint has asked for that before.

    A body that is sent without would be sent in vain, and a long one not be read to its end.
    """

    def __init__(self, account: _OneAccount) -> None:
        super().__init__(account)
        self._challenges: dict[str, Mapping[str, str]] = {}

    def http_request(self, request: urllib.request.Request) -> urllib.request.Request:
        challenge = self._challenges.get(_address(request))
        if challenge and not request.has_header(self.auth_header):
            request.add_unredirected_header(self.auth_header, f"Digest {self.get_authorization(request, challenge)}")
        return request

    https_request = http_request

    def retry_http_digest_auth(self, req: urllib.request.Request, auth: str) -> Any:  # noqa: ANN401 - as in its class
        kind, _, words = auth.partition(" ")
        if kind.lower() == "digest":
            self._challenges[_address(req)] = urllib.request.parse_keqv_list(urllib.request.parse_http_list(words))
        return super().retry_http_digest_auth(req, auth)


def _address(request: urllib.request.Request) -> str:
    return request.full_url.partition("?")[0]


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """Follow no redirect: a query that is posted would be lost on the way, and credentials might go astray."""

    def redirect_request(  # noqa: PLR0913, PLR0917 - as in its class
        self,
        req: urllib.request.Request,
        fp: Any,  # noqa: ANN401
        code: int,
        msg: str,  # noqa: ARG002
        headers: Any,  # noqa: ANN401
        newurl: str,
    ) -> None:
        raise urllib.error.HTTPError(req.full_url, code, f"redirect to {newurl}", headers, fp)


class _Bounded(io.RawIOBase):
    """Read a socket until a time; the time-out of a socket alone begins anew with every byte."""

    def __init__(self, raw: socket.SocketIO, connection: socket.socket) -> None:
        self._raw = raw
        self._connection = connection
        self._end = time.monotonic() + (connection.gettimeout() or _FOREVER)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int | None:  # noqa: ANN401 - as in its class
        left = self._end - time.monotonic()
        if left <= 0:
            raise TimeoutError
        self._connection.settimeout(left)
        return self._raw.readinto(buffer)

    def close(self) -> None:
        self._raw.close()
        super().close()


_FOREVER: Final = 1e9


class _Response(http.client.HTTPResponse):
    def __init__(self, sock: socket.socket, *arguments: Any, **named: Any) -> None:  # noqa: ANN401
        super().__init__(sock, *arguments, **named)
        self.fp.close()
        self.fp = io.BufferedReader(_Bounded(sock.makefile("rb", buffering=0), sock))


class _Lasting(http.client.HTTPConnection):
    """Do not ask the endpoint to close the connection: some would then end an answer by that, whether it is whole."""

    response_class = _Response

    def __init__(self, *arguments: Any, watch: Callable[[socket.socket], None] | None, **named: Any) -> None:  # noqa: ANN401
        super().__init__(*arguments, **named)
        self._watch = watch

    def connect(self) -> None:
        super().connect()
        if self._watch:
            self._watch(self.sock)

    def putheader(self, header: str | bytes, *values: Any) -> None:  # noqa: ANN401 - as in its class
        if str(header).lower() != "connection":
            super().putheader(header, *values)


class _LastingSecure(_Lasting, http.client.HTTPSConnection): ...


class _Plain(urllib.request.HTTPHandler):
    def http_open(self, req: urllib.request.Request) -> http.client.HTTPResponse:
        return self.do_open(partial(_Lasting, watch=getattr(req, WATCH, None)), req)


class _Secure(urllib.request.HTTPSHandler):
    def __init__(self, context: ssl.SSLContext) -> None:
        super().__init__(context=context)
        self._trust = context

    def https_open(self, req: urllib.request.Request) -> http.client.HTTPResponse:
        return self.do_open(partial(_LastingSecure, watch=getattr(req, WATCH, None)), req, context=self._trust)
