"""What a reader needs of one thing: its statements, who points to it, the names of both, and whence each is.

Both directions are counted, and paged where there are many.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from pyoxigraph import BlankNode, NamedNode, Quad, Triple

from claimgraph.sparql.prefixes import expand

if TYPE_CHECKING:
    from collections.abc import Iterable

    from claimgraph.web.paging import Page
    from claimgraph.web.service import Row, Term, View

AT_ONCE = 200
"""Statements in one direction on a page, unless another number is asked for."""

_OWN = "SELECT (?thing AS ?s) ?p ?o ?g { GRAPH ?g { ?thing ?p ?o } } OFFSET %(offset)d LIMIT %(limit)d"
# What a blank node that the thing points to says belongs to the thing, since nobody can ask for it by a name.
_BLANK_NODES = """{ SELECT ?g ?b {
    { SELECT ?q ?b ?g { GRAPH ?g { ?thing ?q ?b } } OFFSET %(offset)d LIMIT %(limit)d } FILTER(ISBLANK(?b)) } }"""
_OF_BLANK_NODES = f"""SELECT ?s ?p ?o ?g {{
  {{ {_BLANK_NODES} GRAPH ?g {{ ?b ?p ?o }} BIND(?b AS ?s) }}
  UNION {{ {_BLANK_NODES} GRAPH ?g {{ ?b ?r ?s }} FILTER(ISBLANK(?s)) GRAPH ?g {{ ?s ?p ?o }} }}
}}"""
_INTO = "SELECT ?s ?p (?thing AS ?o) ?g { GRAPH ?g { ?s ?p ?thing } } OFFSET %(offset)d LIMIT %(limit)d"
_COUNT_OWN = "SELECT (COUNT(*) AS ?n) { GRAPH ?g { ?thing ?p ?o } }"
_COUNT_INTO = "SELECT (COUNT(*) AS ?n) { GRAPH ?g { ?s ?p ?thing } }"
# Two lists of values at once would have the engine go through every label there is.
_LABELS = "SELECT ?s (rdfs:label AS ?p) ?o ?g { VALUES ?s { %s } GRAPH ?g { ?s rdfs:label ?o } }"
_OTHER_LABELS = """SELECT ?s ?p ?o ?g { VALUES ?s { %s } GRAPH ?g { ?s ?p ?o }
  FILTER(?p IN (skos:prefLabel, dcterms:title)) }"""
_GRAPHS = """SELECT ?s ?p ?o ?g { VALUES ?s { %s } GRAPH ?g { ?s ?p ?o }
  FILTER(?p IN (rdfs:label, dcterms:title, dcterms:source, dcterms:license, dcterms:rights, cg:byRule)
         || (?p = rdf:type && STRSTARTS(STR(?o), STR(cg:)))) }"""


class Stated(NamedTuple):
    """Be one statement, and the graph that it stands in."""

    subject: NamedNode | BlankNode
    predicate: NamedNode
    object: Term
    graph: NamedNode

    @property
    def triple(self) -> Triple:
        """Return it without its graph."""
        return Triple(self.subject, self.predicate, self.object)

    @property
    def quad(self) -> Quad:
        """Return it for a serialiser."""
        return Quad(*self)


_LABEL = NamedNode(expand("rdfs:label"))


@dataclass(frozen=True, slots=True)
class About:
    """Be what the snapshot says of a thing, as far as it stands on one page.

    ``own`` are its statements (and those of blank nodes that only it leads to), ``into`` those that point to it,
    ``labels`` the names of all they speak of, ``graphs`` what is known of the graphs they stand in; the counts are
    those of all pages.
    """

    iri: str
    page: Page
    own: list[Stated]
    into: list[Stated]
    labels: list[Stated]
    graphs: list[Stated]
    own_count: int
    into_count: int

    @property
    def most(self) -> int:
        """Return the count of the direction that has more, which decides how many pages there are."""
        return max(self.own_count, self.into_count)


def gather(view: View, iri: str, page: Page) -> About:
    """Gather one page of what the snapshot says of a thing."""
    thing = NamedNode(iri)
    own = _asked(view, _OWN % _window(page), thing)
    into = _asked(view, _INTO % _window(page), thing)
    own_count = _total(view, _COUNT_OWN, thing, page, len(own))
    if any(isinstance(one.object, BlankNode) for one in own):
        own = sorted({*own, *_asked(view, _OF_BLANK_NODES % _window(page), thing)}, key=_in_order)
    said = [*own, *into]
    terms = {term for one in said for term in (one.subject, one.predicate, one.object)}
    labels = _said(view, _LABELS, terms)
    labels += _said(view, _OTHER_LABELS, terms - {one.subject for one in (*said, *labels) if one.predicate == _LABEL})
    known = set(said)
    named = [one for one in labels if one not in known and getattr(one.object, "language", None) in {None, "en"}]
    graphs = _said(view, _GRAPHS, (one.graph for one in (*said, *labels)))
    into_count = _total(view, _COUNT_INTO, thing, page, len(into))
    return About(iri, page, own, into, named, graphs, own_count, into_count)


def _window(page: Page) -> dict[str, int]:
    return {"offset": page.offset, "limit": page.size}


def _total(view: View, text: str, thing: NamedNode, page: Page, found: int) -> int:
    """Count all statements in a direction; what fits on the first page is counted already."""
    if page.number == 1 and found < page.size:
        return found
    return int(view.rows(text, {"thing": thing})[0]["n"].value)


def _asked(view: View, text: str, thing: NamedNode) -> list[Stated]:
    return statements(view.rows(text, {"thing": thing}))


def _said(view: View, text: str, terms: Iterable[object]) -> list[Stated]:
    """Return what a query says of the IRIs among some terms."""
    wanted = sorted({str(term) for term in terms if isinstance(term, NamedNode)})
    return statements(view.rows(text % " ".join(wanted)) if wanted else ())


def statements(rows: Iterable[Row]) -> list[Stated]:
    """Return the statements of rows in an order that does not depend on the engine, each once."""
    found = {Stated(*(row[name] for name in "spog")) for row in rows}  # type: ignore[arg-type]
    return sorted(found, key=_in_order)


def _in_order(one: Stated) -> tuple[str, ...]:
    return tuple(map(str, one))
