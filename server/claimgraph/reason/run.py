"""Reasoning: run the rules over a store until nothing new follows, in an order read from what they read and write."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from claimgraph.reason.beside import Beside
from claimgraph.reason.insert import LinearUnit, linear_units
from claimgraph.reason.linear import linear
from claimgraph.reason.order import Dependencies
from claimgraph.reason.schema import classes_of, derives_axioms, instances
from claimgraph.reason.unit import Progress, QueryUnit

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from pyoxigraph import Store

    from claimgraph.reason.linear import LinearRule
    from claimgraph.reason.rule import Rule
    from claimgraph.reason.spill import Spill
    from claimgraph.reason.unit import Unit

MAX_ROUNDS = 500
"""How often rules that need each other take turns before they are said never to settle."""


def reason(
    store: Store,
    rules: Sequence[Rule],
    max_rounds: int = MAX_ROUNDS,
    spill: Spill | None = None,
    told: Callable[[int, int], None] = lambda _done, _all: None,
) -> dict[str, float]:
    """Derive into a store whatever follows by the rules, each into its own graph; return the seconds of each rule.

    Axioms come first, since they say which properties and classes the other rules of OWL speak of. A triple that is
    asserted, or derived by another rule before, is not derived again. With a ``spill``, much of what no rule reads goes
    there in place of the store. ``told`` is called with how many groups of steps are done, and of how many.

    Raises:
        BadRule: rules need each other's absence, never settle, or derive axioms although they are not rules of OWL.
    """
    for rule in rules:
        if derives_axioms(rule) and not rule.is_owl:
            raise rule.fault("the rule derives axioms of the ontology; only the rules of OWL may")
    seconds = {rule.name: 0.0 for rule in rules}
    progress = Progress(store, seconds=seconds)
    _settle([QueryUnit(rule, {}) for rule in rules if derives_axioms(rule)], progress, max_rounds, told)
    units = units_of([rule for rule in rules if not derives_axioms(rule)], store)
    progress.holders.clear()
    for unit in units:
        for shape, graphs in unit.writes.items():
            progress.planned.setdefault(shape, set()).update(graphs)
            if shape.predicate is not None:
                progress.watch(shape)
    progress.spill = spill
    _settle(units, progress, max_rounds, told)
    return {name: round(spent, 6) for name, spent in sorted(seconds.items())}


def units_of(rules: Sequence[Rule], store: Store) -> list[Unit]:
    """Make the steps that some rules consist of, given the axioms in a store."""
    single: list[LinearRule] = []
    others: list[QueryUnit] = []
    for rule in rules:
        for binding in instances(rule, store):
            step = linear(rule, binding)
            if step:
                single.append(step)
            else:
                others.append(QueryUnit(rule, binding, partial(classes_of, store)))
    return _apart([*linear_units(single, [unit.rule for unit in others if not unit.rule.is_owl]), *others])


def _apart(units: Sequence[Unit]) -> list[Unit]:
    """Take out of steps that need each other whatever leads to none of them, to be done once they have settled.

    So it hangs on the order of the steps, and not on their turns, which rule derives it.
    """
    dependencies = Dependencies(units)
    found: dict[int, list[Unit]] = {number: [unit] for number, unit in enumerate(units)}
    for group in filter(dependencies.is_recursive, dependencies.groups()):
        read = {shape for number in group for shape in units[number].reads.positive | units[number].reads.negative}
        for number in group:
            unit = units[number]
            if isinstance(unit, LinearUnit):
                found[number] = list(unit.split(read))
    return [unit for parts in found.values() for unit in parts]


def _settle(units: Sequence[Unit], progress: Progress, max_rounds: int, told: Callable[[int, int], None]) -> None:
    """Run steps, and those that need each other in turns until none adds anything."""
    dependencies = Dependencies(units)
    with Beside(dependencies, progress) as beside:
        for number, (group, answer) in enumerate(beside):
            told(number, len(beside.groups))
            if dependencies.is_recursive(group):
                take_turns([units[number] for number in group], answer, progress, max_rounds)
            else:
                progress.unread = beside.unread(group[0]) if progress.spill else frozenset()
                units[group[0]].run(progress, answer, in_turns=False)
                progress.unread = frozenset()


def take_turns(units: Sequence[Unit], answer: object, progress: Progress, max_rounds: int) -> None:
    """Run steps in turns; ``answer`` is what the first of them has asked before."""
    for _ in range(max_rounds):
        answers = [answer, *[None] * (len(units) - 1)]
        # Not any(): each of the steps must have its turn.
        if not sum(unit.run(progress, one, in_turns=True) for unit, one in zip(units, answers, strict=True)):
            return
        if len(units) == 1 and not units[0].feeds_itself(progress.store):
            return
        answer = None
    rule = next(iter(units[0].rules))
    names = ", ".join(sorted({rule.name for unit in units for rule in unit.rules}))
    raise rule.fault(f"does not settle: after {max_rounds} rounds there is still something new ({names})")
