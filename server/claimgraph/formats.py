"""The one place for the formats that answers are written in.

A :class:`Format` ties the name used everywhere (``?format=csv``, ``.csv``, ``--format csv``) to its media type and to
the serialiser of pyoxigraph. Media types: SPARQL 1.1 Results (JSON, XML, CSV and TSV) and the RDF 1.1 syntaxes.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from pyoxigraph import QueryResultsFormat, RdfFormat

from claimgraph.errors import UnknownName

Kind = Literal["rows", "graph", "page"]


@dataclass(frozen=True, slots=True)
class Format:
    """Describe one format: its name, what people call it, its media type and the serialiser that writes it.

    ``aliases`` are other media types that clients ask for it by, ``synonyms`` other names (those of SPARQLWrapper too).
    """

    name: str
    label: str
    media_type: str
    extension: str
    kind: Kind
    rdf: RdfFormat | None = None
    results: QueryResultsFormat | None = None
    aliases: tuple[str, ...] = ()
    synonyms: tuple[str, ...] = ()
    boolean: bool = True

    @property
    def content_type(self) -> str:
        """Return the media type as it stands in a Content-Type header; text types name their charset."""
        return f"{self.media_type}; charset=utf-8" if self.media_type.startswith("text/") else self.media_type

    @property
    def media_types(self) -> tuple[str, ...]:
        """Return the media type and the other ones that clients ask for when they mean this format."""
        return (self.media_type, *self.aliases)


ROWS: tuple[Format, ...] = (
    Format(
        "json",
        "SPARQL JSON",
        "application/sparql-results+json",
        "json",
        "rows",
        results=QueryResultsFormat.JSON,
        aliases=("application/json", "text/json"),
    ),
    Format(
        "xml",
        "SPARQL XML",
        "application/sparql-results+xml",
        "xml",
        "rows",
        results=QueryResultsFormat.XML,
        aliases=("application/xml", "text/xml"),
    ),
    Format("csv", "CSV", "text/csv", "csv", "rows", results=QueryResultsFormat.CSV, boolean=False),
    Format(
        "tsv",
        "TSV",
        "text/tab-separated-values",
        "tsv",
        "rows",
        results=QueryResultsFormat.TSV,
        boolean=False,
    ),
)
"""Formats for the answers of SELECT and ASK, the preferred one first. ``boolean`` is false where the SPARQL
recommendation defines no form for ASK (CSV and TSV); pyoxigraph writes ``true`` or ``false`` there all the same."""

GRAPHS: tuple[Format, ...] = (
    Format(
        "ttl",
        "Turtle",
        "text/turtle",
        "ttl",
        "graph",
        rdf=RdfFormat.TURTLE,
        aliases=("application/x-turtle",),
        synonyms=("turtle", "n3"),
    ),
    Format(
        "nt",
        "N-Triples",
        "application/n-triples",
        "nt",
        "graph",
        rdf=RdfFormat.N_TRIPLES,
        aliases=("text/plain",),
        synonyms=("n-triples", "ntriples"),
    ),
    Format(
        "rdf",
        "RDF/XML",
        "application/rdf+xml",
        "rdf",
        "graph",
        rdf=RdfFormat.RDF_XML,
        aliases=("application/xml",),
        synonyms=("rdf+xml", "rdfxml", "rdf/xml", "xml"),
    ),
    Format(
        "jsonld",
        "JSON-LD",
        "application/ld+json",
        "jsonld",
        "graph",
        rdf=RdfFormat.JSON_LD,
        aliases=("application/json",),
        synonyms=("json-ld", "json"),
    ),
    Format("trig", "TriG", "application/trig", "trig", "graph", rdf=RdfFormat.TRIG, aliases=("application/x-trig",)),
    Format(
        "nq",
        "N-Quads",
        "application/n-quads",
        "nq",
        "graph",
        rdf=RdfFormat.N_QUADS,
        aliases=("text/x-nquads",),
        synonyms=("n-quads", "nquads"),
    ),
)
"""Formats for the answers of CONSTRUCT and DESCRIBE and for documents in RDF, the preferred one first."""

HTML = Format("html", "HTML", "text/html", "html", "page", aliases=("application/xhtml+xml",))
"""Pages for people."""


def by_name(name: str, formats: tuple[Format, ...] = ROWS + GRAPHS) -> Format:
    """Find a format by the name that people give it.

    Raises:
        UnknownName: no format has that name; the message lists those there are.
    """
    for candidate in formats:
        if name.lower() in {candidate.name, *candidate.synonyms, *candidate.media_types}:
            return candidate
    known = ", ".join(candidate.name for candidate in formats)
    message = f"there is no format {name!r} here; use one of {known}"
    raise UnknownName(message)


def by_extension(extension: str, formats: tuple[Format, ...] = ROWS + GRAPHS) -> Format | None:
    """Find a format by its file extension (without the dot), or return None."""
    return next((candidate for candidate in formats if candidate.extension == extension), None)
