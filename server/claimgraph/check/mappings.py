"""Mappings: they parse, name columns that the data have, and what they make is right; else the mapping is at fault."""

from __future__ import annotations

import hashlib
import re
from collections import defaultdict
from dataclasses import replace
from typing import TYPE_CHECKING, Final
from urllib.parse import unquote

from claimgraph.check.finding import Finding
from claimgraph.check.texts import SparqlText
from claimgraph.check.vocabulary import did_you_mean
from claimgraph.errors import BadHeader, BadMapping, BadSource, BadTurtle, ClaimgraphError, Place
from claimgraph.sources import NONE, find_sources, product_name, with_sources
from claimgraph.sources.facade import XYZ, Table
from claimgraph.sparql.prefixes import expand, shorten

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from claimgraph.dataset import Layout, SourceFile
    from claimgraph.sources.mapping import Mapping
    from claimgraph.sources.source import Source

_CODES: Final[dict[type[ClaimgraphError], str]] = {
    BadMapping: "CG901",
    BadHeader: "CG902",
    BadSource: "CG904",
    BadTurtle: "CG001",
}
_FILE: Final = re.compile(r"\w[\w.-]*\.(csv|json|jsonl)")


def prepare(layout: Layout, grain: str) -> tuple[Layout, list[SparqlText], list[Finding]]:
    """Put what mappings make into a dataset, and find what is wrong with these and with their data.

    Where anything is, the dataset comes back without them: what would be missing is no fault of the others. One that
    has them already keeps them.
    """
    if grain == NONE:
        return layout, [], []
    texts: list[SparqlText] = []
    faults: list[Finding] = []
    for source in find_sources(layout):
        for path in source.mapping_files:
            try:
                mapping = source.mapping(path)
                texts.append(SparqlText(path, mapping.file, "mapping", mapping.text))
                faults += _unknown_columns(source, mapping, texts[-1])
            except tuple(_CODES) as error:
                faults.append(_told(error))
    try:
        layout = layout if layout.made or faults else with_sources(layout, grain)
    except tuple(_CODES) as error:
        faults.append(_told(error))
    faults += _changed(layout, texts) if layout.made else []
    if faults and layout.made:
        layout = replace(layout, made=())
    return layout, texts, faults


def _told(error: ClaimgraphError) -> Finding:
    code = next(code for kind, code in _CODES.items() if isinstance(error, kind))
    return Finding(error.place or Place("data/sources", 1, 1), code, error.message)


def _changed(layout: Layout, texts: Iterable[SparqlText]) -> Iterator[Finding]:
    """Find mappings that are not as the dataset lists them, which has what these make."""
    listed = {file.path: file.sha256 for file in layout.files()}
    for text in texts:
        if listed.get(text.path) != hashlib.sha256(text.text.encode()).hexdigest():
            yield Finding(text.at(0), "CG002", "the file has changed meanwhile; try again")


def _unknown_columns(source: Source, mapping: Mapping, text: SparqlText) -> Iterator[Finding]:
    """Find columns that no file of the mapping has, and files that it names but does not read."""
    beside = [Table(path, source.shown(path)) for path in mapping.beside if path.suffix != ".ttl"]
    tables = (*mapping.rows, *beside)
    columns = frozenset().union(*(table.columns() for table in tables))
    for term, offset in text.names():
        column = unquote(term.value.removeprefix(XYZ))
        if term.value.startswith(XYZ) and column and column not in columns:
            message = f"none of the files has a column {column!r}"
            yield Finding(text.at(offset), "CG903", message, did_you_mean(column, columns))
    names = {table.name for table in tables}
    for token in text.tokens:
        named = token.text.strip("\"'")
        if token.kind == "string" and _FILE.fullmatch(named) and named not in names:
            message = f"the header does not name the file {named!r}"
            yield Finding(text.at(token.start), "CG903", message, did_you_mean(named, names))


def empty_mappings(layout: Layout, texts: Iterable[SparqlText]) -> Iterator[Finding]:
    """Find mappings that make nothing but the description of their graph."""
    for text, made in _pairs(layout, texts):
        own = (f"<{made.graph.value}> ", f"<{expand('id:mapping/')}")
        with made.path.open(encoding="utf-8") as lines:
            if all(line.startswith(own) for line in lines):
                yield Finding(text.line("CONSTRUCT"), "CG905", "the mapping makes nothing of its rows")


def at_their_mappings(layout: Layout, texts: Iterable[SparqlText], findings: Iterable[Finding]) -> Iterator[Finding]:
    """Tell what is found in a graph that was made where it can be mended: at the words of the mapping that made it.

    What is found at one place with one message, however many rows show it, is told once.
    """
    pairs = {made.relative: (text, made) for text, made in _pairs(layout, texts)}
    lines: dict[str, list[str]] = {}
    cases: defaultdict[tuple[Place, str], list[Finding]] = defaultdict(list)
    said: set[tuple[Place, str]] = set()
    for finding in sorted(findings):
        if finding.place.file not in pairs:
            said.add((finding.place, finding.code))
            yield finding
            continue
        text, made = pairs[finding.place.file]
        if made.relative not in lines:
            lines[made.relative] = made.path.read_text(encoding="utf-8").splitlines()
        subject, predicate = lines[made.relative][finding.place.line - 1].split(" ", 2)[:2]
        place = _place_of(text, predicate[1:-1])
        about = f"{finding.message.removesuffix('.')} (made so: {shorten(subject[1:-1])}"
        cases[place, finding.code].append(replace(finding, place=place, message=about))
    wrong = {place.file for place, code in said if code.startswith("CG1")}  # and what follows from it
    for (place, code), found in cases.items():
        if (place, code) not in said and place.file not in wrong:
            others = f", and {len(found) - 1:,} more)" if len(found) > 1 else ")"
            yield replace(found[0], message=found[0].message + others)


def _place_of(text: SparqlText, predicate: str) -> Place:
    """Find where a mapping first says a predicate; of ``a`` and of what it does not say, where it begins."""
    said = (offset for term, offset in text.names() if term.value == predicate)
    offset = next(said, None)
    return text.line("CONSTRUCT") if offset is None else text.at(offset)


def _pairs(layout: Layout, texts: Iterable[SparqlText]) -> Iterator[tuple[SparqlText, SourceFile]]:
    """Pair each mapping with the graph that it made."""
    made = {file.relative: file for file in layout.made}
    for text in texts:
        if text.kind == "mapping" and product_name(text.file) in made:
            yield text, made[product_name(text.file)]
