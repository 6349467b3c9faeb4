"""The triples of a Turtle file by the store's parser, which is fast; their places are looked up where one is asked for.

Most files have no fault. Only for those that have one, the reader that knows places reads the text once more.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

from pyoxigraph import RdfFormat, parse

from claimgraph.dataset.positions import Positions, Prefix, Triple, read

if TYPE_CHECKING:
    from claimgraph.dataset.positions import Node, Term
    from claimgraph.errors import Place

_UNCOMMON: Final = ("[", "(", "_:", "<<", "{|", "~", "--", "version")
"""Blank nodes, whose names need the place, and what only Turtle 1.2 has."""
_PARTS: Final = 3


class Quick(Positions):
    """Be the triples of a text, each offset being the number of the part: 0 for the first subject, 3 for the second."""

    def __init__(self, file: str, text: str, triples: list[Triple], namespaces: dict[str, str]) -> None:
        """Take what the store's parser found."""
        super().__init__(file, text, triples, [])
        self._namespaces = namespaces

    def at(self, offset: int) -> Place:
        """Turn the number of a part of a triple into its place."""
        _, _, _, *offsets = self._read.triples[offset // _PARTS]
        return self._read.at(offsets[offset % _PARTS])

    def subjects_at(self, place: Place) -> set[Node]:
        """Return the subjects of the triples that begin at a place, or have their predicate or object there."""
        return self._read.subjects_at(place)

    @property
    def namespaces(self) -> dict[str, str]:
        """Map each prefix that the text declares to its namespace."""
        return self._namespaces

    @property
    def prefixes(self) -> list[Prefix]:
        """List the prefixes that the text declares, in its order."""
        return self._read.prefixes

    @cached_property
    def _read(self) -> Positions:
        return read(self.text, self.file)


def quick(text: str, file: str, known: dict[Term, Term]) -> Quick | None:
    """Read a text; None where it holds what only the reader that knows places can judge.

    ``known`` holds the terms of other texts, so that each is kept once.
    """
    lower = text.lower()
    if any(mark in lower for mark in _UNCOMMON):
        return None
    parser = parse(text, format=RdfFormat.TURTLE)
    triples: list[Triple] = []
    keep: Any = known.setdefault  # it gives back what it is given: a node stays a node
    at = 0
    try:
        for quad in parser:
            s, p, o = quad.subject, quad.predicate, quad.object
            triples.append((keep(s, s), keep(p, p), keep(o, o), at, at + 1, at + 2))
            at += _PARTS
    except SyntaxError:
        return None
    declared = parser.prefixes
    is_declared_twice = lower.count("prefix ") > len(declared)
    return None if is_declared_twice else Quick(file, text, triples, declared)
