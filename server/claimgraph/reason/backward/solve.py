"""Find the solutions of a rule's pattern together with what each rests on: the triples matched, and those that are not.

The store evaluates rules as a whole and says nothing about how. Here one conclusion at a time is looked at, with the
variables of the rule's head bound, so few triples are touched. Solutions come one by one: a rule that has a thousand
reasons for a conclusion is not asked for all of them.
"""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

from pyoxigraph import NamedNode, Variable

from claimgraph.reason.backward.aggregate import folded
from claimgraph.reason.backward.expression import Any, Both, Exists, Not, Scalar
from claimgraph.reason.backward.match import matched, walked
from claimgraph.reason.backward.pattern import Bind, Minus, Named, Optional, Pool, Select, Triple, Union, Values, Walk
from claimgraph.reason.backward.reach import Ways
from claimgraph.reason.backward.solution import (
    Absence,
    Scope,
    Solution,
    Support,
    bound,
    column,
    known,
    promise,
    unified,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from claimgraph.reason.backward.expression import Formula
    from claimgraph.reason.backward.fact import Facts
    from claimgraph.reason.backward.pattern import Group, Part, Step, Term
    from claimgraph.reason.backward.solution import Binding


class Solver:
    """Match groups of patterns against facts."""

    def __init__(self, facts: Facts) -> None:
        """Keep the facts."""
        self._facts = facts

    def solve(self, group: Group, given: Binding, scope: Scope) -> Iterator[Solution]:
        """Find the solutions of a group that agree with the values given."""
        for found in self._unfiltered(group, given, scope):
            for support in self._all_hold(group.filters, found.binding, scope):
                yield Solution(found.binding, found.support | support)

    def nothing(self, group: Group, given: Binding, scope: Scope) -> Iterator[Support]:
        """Find what it rests on that a group has no solution; there is nothing to find if it has one.

        Where patterns match but a NOT EXISTS below takes every match away, each match counts as a premise, and so does
        what takes it away: this is how a rule says "for all".
        """
        plain = [test for test in group.filters if isinstance(test, Scalar)]
        others = [test for test in group.filters if not isinstance(test, Scalar)]
        unfiltered = self._unfiltered(group, given, scope)
        matches = [found for found in unfiltered if all(test.holds(found.binding) for test in plain)]
        absence = Absence(group, {**given, **scope.fixed}, besides=bool(matches))
        return self._refuted(matches, others, scope, Support((), (absence,)))

    def _refuted(
        self, matches: Sequence[Solution], tests: Sequence[Formula], scope: Scope, support: Support
    ) -> Iterator[Support]:
        if not matches:
            yield support
            return
        first = matches[0]
        for test in tests:
            for reason in self._fails(test, first.binding, scope):
                yield from self._refuted(matches[1:], tests, scope, support | first.support | reason)

    def _unfiltered(self, group: Group, given: Binding, scope: Scope) -> Iterator[Solution]:
        known_twice = {source: given[name] for name, source in group.aliases if name in given} | dict(given)
        start = {name: term for name, term in known_twice.items() if name in group.inherits} | dict(scope.fixed)
        for found in self._steps(group.steps, Solution(start), scope):
            if all(found.binding.get(name, term) == term for name, term in given.items()):
                yield found

    def _steps(self, steps: tuple[Step, ...], so_far: Solution, scope: Scope) -> Iterator[Solution]:
        if not steps:
            yield so_far
            return
        found: Iterable[Solution]
        match steps[0]:
            case Pool(parts):
                found = self._join(parts, so_far, scope)
            case Optional(group):
                found = self._optional(group, so_far, scope)
            case Minus(group):
                found = self._minus(group, so_far, scope)
            case Bind() as bind:
                found = bound(bind, so_far)
        for solution in found:
            yield from self._steps(steps[1:], solution, scope)

    def _optional(self, group: Group, so_far: Solution, scope: Scope) -> Iterator[Solution]:
        inner = Scope(so_far.binding, scope.graph)
        missing = True
        for found in self.solve(group, {}, inner):
            missing = False
            yield so_far | found
        if missing:
            for support in self.nothing(group, {}, inner):
                yield Solution(so_far.binding, so_far.support | support)

    def _minus(self, group: Group, so_far: Solution, scope: Scope) -> Iterator[Solution]:
        shared = {name: term for name, term in so_far.binding.items() if name in group.names}
        if not shared:
            yield so_far
            return
        for support in self.nothing(group, shared, scope):
            yield Solution(so_far.binding, so_far.support | support)

    def _join(self, parts: tuple[Part, ...], so_far: Solution, scope: Scope) -> Iterator[Solution]:
        """Match the parts of a pool, each time the one of which most is known."""
        if not parts:
            yield so_far
            return
        part = max(parts, key=lambda part: promise(part, so_far.binding))
        others = tuple(other for other in parts if other is not part)
        for found in self._part(part, so_far.binding, scope):
            yield from self._join(others, so_far | found, scope)

    def _part(self, part: Part, binding: Binding, scope: Scope) -> Iterator[Solution]:
        match part:
            case Triple():
                yield from matched(self._facts, part, binding, scope.graph)
            case Walk():
                yield from walked(self._facts, part, binding, scope.graph)
            case Union(branches):
                for branch in branches:
                    yield from self.solve(branch, binding, scope)
            case Named():
                yield from self._named(part, binding, scope)
            case Values(rows):
                for row in rows:
                    if all(binding.get(name, term) == term for name, term in row.items()):
                        yield Solution(row)
            case Select():
                yield from self._select(part, binding, scope)
            case _:
                yield from self.solve(part, binding, scope)

    def _named(self, part: Named, binding: Binding, scope: Scope) -> Iterator[Solution]:
        given = known(part.graph, binding)
        for graph in self._facts.graphs() if given is None else (given,):
            if isinstance(graph, NamedNode):
                own = {part.graph.value: graph} if isinstance(part.graph, Variable) else {}
                for found in self.solve(part.group, {**binding, **own}, Scope(scope.fixed, graph)):
                    yield Solution({**found.binding, **own}, found.support)

    def _select(self, part: Select, binding: Binding, scope: Scope) -> Iterator[Solution]:
        """Solve a sub-query, into which only what it projects can be passed down."""
        plain = {name for name, scalar in part.columns.items() if scalar is None}
        passed = plain & set(part.keys) if part.folds or part.keys else plain
        given = {name: binding[name] for name in passed if name in binding}
        inner = Scope({name: term for name, term in scope.fixed.items() if name in passed}, scope.graph)
        rows = self.solve(part.group, given, inner)
        for row in folded(part, rows, given) if part.folds or part.keys else rows:
            values = {name: column(name, scalar, row.binding) for name, scalar in part.columns.items()}
            found = {name: term for name, term in values.items() if term is not None}
            if all(binding.get(name, term) == term for name, term in found.items()):
                yield Solution(found, row.support)

    def _all_hold(self, tests: Sequence[Formula], binding: Binding, scope: Scope) -> Iterator[Support]:
        if not tests:
            yield Support()
            return
        for first in self._holds(tests[0], binding, scope):
            for others in self._all_hold(tests[1:], binding, scope):
                yield first | others

    def _holds(self, test: Formula, binding: Binding, scope: Scope) -> Iterator[Support]:
        match test:
            case Scalar():
                if test.holds(binding):
                    yield Support()
            case Both(parts):
                yield from self._all_hold(parts, binding, scope)
            case Any(parts):
                for part in parts:
                    yield from self._holds(part, binding, scope)
            case Not(part):
                yield from self._fails(part, binding, scope)
            case Exists(group):
                for found in self.solve(group, {}, Scope(binding, scope.graph)):
                    yield found.support

    def _fails(self, test: Formula, binding: Binding, scope: Scope) -> Iterator[Support]:
        match test:
            case Scalar():
                if not test.holds(binding):
                    yield Support()
            case Both(parts):
                for part in parts:
                    yield from self._fails(part, binding, scope)
            case Any(parts):
                yield from self._all_hold([Not(part) for part in parts], binding, scope)
            case Not(part):
                yield from self._holds(part, binding, scope)
            case Exists(group):
                yield from self.nothing(group, {}, Scope(binding, scope.graph))


class Answers(Solver):
    """Match groups of patterns for what is bound alone: each answer of a sub-query once, whatever it rests on.

    A rule that has two thousand reasons for each of two things would otherwise give four million solutions.
    """

    def nothing(self, group: Group, given: Binding, scope: Scope) -> Iterator[Support]:
        """Tell whether a group has no solution, without saying why."""
        if next(self.solve(group, given, scope), None) is None:
            yield Support()

    def _part(self, part: Part, binding: Binding, scope: Scope) -> Iterator[Solution]:
        if not isinstance(part, Walk):
            yield from super()._part(part, binding, scope)
            return
        start, end = known(part.subject, binding), known(part.value, binding)
        for pair in Ways(self._facts, scope.graph).pairs(part.path, start, end):
            found = unified((part.subject, part.value), pair)
            if found is not None:
                yield Solution(found)

    def _select(self, part: Select, binding: Binding, scope: Scope) -> Iterator[Solution]:
        seen: set[frozenset[tuple[str, Term]]] = set()
        for found in super()._select(part, binding, scope):
            row = frozenset(found.binding.items())
            if row not in seen:
                seen.add(row)
                yield found
            if part.names <= binding.keys():
                return

    def _all_hold(self, tests: Sequence[Formula], binding: Binding, scope: Scope) -> Iterator[Support]:
        yield from islice(super()._all_hold(tests, binding, scope), 1)
