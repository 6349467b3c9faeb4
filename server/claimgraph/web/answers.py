"""Respond with an answer of the engine: whole or not at all, named by its ETag, ended when the client hangs up."""

from __future__ import annotations

import hashlib
import json
import time
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from flask import Response, request
from werkzeug.http import parse_etags

from claimgraph.engine import WHOLE, Dataset, Limits
from claimgraph.errors import AnswerTooLarge

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from claimgraph.engine import Answer
    from claimgraph.formats import Format
    from claimgraph.settings import Settings
    from claimgraph.sparql.query import Query
    from claimgraph.web.service import View

HANGUP = "claimgraph.hangup"
"""Key in the WSGI environment: a function that takes an answer, to close it when the client hangs up."""


@dataclass(frozen=True, slots=True)
class Question:
    """Put together what is asked: the query, in which format, within which limits, of which graphs."""

    query: Query
    format: Format
    limits: Limits
    dataset: Dataset = WHOLE


def respond(view: View, question: Question, settings: Settings) -> Response:
    """Answer a question; raises what the engine raises, as long as no byte has been sent."""
    headers = headers_of(view, question)
    if is_known(headers, request.headers.get("If-None-Match")):
        response = Response(status=304)
    else:
        limits = replace(question.limits, client=request.remote_addr or "")
        response = _evaluate(view, replace(question, limits=limits), settings)
    response.headers.update(headers)
    return response


def headers_of(view: View, question: Question) -> dict[str, str]:
    """Name an answer in headers, and say how long it may be kept and of which snapshot it speaks."""
    query = question.query
    found = {"Cache-Control": "no-store", "Vary": "Accept", "Claimgraph-Query": hash_of(query.text)}
    found |= snapshot_headers(view)
    if not query.is_volatile:
        found["ETag"] = (
            f'"{etag_of(view, query.text, question.format.name, repr(question.dataset) if question.dataset else "")}"'
        )
        found["Cache-Control"] = "public, no-cache"
    return found


def is_known(headers: Mapping[str, str], if_none_match: str | None) -> bool:
    """Tell whether the client has the answer that the headers name (RFC 9110, section 13.1.2)."""
    etag = headers.get("ETag")
    return bool(if_none_match and etag) and parse_etags(if_none_match).contains_weak(str(etag).strip('"'))


def server_timing(times: Mapping[str, float]) -> str:
    """Write seconds by name as a Server-Timing header, in milliseconds."""
    return ", ".join(f"{name};dur={1000 * spent:.2f}" for name, spent in times.items())


def hash_of(text: str) -> str:
    """Name a query by its text, for logs."""
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def etag_of(view: View, *parts: str) -> str:
    """Name an answer by the digest of its snapshot and by what was asked."""
    text = json.dumps([view.digest, *parts])
    return hashlib.sha256(text.encode()).hexdigest()[:32]


def name_snapshot(response: Response, view: View) -> None:
    """Say in headers which snapshot, and which commit of the data, an answer speaks of."""
    response.headers.update(snapshot_headers(view))


def snapshot_headers(view: View) -> dict[str, str]:
    """Name the snapshot, and the commit of the data, in headers."""
    named = {"Claimgraph-Snapshot": view.digest}
    return named | {"Claimgraph-Commit": view.manifest.commit} if view.manifest.commit else named


def _evaluate(view: View, question: Question, settings: Settings) -> Response:
    start = time.perf_counter()
    answer = view.engine.answer(question.query, question.format, question.limits, question.dataset)
    watch_for_hangup(answer)
    held: list[bytes] = []
    size = 0
    for piece in answer:
        held.append(piece)
        size += len(piece)
        if size > settings.hold_back:
            refuse_old_http(request.environ["SERVER_PROTOCOL"].removeprefix("HTTP/"), settings)
            return Response(_Stream(held, answer), content_type=question.format.content_type)
    response = Response(b"".join(held), content_type=question.format.content_type)
    times = {**answer.times, "total": time.perf_counter() - start}
    response.headers["Server-Timing"] = server_timing(times)
    return response


def refuse_old_http(version: str, settings: Settings) -> None:
    """Refuse to stream over HTTP/1.0, where the end of the connection is the only end of an answer, cut off or not.

    Raises:
        AnswerTooLarge: the version is that old.
    """
    if version in {"1", "1.0"}:  # granian says 1
        unit = "bytes over HTTP/1.0, which cannot tell a whole answer from a part of one (HTTP/1.1 can)"
        raise AnswerTooLarge(settings.hold_back, unit)


def watch_for_hangup(answer: Answer) -> None:
    """Have an answer given up when the client hangs up, where the server can tell."""
    register: Callable[[Answer], None] | None = request.environ.get(HANGUP)
    if register:
        register(answer)


class _Stream:
    """Send what is held, then the rest.

    An error on the way breaks the connection off, so that nobody takes the answer for whole.
    """

    def __init__(self, held: list[bytes], answer: Answer) -> None:
        self._held = held
        self._answer = answer

    def __iter__(self) -> Iterator[bytes]:
        while self._held:
            yield self._held.pop(0)
        yield from self._answer

    def close(self) -> None:
        """End the evaluation when the server is done with the response, however that came about."""
        self._answer.close()
