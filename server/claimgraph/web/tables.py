"""Tables for people: labels instead of IRIs, links to the pages of this host."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pyoxigraph import BlankNode, NamedNode

from claimgraph.catalog import table as catalog_table
from claimgraph.sparql.prefixes import BASE
from claimgraph.web.service import Term, View, name_of, parse_rows

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True)
class Cell:
    """Be one cell: what it says, where it leads (or nowhere), and whether it is set as a number."""

    text: str
    href: str | None = None
    title: str | None = None
    is_number: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """Be the rows of an answer, ready to be shown."""

    columns: list[str]
    rows: list[list[Cell]]


def table(view: View, body: bytes) -> Table:
    """Make a table of an answer in SPARQL JSON."""
    columns, rows = parse_rows(body)
    labels = view.labels(term for row in rows for term in row.values())
    return Table(columns, [[cell(row.get(column), labels) for column in columns] for row in rows])


def cell(term: Term | None, labels: Mapping[str, str]) -> Cell:
    """Make the cell of one term."""
    if term is None:
        return Cell("")
    if isinstance(term, NamedNode):
        return Cell(name_of(term.value, labels), href_of(term.value), title=term.value)
    if isinstance(term, BlankNode):
        return Cell("…", title="a thing without a name")
    number = term.datatype.value.rpartition("#")[2] in {"integer", "decimal", "double", "float"}
    return Cell(term.value, is_number=number)


def href_of(iri: str) -> str | None:
    """Tell where an IRI leads: to a page of this host for our own, outwards for other web addresses."""
    if iri.startswith(BASE + "id/"):
        return "/page/" + iri.removeprefix(BASE + "id/")
    if iri.startswith(BASE):
        return "/" + iri.removeprefix(BASE)
    return iri if iri.startswith(("http://", "https://")) else None


def write_csv(view: View, body: bytes, *, tabs: bool) -> str:
    """Write an answer in SPARQL JSON as CSV or TSV, with a column ``<name>_label`` beside every column of IRIs."""
    columns, rows = parse_rows(body)
    labelled = catalog_table.Table.of(columns, ([row.get(name) for name in columns] for row in rows), view.rows)
    return catalog_table.write_separated(labelled, "\t" if tabs else ",")
