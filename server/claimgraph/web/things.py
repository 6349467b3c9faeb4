"""What the snapshot says of one thing, for its page: statements with the graph of each, and who points here."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pyoxigraph import BlankNode, Literal, NamedNode

from claimgraph.sparql.prefixes import BASE, shorten
from claimgraph.web.service import Row, Term, View, name_of
from claimgraph.web.tables import Cell, address_of, cell

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

_MOST = 200
_OUT = f"SELECT ?p ?o ?g {{ GRAPH ?g {{ ?thing ?p ?o }} }} LIMIT {5 * _MOST}"
_IN = f"SELECT ?s ?p ?g {{ GRAPH ?g {{ ?s ?p ?thing }} }} LIMIT {_MOST + 1}"
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
    """Be what the snapshot says of one thing; ``has_more`` when there are more that point here than are shown."""

    iri: str
    label: str
    statements: list[Statement]
    incoming: list[Statement]
    has_more: bool


def thing(view: View, iri: str) -> Thing:
    """Gather what the snapshot says of a thing."""
    node = NamedNode(iri)
    values = {"thing": node}
    out, into = view.rows(_OUT, values), view.rows(_IN, values)
    terms = [term for row in (*out, *into) for term in row.values()]
    labels = view.labels([node, *terms])
    statements = sorted((_statement(row, row["o"], labels, (node, row["p"], row["o"])) for row in out), key=_order)
    incoming = sorted(
        (_statement(row, row["s"], labels, (row["s"], row["p"], node)) for row in into[:_MOST]), key=_order
    )
    return Thing(iri, name_of(iri, labels), _once(statements), _once(incoming), len(into) > _MOST)


def ontology_of(view: View) -> list[tuple[str, list[Row]]]:
    """List the terms of the ontology by kind: classes, object properties, datatype properties."""
    namespace = {"namespace": Literal(BASE + "ontology#"), "graphs": Literal(BASE + "graph/ontology/")}
    rows = view.rows(_TERMS, namespace)
    kinds = (("Classes", "Class"), ("Relations", "ObjectProperty"), ("Attributes", "DatatypeProperty"))
    return [(title, [row for row in rows if row["kind"].value.endswith("#" + kind)]) for title, kind in kinds]


def _statement(row: Row, value: Term, labels: Mapping[str, str], triple: tuple[Term, Term, Term]) -> Statement:
    graph = row["g"].value
    is_derived = graph.startswith(BASE + "graph/derived/")
    is_named = not any(isinstance(term, BlankNode) for term in triple)
    where = shorten(graph).removeprefix(BASE + "graph/")
    return Statement(
        cell(row["p"], labels),
        cell(value, labels),
        Cell(where, "/" + graph.removeprefix(BASE), title=graph),
        is_derived=is_derived,
        why=Cell("why?", address_of(*triple)) if is_derived and is_named else None,
    )


def _order(statement: Statement) -> tuple[bool, str, str]:
    return statement.is_derived, statement.property.text, statement.value.text


def _once(statements: Iterable[Statement]) -> list[Statement]:
    """Leave out a derived statement that is asserted or derived elsewhere too."""
    seen: dict[tuple[Cell, Cell], Statement] = {}
    for statement in statements:
        seen.setdefault((statement.property, statement.value), statement)
    return list(seen.values())
