"""Linked data: every IRI of ours can be looked up, as a page or as RDF."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, Response, redirect, request
from pyoxigraph import RdfFormat

from claimgraph.errors import UnknownName
from claimgraph.formats import GRAPHS, HTML, Format, by_extension
from claimgraph.web.described import DATA, show_data, show_graph, show_ontology, show_page
from claimgraph.web.documents import Document
from claimgraph.web.negotiation import negotiate
from claimgraph.web.resources import Resource, find_document, find_thing
from claimgraph.web.vocabulary import Vocabularies

if TYPE_CHECKING:
    from collections.abc import Sequence

    from werkzeug.wrappers import Response as BaseResponse

    from claimgraph.settings import Settings
    from claimgraph.web.service import Service, View

_PAGES = (HTML, *GRAPHS)
_THINGS = (HTML, *DATA)
# Comunica asks for N-Quads before all else, and would find nothing in them, for it looks into no graph by itself.
_QUADS = tuple(format_ for format_ in GRAPHS if format_.rdf in {RdfFormat.N_QUADS, RdfFormat.TRIG})


def blueprint(service: Service, settings: Settings) -> Blueprint:
    """Make the routes of the things, the ontology and the graphs."""
    routes = Blueprint("linked_data", __name__)
    vocabularies = Vocabularies()

    @routes.get("/id/<path:name>")
    def identifier(name: str) -> BaseResponse:
        resource, chosen = _identified(service.current(), name)
        target = resource.page if chosen is HTML else f"{resource.data}.{chosen.extension}"
        response = redirect(target, 303)
        response.vary.add("Accept")
        return response

    @routes.get("/page/<path:name>")
    def page(name: str) -> Response:
        view = service.current()
        resource = find_thing(view, name, _sent("page"))
        return show_page(view, resource, settings)

    @routes.get("/data/<path:name>")
    def data(name: str) -> Response:
        view = service.current()
        stem, sent, by_end = _split(name, _sent("data"), DATA)
        resource = find_thing(view, stem, sent)
        return show_data(view, Document(resource, by_end or _negotiated(DATA)), settings, vocabularies)

    @routes.get("/ontology", defaults={"extension": ""})
    @routes.get("/ontology.<extension>")
    def terms(extension: str) -> Response:
        view = service.current()
        chosen = by_extension(extension, _PAGES)
        if extension and not chosen:
            raise UnknownName(f"the ontology is not written as {extension!r}")
        return show_ontology(view, chosen or _negotiated(_PAGES), settings)

    @routes.get("/graph/<path:name>")
    def graph(name: str) -> Response:
        view = service.current()
        stem, sent, by_end = _split(name, _sent("graph"), _PAGES)
        resource = find_document(view, "graph", stem, sent)
        return show_graph(view, resource, by_end or _negotiated(_PAGES), settings)

    @routes.get("/shape/<path:name>")
    def shape(name: str) -> Response:
        view = service.current()
        stem, sent, by_end = _split(name, _sent("shape"), _THINGS)
        resource = find_document(view, "shape", stem, sent)
        chosen = by_end or _negotiated(_THINGS)
        if chosen is HTML:
            return show_page(view, resource, settings)
        return show_data(view, Document(resource, chosen), settings, vocabularies)

    return routes


def _identified(view: View, name: str) -> tuple[Resource, Format]:
    """Find the thing that is asked for, and the format: an extension tells it, unless it is part of the name."""
    sent = _sent("id")
    stem, sent_stem, by_end = _split(name, sent, _THINGS)
    if by_end:
        try:
            return find_thing(view, name, sent), _negotiated(_THINGS)
        except UnknownName:
            return find_thing(view, stem, sent_stem), by_end
    return find_thing(view, name, sent), _negotiated(_THINGS)


def _sent(prefix: str) -> str:
    """Return the name in the address as it was sent, with its escapes; empty where the server does not tell."""
    raw = str(request.environ.get("REQUEST_URI") or "")
    return raw.partition(f"/{prefix}/")[2].partition("?")[0] if raw.isascii() else ""


def _split(name: str, sent: str, offered: Sequence[Format]) -> tuple[str, str, Format | None]:
    """Split the extension of a format off a name, in both ways of writing it."""
    stem, _, extension = name.rpartition(".")
    by_end = by_extension(extension, tuple(offered)) if stem else None
    return (stem, sent.removesuffix("." + extension), by_end) if by_end else (name, sent, None)


def _negotiated(offered: Sequence[Format]) -> Format:
    return negotiate(request.headers.get("Accept"), offered, request.args.get("format"), lesser=_QUADS)
