"""``/versions``: the snapshots that are kept, one of them, and what changed between two."""

from __future__ import annotations

import json
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Final

from flask import Blueprint, Response, jsonify, render_template, request

from claimgraph.compare import WRITERS
from claimgraph.errors import AnswerTooLarge, UnknownName
from claimgraph.formats import HTML, Format, by_extension
from claimgraph.sparql.prefixes import expand
from claimgraph.web.answers import etag_of, name_snapshot
from claimgraph.web.description import graphs
from claimgraph.web.kept import SHORT, changed, difference, kept_with, named
from claimgraph.web.negotiation import negotiate
from claimgraph.web.pinned import asked_digest

if TYPE_CHECKING:
    from claimgraph.compare import Change
    from claimgraph.web.kept import Kept
    from claimgraph.web.service import Service, View

JSON: Final = Format("json", "JSON", "application/json", "json", "page")
MARKDOWN: Final = Format("md", "Markdown", "text/markdown", "md", "page", synonyms=("markdown",))
_DIFFERENCES: Final = (HTML, JSON, MARKDOWN)
_BETWEEN: Final = "..."


def blueprint(service: Service) -> Blueprint:
    """Make the routes."""
    routes = Blueprint("versions", __name__)

    @routes.get("/versions")
    def versions() -> Response:
        view = service.current()
        chosen = negotiate(request.headers.get("Accept"), (HTML, JSON), request.args.get("format"))
        told = _told(view) if asked_digest() else {**_told(view), "snapshots": _listed(view)}
        if chosen is HTML:
            response = Response(render_template("versions.html", manifest=view.manifest, told=told))
        else:
            response = jsonify(told)
        response.vary.add("Accept")
        name_snapshot(response, view)
        return response

    @routes.get("/versions/<pair>")
    def compared(pair: str) -> Response:
        view = service.current()
        name, chosen = _split(pair)
        first, between, second = name.partition(_BETWEEN)
        if not between:
            raise UnknownName(f"no kept snapshot is named {name[:80]!r}; /versions lists those that are kept")
        before, after = named(view, first), named(view, second)
        response = _compared(before, after, chosen)
        response.set_etag(etag_of(view, "versions", before.digest, after.digest, chosen.name))
        response.headers["Cache-Control"] = "public, no-cache"
        response.vary.add("Accept")
        return response.make_conditional(request)  # type: ignore[return-value]

    return routes


def _told(view: View) -> dict[str, Any]:
    return {**_described(view.manifest), "graphs": dict(graphs(view))}


def _described(manifest: Any) -> dict[str, Any]:  # noqa: ANN401 - a Manifest
    names = ("digest", "commit", "committed_at", "version", "built_at", "triples")
    return {name: getattr(manifest, name) for name in names}


def _listed(view: View) -> list[dict[str, Any]]:
    """List the kept snapshots, the last state first, each with what changed from the state before it."""
    kept = kept_with(view)
    before = {after.digest: before for before, after in pairwise(kept)}
    return [
        {**_described(one.manifest), "in_service": one.digest == view.digest, "address": one.address}
        | _changes(before.get(one.digest), one)
        for one in reversed(kept)
    ]


def _changes(before: Kept | None, after: Kept) -> dict[str, Any]:
    if before is None:
        return {}
    found = changed(before.snapshot.dump, after.snapshot.dump)
    address = f"/versions/{before.digest[:SHORT]}{_BETWEEN}{after.digest[:SHORT]}"
    return {"changes": {"since": before.digest, "said": found.words(), "address": address, **found.counts()}}


def _split(pair: str) -> tuple[str, Format]:
    """Split an extension off the names, or negotiate where there is none."""
    stem, _, extension = pair.rpartition(".")
    by_end = by_extension(extension, _DIFFERENCES) if stem and not stem.endswith(".") else None
    if by_end:
        return stem, by_end
    return pair, negotiate(request.headers.get("Accept"), _DIFFERENCES, request.args.get("format"))


def _compared(before: Kept, after: Kept, chosen: Format) -> Response:
    counted = changed(before.snapshot.dump, after.snapshot.dump)
    found = difference(before, after)
    if chosen is HTML:
        shown = {"before": before, "after": after, "counted": counted, "found": found, "href": _href}
        return Response(render_template("difference.html", **shown))
    if found is None:
        raise AnswerTooLarge(len(counted.things) - 1, f"changed things ({counted.words()})")
    if chosen is MARKDOWN:
        return Response(WRITERS["markdown"](found), content_type=MARKDOWN.content_type)
    told = {"before": before.digest, "after": after.digest, "said": counted.words(), **counted.counts()}
    return jsonify({**json.loads(WRITERS["json"](found)), **told})


def _href(change: Change, before: Kept, after: Kept) -> str | None:
    """Return where a changed thing is described: as it is now, or where it is gone, as it was."""
    if not change.name.startswith("id:"):
        return None
    kept = before if change.verb in {"removed", "vanished", "gone", "settled"} else after
    return f"{kept.address}/page/{expand(change.name).partition('/id/')[2]}"
