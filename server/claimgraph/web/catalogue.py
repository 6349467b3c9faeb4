"""``/catalog``, ``/.well-known/void`` and ``/dump``: the dataset as a whole, for people and in RDF."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from flask import Blueprint, Response, jsonify, render_template, request
from pyoxigraph import serialize

from claimgraph.formats import GRAPHS, HTML, Format, by_extension, by_name
from claimgraph.web.answers import etag_of, name_snapshot
from claimgraph.web.documents import host_of
from claimgraph.web.negotiation import negotiate
from claimgraph.web.overview import Overview, overview
from claimgraph.web.overview_as_rdf import PACKED, WRITTEN_WITH, as_dcat, as_void, name_of
from claimgraph.web.vocabulary import Vocabularies

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from pyoxigraph import Triple

    from claimgraph.settings import Settings
    from claimgraph.web.service import Service

JSON: Final = Format("json", "JSON", "application/json", "json", "page")
_LICENSES: Final = "https://creativecommons.org/licenses/"


def blueprint(service: Service, settings: Settings) -> Blueprint:
    """Make the routes."""
    routes = Blueprint("catalogue", __name__)
    vocabularies = Vocabularies()

    def told() -> Overview:
        return overview(service.current(), vocabularies, host_of(settings))

    @routes.get("/catalog", defaults={"extension": ""})
    @routes.get("/catalog.<extension>")
    def catalog(extension: str) -> Response:
        return _respond(told(), _format((HTML, *GRAPHS), extension), as_dcat, "catalog.html")

    @routes.get("/.well-known/void")
    def void() -> Response:
        # Who asks there without saying what for is a program.
        return _respond(told(), _format((*GRAPHS, HTML)), as_void, "catalog.html")

    @routes.get("/dump")
    def dump() -> Response:
        found, chosen = told(), _format((HTML, JSON, *GRAPHS))
        if chosen is not JSON:
            return _respond(found, chosen, as_dcat, "dump.html")
        return _send(found, chosen, jsonify(snapshot=found.view.digest, files=_files(found)).data)

    return routes


def _format(offered: Sequence[Format], extension: str = "") -> Format:
    by_end = by_extension(extension, tuple(offered))
    return by_end or negotiate(request.headers.get("Accept"), offered, extension or request.args.get("format"))


def _respond(
    told: Overview, chosen: Format, describe: Callable[[Overview], Iterator[Triple]], template: str
) -> Response:
    if chosen is HTML:
        page = render_template(template, told=told, formats=GRAPHS, files=_files(told), license_name=license_name)
        return _send(told, chosen, page)
    triples = dict.fromkeys(describe(told))
    return _send(told, chosen, serialize(triples, format=chosen.rdf, prefixes=WRITTEN_WITH) or b"")


def _send(told: Overview, chosen: Format, body: str | bytes) -> Response:
    response = Response(body, content_type=chosen.content_type)
    response.set_etag(etag_of(told.view, request.path, chosen.name, *told.key))
    response.headers["Cache-Control"] = "public, no-cache"
    response.vary.add("Accept")
    name_snapshot(response, told.view)
    return response.make_conditional(request)  # type: ignore[return-value]


def _files(told: Overview) -> list[dict[str, Any]]:
    return [
        {
            "name": name_of(download),
            "url": f"{told.host}/dump/{name_of(download)}",
            "format": by_name(download.format).label,
            "media_type": by_name(download.format).media_type,
            "packing": download.packing,
            "packed_media_type": PACKED[download.packing],
            "bytes": download.bytes,
            "unpacked_bytes": download.unpacked,
            "sha256": download.sha256,
        }
        for download in told.downloads
    ]


def license_name(iri: str) -> str:
    """Name a licence for people: those of Creative Commons by their short names, others by their IRI."""
    if not iri.startswith(_LICENSES):
        return iri
    return " ".join(["CC", *iri.removeprefix(_LICENSES).rstrip("/").upper().split("/")])
