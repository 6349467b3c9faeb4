"""What every canned query takes besides its own parameters, and the format that only they have."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from claimgraph.formats import ROWS, Format

if TYPE_CHECKING:
    from collections.abc import Mapping

RECORDS = Format("records", "JSON", "application/json", "records", "rows")
"""Rows as plain JSON objects, with a label beside every IRI. SPARQL JSON has a media type of its own."""

SVG = Format("svg", "SVG", "image/svg+xml", "svg", "page")
PNG = Format("png", "PNG", "image/png", "png", "page")
DRAWINGS: tuple[Format, ...] = (SVG, PNG)
"""The picture of an answer, where its query names one."""

_SPARQL_JSON = Format(
    "json", "SPARQL JSON", ROWS[0].media_type, "json", "rows", results=ROWS[0].results, aliases=("text/json",)
)
ANSWERS: tuple[Format, ...] = (_SPARQL_JSON, *ROWS[1:], RECORDS)
"""The formats of rows, where ``application/json`` means plain JSON."""

PAGE_SIZE = 100
LARGEST_PAGE = 10_000


@dataclass(frozen=True, slots=True)
class Common:
    """Be one parameter of all canned queries: its name, what it does, and its JSON schema."""

    name: str
    meaning: str
    schema: Mapping[str, Any]


COMMON: tuple[Common, ...] = (
    Common(
        "page", "which page of the answer, from 1; without it, programs get all rows", {"type": "integer", "minimum": 1}
    ),
    Common(
        "page_size",
        f"rows on a page; {PAGE_SIZE} on pages for people",
        {"type": "integer", "minimum": 1, "maximum": LARGEST_PAGE},
    ),
    Common(
        "timeout",
        "seconds after which to give up; it lowers the limit of the service",
        {"type": "number", "exclusiveMinimum": 0},
    ),
    Common("version", "the snapshot that must be in service, by its digest or the beginning of it", {"type": "string"}),
)
RESERVED = frozenset({"format", *(known.name for known in COMMON)})
"""Names that no parameter of a query may have."""
