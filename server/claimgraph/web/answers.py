"""Respond with an answer of the engine: whole or not at all, named by its ETag, ended when the client hangs up."""

from __future__ import annotations

import hashlib
import json
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from flask import Response, request

from claimgraph.engine import WHOLE, Dataset, Limits

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from claimgraph.engine import Answer
    from claimgraph.formats import Format
    from claimgraph.settings import Settings
    from claimgraph.sparql.query import Query
    from claimgraph.web.service import View

HANGUP = "claimgraph.hangup"
"""Key in the WSGI environment: a function that takes what to call when the client hangs up."""


@dataclass(frozen=True, slots=True)
class Question:
    """Put together what is asked: the query, in which format, within which limits, of which graphs."""

    query: Query
    format: Format
    limits: Limits
    dataset: Dataset = WHOLE


def respond(view: View, question: Question, settings: Settings) -> Response:
    """Answer a question; raises what the engine raises, as long as no byte has been sent."""
    etag = etag_of(view, question.query.text, question.format.name, repr(question.dataset))
    if etag in request.if_none_match and not question.query.is_volatile:
        response = Response(status=304)
    else:
        response = _evaluate(view, question, settings)
    if question.query.is_volatile:
        response.headers["Cache-Control"] = "no-store"
    else:
        response.set_etag(etag)
        response.headers["Cache-Control"] = "public, no-cache"
    response.vary.add("Accept")
    name_snapshot(response, view)
    return response


def etag_of(view: View, *parts: str) -> str:
    """Name an answer by the digest of its snapshot and by what was asked."""
    text = json.dumps([view.digest, *parts])
    return hashlib.sha256(text.encode()).hexdigest()[:32]


def name_snapshot(response: Response, view: View) -> None:
    """Say in headers which snapshot, and which commit of the data, an answer speaks of."""
    response.headers["Claimgraph-Snapshot"] = view.digest
    if view.manifest.commit:
        response.headers["Claimgraph-Commit"] = view.manifest.commit


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
            return Response(_Stream(held, answer), content_type=question.format.content_type)
    response = Response(b"".join(held), content_type=question.format.content_type)
    times = {**answer.times, "total": time.perf_counter() - start}
    response.headers["Server-Timing"] = ", ".join(f"{name};dur={1000 * spent:.2f}" for name, spent in times.items())
    return response


def watch_for_hangup(answer: Answer) -> None:
    """Have an answer given up when the client hangs up, where the server can tell."""
    register: Callable[[Callable[[], None]], None] | None = request.environ.get(HANGUP)
    if register:
        register(answer.close)


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
