"""What property paths lead to, without the ways there: each end once, however many ways lead to it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pyoxigraph import NamedNode

from claimgraph.reason.backward.fact import terms_of
from claimgraph.reason.backward.path import Either, Except, Inverse, Repeat, Sequence

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pyoxigraph import Quad

    from claimgraph.reason.backward.fact import Facts
    from claimgraph.reason.backward.path import Path
    from claimgraph.reason.backward.pattern import Term

    Pair = tuple[Term, Term]


class Ways:
    """Know the ways along property paths within a graph, or (None) within all graphs together."""

    def __init__(self, facts: Facts, graph: NamedNode | None) -> None:
        """Keep both."""
        self._facts = facts
        self._graph = graph

    def pairs(self, path: Path, start: Term | None, end: Term | None) -> Iterator[Pair]:
        """Find the pairs of ends that a path joins; either end may be open."""
        if start is not None:
            yield from ((start, one) for one in self.ends(path, start) if end is None or one == end)
        elif end is not None:
            yield from ((one, end) for one in self.ends(path, end, back=True))
        else:
            for node in self._facts.nodes(self._graph):
                yield from ((node, one) for one in self.ends(path, node))

    def ends(self, path: Path, start: Term, *, back: bool = False) -> set[Term]:
        """Return all that a path leads to from a term, or (``back``) all from which it leads there."""
        match path:
            case Inverse(inner):
                return self.ends(inner, start, back=not back)
            case Either(paths):
                return set[Any]().union(*(self.ends(inner, start, back=back) for inner in paths))
            case Sequence(paths):
                found = {start}
                for inner in reversed(paths) if back else paths:
                    found = set[Any]().union(*(self.ends(inner, one, back=back) for one in found))
                return found
            case Repeat():
                return self._repeated(path, start, back=back)
            case _:
                return self._stepped(path, start, back=back)

    def over(self, path: Path, quad: Quad) -> Iterator[Pair]:
        """Find the pairs of ends that a path joins by a step over a quad."""
        match path:
            case Inverse(inner):
                yield from ((start, end) for end, start in self.over(inner, quad))
            case Either(paths):
                for inner in paths:
                    yield from self.over(inner, quad)
            case Sequence(paths):
                for number, inner in enumerate(paths):
                    before, after = Sequence(paths[:number]), Sequence(paths[number + 1 :])
                    yield from self._led_on(before, self.over(inner, quad), after)
            case Repeat(inner, _, many):
                more: Path = Repeat(inner, 0, many=True) if many else Sequence(())
                yield from self._led_on(more, self.over(inner, quad), more)
            case _:
                subject, predicate, value = terms_of(quad)
                yield from ((value, subject) if back else (subject, value) for back in _sides(path, predicate))

    def _led_on(self, before: Path, pairs: Iterator[Pair], after: Path) -> Iterator[Pair]:
        for start, end in pairs:
            lasts = self.ends(after, end)
            yield from ((first, last) for first in self.ends(before, start, back=True) for last in lasts)

    def _repeated(self, path: Repeat, start: Term, *, back: bool) -> set[Term]:
        found = self.ends(path.path, start, back=back)
        waiting = list(found) if path.many else []
        while waiting:
            new = self.ends(path.path, waiting.pop(), back=back) - found
            found |= new
            waiting += new
        return found | {start} if path.least == 0 else found

    def _stepped(self, path: NamedNode | Except, start: Term, *, back: bool) -> set[Term]:
        """Take one step along a predicate, or along any but some."""
        if isinstance(path, NamedNode):
            if back:
                return {fact.subject for fact in self._facts.matching(None, path, start, self._graph)}
            return {fact.value for fact in self._facts.matching(start, path, None, self._graph)}
        out = self._facts.matching(start, None, None, self._graph)
        into = self._facts.matching(None, None, start, self._graph)
        return {fact.value for fact in out if back in _sides(path, fact.predicate)} | {
            fact.subject for fact in into if (not back) in _sides(path, fact.predicate)
        }


def _sides(path: NamedNode | Except, predicate: Term) -> list[bool]:
    """Tell in which directions a single step goes over a predicate: along it (False), against it (True)."""
    if isinstance(path, NamedNode):
        return [False] if predicate == path else []
    along = (path.forward or not path.backward) and predicate not in path.forward
    against = path.backward and predicate not in path.backward
    return [False] * bool(along) + [True] * bool(against)
