"""What a change of the data is, triple by triple, as numbers."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from claimgraph.check.again.numbers import number_of

if TYPE_CHECKING:
    from claimgraph.check.again.numbers import Row, Said


class Everything(Exception):
    """Say why all has to be judged: what the change bears on cannot be told, or is too much."""


@dataclass
class Change:
    """Hold the triples that files say now and did not, or did and do not; and names that are borne anew or no more.

    ``begun`` and ``ended`` are the things of which a file speaks for the first time, or no more.
    """

    triples: set[Row] = field(default_factory=set)
    names: set[int] = field(default_factory=set)
    begun: set[int] = field(default_factory=set)
    ended: set[int] = field(default_factory=set)

    def add(self, before: Said, now: Said) -> None:
        """Add how one file has changed."""
        self.triples |= before.triples ^ now.triples
        self.names |= {name for name, _ in before.names ^ now.names}
        self.begun |= now.subjects - before.subjects
        self.ended |= before.subjects - now.subjects

    @property
    def subjects(self) -> set[int]:
        """The things of which something else is said."""
        return {s for s, _, _ in self.triples}

    def of(self, *curies: str) -> set[int]:
        """Find the things of which something else is said with one of some predicates."""
        wanted = set(map(number_of, curies))
        return {s for s, p, _ in self.triples if p in wanted}

    def values(self, *curies: str) -> set[int]:
        """Find what is now, or was, the value of some predicates, or of any, and was not, or is not."""
        wanted = set(map(number_of, curies))
        return {o for _, p, o in self.triples if p in wanted or not wanted}
