"""The steps of reasoning in the order of a full build, and which of them write a triple."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from functools import cached_property
from itertools import combinations
from typing import TYPE_CHECKING

from pyoxigraph import Quad

from claimgraph.reason.again.limit import TooMuch
from claimgraph.reason.again.state import shape_of
from claimgraph.reason.again.steps import step_of
from claimgraph.reason.order import Dependencies
from claimgraph.reason.schema import is_axiom_shape

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pyoxigraph import NamedNode

    from claimgraph.reason.again.limit import Limit
    from claimgraph.reason.again.state import Change, Triple
    from claimgraph.reason.again.steps import Step, Writer
    from claimgraph.reason.shape import Shape
    from claimgraph.reason.unit import Unit


@dataclass(frozen=True)
class Group:
    """Be steps that need each other and run in turns, or a single one."""

    steps: tuple[Step, ...]
    is_recursive: bool

    @property
    def first(self) -> int:
        """Return the place of the first step."""
        return self.steps[0].place

    @property
    def last(self) -> int:
        """Return the place of the last step."""
        return self.steps[-1].place

    @cached_property
    def reads(self) -> set[Shape]:
        """Return the shapes that the steps read."""
        return {shape for step in self.steps for shape in step.reads}

    @cached_property
    def writers(self) -> list[Writer]:
        """List what the steps derive."""
        return [writer for step in self.steps for writer in step.writers()]

    @cached_property
    def writes(self) -> set[Shape]:
        """Return the shapes that the steps write."""
        return {writer.shape for writer in self.writers}

    @cached_property
    def own(self) -> set[NamedNode]:
        """Return the graphs that the steps write into."""
        return {writer.rule.graph for writer in self.writers}

    @cached_property
    def is_ambiguous(self) -> bool:
        """Tell whether two rules can derive one triple, so that it hangs on their turns which of them has it."""
        pairs = combinations(self.writers, 2) if self.is_recursive else ()
        return any(one.rule is not other.rule and one.shape.meets(other.shape) for one, other in pairs)


class Plan:
    """Hold the steps in groups, in the order of a full build."""

    def __init__(self, units: Sequence[Unit], limit: Limit) -> None:
        """Put the steps in order.

        Raises:
            TooMuch: a rule cannot be asked about single triples.
            BadRule: the rules need each other's absence.
        """
        dependencies = Dependencies(units)
        self.limit = limit
        self.groups: list[Group] = []
        self.last = -1
        for numbers in dependencies.groups():
            steps = tuple(step_of(units[number], self.last + at, limit) for at, number in enumerate(numbers, 1))
            self.groups.append(Group(steps, dependencies.is_recursive(numbers)))
            self.last += len(steps)
        self._all = [writer for group in self.groups for writer in group.writers]
        self._by_predicate: defaultdict[NamedNode | None, list[Writer]] = defaultdict(list)
        for writer in self._all:
            self._by_predicate[writer.shape.predicate].append(writer)
        self._ambiguous = {step.place for group in self.groups if group.is_ambiguous for step in group.steps}
        self._known: dict[Shape, list[Writer]] = {}
        self._refuse()

    def _refuse(self) -> None:
        """Refuse rules that derive axioms from facts, and those that write both in turns with others and after them.

        Raises:
            TooMuch: there is such a rule.
        """
        if any(is_axiom_shape(writer.shape) for writer in self._all):
            raise TooMuch("a rule derives axioms from facts")
        for group in self.groups:
            for own in group.writers if group.is_ambiguous else ():
                later = (other for other in self._all if other.place > group.last and other.rule is own.rule)
                if any(other.shape.meets(own.shape) for other in later):
                    raise TooMuch(f"the rule {own.rule.name} writes in turns with other rules and after them")

    def writers(self, triple: Triple) -> list[Writer]:
        """List what may write a triple, in the order in which a full build would."""
        shape = shape_of(triple)
        if shape not in self._known:
            found = [*self._by_predicate.get(shape.predicate, ()), *self._by_predicate.get(None, ())]
            meeting = [one for one in found if one.shape.meets(shape)]
            self._known[shape] = sorted(meeting, key=lambda one: (one.place, one.number))
        return self._known[shape]

    def owner(self, triple: Triple, place: int, state: Change, turning: Group | None = None) -> NamedNode | None:
        """Return the graph of the first rule that derives a triple by a step up to some place.

        Of an ambiguous group it is known once it has had its turns; ``turning`` is the one that has not.
        """
        for writer in self.writers(triple):
            if writer.place > place:
                return None
            graph = writer.rule.graph
            if writer.place in self._ambiguous and not (turning and writer.step in turning.steps):
                if state.has(Quad(*triple, graph)):
                    return graph
            elif writer.step.derives(writer.number, triple, state):
                return graph
        return None

    def is_contested(self, triple: Triple, state: Change, group: Group) -> bool:
        """Tell whether two rules of a group derive a triple."""
        writers = [one for one in self.writers(triple) if one.step in group.steps]
        if len({one.rule.name for one in writers}) == 1:
            return False
        return len({one.rule.name for one in writers if one.step.derives(one.number, triple, state)}) > 1
