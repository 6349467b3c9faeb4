"""``/queries/``: the canned queries, each a question with a form, a table and every format."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, Response, jsonify, render_template, request

from claimgraph.engine import Limits
from claimgraph.formats import GRAPHS, HTML, ROWS, Format, by_extension, by_name
from claimgraph.sparql.prefixes import shorten
from claimgraph.sparql.query import Query, read
from claimgraph.web.answers import Question, etag_of, name_snapshot, respond
from claimgraph.web.negotiation import negotiate
from claimgraph.web.sparql import timeout_of
from claimgraph.web.tables import table, write_csv

if TYPE_CHECKING:
    from collections.abc import Mapping

    from claimgraph.catalog import CannedQuery
    from claimgraph.settings import Settings
    from claimgraph.web.service import Service, View

_RESERVED = frozenset({"format", "timeout"})
_LIST = Format("json", "JSON", "application/json", "json", "page")


def blueprint(service: Service, settings: Settings) -> Blueprint:
    """Make the routes of the canned queries."""
    routes = Blueprint("queries", __name__)

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
        by_end = by_extension(extension, (*ROWS, *GRAPHS, HTML)) if stem else None
        query = view.catalog[stem if by_end else name]
        override = by_end.name if by_end else request.args.get("format")
        return _answer(view, settings, query, override)

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
        }
        for parameter in query.parameters.values()
    ]
    return {"name": query.name, "summary": query.summary, "parameters": parameters, "columns": query.columns}


def _answer(view: View, settings: Settings, canned: CannedQuery, override: str | None) -> Response:
    values = {name: value for name, value in request.args.items() if name not in _RESERVED}
    query = read(canned.bind(values, view.resolve))
    offered: tuple[Format, ...] = ROWS if query.answers_rows else GRAPHS
    chosen = negotiate(request.headers.get("Accept"), (HTML, *offered), override)
    limits = Limits.of(settings).lowered(timeout_of(request.args))
    if chosen is HTML or chosen.name in {"csv", "tsv"}:
        return _with_labels(view, settings, canned, query, chosen, limits, values)
    return respond(view, Question(query, chosen, limits), settings)


def _with_labels(  # noqa: PLR0913, PLR0917 - one line of hand-over
    view: View,
    settings: Settings,
    canned: CannedQuery,
    query: Query,
    chosen: Format,
    limits: Limits,
    values: Mapping[str, str],
) -> Response:
    """Answer as a page or as CSV or TSV, in which labels stand beside or instead of IRIs."""
    etag = etag_of(view, canned.name, query.text, chosen.name)
    response = Response(status=304)
    if etag not in request.if_none_match:
        plain = by_name("json") if query.answers_rows else by_name("ttl")
        answered = respond(view, Question(query, plain, limits), settings)
        body = answered.get_data()
        if chosen is HTML:
            shown = table(view, body) if query.answers_rows else None
            text = _page(canned, query, values, shown, None if query.answers_rows else body.decode())
        else:
            text = write_csv(view, body, tabs=chosen.name == "tsv")
        response = Response(text, content_type=chosen.content_type)
        response.headers["Server-Timing"] = answered.headers.get("Server-Timing", "")
    response.set_etag(etag)
    response.headers["Cache-Control"] = "public, no-cache"
    response.vary.add("Accept")
    name_snapshot(response, view)
    return response


def _page(canned: CannedQuery, query: Query, values: Mapping[str, str], shown: object, graph: str | None) -> str:
    given = {name: shorten(values.get(name, known.default or "")) for name, known in canned.parameters.items()}
    formats = ROWS if query.answers_rows else GRAPHS
    return render_template(
        "query.html", canned=canned, query=query, given=given, table=shown, graph=graph, formats=formats
    )
