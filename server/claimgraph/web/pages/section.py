"""A section of a page: a heading, one SPARQL text about ``?thing``, and the part of a template that shows its rows."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from pyoxigraph import NamedNode

from claimgraph.errors import UnknownName
from claimgraph.sparql.bind import bind
from claimgraph.sparql.prefixes import BASE, declarations
from claimgraph.sparql.query import read
from claimgraph.web.paging import Page
from claimgraph.web.service import name_of
from claimgraph.web.tables import Cell, address_of, cell

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from claimgraph.sparql.query import Query
    from claimgraph.web.service import Row, View

_THING = NamedNode("urn:claimgraph:thing")
_DERIVED = BASE + "graph/derived/"
PAGE = "OFFSET 0 LIMIT 1"
"""Where a text has this, it is cut there to the rows of a page, and has to keep their number after that; any other text
is cut in the end."""


@dataclass(frozen=True, slots=True)
class Answer:
    """Be the rows of one section, with the labels of all IRIs of the page, for whoever shapes them for a template."""

    view: View
    thing: str
    rows: Sequence[Row]
    labels: Mapping[str, str]

    def cell(self, row: Row, name: str) -> Cell:
        """Make the cell of one variable."""
        return cell(row.get(name), self.labels)

    def text(self, row: Row, name: str) -> str:
        """Return the text of a literal, or nothing where it is unbound."""
        return row[name].value if name in row else ""


@dataclass(frozen=True)
class Section:
    """Be a section. Its rows reach the part of the template as a table, unless ``make`` makes something else of them.

    ``canned`` names a canned query that asks what is wanted, and its variable for the thing, in place of ``query``.
    ``columns`` maps the variables that a table shows to their headings. ``note`` says what the reader has to know of
    the rows, above all where they are our reasoning and not the words of a source. ``most`` rows are shown on the page
    of the thing; more stand on pages of the section alone, or in the answer of a canned query that ``rest`` names with
    its parameter for the thing. ``empty`` is said where there is no row; without it the
    section is then left out.
    """

    title: str
    query: str = ""
    columns: Mapping[str, str] = field(default_factory=dict)
    part: str = "table"
    note: str = ""
    most: int = 20
    empty: str = ""
    make: Callable[[Answer], Any] | None = None
    canned: tuple[str, str] = ("", "thing")
    rest: tuple[str, str] = ("", "")

    @cached_property
    def slug(self) -> str:
        """Return the name of the section in addresses."""
        return re.sub(r"[^a-z0-9]+", "-", self.title.lower()).strip("-")

    def more(self, iri: str, address: str, page: int) -> str:
        """Return where the rows after those on a page are."""
        name, parameter = self.rest
        if name:
            return f"/queries/{name}?{urlencode({parameter: iri})}"
        return f"{address}?{urlencode({'section': self.slug, 'page': page + 1})}"

    def ask(self, view: View, iri: str, page: Page) -> list[Row]:
        """Ask for one page of rows about a thing, and one row more; none where a dataset lacks the canned query.

        A text is read once, about a thing of no name; then the name of the thing at hand is put in its place. It cannot
        break out of there, since an IRI holds no angle bracket.
        """
        name, variable = self.canned
        try:
            prepared = _prepared(view.catalog[name].text if name else self.query, variable)
        except UnknownName:
            return []
        text = prepared.text.replace(str(_THING), str(NamedNode(iri)))
        window = f"OFFSET {page.offset} LIMIT {page.size + 1}"
        return view.rows_of(replace(prepared, text=text.replace(PAGE, window) if PAGE in text else f"{text}\n{window}"))


@dataclass(frozen=True, slots=True)
class Shown:
    """Be a section with what it shows; ``more`` is the address of what there is besides."""

    section: Section
    content: Any
    more: str = ""


@dataclass(frozen=True, slots=True)
class Fact:
    """Be one line of facts: what it is, its values, each with a note on how it is known and a link to why."""

    what: str
    values: tuple[tuple[Cell, str, Cell | None], ...]


def fill(
    view: View, iri: str, sections: Iterable[Section], address: str, page: Page | None = None
) -> tuple[str, list[Shown]]:
    """Ask the sections of a page, and what its thing is called; with ``page``, one page of the only section.

    ``address`` is that of the page, for links to pages of a section alone.
    """
    asked = []
    known: dict[tuple[str, tuple[str, str]], list[Row]] = {}
    for section in sections:
        window = page or Page(1, section.most)
        rows = known.get((section.query, section.canned), [])
        if len(rows) <= window.size:  # sections that show the same rows in two ways ask once, the larger one first
            rows = known[section.query, section.canned] = section.ask(view, iri, window)
        asked.append((section, rows[: window.size], len(rows) > window.size))
    labels = view.labels({term for _, rows, _ in asked for row in rows for term in row.values()} | {NamedNode(iri)})
    shown = []
    for section, rows, has_more in asked:
        if not rows and not section.empty:
            continue
        content = (section.make or _table(section))(Answer(view, iri, rows, labels)) if rows else None
        if content is not None or section.empty:
            more = section.more(iri, address, page.number if page else 1) if has_more else ""
            shown.append(Shown(section, content, more))
    return name_of(iri, labels), shown


@lru_cache(maxsize=512)
def _prepared(text: str, variable: str) -> Query:
    return read(declarations() + bind(text, {variable: _THING}))


def _table(section: Section) -> Callable[[Answer], Any]:
    def make(answer: Answer) -> dict[str, Any]:
        rows = [[answer.cell(row, name) for name in section.columns] for row in answer.rows]
        whys = [_why(row) for row in answer.rows]
        return {"columns": list(section.columns.values()), "rows": rows, "whys": whys if any(whys) else []}

    return make


def _why(row: Row) -> Cell | None:
    """Lead to why a row holds, where it names a triple that can be explained."""
    terms = [row.get(name) for name in ("s", "relation", "o")]
    return Cell("why?", address_of(*terms)) if all(terms) else None  # type: ignore[arg-type]


def facts(answer: Answer) -> list[Fact]:
    """Shape rows of ``?what ?value``, in their order; ``?property``, ``?subject`` and ``?g`` say whence a value is."""
    found: dict[str, dict[Cell, tuple[str, Cell | None]]] = {}
    for row in answer.rows:
        is_derived = answer.text(row, "g").startswith(_DERIVED)
        why = None
        if is_derived and "property" in row:
            why = Cell("why?", address_of(row.get("subject", NamedNode(answer.thing)), row["property"], row["value"]))
        values = found.setdefault(answer.text(row, "what"), {})
        known = values.get(answer.cell(row, "value"))
        if known is None or (known[1] and not is_derived):  # what a file says needs no derivation
            values[answer.cell(row, "value")] = (answer.text(row, "note"), why)
    return [
        Fact(what, tuple((value, note, why) for value, (note, why) in values.items())) for what, values in found.items()
    ]
