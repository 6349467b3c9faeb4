"""Pictures on the pages of canned queries: drawn here as SVG, and handed on as data for those who explore them."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING

from claimgraph.errors import NotAcceptable
from claimgraph.picture import Graph, Timeline, compose, draw, rasterise
from claimgraph.web.tables import href_of, labelled

if TYPE_CHECKING:
    from collections.abc import Mapping

    from markupsafe import Markup

    from claimgraph.catalog import CannedQuery
    from claimgraph.picture import Picture
    from claimgraph.web.service import View


@dataclass(frozen=True, slots=True)
class Shown:
    """Be a picture on a page: drawn, and as data, in which things lead to their pages."""

    svg: Markup
    data: str


def picture_of(view: View, canned: CannedQuery, body: bytes, values: Mapping[str, str]) -> Picture | None:
    """Compose the picture of an answer in SPARQL JSON; None where the query names none or there are no rows."""
    return compose(canned.picture, canned.summary, labelled(view, body, canned), view.rows, values)


def show(picture: Picture) -> Shown:
    """Make a picture ready for a page."""
    led = picture
    if isinstance(picture, Timeline):
        led = replace(picture, bars=tuple(replace(bar, iri=_lead(bar.iri)) for bar in picture.bars))
    elif isinstance(picture, Graph):
        led = replace(picture, nodes=tuple(replace(node, iri=_lead(node.iri)) for node in picture.nodes))
    # What stands in a script element may not end it.
    return Shown(draw(picture, href_of), json.dumps(asdict(led)).replace("<", "\\u003c"))


def _lead(iri: str | None) -> str | None:
    return href_of(iri) if iri else None


def drawn(picture: Picture | None) -> str:
    """Draw a picture as a file.

    Raises:
        NotAcceptable: there is nothing to draw.
    """
    if picture is None:
        raise NotAcceptable(["html", "csv", "json"])
    return draw(picture, lambda iri: iri)


def rastered(picture: Picture | None) -> bytes:
    """Draw a picture as a PNG file.

    Raises:
        NotAcceptable: there is nothing to draw.
        UsageError: this machine cannot draw letters.
    """
    return rasterise(drawn(picture))
