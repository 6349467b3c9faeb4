"""The documents that tell of a thing, a graph or the ontology: pages for people, and data in every format."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from flask import Response, render_template, request
from pyoxigraph import Literal, NamedNode, RdfFormat

from claimgraph.engine import Limits
from claimgraph.errors import UnknownName
from claimgraph.formats import GRAPHS, HTML, Format
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
from claimgraph.web.pages import fill, kind_of
from claimgraph.web.pages.embedded import embedded
from claimgraph.web.resources import Resource, ontology
from claimgraph.web.things import ontology_of, thing

if TYPE_CHECKING:
    from collections.abc import Mapping

    from claimgraph.settings import Settings
    from claimgraph.web.pages import Kind
    from claimgraph.web.service import View
    from claimgraph.web.vocabulary import Vocabularies

DATA = (*GRAPHS[:3], COMPACT, *GRAPHS[3:])
"""The formats of the data of a thing; plain JSON before JSON-LD, which answers to application/json too."""

_GRAPH = "CONSTRUCT { ?s ?p ?o } WHERE { GRAPH ?graph { ?s ?p ?o } }"
_ONTOLOGY = "CONSTRUCT { ?s ?p ?o } WHERE { GRAPH ?g { ?s ?p ?o } FILTER(STRSTARTS(STR(?g), ?start)) }"
_ONTOLOGY_QUADS = "SELECT ?s ?p ?o ?g { GRAPH ?g { ?s ?p ?o } FILTER(STRSTARTS(STR(?g), ?start)) }"


def show_page(view: View, resource: Resource, settings: Settings) -> Response:
    """Show the page of a thing: that of its kind, or one with all its statements.

    Raises:
        UnknownName: the page has no section of the name that is asked for.
    """
    kind = kind_of(resource.kinds)
    if kind and request.args.get("view") != "statements":
        return _page_of_kind(view, resource, kind, settings)
    page = _asked_page()

    def make() -> Response:
        about = gather(view, resource.iri, page)
        links = paging.links(resource.page, {**_size(), **_view()}, page, about.most)
        shown = {"thing": thing(about), "links": links, "kind": kind}
        return Response(render_template("thing.html", resource=resource, formats=DATA, page=page, **shown))

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
        return Response(render_template("page.html", resource=resource, formats=DATA, **told))

    return send(view, Document(resource, HTML, (alone or "", *(_part(page) if page else ()))), settings, make)


def _neighbours(resource: Resource, page: paging.Page, *, has_more: bool) -> dict[str, str]:
    """Link to the pages before and after one of a section, whose rows are not counted."""
    last = page.number + 1 if has_more else max(page.number, 1)
    found = paging.links(resource.page, request.args, page, last * page.size)
    return {name: found[name] for name in ("first", "prev", "next") if name in found}


def show_data(view: View, document: Document, settings: Settings, vocabularies: Vocabularies) -> Response:
    """Send one page of the data of a thing."""
    page = _asked_page()
    resource, chosen, host = document.resource, document.shown, host_of(settings)

    def make() -> Response:
        about = gather(view, resource.iri, page)
        if chosen is COMPACT:
            body: str | bytes = write_compact(view, vocabularies.of(view), about, host)
        else:
            body = write(about, resource, chosen)
        links = paging.links(f"{resource.data}.{chosen.extension}", _size(), page, about.most)
        headers = {paging.TOTAL: str(about.own_count + about.into_count)}
        headers |= {"Link": paging.link_header(links)} if "next" in links or "prev" in links else {}
        return Response(body, headers=headers)

    part = (*_part(page), *((host,) if chosen is COMPACT else ()))  # it names its context at this host
    return send(view, replace(document, part=part), settings, make)


def show_ontology(view: View, chosen: Format, settings: Settings) -> Response:
    """Send the ontology: all terms on one page, or as RDF."""
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


def show_graph(view: View, resource: Resource, chosen: Format, settings: Settings) -> Response:
    """Send a named graph: all its triples, or a page of what it speaks of."""
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


def _question(settings: Settings, text: str, chosen: Format, values: Mapping[str, NamedNode | Literal]) -> Question:
    return Question(read(declarations() + bind(text, values)), chosen, Limits.of(settings))
