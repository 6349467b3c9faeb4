"""Linked data: every IRI of ours can be looked up, as a page or as RDF."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, Response, redirect, render_template, request
from pyoxigraph import Literal, NamedNode

from claimgraph.engine import Limits
from claimgraph.errors import UnknownName
from claimgraph.formats import GRAPHS, HTML, Format, by_extension
from claimgraph.sparql.bind import bind
from claimgraph.sparql.prefixes import BASE, declarations
from claimgraph.sparql.query import Query, read
from claimgraph.web.answers import Question, etag_of, name_snapshot, respond
from claimgraph.web.hierarchy import diagram
from claimgraph.web.negotiation import negotiate
from claimgraph.web.things import ontology_of, thing

if TYPE_CHECKING:
    from collections.abc import Callable

    from werkzeug.wrappers import Response as BaseResponse

    from claimgraph.settings import Settings
    from claimgraph.web.service import Service, View

_DATA = """CONSTRUCT { ?thing ?p ?o . ?s ?q ?thing . ?o rdfs:label ?label }
WHERE { { ?thing ?p ?o OPTIONAL { ?o rdfs:label ?label } } UNION { ?s ?q ?thing } }"""
_GRAPH = "CONSTRUCT { ?s ?p ?o } WHERE { GRAPH ?graph { ?s ?p ?o } }"
_ONTOLOGY = "CONSTRUCT { ?s ?p ?o } WHERE { GRAPH ?g { ?s ?p ?o } FILTER(STRSTARTS(STR(?g), ?start)) }"


def blueprint(service: Service, settings: Settings) -> Blueprint:
    """Make the routes of the things, the ontology and the graphs."""
    routes = Blueprint("linked_data", __name__)

    @routes.get("/id/<path:name>")
    def identifier(name: str) -> BaseResponse:
        view = service.current()
        _require(view, BASE + "id/" + name)
        chosen = negotiate(request.headers.get("Accept"), (HTML, *GRAPHS), request.args.get("format"))
        target = f"/page/{name}" if chosen is HTML else f"/data/{name}.{chosen.extension}"
        response = redirect(target, 303)
        response.vary.add("Accept")
        return response

    @routes.get("/page/<path:name>")
    def page(name: str) -> Response:
        view = service.current()
        iri = _require(view, BASE + "id/" + name)
        return _page(view, iri, lambda: render_template("thing.html", thing=thing(view, iri), name=name))

    @routes.get("/data/<path:name>")
    def data(name: str) -> Response:
        view = service.current()
        stem, chosen = _format(name, GRAPHS)
        iri = _require(view, BASE + "id/" + stem)
        return respond(view, _question(settings, _DATA, chosen, {"thing": NamedNode(iri)}), settings)

    @routes.get("/ontology", defaults={"extension": ""})
    @routes.get("/ontology.<extension>")
    def ontology(extension: str) -> Response:
        view = service.current()
        _, chosen = _format("ontology." + extension if extension else "ontology", (HTML, *GRAPHS))
        if chosen is HTML:
            return _page(view, "ontology", lambda: _ontology_page(view))
        start = Literal(BASE + "graph/ontology/")
        return respond(view, _question(settings, _ONTOLOGY, chosen, {"start": start}), settings)

    @routes.get("/graph/<path:name>")
    def graph(name: str) -> Response:
        view = service.current()
        stem, chosen = _format(name, (HTML, *GRAPHS))
        iri = BASE + "graph/" + stem
        _require(view, iri, graph=True)
        if chosen is HTML:
            return _page(view, iri, lambda: render_template("graph.html", thing=thing(view, iri), name=stem))
        return respond(view, _question(settings, _GRAPH, chosen, {"graph": NamedNode(iri)}), settings)

    return routes


def _ontology_page(view: View) -> str:
    terms = ontology_of(view)
    return render_template("ontology.html", terms=terms, hierarchy=diagram(dict(terms)["Classes"]))


def _format(name: str, offered: tuple[Format, ...]) -> tuple[str, Format]:
    """Split a format's extension off a name, or negotiate where it has none."""
    stem, _, extension = name.rpartition(".")
    by_end = by_extension(extension, offered) if stem else None
    if by_end:
        return stem, by_end
    return name, negotiate(request.headers.get("Accept"), offered, request.args.get("format"))


def _require(view: View, iri: str, *, graph: bool = False) -> str:
    """Return an IRI if the snapshot says anything of it.

    Raises:
        UnknownName: it does not.
    """
    try:
        node = NamedNode(iri)
    except ValueError as error:
        raise UnknownName(f"{iri} is no name of anything") from error
    # A rule may derive nothing; its graph is then empty, but described.
    pattern = "{ { ?thing ?p ?o } UNION { %s } }" % ("GRAPH ?thing { ?s ?p ?o }" if graph else "?s ?p ?thing")
    if not view.rows(f"SELECT ?p {pattern} LIMIT 1", {"thing": node}):
        raise UnknownName(f"this snapshot says nothing of {iri}")
    return iri


def _question(settings: Settings, text: str, chosen: Format, values: dict[str, NamedNode | Literal]) -> Question:
    query: Query = read(declarations() + bind(text, values))
    return Question(query, chosen, Limits.of(settings))


def _page(view: View, key: str, render: Callable[[], str]) -> Response:
    """Respond with a page that changes only with the snapshot."""
    etag = etag_of(view, "page", key)
    response = Response(status=304) if etag in request.if_none_match else Response(render())
    response.set_etag(etag)
    response.headers["Cache-Control"] = "public, no-cache"
    response.vary.add("Accept")
    name_snapshot(response, view)
    return response
