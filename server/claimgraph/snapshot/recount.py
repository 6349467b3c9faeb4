"""Bring the counts of a dataset up to date after a small change."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from pyoxigraph import BlankNode, Literal, NamedNode, Quad

from claimgraph.reason.again import triple_in
from claimgraph.snapshot.census import TYPE, Counts, datatype_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from claimgraph.reason.again import Change
    from claimgraph.reason.backward import Facts
    from claimgraph.reason.backward.pattern import Term
    from claimgraph.snapshot.census import Classes, Key

    Node = NamedNode | BlankNode

_TYPE = NamedNode(TYPE[1:-1].decode())
_NONE: Classes = frozenset()


def recount(counts: Counts, state: Change) -> Counts:
    """Return the counts as they are to be; see :class:`~claimgraph.snapshot.census.Counts`."""
    before, now = _Seen(state.was), _Seen(state)
    lines: Counter[Key] = Counter(counts.lines)
    things: Counter[Classes] = Counter(counts.things)
    for quad in _elsewhere(state, before, now):
        lines[before.key(quad)] -= 1
        lines[now.key(quad)] += 1
    for quad in state.gone:
        lines[before.key(quad)] -= 1
    for quad in state.new:
        lines[now.key(quad)] += 1
    for thing in _typed(state):
        things[before.classes(thing)] -= 1
        things[now.classes(thing)] += 1
    del things[_NONE]
    changed = [triple_in(quad) for quad in (*state.gone, *state.new)]
    subjects = sum(now.has(one, None) - before.has(one, None) for one in {subject for subject, _, _ in changed})
    objects = sum(now.has(None, one) - before.has(None, one) for one in {value for _, _, value in changed})
    return Counts(+lines, +things, counts.subjects + subjects, counts.objects + objects)


def classes_now(state: Change) -> Callable[[NamedNode], Iterator[str]]:
    """Return what tells the classes of a thing as they are to be."""
    now = _Seen(state)
    return lambda thing: (kind[1:-1].decode() for kind in now.classes(thing))


def _typed(state: Change) -> set[Node]:
    """List the things that got or lost a class."""
    changed = (triple_in(quad) for quad in (*state.gone, *state.new))
    return {subject for subject, predicate, _ in changed if predicate == _TYPE}


def _elsewhere(state: Change, before: _Seen, now: _Seen) -> set[Quad]:
    """Find the quads that stay, but count otherwise, since the classes of their subject or of their value changed."""
    found: set[Quad] = set()
    for thing in _typed(state):
        if before.classes(thing) != now.classes(thing):
            found.update(state.was.quads(thing, None, None))
            found.update(state.was.quads(None, None, thing))
    return found - state.gone


class _Seen:
    """Look things up in one state."""

    def __init__(self, facts: Facts) -> None:
        self._facts = facts
        self._classes: dict[Node, Classes] = {}

    def classes(self, thing: Term) -> Classes:
        """Return the classes of a thing that have names, as a dump writes them."""
        if isinstance(thing, Literal):
            return _NONE
        if thing not in self._classes:
            quads = self._facts.quads(thing, _TYPE, None)
            self._classes[thing] = frozenset(
                str(quad.object).encode() for quad in quads if isinstance(quad.object, NamedNode)
            )
        return self._classes[thing]

    def key(self, quad: Quad) -> Key:
        """Return by what a quad is counted."""
        subject, predicate, value = triple_in(quad)
        datatype = datatype_of(str(value).encode()) if isinstance(value, Literal) else ""
        return self.classes(subject), str(predicate).encode(), self.classes(value), datatype

    def has(self, subject: Node | None, value: Term | None) -> bool:
        """Tell whether anything is said of a subject, or with a value."""
        return next(self._facts.quads(subject, None, value), None) is not None
