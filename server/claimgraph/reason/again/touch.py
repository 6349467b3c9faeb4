"""Which solutions of a rule a single quad may bear on: where it stands for one of the patterns, wherever that is.

A quad that comes or goes can change what a rule derives only where one of the rule's patterns matches it, below
NOT EXISTS, MINUS and OPTIONAL as well. From there the patterns around are joined, without what takes solutions away:
so too many solutions may be named, never too few. If a solution is there before a change and not after it, or the other
way round, some quad that differs names it in the state that has the quad, since all patterns around hold there.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from pyoxigraph import NamedNode

from claimgraph.reason.backward.arrange import group_of
from claimgraph.reason.backward.expression import Any, Both, Exists, Not
from claimgraph.reason.backward.fact import terms_of
from claimgraph.reason.backward.pattern import (
    Minus,
    Named,
    Optional,
    Pool,
    Select,
    Triple,
    Union,
    Values,
    Walk,
    names_of,
)
from claimgraph.reason.backward.reach import Ways
from claimgraph.reason.backward.solution import Scope, known, unified
from claimgraph.reason.backward.solve import Answers

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from pyoxigraph import Quad

    from claimgraph.reason.backward.expression import Formula
    from claimgraph.reason.backward.fact import Facts
    from claimgraph.reason.backward.pattern import Fold, Group, Part, Slot, Term
    from claimgraph.reason.backward.solution import Binding


@dataclass(frozen=True)
class Level:
    """Be what stands around a pattern within one pair of braces, and what of it is known outside (None: everything)."""

    around: Group
    columns: frozenset[str] | None
    graph: Slot | None


@dataclass(frozen=True)
class Occurrence:
    """Be one pattern of a rule, the graph that it is asked of, and what stands around it, level by level."""

    pattern: Triple | Walk
    graph: Slot | None
    bound: frozenset[str]
    levels: tuple[Level, ...] = ()

    def beside(self, parts: Iterable[Part], graph: Slot | None, columns: frozenset[str] | None = None) -> Occurrence:
        """Say what stands beside the pattern one level further out, as far as it hangs together with it."""
        rest, bound, near = list(parts), self.bound, []
        while found := [part for part in rest if part.names & bound]:
            near += found
            rest = [part for part in rest if part not in found]
            bound |= frozenset[str]().union(*(part.names for part in found))
        level = Level(group_of(near, ()), columns, graph)
        bound = bound if columns is None else bound & columns
        return replace(self, bound=bound, levels=(*self.levels, level))

    def bindings(self, quad: Quad, given: Binding, facts: Facts) -> Iterator[Binding]:
        """Find what the variables around stand for where the pattern stands for a quad."""
        for found in self._matches(quad, facts):
            if all(given.get(name, term) == term for name, term in found.items()):
                yield from _joined({**given, **found}, self.levels, given, Answers(facts))

    def _matches(self, quad: Quad, facts: Facts) -> Iterator[Binding]:
        slots: list[Slot] = [] if self.graph is None else [self.graph]
        graph = quad.graph_name
        terms: list[Term] = [] if self.graph is None or not isinstance(graph, NamedNode) else [graph]
        if isinstance(self.pattern, Triple):
            own = (self.pattern.subject, self.pattern.predicate, self.pattern.value)
            matches: Iterable[tuple[Term, ...]] = [terms_of(quad)]
        else:
            own = (self.pattern.subject, self.pattern.value)  # type: ignore[assignment]
            within = graph if self.graph is not None and isinstance(graph, NamedNode) else None
            matches = Ways(facts, within).over(self.pattern.path, quad)
        for match in matches:
            found = unified((*slots, *own), (*terms, *match))
            if found is not None:
                yield found


def occurrences(group: Group, graph: Slot | None = None) -> Iterator[Occurrence]:
    """List all patterns of a group."""
    pools = [part for step in group.steps if isinstance(step, Pool) for part in step.parts]
    parts = [_bare(part) for part in pools]
    for number, part in enumerate(pools):
        others = parts[:number] + parts[number + 1 :]
        for one in _within(part, graph):
            yield one.beside(others, graph)
    for below in _below(group):
        for one in occurrences(below, graph):
            yield one.beside(parts, graph)


def folds(group: Group) -> Iterator[Fold]:
    """List the aggregates of a group, at any depth."""
    for step in group.steps:
        for part in step.parts if isinstance(step, Pool) else ():
            yield from part.folds if isinstance(part, Select) else ()
            for inner in _groups(part):
                yield from folds(inner)
    for inner in _below(group):
        yield from folds(inner)


def _groups(part: Part) -> tuple[Group, ...]:
    match part:
        case Union(branches):
            return branches
        case Named() | Select():
            return (part.group,)
        case Triple() | Walk() | Values():
            return ()
        case _:
            return (part,)


def _below(group: Group) -> list[Group]:
    """List the groups that a group asks for beside what must match."""
    inner = [step.group for step in group.steps if isinstance(step, Optional | Minus)]
    return inner + [below for formula in group.filters for below in _asked(formula)]


def _within(part: Part, graph: Slot | None) -> Iterator[Occurrence]:
    match part:
        case Triple() | Walk():
            yield Occurrence(part, graph, part.names | (names_of(graph) if graph is not None else frozenset()))
        case Union(branches):
            for branch in branches:
                yield from occurrences(branch, graph)
        case Named(name, group):
            yield from occurrences(group, name)
        case Select():
            columns = _plain(part)
            for one in occurrences(part.group, graph):
                yield one.beside((), graph, columns)
        case _ if not isinstance(part, Values):
            yield from occurrences(part, graph)


def _asked(formula: Formula) -> Iterator[Group]:
    """List the groups of which a filter asks whether they match."""
    match formula:
        case Exists(group):
            yield group
        case Not(part):
            yield from _asked(part)
        case Both(parts) | Any(parts):
            for part in parts:
                yield from _asked(part)


def _bare(part: Part) -> Part:
    """Take from a part what takes solutions away, and what it computes."""
    match part:
        case Union(branches):
            return Union(tuple(_bare_group(branch) for branch in branches))
        case Named(graph, group):
            return Named(graph, _bare_group(group))
        case Select():
            return Select(_bare_group(part.group), dict.fromkeys(sorted(_plain(part))), (), (), ())
        case Triple() | Walk() | Values():
            return part
        case _:
            return _bare_group(part)


def _bare_group(group: Group) -> Group:
    parts = [_bare(part) for step in group.steps if isinstance(step, Pool) for part in step.parts]
    return group_of(parts, ())


def _plain(part: Select) -> frozenset[str]:
    """Name the columns of a sub-query that are variables of its patterns."""
    plain = frozenset(name for name, scalar in part.columns.items() if scalar is None)
    return plain & frozenset(part.keys) if part.keys or part.folds else plain


def _joined(found: Binding, levels: tuple[Level, ...], given: Binding, solver: Answers) -> Iterator[Binding]:
    if not levels:
        yield found
        return
    level = levels[0]
    graph = known(level.graph, found) if level.graph is not None else None
    scope = Scope({}, graph if isinstance(graph, NamedNode) else None)
    seen = set()
    for solution in solver.solve(level.around, found, scope):
        more: Binding = {**found, **solution.binding}
        if level.columns is not None:
            more = {**given, **{name: term for name, term in more.items() if name in level.columns}}
        key = frozenset(more.items())
        if key not in seen:
            seen.add(key)
            yield from _joined(more, levels[1:], given, solver)
