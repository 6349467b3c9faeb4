"""One answer of an endpoint, received, checked and written in the format that is wanted."""

from __future__ import annotations

import contextlib
import http.client
import io
import socket
import time
from typing import TYPE_CHECKING, Final, NoReturn, Self

from pyoxigraph import (
    QueryBoolean,
    QueryResultsFormat,
    QuerySolutions,
    RdfFormat,
    parse,
    parse_query_results,
    serialize,
)

from claimgraph.engine.remote.endpoint import translated
from claimgraph.engine.remote.request import ACCEPTED
from claimgraph.engine.remote.rows import Rows
from claimgraph.engine.remote.transport import WATCH
from claimgraph.errors import AnswerTooLarge, BadQuery, DeadlineExceeded, EngineError, EngineGarbled, EnginePaused
from claimgraph.sparql.prefixes import PREFIXES

if TYPE_CHECKING:
    import urllib.request

    from claimgraph.engine import Limits
    from claimgraph.engine.remote.endpoint import Endpoint
    from claimgraph.formats import Format
    from claimgraph.sparql.version import Version

_PIECE: Final = 1 << 16
_BROKEN: Final = (http.client.HTTPException, OSError, ValueError, AttributeError)
"""What a response raises that breaks off; the last two where another thread closes it meanwhile."""
_CUT_AT: Final = "X-SPARQL-MaxRows"
"""The header by which Virtuoso tells that an answer has as many rows as it gives, so that more may be missing."""
_BOOLEAN: Final = '{"head":{},"boolean":%s}'
_ALSO: Final = {"rows": "application/json", "graph": "application/turtle"}
"""Other names under which some endpoints give what was asked for."""


