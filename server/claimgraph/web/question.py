"""The page of a canned query: its form, its answer as table and picture, and what leads on from it."""

from __future__ import annotations

from typing import TYPE_CHECKING
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
    from claimgraph.web.queries import Asked


def write_page(asked: Asked, body: bytes, total: int) -> str:
    """Write the page of a canned query: the form as it was filled in, the answer, and what leads on from it."""
    canned, query = asked.canned, asked.query
    known = [(parameter, asked.directory.names(asked.view, parameter)) for parameter in canned.parameters.values()]
    given = {one.name: asked.directory.written(asked.view, one, asked.values.get(one.name, "")) for one, _ in known}
    host = asked.settings.public_url or request.host_url.rstrip("/")
    picture = picture_of(asked.view, canned, body, asked.values) if can_compose(canned.picture) else None
    return render_template(
        "query.html",
        picture=show(picture) if picture else None,
        canned=canned,
        query=query,
        given=given,
        names={one.name: names for one, names in known},
        drawings=DRAWINGS,
        table=table(asked.view, body, asked.canned.explain) if query.answers_rows else None,
        graph=None if query.answers_rows else body.decode(),
        formats=ANSWERS if query.answers_rows else GRAPHS,
        page=asked.page,
        total=total,
        links=paging.links(here(), request.args, asked.page, total) if asked.page else {},
        pinned=asked_digest(),
        unpinned=urlencode({name: value for name, value in request.args.items() if name != "version"}),
        citation=cite(canned, asked.values, asked.view.manifest, host),
    )
