"""The steps of reasoning asked about single triples: which of them a changed quad bears on, and whether one holds."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, NamedTuple, Protocol, cast

from pyoxigraph import Literal, NamedNode, Variable

from claimgraph.errors import BadRule
from claimgraph.reason.again.limit import Limit, TooMuch
from claimgraph.reason.again.state import triple_of
from claimgraph.reason.again.touch import folds, occurrences
from claimgraph.reason.backward.fact import as_stored, terms_of
from claimgraph.reason.backward.read import Reader
from claimgraph.reason.backward.related import related
from claimgraph.reason.backward.solution import Scope, known, unified
from claimgraph.reason.backward.solve import Answers
from claimgraph.reason.insert import LinearUnit
from claimgraph.reason.shape import TYPE, Shape

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from pyoxigraph import Quad

    from claimgraph.reason.again.state import Change, Triple
    from claimgraph.reason.backward.fact import Facts
    from claimgraph.reason.backward.pattern import Slot, Term
    from claimgraph.reason.backward.solution import Binding
    from claimgraph.reason.linear import Conclusion
    from claimgraph.reason.rule import Rule
    from claimgraph.reason.unit import QueryUnit, Unit


_COUNTING: Final = frozenset({"COUNT", "SUM", "AVG"})


class Writer(NamedTuple):
    """Be one thing that a step derives; of two writers of a triple the one that comes first has it in its graph."""

    place: int
    number: int
    shape: Shape
    rule: Rule
    step: Step


class Step(Protocol):
    """Be one step of reasoning; ``place`` is its place in the order in which a full build runs them."""

    place: int

    @property
    def unit(self) -> Unit:
        """Return the step as a full build runs it."""

    @property
    def reads(self) -> Collection[Shape]:
        """Return the shapes that the step reads."""

    def writers(self) -> list[Writer]:
        """List what the step derives, in the order in which it does."""

    def touched(self, quads: Iterable[Quad], state: Change) -> list[Any]:
        """Return what differing quads may bear on, to be handed to the next two."""

    def before(self, touched: Iterable[Any], state: Change) -> set[Triple]:
        """Return the conclusions that were drawn from what is touched, and perhaps some more."""

    def now(self, touched: Iterable[Any], state: Change) -> set[Triple]:
        """Return the conclusions that are drawn from it now, and perhaps some more."""

    def derives(self, number: int, triple: Triple, state: Change) -> bool:
        """Tell whether a triple follows now, by one of the things that the step derives.

        To be asked only after :meth:`now` was told of all that the step reads.
        """


def step_of(unit: Unit, place: int, limit: Limit) -> Step:
    """Make the step of a unit.

    Raises:
        TooMuch: the rule cannot be asked about single triples.
    """
    if isinstance(unit, LinearUnit):
        return LinearStep(unit, place)
    return QueryStep(cast("QueryUnit", unit), place, limit)


class LinearStep:
    """Draw conclusions from one triple."""

    def __init__(self, unit: LinearUnit, place: int) -> None:
        """Keep the unit.

        Raises:
            TooMuch: what it derives cannot be told beforehand.
        """
        self.unit = unit
        self.place = place
        self.reads = [unit.premise]
        if any(conclusion.shape == Shape(TYPE) for _, conclusion in unit.conclusions):
            raise TooMuch("a rule derives classes that cannot be told beforehand")

    def writers(self) -> list[Writer]:
        """List the conclusions."""
        return [
            Writer(self.place, number, conclusion.shape, rule, self)
            for number, (rule, conclusion) in enumerate(self.unit.conclusions)
        ]

    def touched(self, quads: Iterable[Quad], _state: Change) -> list[tuple[Term, Term, Term]]:
        """Choose the quads that can be the premise."""
        shape = self.unit.premise
        found = map(terms_of, quads)
        return [one for one in found if shape.predicate == one[1] and shape.class_ in (None, one[2])]

    def before(self, touched: Iterable[tuple[Term, Term, Term]], _state: Change) -> set[Triple]:
        """Write the conclusions from each premise."""
        found: set[Triple] = set()
        for subject, _, value in touched:
            ends: dict[object, Term] = {"x": subject, "y": value}
            for _, one in self.unit.conclusions:
                last = ends[one.value] if isinstance(one.value, str) else one.value
                triple = triple_of((ends[one.subject], one.predicate, last))
                if triple:
                    found.add(triple)
        return found

    def now(self, touched: Iterable[tuple[Term, Term, Term]], state: Change) -> set[Triple]:
        """Write the same; whether one of them holds is looked up."""
        return self.before(touched, state)

    def derives(self, number: int, triple: Triple, state: Change) -> bool:
        """Look for a premise in a graph that the step reads."""
        _, conclusion = self.unit.conclusions[number]
        ends = _ends(conclusion, triple)
        if ends is None or isinstance(ends.get("x"), Literal):
            return False
        premise = self.unit.premise
        value = ends.get("y") if premise.class_ is None else premise.class_
        found = state.quads(ends.get("x"), premise.predicate, value)  # type: ignore[arg-type]
        return any(quad.graph_name not in self.unit.unseen for quad in found)


def _ends(conclusion: Conclusion, triple: Triple) -> dict[str, Term] | None:
    """Say what the two ends of a premise are if a triple is the conclusion."""
    subject, predicate, value = triple
    if predicate != conclusion.predicate:
        return None
    ends: dict[str, Term] = {conclusion.subject: subject}
    if not isinstance(conclusion.value, str):
        return ends if conclusion.value == value else None
    return ends if ends.setdefault(conclusion.value, value) == value else None


class QueryStep:
    """Ask a rule with some of its variables bound."""

    def __init__(self, unit: QueryUnit, place: int, limit: Limit) -> None:
        """Read the rule.

        Raises:
            TooMuch: it has a part that cannot be run backwards.
        """
        self.unit = unit
        self.place = place
        self.reads = unit.reads.positive | unit.reads.negative
        self._limit = limit
        reader = Reader(unit.rule)
        try:
            self._template, self._where = reader.template(), reader.where()
        except BadRule as error:
            raise TooMuch(f"the rule {unit.rule.name} cannot be run backwards: {error.message}") from error
        if any(fold.function in _COUNTING and not fold.distinct for fold in folds(self._where)):
            raise TooMuch(f"the rule {unit.rule.name} counts a triple once for each graph that it is in; use DISTINCT")
        self._given: Binding = dict(unit.binding)
        self._occurrences = list(occurrences(self._where))
        head = {slot.value for pattern in self._template for slot in pattern if isinstance(slot, Variable)}
        named_twice = {name for name, source in self._where.aliases if source in self._where.inherits}
        self._told = (self._where.inherits | named_twice) - self._given.keys()
        self._wanted = (head & self._where.inherits) - self._given.keys() or self._told
        self._found: set[Triple] = set()

    def writers(self) -> list[Writer]:
        """List the triples of the template."""
        return [
            Writer(self.place, number, _shape(pattern, self._given), self.unit.rule, self)
            for number, pattern in enumerate(self._template)
        ]

    def touched(self, quads: Iterable[Quad], state: Change) -> list[Binding]:
        """Bind variables of the head to whatever hangs on the quads."""
        bindings: dict[frozenset[tuple[str, Term]], Binding] = {}
        for quad in quads:
            for one in self._occurrences:
                for found in one.bindings(quad, self._given, state.side(quad)):
                    chosen = {name: term for name, term in found.items() if name in self._wanted}
                    if not chosen:
                        raise TooMuch(f"what a change means to the rule {self.unit.rule.name} cannot be narrowed down")
                    bindings[frozenset(chosen.items())] = chosen
                    self._limit.count(len(bindings))
        return list(bindings.values())

    def before(self, touched: Iterable[Binding], state: Change) -> set[Triple]:
        """Ask the rule about the state that was."""
        return set[Any]().union(*(self._heads(binding, state.was) for binding in touched))

    def now(self, touched: Iterable[Binding], state: Change) -> set[Triple]:
        """Ask the rule about the state that is to be."""
        found = set[Any]().union(*(self._heads(binding, state) for binding in touched))
        self._found |= found
        return found

    def derives(self, number: int, triple: Triple, state: Change) -> bool:
        """Ask the rule with its head bound; where it makes names up, by what else it said of the same thing.

        Raises:
            TooMuch: the conclusion does not lead back to its premises.
        """
        if triple in self._found:
            return True
        start = unified(self._template[number], triple)
        if start is None or any(self._given.get(name, term) != term for name, term in start.items()):
            return False
        others = [pattern for place, pattern in enumerate(self._template) if place != number]
        for row in related(others, {**self._given, **start}, state.was, self._where.certain | start.keys()):
            if not row.keys() & self._told:
                raise TooMuch(f"a conclusion of the rule {self.unit.rule.name} does not lead back to its premises")
            if triple in self._heads(row, state):
                return True
        return False

    def _heads(self, binding: Binding, facts: Facts) -> set[Triple]:
        """Draw all conclusions that agree with a binding."""
        self._limit.spend()
        found: set[Triple] = set()
        for solution in Answers(facts).solve(self._where, {**self._given, **binding}, Scope({})):
            for pattern in self._template:
                subject, predicate, value = (known(slot, solution.binding) for slot in pattern)
                if subject is not None and predicate is not None and value is not None:
                    triple = triple_of((subject, predicate, as_stored(value)))
                    if triple:
                        found.add(triple)
        return found


def _shape(pattern: tuple[Slot, Slot, Slot], given: Binding) -> Shape:
    predicate, value = known(pattern[1], given), known(pattern[2], given)
    if not isinstance(predicate, NamedNode):
        return Shape(None)
    return Shape(predicate, value if predicate == TYPE and not isinstance(value, Literal) else None)
