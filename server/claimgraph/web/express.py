"""The express lane: queries of the SPARQL Protocol answered on the event loop, without a thread and without Flask.

It takes what asks for data and is in order. Pages, descriptions, explanations and requests that are wrong are left to
the application; what a request asks, and how an answer is named, both read from the same functions.
"""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING, Any, Protocol

from claimgraph.errors import ClaimgraphError
from claimgraph.formats import HTML
from claimgraph.web.answers import Question, headers_of, is_known, refuse_old_http, server_timing
from claimgraph.web.delivery import Delivery
from claimgraph.web.problems import PROBLEM, of_error, wants_page
from claimgraph.web.protocol import LARGE, limits_of, query_of, question_of, read_parameters

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping, MutableMapping

    from claimgraph.engine import Awaited
    from claimgraph.settings import Settings
    from claimgraph.web.clients import Arrival
    from claimgraph.web.encoding import Encoder
    from claimgraph.web.service import View

    Message = MutableMapping[str, Any]
    Receive = Callable[[], Awaitable[Message]]
    Send = Callable[[Message], Awaitable[None]]

_READ = frozenset({b"accept", b"content-type", b"if-none-match"})
_METHODS = frozenset({"GET", "POST", "QUERY"})
_LARGE = 1 << 16  # bytes that are encoded in a thread, not between two requests


class AtHand(Protocol):
    """Give the snapshot in service if that takes no time."""

    def at_hand(self) -> View | None:
        """Return the view, or None where it is yet to be opened."""
        ...


class Express:
    """Answer queries on the event loop."""

    def __init__(self, service: AtHand, settings: Settings, headers: Mapping[str, str]) -> None:
        """Take the headers that go with every response."""
        self._service = service
        self._settings = settings
        self._always = _encoded(headers)

    async def respond(self, arrival: Arrival, encoder: Encoder, receive: Receive, send: Send) -> list[Message] | None:
        """Answer a request; returns the messages yet to be sent, or None where the application must answer."""
        start = time.perf_counter()
        view = self._service.at_hand()
        headers = _read(arrival.scope["headers"])
        question = self._question(arrival, headers)
        if view is None or question is None:
            return None
        named = headers_of(view, question)
        if is_known(named, _text(headers, b"if-none-match")):
            return encoder.whole(self._start(304, named), b"")
        answer = view.engine.awaited(question.query, question.format, question.limits, question.dataset)
        if answer is None:
            return None
        answer.times["parse"] = time.perf_counter() - start
        exchange = _Exchange(answer, encoder, receive, send, arrival.scope["http_version"])
        try:
            return await self._answer(exchange, named | {"Content-Type": question.format.content_type}, start)
        except ClaimgraphError as error:
            if exchange.delivery.has_begun:
                raise  # which breaks the connection off
            problem = of_error(error)
            body = problem.body().encode()
            told = problem.headers() | {"Content-Type": PROBLEM.media_type, "Content-Length": str(len(body))}
            return encoder.whole(self._start(problem.status.value, told), body)
        finally:
            exchange.end()

    def _question(self, arrival: Arrival, headers: dict[bytes, bytes]) -> Question | None:
        """Read what is asked, or None where that is a page, nothing, or not in order."""
        accept, method = _text(headers, b"accept"), arrival.scope["method"]
        size = len(arrival.body) + len(arrival.scope["query_string"])
        if method not in _METHODS or wants_page(accept) or size > LARGE:
            return None
        try:
            content_type = _text(headers, b"content-type") or ""
            parameters = read_parameters(method, arrival.scope["query_string"], content_type, arrival.body)
            limits = limits_of(parameters, self._settings, arrival.client)
            query = query_of(parameters, self._settings)
            if query is None or "explain" in parameters:
                return None
            question = question_of(query, parameters, accept, limits)
        except ClaimgraphError:
            return None
        return None if question.format is HTML else question

    async def _answer(self, exchange: _Exchange, headers: dict[str, str], start: float) -> list[Message]:
        """Hold an answer back until it is whole, or has grown too large for that; then send it as it comes."""
        held: list[bytes] = []
        size = 0
        while (piece := await exchange.answer.piece()) is not None:
            held.append(piece)
            size += len(piece)
            if size > self._settings.hold_back:
                refuse_old_http(exchange.version, self._settings)
                headers["Server-Timing"] = server_timing(exchange.answer.times)
                return await exchange.stream(self._start(200, headers), held)
        headers["Content-Length"] = str(size)
        headers["Server-Timing"] = server_timing({**exchange.answer.times, "total": time.perf_counter() - start})
        message = self._start(200, headers)
        if size < _LARGE:
            return exchange.encoder.whole(message, b"".join(held))
        return await asyncio.get_running_loop().run_in_executor(None, exchange.encoder.whole, message, b"".join(held))

    def _start(self, status: int, headers: Mapping[str, str]) -> Message:
        return {"type": "http.response.start", "status": status, "headers": [*_encoded(headers), *self._always]}


class _Exchange:
    """One answer on its way to one client."""

    def __init__(self, answer: Awaited, encoder: Encoder, receive: Receive, send: Send, version: str) -> None:
        self.answer = answer
        self.version = version
        self.encoder = encoder
        self.delivery = Delivery(receive, send, hangup=answer.close, others_wait=answer.others_wait)

    async def stream(self, start: Message, held: list[bytes]) -> list[Message]:
        """Send what is held, then the rest as it comes; an error on the way breaks the connection off."""
        await self.delivery.begin(self.encoder.begin(start))
        for piece in held:
            await self._pass_on(piece)
        held.clear()
        while (piece := await self.answer.piece()) is not None:  # type: ignore[assignment]
            await self._pass_on(piece)
        return [{"type": "http.response.body", "body": self.encoder.end()}]

    def end(self) -> None:
        """Stop watching, and let go of the answer."""
        self.delivery.end()
        self.answer.end()

    async def _pass_on(self, piece: bytes) -> None:
        """Send a piece, encoded in a thread."""
        if self.encoder.is_at_work:
            piece = await asyncio.get_running_loop().run_in_executor(None, self.encoder.piece, piece)
        await self.delivery.piece(piece)


def _read(headers: list[tuple[bytes, bytes]]) -> dict[bytes, bytes]:
    """Return the headers that matter here; what is sent in several lines is one list."""
    found: dict[bytes, bytes] = {}
    for name, value in headers:
        if name in _READ:
            found[name] = found[name] + b"," + value if name in found else value
    return found


def _text(headers: Mapping[bytes, bytes], name: bytes) -> str | None:
    value = headers.get(name)
    return None if value is None else value.decode("latin-1")


def _encoded(headers: Mapping[str, str]) -> list[tuple[bytes, bytes]]:
    return [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in headers.items()]
