"""What reading Turtle gives: triples with offsets, declarations of prefixes, and faults."""

from __future__ import annotations

from typing import NamedTuple

from pyoxigraph import NamedNode

from claimgraph.dataset.positions.terms import Node, Term

Triple = tuple[Node, NamedNode, Term, int, int, int]
"""Subject, predicate, object, and the offset of each in the text, in characters."""


class Declaration(NamedTuple):
    """One ``@prefix`` of a document: the prefix without its colon, the IRI, and the offset of the prefix."""

    prefix: str
    namespace: str
    offset: int


class Fault(ValueError):
    """Say what is wrong with a text and at which offset."""

    def __init__(self, message: str, offset: int) -> None:
        """Keep the offset, in characters, beside the message."""
        super().__init__(message)
        self.offset = offset
