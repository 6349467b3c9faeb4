"""Linked data: every IRI of ours can be looked up, as a page or as RDF."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from flask import Blueprint, Response, redirect, render_template, request
from pyoxigraph import Literal, NamedNode, RdfFormat

from claimgraph.engine import Limits
from claimgraph.errors import UnknownName
from claimgraph.formats import GRAPHS, HTML, Format, by_extension
from claimgraph.sparql.bind import bind
from claimgraph.sparql.prefixes import BASE, PREFIXES, declarations
from claimgraph.sparql.query import read
from claimgraph.web import paging
from claimgraph.web.about import AT_ONCE, gather, statements
from claimgraph.web.about_as_rdf import write, write_quads
from claimgraph.web.answers import Question, respond
from claimgraph.web.compact import COMPACT, write_compact
from claimgraph.web.documents import Document, host_of, send
from claimgraph.web.graphs import contents, in_graph
from claimgraph.web.hierarchy import diagram
from claimgraph.web.negotiation import negotiate
from claimgraph.web.pages import fill, kind_of
from claimgraph.web.pages.embedded import embedded
from claimgraph.web.resources import Resource, find_document, find_thing, ontology
from claimgraph.web.things import ontology_of, thing
from claimgraph.web.vocabulary import Vocabularies

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from werkzeug.wrappers import Response as BaseResponse

    from claimgraph.settings import Settings
    from claimgraph.web.about import About
    from claimgraph.web.pages import Kind
    from claimgraph.web.service import Service, View

_GRAPH = "CONSTRUCT { ?s ?p ?o } WHERE { GRAPH ?graph { ?s ?p ?o } }"
_ONTOLOGY = "CONSTRUCT { ?s ?p ?o } WHERE { GRAPH ?g { ?s ?p ?o } FILTER(STRSTARTS(STR(?g), ?start)) }"
_ONTOLOGY_QUADS = "SELECT ?s ?p ?o ?g { GRAPH ?g { ?s ?p ?o } FILTER(STRSTARTS(STR(?g), ?start)) }"
_PAGES = (HTML, *GRAPHS)
_DATA = (*GRAPHS[:3], COMPACT, *GRAPHS[3:])  # before JSON-LD, which answers to application/json too
_THINGS = (HTML, *_DATA)
# Comunica asks for N-Quads before all else, and would find nothing in those of a graph: it looks into none by itself.
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
        return _page(view, resource, settings)

    @routes.get("/data/<path:name>")
    def data(name: str) -> Response:
        view = service.current()
        stem, sent, by_end = _split(name, _sent("data"), _DATA)
        resource, chosen = find_thing(view, stem, sent), by_end or _negotiated(_DATA)
        if chosen is not COMPACT:
            return _data(view, Document(resource, chosen), settings)
        host = host_of(settings)
        compact = partial(write_compact, view, vocabularies.of(view), host=host)
        return _data(view, Document(resource, chosen, (host,)), settings, compact)

    @routes.get("/ontology", defaults={"extension": ""})
    @routes.get("/ontology.<extension>")
    def terms(extension: str) -> Response:
        view = service.current()
        chosen = by_extension(extension, _PAGES)
        if extension and not chosen:
            raise UnknownName(f"the ontology is not written as {extension!r}")
        return _ontology(view, chosen or _negotiated(_PAGES), settings)

    @routes.get("/graph/<path:name>")
    def graph(name: str) -> Response:
        view = service.current()
        stem, sent, by_end = _split(name, _sent("graph"), _PAGES)
        resource = find_document(view, "graph", stem, sent)
        return _graph(view, resource, by_end or _negotiated(_PAGES), settings)

    @routes.get("/shape/<path:name>")
    def shape(name: str) -> Response:
        view = service.current()
        stem, sent, by_end = _split(name, _sent("shape"), _PAGES)
        resource = find_document(view, "shape", stem, sent)
        chosen = by_end or _negotiated(_PAGES)
        return _page(view, resource, settings) if chosen is HTML else _data(view, Document(resource, chosen), settings)

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


def _page(view: View, resource: Resource, settings: Settings) -> Response:
    kind = kind_of(resource.kinds)
    if kind and request.args.get("view") != "statements":
        return _page_of_kind(view, resource, kind, settings)
    page = _asked_page()

    def make() -> Response:
        about = gather(view, resource.iri, page)
        links = paging.links(resource.page, {**_size(), **_view()}, page, about.most)
        shown = {"thing": thing(about), "links": links, "kind": kind}
        return Response(render_template("thing.html", resource=resource, formats=_DATA, page=page, **shown))

    return send(view, Document(resource, HTML, ("statements", *_part(page))), settings, make)


def _page_of_kind(view: View, resource: Resource, kind: Kind, settings: Settings) -> Response:
    """Show the sections of a kind, or a page of one of them alone.

    Raises:
        UnknownName: there is no section of that name.
    """
    alone = request.args.get("section")
    sections = [section for section in kind.sections if alone in {None, section.slug}]
    if not sections:
        names = ", ".join(section.slug for section in kind.sections)
        raise UnknownName(f"this page has no section {alone!r}; it has {names}")
    page = paging.read_page({"page_size": str(sections[0].most), **request.args}, always=True) if alone else None

    def make() -> Response:
        label, shown = fill(view, resource.iri, sections, resource.page, page)
        links = _neighbours(resource, page, has_more=any(one.more for one in shown)) if page else {}
        told = {"kind": kind, "label": label, "sections": shown, "alone": alone, "page": page, "links": links}
        told["embedded"] = None if alone else embedded(view, resource.iri, label, resource.kinds)
        return Response(render_template("page.html", resource=resource, formats=_DATA, **told))

    return send(view, Document(resource, HTML, (alone or "", *(_part(page) if page else ()))), settings, make)


def _neighbours(resource: Resource, page: paging.Page, *, has_more: bool) -> dict[str, str]:
    """Link to the pages before and after one of a section, whose rows are not counted."""
    last = page.number + 1 if has_more else max(page.number, 1)
    found = paging.links(resource.page, request.args, page, last * page.size)
    return {name: found[name] for name in ("first", "prev", "next") if name in found}


def _data(
    view: View, document: Document, settings: Settings, writer: Callable[[About], bytes | str] | None = None
) -> Response:
    page = _asked_page()
    resource, chosen = document.resource, document.shown

    def make() -> Response:
        about = gather(view, resource.iri, page)
        links = paging.links(f"{resource.data}.{chosen.extension}", _size(), page, about.most)
        headers = {paging.TOTAL: str(about.own_count + about.into_count)}
        headers |= {"Link": paging.link_header(links)} if "next" in links or "prev" in links else {}
        return Response(writer(about) if writer else write(about, resource, chosen), headers=headers)

    return send(view, replace(document, part=(*document.part, *_part(page))), settings, make)


def _ontology(view: View, chosen: Format, settings: Settings) -> Response:
    document = Document(ontology(), chosen)
    start = {"start": Literal(BASE + "graph/ontology/")}

    def page() -> Response:
        listed = ontology_of(view)
        hierarchy = diagram(dict(listed)["Classes"])
        return Response(render_template("ontology.html", terms=listed, hierarchy=hierarchy, formats=GRAPHS))

    def quads() -> Response:
        return Response(write_quads(statements(view.rows(_ONTOLOGY_QUADS, start)), chosen.rdf, PREFIXES))

    if chosen is HTML:
        return send(view, document, settings, page)
    if chosen.rdf in {RdfFormat.N_QUADS, RdfFormat.TRIG}:
        return send(view, document, settings, quads)
    question = _question(settings, _ONTOLOGY, chosen, start)
    return send(view, document, settings, lambda: respond(view, question, settings))


def _graph(view: View, resource: Resource, chosen: Format, settings: Settings) -> Response:
    if chosen is not HTML:
        question = _question(settings, _GRAPH, chosen, {"graph": NamedNode(resource.iri)})
        named = in_graph(view, resource.iri)
        return send(view, Document(resource, chosen), settings, lambda: respond(named, question, settings))
    page = paging.read_page(request.args, always=True) or paging.Page()

    def make() -> Response:
        about = gather(view, resource.iri, paging.Page(1, AT_ONCE))
        found, has_more = contents(view, resource.iri, page)
        labels = view.labels(map(NamedNode, found))
        links = paging.links(resource.page, _size(), page, page.offset + len(found) + has_more)
        shown = {"thing": thing(about), "found": found, "labels": labels, "has_more": has_more, "links": links}
        return Response(render_template("graph.html", resource=resource, formats=GRAPHS, page=page, **shown))

    return send(view, Document(resource, HTML, _part(page)), settings, make)


def _part(page: paging.Page) -> tuple[str, str]:
    return str(page.number), str(page.size)


def _asked_page() -> paging.Page:
    given = {"page_size": str(AT_ONCE), **request.args}
    return paging.read_page(given, always=True) or paging.Page()


def _size() -> dict[str, str]:
    return {"page_size": request.args["page_size"]} if "page_size" in request.args else {}


def _view() -> dict[str, str]:
    return {"view": "statements"} if request.args.get("view") == "statements" else {}


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


def _question(settings: Settings, text: str, chosen: Format, values: Mapping[str, NamedNode | Literal]) -> Question:
    return Question(read(declarations() + bind(text, values)), chosen, Limits.of(settings))
