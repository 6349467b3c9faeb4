"""What the views need of the outside: the snapshot in service, its engine and catalogue, and small questions to it."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Protocol

from pyoxigraph import BlankNode, Literal, NamedNode, QueryResultsFormat, QuerySolutions, parse_query_results

from claimgraph.engine import Limits
from claimgraph.errors import SnapshotError
from claimgraph.formats import by_name
from claimgraph.search import Index
from claimgraph.snapshot import Snapshot, read_downloads
from claimgraph.snapshot.identifiers import the_one
from claimgraph.sparql.bind import bind
from claimgraph.sparql.prefixes import BASE, declarations, shorten
from claimgraph.sparql.query import read

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from claimgraph.catalog import Catalog
    from claimgraph.engine import Engine
    from claimgraph.snapshot import Download, Manifest
    from claimgraph.sparql.query import Query

Term = NamedNode | Literal | BlankNode
Row = dict[str, Term]
_JSON = by_name("json")
_PAGE_LIMITS = Limits(seconds=10, bytes=64 << 20)
_LABELS = """
SELECT ?thing (MIN(?one) AS ?label) {
  VALUES ?thing { %s }
  ?thing rdfs:label|skos:prefLabel|dcterms:title ?one
  FILTER(LANG(?one) = "" || LANGMATCHES(LANG(?one), "en"))
} GROUP BY ?thing"""
_BY_IDENTIFIER = "SELECT DISTINCT ?thing { ?thing dcterms:identifier ?wanted } LIMIT 20"


@dataclass
class View:
    """Be one snapshot in service: what it is made of, who answers over it, and the canned queries."""

    manifest: Manifest
    engine: Engine
    catalog: Catalog
    folder: Path | None = None
    _identifiers: dict[str, str | None] = field(default_factory=dict)

    @property
    def digest(self) -> str:
        """Return the digest that names the snapshot."""
        return self.manifest.digest

    @cached_property
    def licenses(self) -> dict[str, tuple[str, ...]]:
        """Map each graph to the licences that it is under."""
        found: dict[str, tuple[str, ...]] = {}
        for row in self.rows("SELECT DISTINCT ?graph ?license { ?graph dcterms:license ?license } ORDER BY ?license"):
            found[row["graph"].value] = (*found.get(row["graph"].value, ()), row["license"].value)
        return found

    @property
    def downloads(self) -> tuple[Download, ...]:
        """Return the files to take away; they may come after the snapshot, and be none."""
        return read_downloads(self.folder) if self.folder else ()

    @cached_property
    def index(self) -> Index:
        """Return the search index.

        Raises:
            SnapshotError: the snapshot has none.
        """
        found = Snapshot(self.folder, self.manifest).index if self.folder else None
        if found is None:
            raise SnapshotError(
                f"the snapshot {self.digest[:12]} has no search index, for it was built by an older version; "
                "'claimgraph build' makes one"
            )
        return Index(found)

    def rows(self, text: str, values: Mapping[str, NamedNode | Literal] | None = None) -> list[Row]:
        """Ask a SELECT query of our own (all known prefixes declared) and return its rows."""
        return self.rows_of(read(declarations() + bind(text, values or {})))

    def rows_of(self, query: Query) -> list[Row]:
        """Return the rows of a SELECT query that has been read."""
        return parse_rows(b"".join(self.engine.answer(query, _JSON, _PAGE_LIMITS)))[1]

    def is_known(self, iri: str) -> bool:
        """Tell whether the snapshot says anything of an IRI."""
        return bool(self.rows("SELECT ?p { ?thing ?p ?o } LIMIT 1", {"thing": NamedNode(iri)}))

    def resolve(self, identifier: str) -> str | None:
        """Find the one thing with a ``dcterms:identifier``, or None where there is none.

        Raises:
            UsageError: several things have it; the message lists them.
        """
        if identifier not in self._identifiers:
            rows = self.rows(_BY_IDENTIFIER, {"wanted": Literal(identifier)})
            self._identifiers[identifier] = the_one(identifier, (row["thing"].value for row in rows))
        return self._identifiers[identifier]

    def labels(self, terms: Iterable[object]) -> dict[str, str]:
        """Look up the English (or languageless) labels of all IRIs among some terms."""
        wanted = sorted({str(term) for term in terms if isinstance(term, NamedNode)})
        if not wanted:
            return {}
        return {row["thing"].value: row["label"].value for row in self.rows(_LABELS % " ".join(wanted))}


class Service(Protocol):
    """Give the snapshot that is in service now."""

    def current(self) -> View:
        """Return the view; one request asks once and stays with it.

        Raises:
            SnapshotError: there is none.
        """
        ...


def parse_rows(body: bytes) -> tuple[list[str], list[Row]]:
    """Parse SPARQL JSON into the names of the columns and the rows; a boolean becomes one row of one column."""
    results = parse_query_results(body, QueryResultsFormat.JSON)
    if not isinstance(results, QuerySolutions):
        return ["answer"], [{"answer": Literal(bool(results))}]
    names = [variable.value for variable in results.variables]
    # Going through the values of a row takes a third of the time that asking it for each name does.
    return names, [{name: term for name, term in zip(names, row, strict=True) if term is not None} for row in results]


def name_of(iri: str, labels: Mapping[str, str]) -> str:
    """Name a thing for people: by its label, otherwise by its short IRI, and a graph by its path."""
    return labels.get(iri) or shorten(iri).removeprefix(BASE + "graph/")
