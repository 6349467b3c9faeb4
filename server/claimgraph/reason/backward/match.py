"""Match single patterns against facts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from claimgraph.reason.backward.solution import Solution, Support, known, unified
from claimgraph.reason.backward.walk import walk

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pyoxigraph import NamedNode

    from claimgraph.reason.backward.fact import Facts
    from claimgraph.reason.backward.pattern import Triple, Walk
    from claimgraph.reason.backward.solution import Binding


def matched(facts: Facts, part: Triple, binding: Binding, graph: NamedNode | None) -> Iterator[Solution]:
    """Match a triple pattern; each solution rests on the fact that matches."""
    slots = (part.subject, part.predicate, part.value)
    subject, predicate, value = (known(slot, binding) for slot in slots)
    for fact in facts.matching(subject, predicate, value, graph):
        found = unified(slots, fact[:3])
        if found is not None:
            yield Solution(found, Support((fact,)))


def walked(facts: Facts, part: Walk, binding: Binding, graph: NamedNode | None) -> Iterator[Solution]:
    """Match a property path; each solution rests on the steps of a way along it."""
    start, end = known(part.subject, binding), known(part.value, binding)
    for first, last, steps in walk(facts, part.path, start, end, graph):
        found = unified((part.subject, part.value), (first, last))
        if found is not None:
            yield Solution(found, Support(steps))
