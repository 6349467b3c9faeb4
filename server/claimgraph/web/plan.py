"""``explain=true``: what a query is in the algebra of SPARQL, and where its time goes; not its answer."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from flask import Response, render_template, request

from claimgraph.engine.algebra import algebra_of
from claimgraph.formats import GRAPHS, HTML, ROWS, Format
from claimgraph.web.answers import name_snapshot, watch_for_hangup
from claimgraph.web.negotiation import negotiate

if TYPE_CHECKING:
    from collections.abc import Mapping

    from werkzeug.datastructures import MultiDict

    from claimgraph.web.answers import Question
    from claimgraph.web.service import View

_JSON = Format("json", "JSON", "application/json", "json", "page")
_YES = frozenset({"true", "1", "yes"})


@dataclass(frozen=True, slots=True)
class Plan:
    """Be the explanation of a query: its algebra if rdflib knows it, milliseconds by part, and bytes of the answer."""

    form: str
    algebra: str | None
    milliseconds: Mapping[str, float]
    bytes: int


def is_wanted(parameters: MultiDict[str, str]) -> bool:
    """Tell whether a request asks for an explanation."""
    return parameters.get("explain", "").lower() in _YES


def respond(view: View, question: Question, parsing: float) -> Response:
    """Evaluate a query within its limits, and say what was done instead of what came out."""
    chosen = negotiate(request.headers.get("Accept"), (_JSON, HTML), parameters_format())
    plan = _plan(view, question, parsing)
    if chosen is HTML:
        response = Response(render_template("plan.html", plan=plan, text=question.query.text))
    else:
        told = {"form": plan.form, "algebra": plan.algebra, "milliseconds": plan.milliseconds, "bytes": plan.bytes}
        response = Response(json.dumps(told, indent=1) + "\n", content_type=_JSON.media_type)
    response.headers["Cache-Control"] = "no-store"
    response.vary.add("Accept")
    name_snapshot(response, view)
    return response


def parameters_format() -> str | None:
    """Return the format asked for by name, where it is one of an explanation."""
    named = request.values.get("format")
    return named if named in {"json", "html"} else None


def _plan(view: View, question: Question, parsing: float) -> Plan:
    start = time.perf_counter()
    query = question.query
    plain = (ROWS if query.answers_rows else GRAPHS)[0]
    limits = replace(question.limits, client=request.remote_addr or "")
    answer = view.engine.answer(query, plain if question.format is HTML else question.format, limits, question.dataset)
    watch_for_hangup(answer)
    size = sum(len(piece) for piece in answer)
    times = {"parse": parsing, **answer.times, "total": parsing + time.perf_counter() - start}
    rounded = {name: round(1000 * spent, 3) for name, spent in times.items()}
    return Plan(query.form, algebra_of(query.text), rounded, size)
