"""A query that was refused in a browser: the editor again, with the text, and what is wrong marked at its place."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from flask import Response, render_template, request

from claimgraph.errors import BadQuery, ClaimgraphError
from claimgraph.formats import HTML
from claimgraph.web import problems

if TYPE_CHECKING:
    from flask import Blueprint

    from claimgraph.settings import Settings


@dataclass(frozen=True, slots=True)
class Fault:
    """Be the line of a query at which it is not understood, cut where the fault begins and where it ends."""

    number: int
    before: str
    marked: str
    after: str


def find_fault(text: str, line: int, column: int) -> Fault | None:
    """Find the line of a fault and mark the word there; None where the text has no such line."""
    lines = text.splitlines()
    if not 1 <= line <= len(lines):
        return None
    shown = lines[line - 1]
    start = min(max(column - 1, 0), len(shown))
    word = shown[start:].split(maxsplit=1)
    end = start + (len(word[0]) if word and not shown[start].isspace() else 1)
    return Fault(line, shown[:start], shown[start:end] or " ", shown[end:])


def give_back(routes: Blueprint, settings: Settings) -> None:
    """Have the routes of the editor give a text back that they refuse: nobody should have to write it again."""

    @routes.errorhandler(ClaimgraphError)
    def refused(error: ClaimgraphError) -> Response:
        text = request.args.get("query") or (request.form.get("query") if isinstance(error, BadQuery) else None)
        if not text or not problems.wants_page(request.headers.get("Accept")):
            return problems.from_error(error)
        problem = problems.of_error(error)
        line, column = (problem.members.get(name) for name in ("line", "column"))
        fault = find_fault(text, line, column or 1) if line else None
        page = render_template("sparql.html", text=text, table=None, settings=settings, problem=problem, fault=fault)
        response = Response(page, problem.status, content_type=HTML.content_type)
        response.headers.update(problem.headers())
        return response
