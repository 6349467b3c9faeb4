"""Where in a Turtle file each triple stands: the one place that turns terms back into lines and columns."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import defaultdict
from copy import copy
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple, Self

from claimgraph.dataset.positions.parts import Declaration, Fault, Triple
from claimgraph.dataset.positions.reader import Reader
from claimgraph.dataset.positions.terms import Node, Term
from claimgraph.errors import BadTurtle, Place

if TYPE_CHECKING:
    from collections.abc import Container, Iterator
    from pathlib import Path

    from pyoxigraph import NamedNode

_LONG_WORD = re.compile(r"(\S{60})\S{20,}")
_LINE_END = re.compile(r"\r\n|\n|\r")

__all__ = ["Node", "Positions", "Prefix", "Term", "Triple", "positions", "read"]


class Prefix(NamedTuple):
    """One ``@prefix`` of a document and where it stands."""

    name: str
    namespace: str
    place: Place


class Positions:
    """Hold the triples of one Turtle text in the order in which they are written, and find their places."""

    def __init__(self, file: str, text: str, triples: list[Triple], declarations: list[Declaration]) -> None:
        """Keep what a reader found; ``file`` is the name that places show."""
        self.file = file
        self.text = text
        self.triples = triples
        self._declarations = declarations

    def __iter__(self) -> Iterator[tuple[Node, NamedNode, Term]]:
        """Iterate over subject, predicate and object in the order of the text."""
        return ((s, p, o) for s, p, o, *_ in self.triples)

    def at(self, offset: int) -> Place:
        """Turn an offset in characters into a place."""
        line = bisect_right(self._lines, offset)
        return Place(self.file, line, offset - self._lines[line - 1] + 1)

    def subject(self, subject: Node) -> Place | None:
        """Find where a subject is first described."""
        found = self._by_subject.get(subject)
        return self.at(found[0][3]) if found else None

    def pair(self, subject: Node, predicate: NamedNode) -> list[Place]:
        """Find where a subject has a predicate: the places of the predicate."""
        found = (triple for triple in self._by_subject.get(subject, ()) if triple[1] == predicate)
        return [self.at(offset) for offset in dict.fromkeys(triple[4] for triple in found)]

    def triple(self, subject: Node, predicate: NamedNode, object_: Term) -> list[Place]:
        """Find where a triple is written: the places of its object, several when it is written twice."""
        found = self._by_subject.get(subject, ())
        return [self.at(triple[5]) for triple in found if triple[1] == predicate and triple[2] == object_]

    @property
    def prefixes(self) -> list[Prefix]:
        """List the prefixes that the text declares, in its order."""
        return [Prefix(d.prefix, d.namespace, self.at(d.offset)) for d in self._declarations]

    @property
    def namespaces(self) -> dict[str, str]:
        """Map each prefix that the text declares to its namespace, the last one where it is declared twice."""
        return {declaration.prefix: declaration.namespace for declaration in self._declarations}

    @property
    def subjects(self) -> dict[Node, list[Triple]]:
        """Group the triples by subject, in the order of the text."""
        return self._by_subject

    def subjects_at(self, place: Place) -> set[Node]:
        """Return the subjects of the triples that begin at a place, or have their predicate or object there."""
        if place.line > len(self._lines):
            return set()
        return self._by_offset.get(self._lines[place.line - 1] + place.column - 1, set())

    def only(self, subjects: Container[Term]) -> Self:
        """Return the same text with the triples of some subjects alone."""
        part = copy(self)
        for cached in ("_by_subject", "_by_offset"):
            part.__dict__.pop(cached, None)
        part.triples = [triple for triple in self.triples if triple[0] in subjects]
        return part

    @cached_property
    def _by_subject(self) -> dict[Node, list[Triple]]:
        groups: defaultdict[Node, list[Triple]] = defaultdict(list)
        for triple in self.triples:
            groups[triple[0]].append(triple)
        return dict(groups)

    @cached_property
    def _by_offset(self) -> dict[int, set[Node]]:
        found: defaultdict[int, set[Node]] = defaultdict(set)
        for subject, _, _, *offsets in self.triples:
            for offset in offsets:
                found[offset].add(subject)
        return dict(found)

    @cached_property
    def _lines(self) -> list[int]:
        return line_starts(self.text)


def line_starts(text: str) -> list[int]:
    """Return the offset at which each line begins; lines end as editors count them, with LF, CRLF or CR."""
    return [0, *(end.end() for end in _LINE_END.finditer(text))]


def read(text: str, file: str = "<text>", *, base: str | None = None, scope: str = "") -> Positions:
    """Read Turtle 1.1 from a text; ``scope`` begins the name of every blank node, to keep documents apart.

    Raises:
        BadTurtle: the text is not Turtle; with its place.
    """
    try:
        reader = Reader(text, base, scope)
        reader.read()
    except Fault as fault:
        place = Positions(file, text, [], []).at(fault.offset)
        raise BadTurtle(_LONG_WORD.sub(r"\1...", str(fault)), place=place) from fault
    return Positions(file, text, reader.triples, reader.prefixes)


def positions(path: Path, *, file: str | None = None, base: str | None = None, scope: str = "") -> Positions:
    """Read a Turtle file (UTF-8); ``file`` is the name that places show, by default its path.

    Raises:
        BadTurtle: the file is not UTF-8 or not Turtle; with its place.
        OSError: the file cannot be read.
    """
    name = str(path) if file is None else file
    data = path.read_bytes()
    try:
        text = data.decode()
    except UnicodeDecodeError as error:
        before = data[: error.start].decode()
        place = Positions(name, before, [], []).at(len(before))
        raise BadTurtle(f"byte 0x{data[error.start]:02X} is not UTF-8", place=place) from error
    return read(text, name, base=base, scope=scope)
