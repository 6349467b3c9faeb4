"""The one table of HTTP statuses, and the one shape of errors: RFC 9457 problem details, or a page for browsers."""

from __future__ import annotations

import json
import math
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

import structlog
from flask import Response, render_template, request
from werkzeug.exceptions import HTTPException

from claimgraph import errors
from claimgraph.formats import HTML, Format
from claimgraph.web.negotiation import negotiate

if TYPE_CHECKING:
    from flask import Flask

STATUSES: dict[type[errors.ClaimgraphError], HTTPStatus] = {
    errors.ClaimgraphError: HTTPStatus.INTERNAL_SERVER_ERROR,
    errors.UsageError: HTTPStatus.BAD_REQUEST,
    errors.UnknownName: HTTPStatus.NOT_FOUND,
    errors.UnknownMediaType: HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
    errors.BadQuery: HTTPStatus.BAD_REQUEST,
    errors.UpdateRefused: HTTPStatus.FORBIDDEN,
    errors.ServiceRefused: HTTPStatus.FORBIDDEN,
    errors.SnapshotError: HTTPStatus.SERVICE_UNAVAILABLE,
    errors.EngineError: HTTPStatus.BAD_GATEWAY,
    errors.DeadlineExceeded: HTTPStatus.GATEWAY_TIMEOUT,
    errors.OutOfMemory: HTTPStatus.SERVICE_UNAVAILABLE,
    errors.EngineBusy: HTTPStatus.SERVICE_UNAVAILABLE,
    errors.TooManyQueries: HTTPStatus.TOO_MANY_REQUESTS,
    errors.AnswerTooLarge: HTTPStatus.INSUFFICIENT_STORAGE,
    errors.NotAcceptable: HTTPStatus.NOT_ACCEPTABLE,
}
"""Status by kind of error; a kind that is not listed has the status of the nearest kind above it.

An answer that is too large is 507 and not 413: it is not the request that is too large."""

_TITLES = {
    errors.UsageError: "The request is not right",
    errors.UnknownName: "There is nothing of that name",
    errors.BadQuery: "The query is not understood",
    errors.UpdateRefused: "Updates are refused",
    errors.ServiceRefused: "SERVICE is refused",
    errors.SnapshotError: "The snapshot cannot be read",
    errors.EngineError: "The query engine failed",
    errors.DeadlineExceeded: "The query took too long",
    errors.OutOfMemory: "The query needed too much memory",
    errors.EngineBusy: "All query workers are busy",
    errors.TooManyQueries: "Too many queries at once",
    errors.AnswerTooLarge: "The answer is too large",
    errors.NotAcceptable: "None of the formats asked for is available",
}
_MEMBERS = ("line", "column", "parameter", "value", "seconds", "limit", "unit", "offered", "retry_after")
_JSON = Format("problem", "Problem", "application/problem+json", "json", "page", aliases=("application/json",))


def status_of(kind: type[errors.ClaimgraphError]) -> HTTPStatus:
    """Look up the status of a kind of error."""
    return next(STATUSES[base] for base in kind.__mro__ if base in STATUSES)


def register(app: Flask) -> None:
    """Have the application turn errors into problems."""
    app.register_error_handler(errors.ClaimgraphError, from_error)
    app.register_error_handler(HTTPException, from_http)


def from_error(error: errors.ClaimgraphError) -> Response:
    """Turn an error of ours into a problem."""
    status = status_of(type(error))
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        structlog.get_logger().warning("request failed", kind=type(error).__name__, error=str(error))
    title = next((_TITLES[base] for base in type(error).__mro__ if base in _TITLES), status.phrase)
    members = {name: getattr(error, name) for name in _MEMBERS if getattr(error, name, None) is not None}
    return problem(status, title, error.message, type(error).__name__, members)


def from_http(error: HTTPException) -> Response:
    """Turn an error of the framework (no such route, body too large, a fault of ours) into a problem."""
    status = HTTPStatus(error.code or HTTPStatus.INTERNAL_SERVER_ERROR)
    response = problem(status, status.phrase, error.description or status.description, "", {})
    for name, value in error.get_headers():
        if name == "Allow":
            response.headers[name] = value
    return response


def problem(status: HTTPStatus, title: str, detail: str, kind: str, members: dict[str, Any]) -> Response:
    """Write a problem in the form that the client likes: JSON, or a page for browsers."""
    wish = _wish()
    if wish is HTML:
        page = render_template("problem.html", status=status, title=title, detail=detail, members=members)
        response = Response(page, status, content_type=HTML.content_type)
    else:
        body: dict[str, Any] = {"type": f"urn:claimgraph:problem:{kind}" if kind else "about:blank", "title": title}
        body |= {"status": status.value, "detail": detail, **members}
        response = Response(json.dumps(body), status, content_type=_JSON.media_type)
    if "retry_after" in members:
        response.headers["Retry-After"] = str(math.ceil(members["retry_after"]))
    response.headers["Cache-Control"] = "no-store"
    response.vary.add("Accept")
    return response


def _wish() -> Format:
    """Tell whether the client would rather have a page or JSON; an error is sent in any case."""
    try:
        return negotiate(request.headers.get("Accept"), (_JSON, HTML))
    except errors.NotAcceptable:
        return _JSON
