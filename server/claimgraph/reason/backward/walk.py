"""Walk along property paths that no plain pattern can stand for, and remember the steps."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING

from pyoxigraph import Literal, NamedNode

from claimgraph.reason.backward.path import Either, Except, Inverse, Repeat, Sequence

if TYPE_CHECKING:
    from collections.abc import Iterator

    from claimgraph.reason.backward.fact import Fact, Facts
    from claimgraph.reason.backward.path import Path
    from claimgraph.reason.backward.pattern import Term

    Steps = tuple[Fact, ...]


def walk(
    facts: Facts, path: Path, start: Term | None, end: Term | None, graph: NamedNode | None
) -> Iterator[tuple[Term, Term, Steps]]:
    """Find the ways along a path, the short ones first, between two ends of which either may be open."""
    if start is not None:
        for reached, steps in _from(facts, path, start, graph):
            if end is None or reached == end:
                yield start, reached, steps
    elif end is not None:
        for reached, steps in _from(facts, Inverse(path), end, graph):
            yield reached, end, steps
    else:
        for node in facts.nodes(graph):
            for reached, steps in _from(facts, path, node, graph):
                yield node, reached, steps


def _from(facts: Facts, path: Path, start: Term, graph: NamedNode | None) -> Iterator[tuple[Term, Steps]]:
    match path:
        case NamedNode():
            for fact in facts.matching(start, path, None, graph):
                yield fact.value, (fact,)
        case Inverse():
            yield from _back(facts, path.path, start, graph)
        case Sequence():
            yield from _along(facts, path.paths, start, graph)
        case Either():
            for part in path.paths:
                yield from _from(facts, part, start, graph)
        case Repeat():
            yield from _repeated(facts, path, start, graph)
        case Except():
            yield from _except(facts, path, start, graph)


def _back(facts: Facts, path: Path, start: Term, graph: NamedNode | None) -> Iterator[tuple[Term, Steps]]:
    """Walk against a path: turn it round, down to its single steps."""
    match path:
        case NamedNode():
            for fact in facts.matching(None, path, start, graph):
                yield fact.subject, (fact,)
        case Inverse():
            yield from _from(facts, path.path, start, graph)
        case Sequence():
            turned: Path = Sequence(tuple(Inverse(part) for part in reversed(path.paths)))
            yield from _from(facts, turned, start, graph)
        case Either():
            yield from _from(facts, Either(tuple(Inverse(part) for part in path.paths)), start, graph)
        case Repeat():
            yield from _from(facts, Repeat(Inverse(path.path), path.least, path.many), start, graph)
        case Except():
            yield from _from(facts, Except(path.backward, path.forward), start, graph)


def _along(facts: Facts, paths: tuple[Path, ...], start: Term, graph: NamedNode | None) -> Iterator[tuple[Term, Steps]]:
    if not paths:
        yield start, ()
        return
    for between, first in _from(facts, paths[0], start, graph):
        for reached, others in _along(facts, paths[1:], between, graph):
            yield reached, first + others


def _repeated(facts: Facts, path: Repeat, start: Term, graph: NamedNode | None) -> Iterator[tuple[Term, Steps]]:
    """Walk breadth first along ways that visit nothing twice; where one goes in circles, another is found."""
    if path.least == 0:
        yield start, ()
    waiting: deque[tuple[Term, Steps, frozenset[Term]]] = deque([(start, (), frozenset())])
    while waiting:
        node, steps, visited = waiting.popleft()
        for reached, more in _from(facts, path.path, node, graph):
            if reached in visited or (reached == start and path.least == 0):
                continue
            yield reached, steps + more
            if path.many and not isinstance(reached, Literal):
                waiting.append((reached, steps + more, visited | {reached}))


def _except(facts: Facts, path: Except, start: Term, graph: NamedNode | None) -> Iterator[tuple[Term, Steps]]:
    if path.forward or not path.backward:
        for fact in facts.matching(start, None, None, graph):
            if fact.predicate not in path.forward:
                yield fact.value, (fact,)
    if path.backward:
        for fact in facts.matching(None, None, start, graph):
            if fact.predicate not in path.backward:
                yield fact.subject, (fact,)
