"""What the snapshot says of one thing, for its page: statements with the graph of each, and who points here."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pyoxigraph import Literal, NamedNode

from claimgraph.sparql.prefixes import BASE, shorten
from claimgraph.web.service import Row, View, name_of
from claimgraph.web.tables import Cell, cell

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
    """Be one property with one value, the graph it stands in, and whether a rule derived it."""

    property: Cell
    value: Cell
    graph: Cell
    is_derived: bool


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
    values = {"thing": NamedNode(iri)}
    out, into = view.rows(_OUT, values), view.rows(_IN, values)
    terms = [term for row in (*out, *into) for term in row.values()]
    labels = view.labels([NamedNode(iri), *terms])
    statements = sorted((_statement(row, row["o"], labels) for row in out), key=_order)
    incoming = sorted((_statement(row, row["s"], labels) for row in into[:_MOST]), key=_order)
    return Thing(iri, name_of(iri, labels), _once(statements), _once(incoming), len(into) > _MOST)


def ontology_of(view: View) -> list[tuple[str, list[Row]]]:
    """List the terms of the ontology by kind: classes, object properties, datatype properties."""
    namespace = {"namespace": Literal(BASE + "ontology#"), "graphs": Literal(BASE + "graph/ontology/")}
    rows = view.rows(_TERMS, namespace)
    kinds = (("Classes", "Class"), ("Relations", "ObjectProperty"), ("Attributes", "DatatypeProperty"))
    return [(title, [row for row in rows if row["kind"].value.endswith("#" + kind)]) for title, kind in kinds]


def _statement(row: Row, value: object, labels: Mapping[str, str]) -> Statement:
    graph = row["g"].value
    where = shorten(graph).removeprefix(BASE + "graph/")
    return Statement(
        cell(row["p"], labels),
        cell(value, labels),  # type: ignore[arg-type]
        Cell(where, "/" + graph.removeprefix(BASE), title=graph),
        is_derived=graph.startswith(BASE + "graph/derived/"),
    )


def _order(statement: Statement) -> tuple[bool, str, str]:
    return statement.is_derived, statement.property.text, statement.value.text


def _once(statements: Iterable[Statement]) -> list[Statement]:
    """Leave out a derived statement that is asserted or derived elsewhere too."""
    seen: dict[tuple[Cell, Cell], Statement] = {}
    for statement in statements:
        seen.setdefault((statement.property, statement.value), statement)
    return list(seen.values())
