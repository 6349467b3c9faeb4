"""``/sparql``: the SPARQL 1.1 Protocol for queries, the service description, and a form for browsers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, Response, render_template, request
from pyoxigraph import NamedNode

from claimgraph.engine import Dataset, Limits
from claimgraph.errors import BadParameter, UnknownMediaType, UpdateRefused, UsageError
from claimgraph.formats import GRAPHS, HTML, ROWS, Format
from claimgraph.sparql.prefixes import declarations
from claimgraph.sparql.query import Query, read
from claimgraph.web.answers import Question, etag_of, name_snapshot, respond
from claimgraph.web.description import describe
from claimgraph.web.negotiation import negotiate
from claimgraph.web.tables import table

if TYPE_CHECKING:
    from werkzeug.datastructures import MultiDict

    from claimgraph.settings import Settings
    from claimgraph.web.service import Service, View

_FORM, _QUERY, _UPDATE = "application/x-www-form-urlencoded", "application/sparql-query", "application/sparql-update"
_READING = frozenset({"GET", "HEAD"})
_EXAMPLE = """
SELECT ?id ?claim ?holder WHERE {
  ?claim a cg:Claim ; dcterms:identifier ?id ; cg:holder ?holder .
}
ORDER BY ?id
LIMIT 20
"""


def blueprint(service: Service, settings: Settings) -> Blueprint:
    """Make the routes of the endpoint."""
    routes = Blueprint("sparql", __name__)

    @routes.route("/sparql", methods=["GET", "POST", "QUERY"])
    def sparql() -> Response:
        view = service.current()
        parameters = read_parameters()
        if "update" in parameters:
            raise UpdateRefused("updates are not answered here: data change in git, by edit and build")
        texts = parameters.getlist("query")
        if not texts and request.method in _READING:
            return _introduce(view, settings)
        if len(texts) != 1:
            raise UsageError(f"a request has exactly one 'query', this one has {len(texts)}")
        query = read(texts[0], max_nesting=settings.max_nesting, allowed=settings.service_allowed)
        return _answer(view, settings, query, parameters)

    return routes


def read_parameters() -> MultiDict[str, str]:
    """Read the parameters of a protocol request from where its kind of request has them (section 2.1).

    Raises:
        UnknownMediaType: the body is neither a form nor a query.
        UsageError: the body is no UTF-8.
    """
    if request.method in _READING:
        return request.args
    if request.mimetype == _FORM:
        return request.form
    if request.mimetype == _UPDATE:
        raise UpdateRefused("updates are not answered here: data change in git, by edit and build")
    if request.mimetype != _QUERY:
        raise UnknownMediaType(f"send the query as {_FORM} or {_QUERY}, not as {request.mimetype or 'nothing named'}")
    parameters = request.args.copy()
    try:
        parameters.add("query", request.get_data().decode("utf-8"))
    except UnicodeDecodeError as error:
        raise UsageError(f"the query is no UTF-8: byte {error.start} is wrong") from error
    return parameters


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


def _answer(view: View, settings: Settings, query: Query, parameters: MultiDict[str, str]) -> Response:
    offered: tuple[Format, ...] = ROWS if query.answers_rows else GRAPHS
    chosen = negotiate(request.headers.get("Accept"), (*offered, HTML), parameters.get("format"))
    limits = Limits.of(settings).lowered(timeout_of(parameters))
    dataset = Dataset(_iris(parameters, "default-graph-uri"), _iris(parameters, "named-graph-uri"))
    if chosen is HTML:
        return _page(view, settings, query, Question(query, offered[0], limits, dataset))
    return respond(view, Question(query, chosen, limits, dataset), settings)


def _iris(parameters: MultiDict[str, str], name: str) -> tuple[str, ...]:
    for value in parameters.getlist(name):
        try:
            NamedNode(value)
        except ValueError as error:
            raise BadParameter(name, "an absolute IRI", value) from error
    return tuple(parameters.getlist(name))


def _introduce(view: View, settings: Settings) -> Response:
    """Answer a bare GET: the editor for browsers, the service description for programs."""
    chosen = negotiate(request.headers.get("Accept"), (*GRAPHS, HTML), request.args.get("format"))
    if chosen is HTML:
        page = render_template("sparql.html", text=declarations() + _EXAMPLE, table=None, settings=settings)
        response = Response(page, content_type=HTML.content_type)
    else:
        endpoint = (settings.public_url or request.host_url.rstrip("/")) + "/sparql"
        etag = etag_of(view, "description", endpoint, chosen.name)
        known = etag in request.if_none_match
        response = Response(None if known else describe(view, endpoint, chosen, settings), 304 if known else 200)
        response.content_type = chosen.content_type
        response.set_etag(etag)
        response.headers["Cache-Control"] = "public, no-cache"
    response.vary.add("Accept")
    name_snapshot(response, view)
    return response


def _page(view: View, settings: Settings, query: Query, question: Question) -> Response:
    """Show rows as a table, and a graph as Turtle, below the query."""
    answered = respond(view, question, settings)
    if answered.status_code != 200:  # noqa: PLR2004 - not modified
        return answered
    answered.direct_passthrough = False
    body = answered.get_data()
    shown = table(view, body) if query.answers_rows else None
    graph = None if query.answers_rows else body.decode()
    page = render_template("sparql.html", text=query.text, table=shown, graph=graph, settings=settings)
    response = Response(page, content_type=HTML.content_type)
    response.vary.add("Accept")
    name_snapshot(response, view)
    return response
