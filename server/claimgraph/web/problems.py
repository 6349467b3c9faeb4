"""The one table of HTTP statuses, and the one shape of errors: RFC 9457 problem details, or a page for browsers."""

from __future__ import annotations

import json
import math
from dataclasses import dataclass, field
from functools import lru_cache
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

import structlog
from flask import Response, render_template, request
from werkzeug.exceptions import HTTPException

from claimgraph import errors
from claimgraph.formats import HTML, Format
from claimgraph.web.negotiation import negotiate

if TYPE_CHECKING:
    from collections.abc import Mapping

    from flask import Flask

STATUSES: dict[type[errors.ClaimgraphError], HTTPStatus] = {
    errors.ClaimgraphError: HTTPStatus.INTERNAL_SERVER_ERROR,
    errors.UsageError: HTTPStatus.BAD_REQUEST,
    errors.UnknownName: HTTPStatus.NOT_FOUND,
    errors.RemovedName: HTTPStatus.GONE,
    errors.UnknownMediaType: HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
    errors.BadQuery: HTTPStatus.BAD_REQUEST,
    errors.UpdateRefused: HTTPStatus.FORBIDDEN,
    errors.ServiceRefused: HTTPStatus.FORBIDDEN,
    errors.SnapshotError: HTTPStatus.SERVICE_UNAVAILABLE,
    errors.EngineError: HTTPStatus.BAD_GATEWAY,
    errors.DeadlineExceeded: HTTPStatus.GATEWAY_TIMEOUT,
    errors.OutOfMemory: HTTPStatus.SERVICE_UNAVAILABLE,
    errors.EngineBusy: HTTPStatus.SERVICE_UNAVAILABLE,
    errors.EnginePaused: HTTPStatus.SERVICE_UNAVAILABLE,
    errors.TooManyQueries: HTTPStatus.TOO_MANY_REQUESTS,
    errors.AnswerTooLarge: HTTPStatus.INSUFFICIENT_STORAGE,
    errors.NotAcceptable: HTTPStatus.NOT_ACCEPTABLE,
}
"""Status by kind of error; a kind that is not listed has the status of the nearest kind above it.

An answer that is too large is 507 and not 413: it is not the request that is too large."""

_TITLES = {
    errors.UsageError: "The request is not right",
    errors.RemovedName: "What was here is gone",
    errors.UnknownName: "There is nothing of that name",
    errors.BadQuery: "The query is not understood",
    errors.UpdateRefused: "Updates are refused",
    errors.ServiceRefused: "SERVICE is refused",
    errors.SnapshotError: "The snapshot cannot be read",
    errors.EngineError: "The query engine failed",
    errors.DeadlineExceeded: "The query took too long",
    errors.OutOfMemory: "The query needed too much memory",
    errors.EngineBusy: "The service is busy",
    errors.EnginePaused: "The query engine is left alone for a while",
    errors.EngineUnreachable: "The query engine cannot be reached",
    errors.EngineUntrusted: "The query engine is not trusted",
    errors.EngineDenied: "The query engine refuses this service",
    errors.EngineGarbled: "The query engine gave no whole answer",
    errors.TooManyQueries: "Too many queries at once",
    errors.AnswerTooLarge: "The answer is too large",
    errors.NotAcceptable: "None of the formats asked for is available",
}
_MEMBERS = (
    "line", "column", "parameter", "value", "seconds", "limit", "unit", "offered", "retry_after",
    "label", "snapshot", "commit", "built_at", "see",
)  # fmt: skip
REFUSED = "claimgraph.refused"
"""Key in the WSGI environment: the error with which a request is refused before it is looked at."""
PROBLEM = Format("problem", "Problem", "application/problem+json", "json", "page", aliases=("application/json",))


def status_of(kind: type[errors.ClaimgraphError]) -> HTTPStatus:
    """Look up the status of a kind of error."""
    return next(STATUSES[base] for base in kind.__mro__ if base in STATUSES)


def register(app: Flask) -> None:
    """Have the application turn errors into problems."""
    app.before_request(_refuse)
    app.register_error_handler(errors.ClaimgraphError, from_error)
    app.register_error_handler(HTTPException, from_http)


def _refuse() -> None:
    error: errors.ClaimgraphError | None = request.environ.get(REFUSED)
    if error:
        raise error


@dataclass(frozen=True, slots=True)
class Problem:
    """Be what goes wrong, as a client is told it."""

    status: HTTPStatus
    title: str
    detail: str
    kind: str = ""
    members: Mapping[str, Any] = field(default_factory=dict)

    def body(self) -> str:
        """Write it as JSON (RFC 9457)."""
        named: dict[str, Any] = {"type": f"urn:claimgraph:problem:{self.kind}" if self.kind else "about:blank"}
        named |= {"title": self.title, "status": self.status.value, "detail": self.detail, **self.members}
        return json.dumps(named)

    def headers(self) -> dict[str, str]:
        """Return the headers that go with it in any form."""
        found = {"Cache-Control": "no-store", "Vary": "Accept"}
        if "retry_after" in self.members:
            found["Retry-After"] = str(math.ceil(self.members["retry_after"]))
        return found


def of_error(error: errors.ClaimgraphError) -> Problem:
    """Tell an error of ours as a problem."""
    status = status_of(type(error))
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        structlog.get_logger().warning("request failed", kind=type(error).__name__, error=str(error))
    title = next((_TITLES[base] for base in type(error).__mro__ if base in _TITLES), status.phrase)
    members = {name: getattr(error, name) for name in _MEMBERS if getattr(error, name, None) is not None}
    return Problem(status, title, error.message, type(error).__name__, members)


def from_error(error: errors.ClaimgraphError) -> Response:
    """Respond to an error of ours."""
    return _respond(of_error(error))


def from_http(error: HTTPException) -> Response:
    """Respond to an error of the framework: no such route, body too large, a fault of ours."""
    status = HTTPStatus(error.code or HTTPStatus.INTERNAL_SERVER_ERROR)
    response = _respond(Problem(status, status.phrase, error.description or status.description))
    for name, value in error.get_headers():
        if name == "Allow":
            response.headers[name] = value
    return response


@lru_cache(maxsize=256)
def wants_page(accept: str | None) -> bool:
    """Tell whether a client would rather have a problem as a page than as JSON; it is sent in any case."""
    try:
        return negotiate(accept, (PROBLEM, HTML)) is HTML
    except errors.NotAcceptable:
        return False


def _respond(problem: Problem) -> Response:
    """Write a problem in the form that the client likes: JSON, or a page for browsers."""
    if wants_page(request.headers.get("Accept")):
        page = render_template(
            "problem.html", status=problem.status, title=problem.title, detail=problem.detail, members=problem.members
        )
        response = Response(page, problem.status, content_type=HTML.content_type)
    else:
        response = Response(problem.body(), problem.status, content_type=PROBLEM.media_type)
    response.headers.update(problem.headers())
    return response
