"""The page of a canned query: its form, its answer as table and picture, and what leads on from it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from flask import render_template, request

from claimgraph.formats import GRAPHS
from claimgraph.picture import can_compose
from claimgraph.web import paging
from claimgraph.web.cite import cite
from claimgraph.web.parameters import ANSWERS, DRAWINGS
from claimgraph.web.pictures import picture_of, show
from claimgraph.web.pinned import asked_digest, here
from claimgraph.web.tables import table

if TYPE_CHECKING:
    from collections.abc import Mapping

    from claimgraph.catalog import CannedQuery
    from claimgraph.web.asked import Asked
    from claimgraph.web.names import Directory
    from claimgraph.web.problems import Problem
    from claimgraph.web.service import View


def write_page(asked: Asked, body: bytes, total: int) -> str:
    """Write the page of a canned query: the form as it was filled in, the answer, and what leads on from it."""
    canned, query = asked.canned, asked.query
    given = {
        name: asked.directory.written(asked.view, parameter, asked.values.get(name, ""))
        for name, parameter in canned.parameters.items()
    }
    host = asked.settings.public_url or request.host_url.rstrip("/")
    picture = picture_of(asked.view, canned, body, asked.values) if can_compose(canned.picture) else None
    return render_template(
        "query.html",
        picture=show(picture) if picture else None,
        canned=canned,
        query=query,
        **_form(asked.view, asked.directory, canned, given),
        drawings=DRAWINGS,
        table=table(asked.view, body, asked.canned.explain) if query.answers_rows else None,
        graph=None if query.answers_rows else body.decode(),
        formats=ANSWERS if query.answers_rows else GRAPHS,
        page=asked.page,
        total=total,
        links=paging.links(here(), request.args, asked.page, total) if asked.page else {},
        citation=cite(canned, asked.values, asked.view.manifest, host),
    )


def write_refusal(view: View, directory: Directory, canned: CannedQuery, problem: Problem) -> str:
    """Write the form as it was filled in, with what is wrong with it in the place of an answer."""
    given = {name: request.args.get(name, "") for name in canned.parameters}
    return render_template("query.html", canned=canned, problem=problem, **_form(view, directory, canned, given))


def _form(view: View, directory: Directory, canned: CannedQuery, given: Mapping[str, str]) -> dict[str, Any]:
    return {
        "given": given,
        "names": {name: directory.names(view, parameter) for name, parameter in canned.parameters.items()},
        "manifest": view.manifest,
        "pinned": asked_digest(),
        "unpinned": urlencode({name: value for name, value in request.args.items() if name != "version"}),
    }
