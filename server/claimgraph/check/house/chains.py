"""Chains end: nothing is part of, a variant of, after or derived from itself."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from claimgraph.check.finding import Finding
from claimgraph.check.names import name
from claimgraph.sparql.prefixes import shorten

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from claimgraph.check.corpus import Corpus, Statement
    from claimgraph.dataset.positions import Term

_CHAINS: Final = (
    "belongsTo variantOf munitionOf partOfEvent presupposes predicateEntails custodyAfter bodyOf unitOf readAs "
    "respondsTo derivedFromReport"
)
_MAY_LOOP: Final = frozenset({name("cg:derivedFromReport")})
"""Media do cite each other in circles; the data may say so, but somebody should look."""


def loops(corpus: Corpus) -> Iterator[Finding]:
    """Find one loop for each group of things that reach themselves by one property."""
    for local in _CHAINS.split():
        predicate = name(f"cg:{local}")
        steps: dict[Term, list[Statement]] = {}
        for statement in corpus.with_predicate(predicate):
            steps.setdefault(statement.subject, []).append(statement)
        for loop in _loops(steps):
            shown = " -> ".join(shorten(step.subject.value) for step in (*loop, loop[0]))
            first = min(loop, key=lambda step: step.at(step.object_at))
            code = "CG806" if predicate in _MAY_LOOP else "CG805"
            yield Finding(first.at(first.object_at), code, f"{shorten(predicate.value)} comes back to itself: {shown}")


def _loops(steps: dict[Term, list[Statement]]) -> Iterator[Sequence[Statement]]:
    """Walk every chain once, depth first; where a step leads back into the walk, the walk from there is a loop."""
    done: set[Term] = set()
    for start in steps:
        walk: list[Statement] = []
        nodes: list[Term] = []
        waiting = [iter(steps.get(start, ()))] if start not in done else []
        nodes += [start] * bool(waiting)
        while waiting:
            step = next(waiting[-1], None)
            if step is None:
                waiting.pop()
                done.add(nodes.pop())
                del walk[-1:]
            elif step.object in nodes:
                yield [*walk[nodes.index(step.object) :], step]
            elif step.object not in done:
                walk.append(step)
                nodes.append(step.object)
                waiting.append(iter(steps.get(step.object, ())))
