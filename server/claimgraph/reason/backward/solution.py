"""Solutions of a rule's pattern: the values of its variables, and what each solution rests on."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from pyoxigraph import NamedNode, Variable

from claimgraph.reason.backward.pattern import Named, Triple, Values, Walk
from claimgraph.sparql.prefixes import expand

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from claimgraph.reason.backward.expression import Scalar
    from claimgraph.reason.backward.fact import Fact
    from claimgraph.reason.backward.pattern import Bind, Group, Part, Slot, Term

    Binding = Mapping[str, Term]

_TYPE = NamedNode(expand("rdf:type"))


class Absence(NamedTuple):
    """Say that patterns match nothing under a binding; or, where ``besides``, nothing beyond what is listed."""

    group: Group
    binding: Binding
    besides: bool


class Support(NamedTuple):
    """Hold what a test rests on."""

    premises: tuple[Fact, ...] = ()
    absences: tuple[Absence, ...] = ()

    def __or__(self, other: Support) -> Support:
        """Put two together."""
        return Support(self.premises + other.premises, self.absences + other.absences)


class Solution(NamedTuple):
    """Be the values of variables, and what they rest on."""

    binding: Binding
    support: Support = Support()

    def __or__(self, other: Solution) -> Solution:
        """Join with a solution that agrees."""
        return Solution({**self.binding, **other.binding}, self.support | other.support)


class Scope(NamedTuple):
    """Be the surroundings of a group: the values that an EXISTS passes down, and the graph to match in."""

    fixed: Binding
    graph: NamedNode | None = None


def known(slot: Slot, binding: Binding) -> Term | None:
    """Return what a slot stands for, or None where it is open."""
    return binding.get(slot.value) if isinstance(slot, Variable) else slot


def unified(slots: Sequence[Slot], terms: Sequence[Term]) -> dict[str, Term] | None:
    """Bind the variables among some slots to terms; None if a slot is another term, or a variable would get two."""
    found: dict[str, Term] = {}
    for slot, term in zip(slots, terms, strict=True):
        if isinstance(slot, Variable):
            if found.setdefault(slot.value, term) != term:
                return None
        elif slot != term:
            return None
    return found


def bound(step: Bind, so_far: Solution) -> list[Solution]:
    """Compute a variable: one solution with it, or none where it has another value already."""
    value = step.scalar.value(so_far.binding)
    if value is None:
        return [so_far]
    if so_far.binding.get(step.name, value) != value:
        return []
    return [Solution({**so_far.binding, step.name: value}, so_far.support)]


def column(name: str, scalar: Scalar | None, binding: Binding) -> Term | None:
    """Return the value of a column of a sub-query."""
    return binding.get(name) if scalar is None else scalar.value(binding)


def promise(part: Part, binding: Binding) -> float:
    """Guess how few matches a part has, given what is bound: the higher the fewer."""
    match part:
        case Triple():
            subject, predicate, value = (known(slot, binding) for slot in (part.subject, part.predicate, part.value))
            # A value that the rule itself names, as in "?x cg:polarity cg:positive", or a class, is shared by many.
            narrow = isinstance(part.value, Variable) and predicate != _TYPE
            return (
                4.0 * (subject is not None) + (2.0 if narrow else 1.0) * (value is not None) + (predicate is not None)
            )
        case Walk():
            ends = [known(part.subject, binding), known(part.value, binding)]
            return 3.0 * sum(end is not None for end in ends) - 0.5
        case Values():
            return 6.0
        case Named() if known(part.graph, binding) is None:
            return 0.1
        case _:
            shared = len(part.names & binding.keys())
            return 2.25 + shared / (2 * len(part.names)) if shared else 0.5
