"""Tables for people: labels instead of IRIs, links to the pages of this host."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import quote, urlencode

from pyoxigraph import BlankNode, NamedNode

from claimgraph.catalog import table as catalog_table
from claimgraph.sparql.prefixes import BASE, PREFIXES, shorten
from claimgraph.web.service import Term, View, name_of, parse_rows

if TYPE_CHECKING:
    from collections.abc import Mapping

    from claimgraph.catalog import CannedQuery

IN_PATHS = "/:@!$&'()*+,;=-._~"
"""What stands in the path of an address as it is."""
_TERMS = PREFIXES["cg"]


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


def table(view: View, body: bytes, explained: tuple[str, ...] = ()) -> Table:
    """Make a table of an answer in SPARQL JSON.

    Where ``explained`` names three columns that together are a triple, a last column leads to why it holds.
    """
    columns, rows = parse_rows(body)
    labels = view.labels(term for row in rows for term in row.values())
    cells = [[cell(row.get(column), labels) for column in columns] for row in rows]
    if not explained:
        return Table(columns, cells)
    whys = [Cell("why?", address_of(*(row[column] for column in explained))) for row in rows]
    return Table([*columns, "why"], [[*line, why] for line, why in zip(cells, whys, strict=True)])


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
        return "/page/" + quote(iri.removeprefix(BASE + "id/"), safe=IN_PATHS)
    if iri.startswith(BASE):
        kept = "#" if iri.startswith(_TERMS) else ""  # the terms of the ontology stand on one page
        return "/" + quote(iri.removeprefix(BASE), safe=IN_PATHS + kept)
    return iri if iri.startswith(("http://", "https://")) else None


def address_of(subject: Term, predicate: Term, value: Term) -> str:
    """Return where on this host a triple is explained."""
    terms = zip("spo", (subject, predicate, value), strict=True)
    return "/explain?" + urlencode({name: _written(term) for name, term in terms})


def _written(term: Term) -> str:
    return shorten(term.value) if isinstance(term, NamedNode) and shorten(term.value) != term.value else str(term)


def labelled(view: View, body: bytes, canned: CannedQuery) -> catalog_table.Table:
    """Read an answer in SPARQL JSON, with the labels of the things in it."""
    columns, rows = parse_rows(body)
    terms = ([row.get(name) for name in columns] for row in rows)
    return catalog_table.Table.of(columns, terms, view.rows, canned.things)


def write_records(view: View, body: bytes, canned: CannedQuery, total: int) -> str:
    """Write an answer in SPARQL JSON as plain JSON objects, with a member ``<name>_label`` beside every IRI."""
    answer = labelled(view, body, canned)
    meanings = {name: canned.columns.get(name.removesuffix("_label"), "") for name in answer.header()}
    told = {"query": canned.name, "snapshot": view.digest, "columns": meanings, "total": total}
    return json.dumps({**told, "rows": list(answer.records())}, ensure_ascii=False)
