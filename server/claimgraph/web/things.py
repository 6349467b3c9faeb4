"""What the snapshot says of one thing, for its page: statements with the graph of each, and who points here."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pyoxigraph import BlankNode, Literal

from claimgraph.sparql.prefixes import BASE, expand
from claimgraph.web.service import Row, Term, View, name_of
from claimgraph.web.tables import Cell, address_of, cell, href_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from claimgraph.web.about import About, Stated

_RANKS = {expand(name): rank for rank, name in enumerate(("rdfs:label", "skos:prefLabel", "dcterms:title"))}

_TERMS = """SELECT ?term ?kind ?label ?definition ?example
  (GROUP_CONCAT(DISTINCT STR(?parent); separator=" ") AS ?parents) {
  ?term a ?kind ; rdfs:label ?label .
  FILTER(?kind IN (owl:Class, owl:ObjectProperty, owl:DatatypeProperty))
  FILTER(STRSTARTS(STR(?term), ?namespace))
  OPTIONAL { ?term skos:definition ?definition }
  OPTIONAL { ?term skos:example ?example }
  OPTIONAL { GRAPH ?g { ?term rdfs:subClassOf|rdfs:subPropertyOf ?parent } FILTER(ISIRI(?parent))
    FILTER(STRSTARTS(STR(?g), ?graphs)) }
} GROUP BY ?term ?kind ?label ?definition ?example ORDER BY ?term"""

_CONCEPTS = """SELECT ?term ?label ?definition ?example
  (GROUP_CONCAT(DISTINCT STR(?parent); separator=" ") AS ?parents) {
  GRAPH ?g { ?term a ?parent } FILTER(STRSTARTS(STR(?g), ?graphs)) FILTER(STRSTARTS(STR(?term), ?namespace))
  ?term rdfs:label ?label .
  OPTIONAL { ?term skos:definition ?definition }
  OPTIONAL { ?term skos:example ?example }
} GROUP BY ?term ?label ?definition ?example ORDER BY ?term"""


@dataclass(frozen=True, slots=True)
class Statement:
    """Be one property with one value, the graph it stands in, whether a rule derived it, and where it is explained."""

    property: Cell
    value: Cell
    graph: Cell
    is_derived: bool
    why: Cell | None


@dataclass(frozen=True, slots=True)
class Thing:
    """Be what one page says of a thing; the counts are those of all pages."""

    iri: str
    label: str
    statements: list[Statement]
    incoming: list[Statement]
    own_count: int
    into_count: int


def thing(about: About) -> Thing:
    """Put what is known of a thing into words and links."""
    labels = names_in(about)
    statements = [_statement(one, one.object, labels) for one in about.own]
    incoming = [_statement(one, one.subject, labels) for one in about.into]
    return Thing(
        about.iri,
        name_of(about.iri, labels),
        _once(sorted(statements, key=_order)),
        _once(sorted(incoming, key=_order)),
        about.own_count,
        about.into_count,
    )


def names_in(about: About) -> dict[str, str]:
    """Return the label of each IRI that has one among the statements, by the properties that people prefer."""
    found: dict[str, tuple[int, str]] = {}
    for one in (*about.own, *about.into, *about.labels, *about.graphs):
        rank = _RANKS.get(one.predicate.value)
        if rank is not None and isinstance(one.object, Literal) and one.object.language in {None, "en"}:
            this = (rank, one.object.value)
            found[one.subject.value] = min(found.get(one.subject.value, this), this)
    return {iri: label for iri, (_, label) in found.items()}


def ontology_of(view: View) -> list[tuple[str, list[Row]]]:
    """List the terms of the ontology by kind: classes, object properties, datatype properties, and all others."""
    namespace = {"namespace": Literal(BASE + "ontology#"), "graphs": Literal(BASE + "graph/ontology/")}
    rows = view.rows(_TERMS, namespace)
    known = {row["term"] for row in rows}
    concepts = [row for row in view.rows(_CONCEPTS, namespace) if row["term"] not in known]
    kinds = (("Classes", "Class"), ("Relations", "ObjectProperty"), ("Attributes", "DatatypeProperty"))
    listed = [(title, [row for row in rows if row["kind"].value.endswith("#" + kind)]) for title, kind in kinds]
    return [*listed, ("Concepts", concepts)]


def _statement(said: Stated, value: Term, labels: Mapping[str, str]) -> Statement:
    graph = said.graph.value
    is_derived = graph.startswith(BASE + "graph/derived/")
    is_named = not any(isinstance(term, BlankNode) for term in said)
    return Statement(
        cell(said.predicate, labels),
        cell(value, labels),
        Cell(graph.removeprefix(BASE + "graph/"), href_of(graph), title=graph),
        is_derived=is_derived,
        why=Cell("why?", address_of(*said[:3])) if is_derived and is_named else None,
    )


def _order(statement: Statement) -> tuple[bool, str, str]:
    return statement.is_derived, statement.property.text, statement.value.text


def _once(statements: Iterable[Statement]) -> list[Statement]:
    """Leave out a derived statement that is asserted or derived elsewhere too."""
    seen: dict[tuple[Cell, Cell], Statement] = {}
    for statement in statements:
        seen.setdefault((statement.property, statement.value), statement)
    return list(seen.values())
