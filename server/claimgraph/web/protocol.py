"""What a request of the SPARQL 1.1 Protocol asks, read without a framework: the view and the express lane share it."""

from __future__ import annotations

import time
from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl

import structlog
from pyoxigraph import NamedNode
from werkzeug.datastructures import MultiDict
from werkzeug.http import parse_options_header

from claimgraph.engine import Dataset, Limits
from claimgraph.errors import BadParameter, UnknownMediaType, UpdateRefused, UsageError
from claimgraph.formats import GRAPHS, HTML, ROWS, Format
from claimgraph.sparql.query import read_quickly
from claimgraph.web.answers import Question, hash_of
from claimgraph.web.negotiation import negotiate

if TYPE_CHECKING:
    from collections.abc import Callable

    from claimgraph.settings import Settings
    from claimgraph.sparql.query import Query

_FORM, _QUERY, _UPDATE = "application/x-www-form-urlencoded", "application/sparql-query", "application/sparql-update"
_UTF8 = frozenset({"utf-8", "utf8", "us-ascii", "ascii"})
_READING = frozenset({"GET", "HEAD"})
LARGE = 1 << 12
"""Characters from which on a query takes so long to read (some µs a token) that it is not read in an HTTP process, but
by a worker, which can be ended."""
_MOST_PARAMETERS = 1000


def read_parameters(method: str, query_string: bytes, content_type: str, body: bytes) -> MultiDict[str, str]:
    """Read the parameters of a protocol request from where its kind of request has them (section 2.1).

    Raises:
        UnknownMediaType: the body is neither a form nor a query.
        UpdateRefused: it is an update.
        UsageError: something is no UTF-8, or there are too many.
    """
    if method in _READING:
        return _decode(query_string)
    media_type, options = parse_options_header(content_type)
    if options.get("charset", "utf-8").lower() not in _UTF8:
        raise UnknownMediaType(f"send the query as UTF-8, not as {options['charset']}")
    if media_type == _FORM:
        return _decode(body)
    if media_type == _UPDATE:
        raise UpdateRefused("updates are not answered here: data change in git, by edit and build")
    if media_type != _QUERY:
        raise UnknownMediaType(f"send the query as {_FORM} or {_QUERY}, not as {media_type or 'nothing named'}")
    parameters = _decode(query_string)
    try:
        parameters.add("query", body.decode("utf-8"))
    except UnicodeDecodeError as error:
        raise UsageError(f"the query is no UTF-8: byte {error.start} is wrong") from error
    return parameters


def query_of(
    parameters: MultiDict[str, str], settings: Settings, read_large: Callable[[str], Query] | None = None
) -> Query | None:
    """Read the one query of a request, or None where there is none; ``read_large`` reads what takes long.

    Raises:
        UpdateRefused: there is an update.
        UsageError: there is more than one query.
        BadQuery: it is no SPARQL, or is refused as it stands.
    """
    if "update" in parameters:
        raise UpdateRefused("updates are not answered here: data change in git, by edit and build")
    texts = parameters.getlist("query")
    if not texts:
        return None
    if len(texts) > 1:
        raise UsageError(f"a request has exactly one 'query', this one has {len(texts)}")
    if read_large and len(texts[0]) > LARGE:
        query = read_large(texts[0])
    else:
        query = read_quickly(texts[0], max_nesting=settings.max_nesting, allowed=settings.service_allowed)
    if settings.log_queries:
        structlog.get_logger().info("query", query=hash_of(query.text), text=query.text)
    return query


def limits_of(parameters: MultiDict[str, str], settings: Settings, client: str) -> Limits:
    """Return what the answer to a client is bound by; its seconds begin now, before the query is read.

    Raises:
        BadParameter: a time-out is no number.
    """
    return replace(Limits.of(settings, client).lowered(timeout_of(parameters)), since=time.monotonic())


def question_of(query: Query, parameters: MultiDict[str, str], accept: str | None, limits: Limits) -> Question:
    """Put together what is asked; the format may be a page.

    Raises:
        NotAcceptable: no format on offer is acceptable.
        BadParameter: a graph is no IRI.
    """
    chosen = _choose(accept, parameters.get("format"), rows=query.answers_rows)
    dataset = Dataset(_iris(parameters, "default-graph-uri"), _iris(parameters, "named-graph-uri"))
    return Question(query, chosen, limits, dataset)


@lru_cache(maxsize=512)
def _choose(accept: str | None, override: str | None, *, rows: bool) -> Format:
    return negotiate(accept, (*(ROWS if rows else GRAPHS), HTML), override)


def timeout_of(parameters: MultiDict[str, str]) -> float | None:
    """Read ``timeout=``, in seconds.

    Raises:
        BadParameter: it is no positive number.
    """
    value = parameters.get("timeout")
    if value is None:
        return None
    try:
        seconds = float(value)
    except ValueError:
        seconds = -1.0
    if not seconds > 0:
        raise BadParameter("timeout", "a number of seconds above 0", value)
    return seconds


def _iris(parameters: MultiDict[str, str], name: str) -> tuple[str, ...]:
    for value in parameters.getlist(name):
        try:
            NamedNode(value)
        except ValueError as error:
            raise BadParameter(name, "an absolute IRI", value) from error
    return tuple(parameters.getlist(name))


def _decode(encoded: bytes) -> MultiDict[str, str]:
    """Decode what is written as in a form."""
    if encoded.count(b"&") >= _MOST_PARAMETERS:
        raise UsageError(f"a request has at most {_MOST_PARAMETERS} parameters")
    try:
        return MultiDict(parse_qsl(encoded.decode("utf-8"), keep_blank_values=True, errors="strict"))
    except UnicodeDecodeError as error:
        raise UsageError(f"the request is no UTF-8: {error.reason}") from error
