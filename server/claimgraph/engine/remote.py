"""The remote engine: any SPARQL 1.1 endpoint, asked through SPARQLWrapper (which lives here and nowhere else).

Rows are asked for as SPARQL JSON and graphs as Turtle, which every endpoint speaks; other formats are written here, so
answers look the same whoever computed them. The endpoint must take the union of all graphs for its default graph.
"""

from __future__ import annotations

import http.client
import io
import socket
import time
import urllib.error
from typing import TYPE_CHECKING, Any, NoReturn, Self

from pyoxigraph import (
    QueryBoolean,
    QueryResultsFormat,
    QuerySolutions,
    RdfFormat,
    parse,
    parse_query_results,
    serialize,
)
from SPARQLWrapper import JSON, POST, TURTLE, SPARQLExceptions, SPARQLWrapper

from claimgraph.engine import WHOLE, Dataset, Limits
from claimgraph.errors import AnswerTooLarge, BadQuery, DeadlineExceeded, EngineError
from claimgraph.sparql.prefixes import BASE, PREFIXES

if TYPE_CHECKING:
    from claimgraph.engine import Answer
    from claimgraph.engine.embedded import Embedded
    from claimgraph.formats import Format
    from claimgraph.sparql.query import Query

_PIECE = 1 << 16
_TYPES = {"rows": ("application/sparql-results+json", "application/json"), "graph": ("text/turtle",)}
_LATE = (408, 504)


class Remote:
    """Ask a SPARQL endpoint at a URL."""

    def __init__(self, url: str, reader: Embedded) -> None:
        """Take the address of the endpoint, of which nothing is asked yet, and workers that read texts."""
        self._url = url
        self._reader = reader

    def answer(self, query: Query, format_: Format, limits: Limits, dataset: Dataset = WHOLE) -> RemoteAnswer:
        """Answer a query; see :class:`claimgraph.engine.Engine`."""
        wrapper = SPARQLWrapper(self._url, returnFormat=JSON if query.answers_rows else TURTLE)
        wrapper.setMethod(POST)
        wrapper.setOnlyConneg(True)
        wrapper.setQuery(f"BASE <{BASE}> {query.text}")
        wrapper.queryType = query.form
        for graph in dataset.default_graphs:
            wrapper.addParameter("default-graph-uri", graph)
        for graph in dataset.named_graphs:
            wrapper.addParameter("named-graph-uri", graph)
        return RemoteAnswer(wrapper, format_, limits)

    def awaited(self, *_: object) -> None:
        """Say that this engine must be waited for in a thread."""

    def reading(self, text: str, limits: Limits) -> Answer:
        """Read a text; see :class:`claimgraph.engine.Engine`."""
        return self._reader.reading(text, limits)

    def close(self) -> None:
        """Let go of the workers; each answer has a connection of its own."""
        self._reader.close()


class RemoteAnswer:
    """Be one answer of an endpoint; see :class:`claimgraph.engine.Answer`."""

    def __init__(self, wrapper: SPARQLWrapper, format_: Format, limits: Limits) -> None:
        """Take the request; it is sent when the first piece is asked for."""
        self._wrapper = wrapper
        self._format = format_
        self._limits = limits
        self._end = limits.end()
        self._response: Any = None
        self._pieces: io.BytesIO | None = None
        self._read = 0
        self._closed = False
        self.times: dict[str, float] = {}

    def __iter__(self) -> Self:
        """Return itself."""
        return self

    def __next__(self) -> bytes:
        """Return the next piece; see :meth:`claimgraph.engine.Engine.answer` for what is raised."""
        if self._response is None:
            self._open()
        if self._format.results is QueryResultsFormat.JSON:
            piece = self._receive()
        else:
            self._pieces = self._pieces or io.BytesIO(self._convert(self._receive_all()))
            piece = self._pieces.read(_PIECE)
        if not piece:
            self.close()
            raise StopIteration
        return piece

    def others_wait(self) -> bool:
        """Say no: it keeps nobody from asking the endpoint."""
        return False

    def close(self) -> None:
        """Give the answer up."""
        self._closed = True
        if self._response is not None:
            self._response.close()

    def _open(self) -> None:
        """Send the request and check what kind of answer comes."""
        left = max(0.001, self._end - time.monotonic())
        self._wrapper.timeout = left  # type: ignore[assignment]  # setTimeout() cuts fractions off, 0.5 to none
        try:
            self._response = self._wrapper.query().response
        except SPARQLExceptions.QueryBadFormed as error:
            raise BadQuery(f"the endpoint refuses the query: {_said(error)}") from error
        except SPARQLExceptions.SPARQLWrapperException as error:
            raise EngineError(f"the endpoint failed: {_said(error)}") from error
        except urllib.error.HTTPError as error:
            if error.code in _LATE:
                raise DeadlineExceeded(self._limits.seconds) from error
            raise EngineError(f"the endpoint answered {error.code} {error.reason}") from error
        except (urllib.error.URLError, http.client.HTTPException, OSError) as error:
            self._fail(error)
        given = self._response.headers.get_content_type()
        if given not in _TYPES[self._format.kind]:
            self.close()
            raise EngineError(f"the endpoint answered with {given} instead of {_TYPES[self._format.kind][0]}")

    def _receive(self) -> bytes:
        if self._closed:
            raise EngineError("the answer was given up before it was whole")
        if time.monotonic() > self._end:
            self.close()
            raise DeadlineExceeded(self._limits.seconds)
        try:
            piece: bytes = self._response.read1(_PIECE)
        except (http.client.HTTPException, OSError, ValueError) as error:
            self._fail(error)
        if not piece and self._response.length:  # read1() tells a cut chunk, not a cut Content-Length
            self._fail(http.client.IncompleteRead(b"", self._response.length))
        self._read += len(piece)
        if self._read > self._limits.bytes:
            self.close()
            raise AnswerTooLarge(self._limits.bytes)
        return piece

    def _receive_all(self) -> bytes:
        parts: list[bytes] = []
        while piece := self._receive():
            parts.append(piece)
        return b"".join(parts)

    def _convert(self, body: bytes) -> bytes:
        """Write an answer in the format that is wanted."""
        try:
            if self._format.rdf:
                triples = (quad.triple for quad in parse(body, RdfFormat.TURTLE))
                return serialize(triples, format=self._format.rdf, prefixes=PREFIXES) or b""
            results = parse_query_results(body, QueryResultsFormat.JSON)
            if isinstance(results, QueryBoolean | QuerySolutions):
                return results.serialize(format=self._format.results) or b""
        except (SyntaxError, ValueError) as error:
            raise EngineError(f"the endpoint's answer cannot be read: {error}") from error
        raise EngineError("the endpoint's answer is neither rows nor a boolean")

    def _fail(self, error: Exception) -> NoReturn:
        """Translate a failure of the connection."""
        reason = getattr(error, "reason", error)
        self.close()
        if isinstance(reason, TimeoutError | socket.timeout):
            raise DeadlineExceeded(self._limits.seconds) from error
        if isinstance(error, http.client.IncompleteRead):
            raise EngineError("the endpoint broke off its answer") from error
        raise EngineError(f"the endpoint cannot be reached: {reason}") from error


def _said(error: SPARQLExceptions.SPARQLWrapperException) -> str:
    """Return the first lines of what an endpoint said about its failure."""
    text = str(error).partition("Response:")[2].strip() or str(error.msg)
    return text.removeprefix("b'").removesuffix("'").strip()[:400]
