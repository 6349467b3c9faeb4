"""What a request asks of a canned query: its parameters, the format, the limits and the page, read and in order."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from flask import request

from claimgraph.engine import Limits
from claimgraph.formats import GRAPHS, HTML, Format
from claimgraph.picture import can_compose
from claimgraph.sparql.query import Query, read
from claimgraph.web import paging
from claimgraph.web.cite import require_version
from claimgraph.web.negotiation import negotiate
from claimgraph.web.parameters import ANSWERS, DRAWINGS, RESERVED
from claimgraph.web.sparql import timeout_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from claimgraph.catalog import CannedQuery
    from claimgraph.settings import Settings
    from claimgraph.web.names import Directory
    from claimgraph.web.paging import Page
    from claimgraph.web.service import View


@dataclass(frozen=True, slots=True)
class Asked:
    """Be what a request asks of a canned query, read and found to be in order."""

    view: View
    directory: Directory
    settings: Settings
    canned: CannedQuery
    values: Mapping[str, str]
    query: Query
    chosen: Format
    limits: Limits
    page: Page | None


def ask(view: View, directory: Directory, settings: Settings, canned: CannedQuery, override: str | None) -> Asked:
    """Read the request.

    Raises:
        UnknownName: a parameter, or the version, is not known.
        BadParameter: a value is not of the type of its parameter.
        NotAcceptable: the answer cannot be had in the format asked for.
    """
    require_version(view, request.args.get("version"))
    given = {name: value for name, value in request.args.items() if name not in RESERVED}
    values = directory.resolve(view, canned, given)
    query = read(canned.bind(values, view.resolve, view.is_known))
    offered: tuple[Format, ...] = ANSWERS if query.answers_rows else GRAPHS
    if can_compose(canned.picture):
        offered = (*offered, *DRAWINGS)
    chosen = negotiate(request.headers.get("Accept"), (HTML, *offered), override)
    limits = Limits.of(settings).lowered(timeout_of(request.args))
    page = paging.read_page(request.args, always=chosen is HTML) if query.form == "SELECT" else None
    return Asked(view, directory, settings, canned, values, query, chosen, limits, page)
