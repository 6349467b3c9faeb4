"""Proofs: why a triple is in the graph, as a tree whose leaves are lines in files."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pyoxigraph import NamedNode

    from claimgraph.reason import Rule
    from claimgraph.reason.backward.fact import Fact

DEEPEST = 60
"""How many steps below the first one an outline shows; what lies deeper can be asked for by itself."""


@dataclass(frozen=True, slots=True)
class Source:
    """Say where a triple is asserted: the graph, the place in a file, and who last changed the line.

    Lines and columns count from 1. What is not known is None, and ``note`` says why.
    """

    graph: NamedNode
    file: str | None = None
    line: int | None = None
    column: int | None = None
    commit: str | None = None
    author: str | None = None
    date: str | None = None
    note: str = ""

    @property
    def place(self) -> str:
        """Write the place as editors do, as far as it is known."""
        parts = (self.file, self.line, self.column)
        return ":".join(str(part) for part in parts if part is not None) or self.graph.value


@dataclass(frozen=True, eq=False, slots=True)
class Leaf:
    """Be a triple that is asserted, at one place or several."""

    fact: Fact
    sources: tuple[Source, ...]

    @property
    def premises(self) -> tuple[Proof, ...]:
        """Return nothing: an asserted triple rests on no other."""
        return ()


@dataclass(frozen=True, eq=False, slots=True)
class Node:
    """Be a triple that a rule derives from its premises, and from what nothing says (``absences``, as sentences)."""

    fact: Fact
    rule: Rule
    premises: tuple[Proof, ...]
    absences: tuple[str, ...]


Proof = Leaf | Node


@dataclass(frozen=True, eq=False, slots=True)
class Entry:
    """Be a step of an outline; ``again`` where the step with that number was shown before, ``cut`` where it goes on."""

    proof: Proof
    number: int
    children: tuple[Entry, ...]
    again: bool = False
    cut: bool = False


def outline(proof: Proof) -> Entry:
    """Lay a proof out for reading: what several steps rest on is shown once and then referred to by its number."""
    numbers: dict[Fact, int] = {}

    def lay(one: Proof, depth: int) -> Entry:
        again = one.fact in numbers
        number = numbers.setdefault(one.fact, len(numbers) + 1)
        if not one.premises:
            return Entry(one, number, ())
        if again or depth == DEEPEST:
            return Entry(one, number, (), again=again, cut=not again)
        return Entry(one, number, tuple(lay(premise, depth + 1) for premise in one.premises))

    return lay(proof, 0)


def steps(proof: Proof) -> Iterator[Proof]:
    """List every step of a proof once, the triple itself first."""
    seen = {proof.fact}
    waiting = [proof]
    while waiting:
        one = waiting.pop()
        yield one
        for premise in reversed(one.premises):
            if premise.fact not in seen:
                seen.add(premise.fact)
                waiting.append(premise)
