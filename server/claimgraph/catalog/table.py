"""Answers as tables: a label column beside every IRI column, written as CSV, TSV or Turtle."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pyoxigraph import BlankNode, Literal, NamedNode, Quad, RdfFormat, serialize

from claimgraph.sparql.prefixes import PREFIXES, expand, shorten

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    Term = NamedNode | BlankNode | Literal
    Select = Callable[[str], Iterable[Any]]
    """Answers a SELECT query with solutions that can be indexed by the names of its variables."""

_RS = "http://www.w3.org/2001/sw/DataAccess/tests/result-set#"
_LABELS_AT_ONCE = 500
_NUMBERS = frozenset({"integer", "decimal", "double", "float", "int", "long"})


@dataclass(frozen=True)
class Table:
    """Hold an answer: the names of its columns, its rows of terms (None where unbound), and the labels of IRIs.

    ``things`` names columns that are known to hold IRIs, whether or not a row has one.
    """

    columns: tuple[str, ...]
    rows: tuple[tuple[Term | None, ...], ...]
    labels: dict[str, str]
    things: frozenset[str] = frozenset()

    @classmethod
    def of(
        cls,
        columns: Sequence[str],
        rows: Iterable[Sequence[Term | None]],
        select: Select,
        things: frozenset[str] = frozenset(),
    ) -> Table:
        """Make a table, asking for the labels of the IRIs in it."""
        kept = tuple(tuple(row) for row in rows)
        iris = {term.value for row in kept for term in row if isinstance(term, NamedNode)}
        return cls(tuple(columns), kept, labels_of(iris, select), things)

    def iri_columns(self) -> frozenset[str]:
        """Name the columns that hold IRIs: those known to, and those in which a row has one."""
        return self.things | {
            name
            for number, name in enumerate(self.columns)
            if any(isinstance(row[number], NamedNode) for row in self.rows)
        }

    def header(self) -> list[str]:
        """List the names of the columns, each IRI column followed by its label column."""
        with_labels = self.iri_columns()
        return [name for column in self.columns for name in _names(column, labelled=column in with_labels)]

    def records(self) -> Iterator[dict[str, Any]]:
        """Yield each row as a mapping with label columns; numbers are numbers and unbound is None."""
        with_labels = self.iri_columns()
        for row in self.rows:
            record: dict[str, Any] = {}
            for column, term in zip(self.columns, row, strict=True):
                record[column] = _plain(term)
                if column in with_labels:
                    record[f"{column}_label"] = self.label(term)
            yield record

    def label(self, term: Term | None) -> str | None:
        """Return the label of an IRI, its short form if it has none, and None for other terms."""
        return self.labels.get(term.value, shorten(term.value)) if isinstance(term, NamedNode) else None


def _names(column: str, *, labelled: bool) -> list[str]:
    return [column, f"{column}_label"] if labelled else [column]


def _plain(term: Term | None) -> str | int | float | bool | None:
    if term is None:
        return None
    if isinstance(term, Literal):
        kind = term.datatype.value.removeprefix(PREFIXES["xsd"])
        if kind in _NUMBERS:
            return float(term.value) if kind in {"decimal", "double", "float"} else int(term.value)
        if kind == "boolean":
            return term.value in {"true", "1"}
    return term.value


def labels_of(iris: Iterable[str], select: Select) -> dict[str, str]:
    """Ask for the English or untagged label of each IRI; those without one are left out."""
    found: dict[str, str] = {}
    pending = sorted(iris)
    for start in range(0, len(pending), _LABELS_AT_ONCE):
        values = " ".join(str(NamedNode(iri)) for iri in pending[start : start + _LABELS_AT_ONCE])
        text = (
            f"SELECT ?iri (MIN(?text) AS ?label) WHERE {{ VALUES ?iri {{ {values} }} "
            f"?iri <{expand('rdfs:label')}> ?text"
            ' FILTER(LANG(?text) IN ("", "en")) } GROUP BY ?iri'
        )
        found.update((row["iri"].value, row["label"].value) for row in select(text))
    return found


def write_separated(table: Table, separator: str = ",") -> str:
    """Write a table as CSV (RFC 4180), or with another separator, label columns included."""
    out = io.StringIO()
    writer = csv.DictWriter(
        out, table.header(), delimiter=separator, lineterminator="\r\n" if separator == "," else "\n"
    )
    writer.writeheader()
    writer.writerows(table.records())
    return out.getvalue()


def write_turtle(table: Table) -> str:
    """Write a table as Turtle in the W3C's vocabulary for result sets."""

    def rs(name: str) -> NamedNode:
        return NamedNode(_RS + name)

    def quads() -> Iterator[Quad]:
        whole = BlankNode("answer")
        kind = NamedNode(expand("rdf:type"))
        yield Quad(whole, kind, rs("ResultSet"))
        for column in table.columns:
            yield Quad(whole, rs("resultVariable"), Literal(column))
        for number, row in enumerate(table.rows, 1):
            solution = BlankNode(f"row{number}")
            yield Quad(whole, rs("solution"), solution)
            yield Quad(solution, rs("index"), Literal(number))
            for column, term in zip(table.columns, row, strict=True):
                if term is not None:
                    binding = BlankNode(f"row{number}{column}")
                    yield Quad(solution, rs("binding"), binding)
                    yield Quad(binding, rs("variable"), Literal(column))
                    yield Quad(binding, rs("value"), term)

    written = serialize(quads(), format=RdfFormat.TURTLE, prefixes={"rs": _RS, "id": PREFIXES["id"]})
    return (written or b"").decode()