class RemoteAnswer:
    """Be one answer of an endpoint; see :class:`claimgraph.engine.Answer`."""

    def __init__(  # noqa: PLR0913 - what is asked, how, and of whom
        self,
        endpoint: Endpoint,
        request: urllib.request.Request,
        format_: Format,
        limits: Limits,
        version: Version | None,
        *,
        is_boolean: bool = False,
    ) -> None:
        """Take the request, which asks for a boolean or not; it is sent when the first piece is asked for."""
        self._is_boolean = is_boolean
        self._endpoint = endpoint
        self._request = request
        setattr(request, WATCH, self._hold)
        self._socket: socket.socket | None = None
        self._format = format_
        self._limits = limits
        self._version = version
        self._end = limits.end()
        self._response: http.client.HTTPResponse | None = None
        self._rows = Rows(version)
        self._pieces: io.BytesIO | None = None
        self._read = 0
        self._is_whole = False
        self._closed = False
        self.times: dict[str, float] = {}

    def __iter__(self) -> Self:
        """Return itself."""
        return self

    def __next__(self) -> bytes:
        """Return the next piece; see :meth:`claimgraph.engine.Engine.answer` for what is raised."""
        piece = b"" if self._is_whole and self._pieces is None else self._next()
        if not piece:
            self.close()
            raise StopIteration
        return piece

    def others_wait(self) -> bool:
        """Say no: it keeps nobody from asking the endpoint."""
        return False

    def close(self) -> None:
        """Give the answer up; whoever waits for the next piece gets an EngineError."""
        self._closed = True
        if self._socket is not None and not self._is_whole:
            with contextlib.suppress(OSError):
                self._socket.shutdown(socket.SHUT_RDWR)
        if self._response is not None:
            self._response.close()

    def _hold(self, connected: socket.socket) -> None:
        """Take the socket by which the request goes."""
        self._socket = connected
        if self._closed:
            raise _given_up()

    def _next(self) -> bytes:
        """Return the next piece, empty after the last, and note what becomes of the answer."""
        circuit = self._endpoint.circuit
        try:
            if self._response is None:
                circuit.enter()
                self._response = self._open()
            if self._format.results is QueryResultsFormat.JSON and not self._is_boolean:
                return self._next_rows(self._response)
            self._pieces = self._pieces or io.BytesIO(self._convert(self._receive_all(self._response)))
        except (BadQuery, AnswerTooLarge):
            self.close()
            circuit.succeed()
            raise
        except EnginePaused:
            raise
        except EngineError as error:
            if self._closed:
                raise _given_up() from error
            circuit.fail()
            self.close()
            raise
        return self._pieces.read(_PIECE)

    def _open(self) -> http.client.HTTPResponse:
        """Send the request and check what kind of answer comes."""
        response = self._endpoint.open(self._request, self._end, self._limits.seconds)
        most = response.headers.get(_CUT_AT)
        if most is not None:
            response.close()
            raise AnswerTooLarge(int(most) if most.isdigit() else self._limits.rows, "rows that the endpoint gives")
        given = response.headers.get_content_type()
        if given not in {ACCEPTED[self._format.kind], _ALSO[self._format.kind]}:
            response.close()
            raise EngineGarbled(f"the endpoint answered with {given} instead of {ACCEPTED[self._format.kind]}")
        if not response.chunked and response.length is None:
            response.close()
            raise EngineGarbled("the endpoint does not tell where its answer ends, so half of one would pass for whole")
        return response

    def _next_rows(self, response: http.client.HTTPResponse) -> bytes:
        while True:
            received = self._receive(response)
            piece = self._rows.take(received)
            if piece or not received:
                return piece

    def _receive(self, response: http.client.HTTPResponse) -> bytes:
        """Receive bytes; none when the answer is whole."""
        if self._is_whole:
            return b""
        if self._closed:
            raise _given_up()
        try:
            piece = response.read1(_PIECE)
        except _BROKEN as error:
            self._fail(error)
        if not piece and response.length:  # read1() tells a cut chunk, not a cut Content-Length
            self._fail(http.client.IncompleteRead(b"", response.length))
        if not piece:
            self._is_whole = True
            self._endpoint.circuit.succeed()
        self._read += len(piece)
        if self._read > self._limits.bytes:
            raise AnswerTooLarge(self._limits.bytes)
        return piece

    def _receive_all(self, response: http.client.HTTPResponse) -> bytes:
        parts: list[bytes] = []
        while piece := self._receive(response):
            parts.append(piece)
        return b"".join(parts)

    def _convert(self, body: bytes) -> bytes:
        """Write an answer in the format that is wanted."""
        try:
            if self._format.rdf:
                plain = self._version.triple_back if self._version else None
                triples = (quad.triple for quad in parse(body, RdfFormat.TURTLE))
                triples = (plain(triple) if plain else triple for triple in triples)
                return serialize(triples, format=self._format.rdf, prefixes=PREFIXES) or b""
            rows = Rows(self._version)
            results = parse_query_results(rows.take(body) + rows.take(b""), QueryResultsFormat.JSON)
            if self._is_boolean and isinstance(results, QuerySolutions):
                results = _as_boolean(results)
            if isinstance(results, QueryBoolean | QuerySolutions):
                return results.serialize(format=self._format.results) or b""
        except (SyntaxError, ValueError) as error:
            raise EngineGarbled(f"the endpoint's answer cannot be read: {error}") from error
        raise EngineGarbled("the endpoint's answer is neither rows nor a boolean")

    def _fail(self, error: Exception) -> NoReturn:
        """Translate a failure of the connection."""
        if time.monotonic() > self._end:
            raise DeadlineExceeded(self._limits.seconds) from error
        raise translated(error, self._limits.seconds) from error


def _given_up() -> EngineError:
    return EngineError("the answer was given up before it was whole")


def _as_boolean(rows: QuerySolutions) -> QuerySolutions | QueryBoolean:
    """Take the row of one number that Virtuoso answers to some ASK for what it means."""
    values = [row[0].value for row in rows]
    return parse_query_results(_BOOLEAN % str(values in (["1"], ["true"])).lower(), QueryResultsFormat.JSON)
