"""``/sitemap.xml``, ``/robots.txt`` and ``/context.jsonld``: what programs look for at addresses of their own."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final
from xml.sax.saxutils import escape

from flask import Blueprint, Response, request

from claimgraph.errors import UnknownName
from claimgraph.sparql.prefixes import PREFIXES
from claimgraph.web.answers import etag_of, name_snapshot
from claimgraph.web.context import names_of
from claimgraph.web.documents import host_of
from claimgraph.web.tables import href_of
from claimgraph.web.vocabulary import Vocabularies

if TYPE_CHECKING:
    from collections.abc import Iterator

    from claimgraph.settings import Settings
    from claimgraph.web.service import Service, View

MOST: Final = 50_000
"""Addresses in one file, by the protocol of https://www.sitemaps.org/."""
_SPACE: Final = "http://www.sitemaps.org/schemas/sitemap/0.9"
_PAGES: Final = ("/", "/queries/", "/catalog", "/ontology", "/dump", "/versions", "/api")
_ROBOTS: Final = """User-agent: *
Disallow: /sparql?
Disallow: /explain?
Disallow: /search?
Disallow: /reconcile
Disallow: /versions/
Disallow: /timegate/
Disallow: /timemap/

Sitemap: {host}/sitemap.xml
"""


def blueprint(service: Service, settings: Settings, most: int = MOST) -> Blueprint:
    """Make the routes; ``most`` is how many addresses a file has."""
    routes = Blueprint("sitemap", __name__)
    vocabularies = Vocabularies()

    @routes.get("/robots.txt")
    def robots() -> Response:
        return Response(_ROBOTS.format(host=host_of(settings)), content_type="text/plain; charset=utf-8")

    @routes.get("/sitemap.xml")
    def sitemap() -> Response:
        view = service.current()
        parts = _parts(view, most)
        if parts == 1:
            return _send(view, _listed(view, host_of(settings), 1, most), settings)
        address = host_of(settings) + "/sitemap/{}.xml"
        found = (_entry("sitemap", address.format(number + 1), view) for number in range(parts))
        return _send(view, _document("sitemapindex", found), settings)

    @routes.get("/sitemap/<int:number>.xml")
    def part(number: int) -> Response:
        view = service.current()
        if not 1 <= number <= _parts(view, most):
            raise UnknownName(f"the sitemap has no part {number}")
        return _send(view, _listed(view, host_of(settings), number, most), settings)

    @routes.get("/context.jsonld")
    def context() -> Response:
        view = service.current()
        body = json.dumps(names_of(view, vocabularies.of(view)).context(), ensure_ascii=False, indent=1)
        return _send(view, body + "\n", settings, "application/ld+json")

    return routes


def _parts(view: View, most: int) -> int:
    """Count the files that the addresses take; the first begins with the pages that are there in any case."""
    return max(1, -(-(view.index.size + len(_PAGES)) // most))


def _listed(view: View, host: str, number: int, most: int) -> str:
    skipped = (number - 1) * most - len(_PAGES)
    iris = view.index.iris(max(0, skipped), most if number > 1 else most - len(_PAGES))
    # A term of the ontology is a part of its page, and a graph is data.
    things = (href_of(iri) for iri in iris if iri.startswith(PREFIXES["id"]))
    paths = (*(_PAGES if number == 1 else ()), *filter(None, things))
    return _document("urlset", (_entry("url", host + path, view) for path in paths))


def _entry(kind: str, address: str, view: View) -> str:
    recorded = view.manifest.recorded.isoformat(timespec="seconds")
    return f"<{kind}><loc>{escape(address)}</loc><lastmod>{recorded}</lastmod></{kind}>"


def _document(root: str, members: Iterator[str]) -> str:
    body = "\n".join(members)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<{root} xmlns="{_SPACE}">\n{body}\n</{root}>\n'


def _send(view: View, body: str, settings: Settings, media_type: str = "application/xml") -> Response:
    response = Response(body, content_type=media_type)
    response.set_etag(etag_of(view, request.path, host_of(settings)))
    response.headers["Cache-Control"] = "public, no-cache"
    name_snapshot(response, view)
    return response.make_conditional(request)  # type: ignore[return-value]
