"""``/sparql``: the SPARQL 1.1 Protocol for queries, the service description, and a form for browsers."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import TYPE_CHECKING

from flask import Blueprint, Response, render_template, request

from claimgraph.errors import UsageError
from claimgraph.formats import GRAPHS, HTML, ROWS
from claimgraph.sparql.prefixes import declarations
from claimgraph.sparql.query import from_json
from claimgraph.web import plan
from claimgraph.web.answers import Question, etag_of, name_snapshot, respond, watch_for_hangup
from claimgraph.web.description import describe
from claimgraph.web.negotiation import negotiate
from claimgraph.web.protocol import limits_of, query_of, question_of, read_parameters, timeout_of
from claimgraph.web.refusal import give_back
from claimgraph.web.tables import table

if TYPE_CHECKING:
    from claimgraph.engine import Limits
    from claimgraph.settings import Settings
    from claimgraph.sparql.query import Query
    from claimgraph.web.service import Service, View

__all__ = ["blueprint", "timeout_of"]

_PAGE_ROWS, _PAGE_BYTES = 5_000, 4 << 20  # of the longest answer that is shown as a page
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
        start = time.perf_counter()
        parameters = read_parameters(
            request.method, request.query_string, request.content_type or "", request.get_data(cache=True)
        )
        limits = limits_of(parameters, settings, request.remote_addr or "")
        query = query_of(parameters, settings, lambda text: _read_large(view, text, limits))
        if query is None and request.method in _READING:
            return _introduce(view, settings)
        if query is None:
            raise UsageError("a request has exactly one 'query', this one has none")
        question = question_of(query, parameters, request.headers.get("Accept"), limits)
        if plan.is_wanted(parameters):
            return plan.respond(view, question, time.perf_counter() - start)
        return _answer(view, settings, question)

    give_back(routes, settings)
    return routes


def _read_large(view: View, text: str, limits: Limits) -> Query:
    """Have a worker read a text; when the client hangs up, that ends as an answer does."""
    reading = view.engine.reading(text, limits)
    watch_for_hangup(reading)
    return from_json(b"".join(reading))


def _answer(view: View, settings: Settings, question: Question) -> Response:
    if question.format is HTML:
        plain = ROWS[0] if question.query.answers_rows else GRAPHS[0]
        return _page(view, settings, replace(question, format=plain))
    return respond(view, question, settings)


def _introduce(view: View, settings: Settings) -> Response:
    """Answer a bare GET: the editor for browsers, the service description for programs."""
    chosen = negotiate(request.headers.get("Accept"), (*GRAPHS, HTML), request.args.get("format"))
    if chosen is HTML:
        page = render_template("sparql.html", text=declarations() + _EXAMPLE, table=None, settings=settings)
        response = Response(page, content_type=HTML.content_type)
    else:
        endpoint = (settings.public_url or request.host_url.rstrip("/")) + request.script_root + "/sparql"
        etag = etag_of(view, "description", endpoint, chosen.name)
        known = etag in request.if_none_match
        response = Response(None if known else describe(view, endpoint, chosen, settings), 304 if known else 200)
        response.content_type = chosen.content_type
        response.set_etag(etag)
        response.headers["Cache-Control"] = "public, no-cache"
    response.vary.add("Accept")
    name_snapshot(response, view)
    return response


def _page(view: View, settings: Settings, question: Question) -> Response:
    """Show rows as a table, and a graph as Turtle, below the query; a page has to be made as a whole."""
    query, limits = question.query, question.limits
    bounded = replace(limits, bytes=min(limits.bytes, _PAGE_BYTES), rows=min(limits.rows, _PAGE_ROWS))
    answered = respond(view, replace(question, limits=bounded), settings)
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
