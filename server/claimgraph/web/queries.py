"""``/queries/``: the canned queries, each a question with a form, a table, a picture and every format."""

from __future__ import annotations

from dataclasses import replace
from http import HTTPStatus
from typing import TYPE_CHECKING

from flask import Blueprint, Response, jsonify, render_template, request

from claimgraph.catalog.table import write_separated
from claimgraph.errors import BadParameter
from claimgraph.formats import GRAPHS, HTML, Format, by_extension, by_name
from claimgraph.web import paging, problems
from claimgraph.web.answers import Question, etag_of, name_snapshot, respond
from claimgraph.web.asked import ask
from claimgraph.web.names import Directory
from claimgraph.web.negotiation import negotiate
from claimgraph.web.parameters import ANSWERS, DRAWINGS, PNG, RECORDS
from claimgraph.web.pictures import drawn, picture_of, rastered
from claimgraph.web.pinned import here
from claimgraph.web.question import write_page, write_refusal
from claimgraph.web.service import parse_rows
from claimgraph.web.tables import labelled, write_records

if TYPE_CHECKING:
    from claimgraph.catalog import CannedQuery
    from claimgraph.settings import Settings
    from claimgraph.sparql.query import Query
    from claimgraph.web.asked import Asked
    from claimgraph.web.paging import Page
    from claimgraph.web.service import Service, View

_LABELLED = frozenset({"csv", "tsv", *(format_.name for format_ in (RECORDS, *DRAWINGS))})
_MOST_LABELLED = 250_000  # rows that are held in memory to put labels beside them; more are had by pages
_LIST = Format("json", "JSON", "application/json", "json", "page")


def blueprint(service: Service, settings: Settings) -> Blueprint:
    """Make the routes of the canned queries."""
    routes = Blueprint("queries", __name__)
    directory = Directory()

    @routes.get("/queries/")
    def queries() -> Response:
        view = service.current()
        if negotiate(request.headers.get("Accept"), (HTML, _LIST), request.args.get("format")) is HTML:
            response = Response(render_template("queries.html", groups=groups(view)))
        else:
            response = jsonify([_summary(query) for query in view.catalog])
        response.vary.add("Accept")
        name_snapshot(response, view)
        return response

    @routes.get("/queries/<name>")
    def canned(name: str) -> Response:
        view = service.current()
        stem, _, extension = name.rpartition(".")
        by_end = by_extension(extension, (*ANSWERS, *GRAPHS, HTML, *DRAWINGS)) if stem else None
        query = view.catalog[stem if by_end else name]
        override = by_end.name if by_end else request.args.get("format")
        return _answer(ask(view, directory, settings, query, override))

    @routes.errorhandler(BadParameter)
    def refused(error: BadParameter) -> Response:
        """Give the form back as it was filled in, where a value is not of its parameter's type."""
        view, name = service.current(), (request.view_args or {}).get("name", "")
        query = next((query for query in view.catalog if query.name == name), None)
        is_of_form = query is not None and error.parameter in query.parameters
        if query is None or not is_of_form or not problems.wants_page(request.headers.get("Accept")):
            return problems.from_error(error)
        problem = problems.of_error(error)
        page = write_refusal(view, directory, query, problem)
        return Response(page, problem.status, problem.headers(), content_type=HTML.content_type)

    return routes


def groups(view: View) -> list[tuple[str, list[CannedQuery]]]:
    """Group the canned queries by their first tag, in the order of the names."""
    found: dict[str, list[CannedQuery]] = {}
    for query in view.catalog:
        found.setdefault(query.tags[0] if query.tags else "other", []).append(query)
    return sorted(found.items())


def _summary(query: CannedQuery) -> dict[str, object]:
    parameters = [
        {
            "name": parameter.name,
            "label": parameter.label,
            "takes": parameter.spoken_type,
            "default": parameter.default,
            "optional": parameter.optional,
            "choices": list(parameter.choices),
        }
        for parameter in query.parameters.values()
    ]
    return {"name": query.name, "summary": query.summary, "parameters": parameters, "columns": query.columns}


def _answer(asked: Asked) -> Response:
    query = paging.cut(asked.query, asked.page) if asked.page else asked.query
    if asked.chosen is HTML or asked.chosen.name in _LABELLED:
        return _with_labels(asked, query)
    response = respond(asked.view, Question(query, asked.chosen, asked.limits), asked.settings)
    if asked.page and response.status_code == HTTPStatus.OK:
        _say_where(response, asked.page, _count(asked))
    return response


def _with_labels(asked: Asked, query: Query) -> Response:
    """Answer as a page, as CSV or TSV, or as plain JSON, in which labels stand beside or instead of IRIs."""
    view, chosen = asked.view, asked.chosen
    etag = etag_of(view, asked.canned.name, query.text, chosen.name, *_shown(asked))
    response = Response(status=304)
    if etag not in request.if_none_match:
        plain = by_name("json") if query.answers_rows else by_name("ttl")
        limits = replace(asked.limits, rows=min(asked.limits.rows, _MOST_LABELLED))
        answered = respond(view, Question(query, plain, limits), asked.settings)
        body = answered.get_data()
        total = _total(asked, body) if query.answers_rows else 0
        response = Response(_write(asked, body, total), content_type=chosen.content_type)
        response.headers["Server-Timing"] = answered.headers.get("Server-Timing", "")
        if query.answers_rows:
            _say_where(response, asked.page, total)
    response.set_etag(etag)
    response.headers["Cache-Control"] = "public, no-cache"
    response.vary.add("Accept")
    name_snapshot(response, view)
    return response


def _shown(asked: Asked) -> tuple[str, ...]:
    """List what a page shows besides the answer: the fields as they were filled in, the host and its own address."""
    if asked.chosen is not HTML:
        return ()
    return request.query_string.decode("latin-1"), request.host, request.script_root


def _write(asked: Asked, body: bytes, total: int) -> str | bytes:
    if asked.chosen is HTML:
        return write_page(asked, body, total)
    if asked.chosen is RECORDS:
        return write_records(asked.view, body, asked.canned, total)
    if asked.chosen in DRAWINGS:
        picture = picture_of(asked.view, asked.canned, body, asked.values)
        return rastered(picture) if asked.chosen is PNG else drawn(picture)
    return write_separated(labelled(asked.view, body, asked.canned), "\t" if asked.chosen.name == "tsv" else ",")


def _total(asked: Asked, body: bytes) -> int:
    """Count the rows on all pages; only where the rows at hand do not tell is the engine asked."""
    shown = len(parse_rows(body)[1])
    page = asked.page
    if page is None or (shown and shown < page.size) or (page.number == 1 and not shown):
        return shown + (page.offset if page else 0)
    return _count(asked)


def _count(asked: Asked) -> int:
    answer = asked.view.engine.answer(paging.count(asked.query), by_name("json"), asked.limits)
    return int(parse_rows(b"".join(answer))[1][0]["total"].value)


def _say_where(response: Response, page: Page | None, total: int) -> None:
    """Say in headers how many rows there are, and where the pages beside this one are."""
    response.headers[paging.TOTAL] = str(total)
    if page:
        response.headers["Link"] = paging.link_header(paging.links(here(), request.args, page, total))
