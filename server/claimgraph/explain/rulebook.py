"""The rules as explanations need them: each read once, when it is first asked for, and run backwards."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from pyoxigraph import NamedNode, Variable

from claimgraph.errors import UnknownName
from claimgraph.reason import load_on_demand_rules, load_rule
from claimgraph.reason.backward.read import Reader
from claimgraph.reason.backward.related import related
from claimgraph.reason.backward.solution import Scope, unified

if TYPE_CHECKING:
    from collections.abc import Iterator

    from claimgraph.dataset import Layout
    from claimgraph.reason import Rule
    from claimgraph.reason.backward.fact import Fact, Facts
    from claimgraph.reason.backward.pattern import Group, Slot, Term
    from claimgraph.reason.backward.solution import Absence, Binding
    from claimgraph.reason.backward.solve import Solver

_Pattern = tuple["Slot", "Slot", "Slot"]


class Derivation(NamedTuple):
    """Be one way in which a rule comes to a conclusion."""

    rule: Rule
    premises: tuple[Fact, ...]
    absences: tuple[Absence, ...]


class BackwardRule:
    """Run a rule from a conclusion back to what it was drawn from."""

    def __init__(self, rule: Rule) -> None:
        """Read the rule.

        Raises:
            BadRule: it has a part that explanations do not cover.
        """
        self.rule = rule
        reader = Reader(rule)
        self.template = reader.template()
        self.where: Group = reader.where()

    def concludes(self, predicate: Term) -> bool:
        """Tell whether the rule can derive a predicate."""
        return any(isinstance(slot, Variable) or slot == predicate for _, slot, _ in self.template)

    def derivations(self, fact: Fact, facts: Facts, solver: Solver) -> Iterator[Derivation]:
        """Find the ways in which the rule derives a fact, those that it says most about first."""
        for number, pattern in enumerate(self.template):
            start = unified(pattern, fact[:3])
            if start is None:
                continue
            others = self.template[:number] + self.template[number + 1 :]
            for seed in [*related(others, start, facts), start] if others else [start]:
                for found in solver.solve(self.where, seed, Scope({})):
                    if all(found.binding.get(name) == term for name, term in start.items()):
                        premises = tuple(dict.fromkeys(found.support.premises))
                        yield Derivation(self.rule, premises, tuple(_distinct(found.support.absences)))


def _distinct(absences: tuple[Absence, ...]) -> Iterator[Absence]:
    seen: list[tuple[int, Binding]] = []
    for absence in absences:
        key = (id(absence.group), absence.binding)
        if key not in seen:
            seen.append(key)
            yield absence


class Rulebook:
    """Hold the rules of a dataset by name."""

    def __init__(self, layout: Layout) -> None:
        """Remember where the rules lie; none is read yet."""
        self._layout = layout
        self._rules: dict[str, BackwardRule] = {}
        self._on_demand: list[BackwardRule] | None = None

    def __getitem__(self, name: str) -> BackwardRule:
        """Return the rule of a name.

        Raises:
            UnknownName: the dataset has no such rule.
            BadRule: the rule cannot be run, or has a part that explanations do not cover.
        """
        if name not in self._rules:
            path = self._layout.rules / f"{name}.rq"
            if not path.is_file():
                raise UnknownName(f"the rule {name!r} is not in this dataset; run 'claimgraph build'")
            self._rules[name] = BackwardRule(load_rule(self._layout, path))
        return self._rules[name]

    def on_demand(self, predicate: Term) -> list[BackwardRule]:
        """List the rules for pairs, which no build runs, that derive a predicate."""
        if self._on_demand is None:
            self._on_demand = [BackwardRule(rule) for rule in load_on_demand_rules(self._layout)]
        return [rule for rule in self._on_demand if isinstance(predicate, NamedNode) and rule.concludes(predicate)]
