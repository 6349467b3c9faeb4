"""Chains end: nothing is part of, a variant of, after or derived from itself."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from claimgraph.check.finding import Finding
from claimgraph.check.names import name
from claimgraph.sparql.prefixes import shorten

if TYPE_CHECKING:
    from collections.abc import Container, Iterator, Sequence

    from claimgraph.check.corpus import Corpus, Statement
    from claimgraph.dataset.positions import Term

_LOCAL: Final = (
    "belongsTo variantOf munitionOf partOfEvent presupposes predicateEntails custodyAfter bodyOf unitOf readAs "
    "respondsTo derivedFromReport"
)
CHAINS: Final = tuple(f"cg:{local}" for local in _LOCAL.split())
"""The properties that must not lead back, by their short names."""
_MAY_LOOP: Final = frozenset({name("cg:derivedFromReport")})
"""Media do cite each other in circles; the data may say so, but somebody should look."""


def loops(corpus: Corpus) -> Iterator[Finding]:
    """Find one loop for each group of things that reach themselves, and each other, by one property."""
    for curie in CHAINS:
        predicate = name(curie)
        steps: dict[Term, list[Statement]] = {}
        for statement in corpus.with_predicate(predicate):
            steps.setdefault(statement.subject, []).append(statement)
        for loop in _loops(steps):
            shown = " -> ".join(shorten(step.subject.value) for step in (*loop, loop[0]))
            code = "CG806" if predicate in _MAY_LOOP else "CG805"
            place = loop[0].at(loop[0].object_at)
            yield Finding(place, code, f"{shorten(predicate.value)} comes back to itself: {shown}")


def _loops(steps: dict[Term, list[Statement]]) -> Iterator[Sequence[Statement]]:
    """Give the shortest loop through the first thing of each group, in the order of files and lines.

    So a group has the same loop whatever else leads to it.
    """
    ahead = _core({thing: [step.object for step in found] for thing, found in steps.items()})
    back = _turned(ahead)
    done: set[Term] = set()
    for start in ahead:
        loop = _shortest(steps, start, ahead) if start not in done else ()
        if loop:
            yield loop
            done |= _reached(ahead, start) & _reached(back, start)


def _core(ahead: dict[Term, list[Term]]) -> dict[Term, list[Term]]:
    """Leave out what leads nowhere, then what leads only there, and so on: on most chains nothing stays."""
    back = _turned(ahead)
    left = {thing: len(following) for thing, following in ahead.items()}
    ended = [one for one in back if one not in ahead]
    for one in ended:
        for thing in back.get(one, ()):
            left[thing] -= 1
            if not left[thing]:
                ended.append(thing)
    gone = set(ended)
    return {thing: [one for one in ahead[thing] if one not in gone] for thing in ahead if thing not in gone}


def _turned(ahead: dict[Term, list[Term]]) -> dict[Term, list[Term]]:
    back: dict[Term, list[Term]] = {}
    for thing, following in ahead.items():
        for one in following:
            back.setdefault(one, []).append(thing)
    return back


def _shortest(steps: dict[Term, list[Statement]], start: Term, ahead: Container[Term]) -> Sequence[Statement]:
    """Find the shortest way from a thing back to it; empty where there is none."""
    ways: dict[Term, tuple[Statement, ...]] = {start: ()}
    for thing in (waiting := [start]):
        for step in steps[thing]:
            if step.object == start:
                return (*ways[thing], step)
            if step.object in ahead and step.object not in ways:
                ways[step.object] = (*ways[thing], step)
                waiting.append(step.object)
    return ()


def _reached(ahead: dict[Term, list[Term]], start: Term) -> set[Term]:
    found = {start}
    for thing in (waiting := [start]):
        new = set(ahead.get(thing, ())) - found
        found |= new
        waiting.extend(new)
    return found
