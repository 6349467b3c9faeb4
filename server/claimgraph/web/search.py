"""``/search``: things by their names and words, as a page or as JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlencode

from flask import Blueprint, Response, jsonify, render_template, request

from claimgraph.errors import BadParameter
from claimgraph.formats import HTML, Format
from claimgraph.search import LONGEST, Stage, find
from claimgraph.sparql.prefixes import PREFIXES, expand, shorten
from claimgraph.web import paging
from claimgraph.web.answers import etag_of, name_snapshot
from claimgraph.web.negotiation import negotiate
from claimgraph.web.tables import href_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from claimgraph.search import Found, Hit, Thing
    from claimgraph.settings import Settings
    from claimgraph.web.paging import Page
    from claimgraph.web.service import Service, View

JSON = Format("json", "JSON", "application/json", "json", "page")
KINDS = (
    "Actor", "Person", "Organisation", "State", "WeaponModel", "Place", "WorldEvent", "Dossier", "Document",
    "EvidenceItem", "Proposition", "Claim", "SpeechAct", "Passage", "Dispute",
)  # fmt: skip
"""Classes that the form offers; any other class of the snapshot may be asked for too."""
_PAGE_SIZE = 20


def blueprint(service: Service, settings: Settings) -> Blueprint:
    """Make the route."""
    routes = Blueprint("search", __name__)

    @routes.get("/search")
    def search() -> Response:
        view = service.current()
        chosen = negotiate(request.headers.get("Accept"), (HTML, JSON), request.args.get("format"))
        text = request.args.get("q", "")
        if not text.strip() and chosen is not HTML:
            raise BadParameter("q", "words to search for", text)
        arguments = {"page_size": str(_PAGE_SIZE), **request.args}
        page = paging.read_page(arguments, always=True) or paging.Page()
        kinds = [frozenset({_class(view, kind)}) for kind in request.args.getlist("type") if kind]
        found = find(view.index, text, kinds) if text.strip() else None
        host = settings.public_url or request.host_url.rstrip("/")
        if chosen is HTML:
            response = Response(_page(view, text, found, page))
        else:
            response = jsonify(_told(view, text, found, page, host))
        response.set_etag(etag_of(view, "search", chosen.name, host, request.query_string.decode("latin-1")))
        response.headers["Cache-Control"] = "public, no-cache"
        response.vary.add("Accept")
        if found:
            response.headers["Link"] = paging.link_header(_links(page, found))
        name_snapshot(response, view)
        return response.make_conditional(request)  # type: ignore[return-value]

    return routes


def _class(view: View, name: str) -> str:
    """Return the class that a name stands for: its IRI, CURIE, or local name in any case.

    Raises:
        BadParameter: nothing in the snapshot is of a class of that name.
    """
    known = view.index.classes
    if name in known:
        return name
    if ":" in name and name.partition(":")[0] in PREFIXES and expand(name) in known:
        return expand(name)
    local = {kind.removeprefix(PREFIXES["cg"]).casefold(): kind for kind in known if kind.startswith(PREFIXES["cg"])}
    if name.casefold() not in local:
        raise BadParameter(
            "type", "a class of which there are things", name[:80], hint=f"for example {', '.join(KINDS)}"
        )
    return local[name.casefold()]


def kind_of(thing: Thing) -> str:
    """Return the most particular class of a thing that the form offers, otherwise any of ours, by its local name."""
    own = [kind.removeprefix(PREFIXES["cg"]) for kind in thing.classes if kind.startswith(PREFIXES["cg"])]
    return next((kind for kind in reversed(KINDS) if kind in own), own[0] if own else "")


def _shown(page: Page, found: Found) -> Sequence[Hit]:
    return found.hits[page.offset : page.offset + page.size]


def _links(page: Page, found: Found) -> dict[str, str]:
    return paging.links(request.path, request.args, page, len(found.hits))


def _told(view: View, text: str, found: Found | None, page: Page, host: str) -> dict[str, object]:
    if found is None:
        return {}
    results = [
        {
            "iri": hit.thing.iri,
            "label": hit.thing.label,
            "name": hit.name,
            "score": hit.score,
            "types": [shorten(kind) for kind in hit.thing.classes],
            "words": hit.thing.words,
            "page": host + (href_of(hit.thing.iri) or "/"),
        }
        for hit in _shown(page, found)
    ]
    whole = {"total": len(found.hits), "total_is_exact": found.is_whole, "found_by": found.stage.value}
    return {"query": text, "snapshot": view.digest, **whole, "page": page.number, "results": results}


def _page(view: View, text: str, found: Found | None, page: Page) -> str:
    known = {kind.removeprefix(PREFIXES["cg"]) for kind in view.index.classes}
    asked = request.args.get("type", "")
    return render_template(
        "search.html",
        text=text,
        longest=LONGEST,
        found=found,
        hits=[(hit, kind_of(hit.thing)) for hit in _shown(page, found)] if found else [],
        page=page,
        links=_links(page, found) if found else {},
        kinds=[kind for kind in KINDS if kind in known],
        asked=asked,
        everything=f"/search?{urlencode({'q': text})}",
        said={Stage.BEGINNINGS: "Nothing has these words whole; these have words that begin so.",
              Stage.SPELLINGS: "Nothing has these words; these have words that are spelt nearly so."},
    )  # fmt: skip
