"""Pictures on the pages of things: chains and timelines, drawn as SVG with links to the pages of this host."""

from __future__ import annotations

from typing import TYPE_CHECKING

from claimgraph.catalog.table import Table
from claimgraph.picture import compose, draw
from claimgraph.web.tables import href_of

if TYPE_CHECKING:
    from markupsafe import Markup

    from claimgraph.web.pages.section import Answer


def chain(answer: Answer) -> Markup | None:
    """Draw rows of ``?step ?source ?role ?identified`` from left to right."""
    return _drawn("chain", "How the claim reached us", answer)


def timeline(answer: Answer) -> Markup | None:
    """Draw rows of ``?claim``, each in the lane that ``?position`` names, over time."""
    return _drawn("timeline", "Over time", answer)


def _drawn(kind: str, title: str, answer: Answer) -> Markup | None:
    columns = list(dict.fromkeys(name for row in answer.rows for name in row))
    rows = tuple(tuple(row.get(name) for name in columns) for row in answer.rows)
    table = Table(tuple(columns), rows, dict(answer.labels))
    picture = compose(kind, title, table, answer.view.rows, {})
    return draw(picture, href_of) if picture else None
