"""What a mapping is: one CONSTRUCT query over rows, with a header that names the rows and says what is made of them."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

from claimgraph.errors import BadHeader, BadMapping, BadQuery, Place
from claimgraph.sources.facade import Table
from claimgraph.sparql.header import read_header, require
from claimgraph.sparql.query import parse

if TYPE_CHECKING:
    from collections.abc import Mapping as Map
    from pathlib import Path

    from claimgraph.sources.source import Source

SUFFIX: Final = ".rq"
GRAINS: Final = ("sample", "default")
"""What a file beside a mapping may be named for: it selects the rows that are kept where not every row is wanted.

``events.default.rq`` is for the mapping ``events``, ``default.rq`` for all of the folder that have none of their own.
"""
KINDS: Final = {"source": "cg:SourceGraph", "reading": "cg:ReadingGraph", "reference": "cg:ReferenceGraph"}
_TEXTS: Final = ("label", "makes", "why")


@dataclass(frozen=True)
class Mapping:
    """Hold a mapping; ``name`` is its file's name without extension, and its graph is named so below its source's.

    ``rows`` are the tables of which each row is mapped, ``beside`` the files that are there whole: tables of names in
    Turtle, and rows of other files. ``keep`` holds for each grain the query that selects rows, where there is one.
    """

    name: str
    file: str
    text: str
    label: str
    makes: str
    why: str
    kind: str
    rows: tuple[Table, ...]
    beside: tuple[Path, ...]
    keep: Map[str, str] = field(default_factory=dict)

    @cached_property
    def files(self) -> tuple[Path, ...]:
        """Every file that the mapping reads."""
        return (*(table.path for table in self.rows), *self.beside)

    def selection(self, grain: str) -> str | None:
        """Return the query that selects the rows of a grain; None where every row is wanted.

        A grain that has none of its own takes that of the next larger one.
        """
        wanted = GRAINS[GRAINS.index(grain) :] if grain in GRAINS else ()
        return next((self.keep[one] for one in wanted if one in self.keep), None)


def load_mapping(source: Source, path: Path) -> Mapping:
    """Read one mapping of a source.

    Raises:
        BadHeader: the header is not understood, lacks a key, or names a file that is not there.
        BadMapping: the text, or one that selects its rows, is no query of the right form.
    """
    file = source.shown(path)
    text = _read(path, file)
    header = read_header(text, file)
    require(header, _TEXTS, file)
    _refuse_form(text, file, "CONSTRUCT")
    kind = header.get("graph", "source")
    if kind not in KINDS:
        raise BadHeader(f"'graph' is one of {', '.join(KINDS)}, not {kind!r}", place=_line(text, file, "graph"))
    split = _patterns(header.get("split") or {}, text, file)
    keep = {}
    for grain in GRAINS:
        own, shared = path.with_suffix(f".{grain}{SUFFIX}"), path.with_name(f"{grain}{SUFFIX}")
        chooser = own if own.exists() else shared
        if chooser.exists():
            keep[grain] = _read(chooser, source.shown(chooser))
            _refuse_form(keep[grain], source.shown(chooser), "SELECT")
    label, makes, why = (header[key].strip() for key in _TEXTS)
    rows = tuple(Table(one, source.shown(one), split) for one in _named(source, header, text, file, "rows"))
    beside = tuple(_named(source, header, text, file, "with"))
    name = path.name.removesuffix(SUFFIX)
    return Mapping(name, file, text, label, makes, why, kind, rows, beside, keep)


def _read(path: Path, file: str) -> str:
    try:
        return path.read_bytes().decode()
    except (OSError, UnicodeDecodeError) as error:
        raise BadMapping(f"cannot be read: {error}", place=Place(file, 1, 1)) from error


def _refuse_form(text: str, file: str, form: str) -> None:
    try:
        found = parse(text)
    except BadQuery as error:
        place = Place(file, error.line, error.column or 1) if error.line else _line(text, file, form)
        raise BadMapping(error.reason, place=place) from error
    if found.form != form:
        raise BadMapping(f"this must be a {form} query, not {found.form}", place=_line(text, file, found.form))
    if found.is_volatile or found.names_dataset:
        word = "FROM" if found.names_dataset else "NOW, RAND and UUID"
        raise BadMapping(f"a mapping may not use {word}: it sees its rows alone", place=_line(text, file, form))


def _patterns(split: Any, text: str, file: str) -> dict[str, re.Pattern[str]]:  # noqa: ANN401 - YAML
    try:
        return {str(column): re.compile(str(pattern)) for column, pattern in dict(split).items()}
    except (re.error, ValueError, TypeError) as error:
        message = f"'split' gives each column a pattern: {error}"
        raise BadHeader(message, place=_line(text, file, "split")) from error


def _named(source: Source, header: dict[str, Any], text: str, file: str, key: str) -> list[Path]:
    """Find the files that a line of the header names; a list, or the name of one."""
    given = header.get(key) or []
    names = [given] if isinstance(given, str) else list(given)
    if key == "rows" and not names:
        raise BadHeader("the header lacks 'rows': name the file that is mapped", place=Place(file, 1, 1))
    found = []
    for name in map(str, names):
        near = [path for path in (source.folder / name, source.folder / f"{name}.gz") if path.is_file()]
        if not near:
            raise BadHeader(f"there is no file {name!r} beside the mapping", place=_line(text, file, name))
        found.append(near[0])
    return found


def _line(text: str, file: str, word: str) -> Place:
    """Find the first line that holds a word, else the first line."""
    numbers = (number for number, line in enumerate(text.splitlines(), 1) if word in line)
    return Place(file, next(numbers, 1), 1)
