"""Patterns of a rule as clauses of a sentence."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from pyoxigraph import Variable

from claimgraph.reason.backward.expression import Any, Both, Exists, Not, Scalar
from claimgraph.reason.backward.path import Either, Except, Inverse, Repeat, Sequence
from claimgraph.reason.backward.pattern import (
    UNNAMED,
    Bind,
    Minus,
    Named,
    Optional,
    Pool,
    Select,
    Triple,
    Union,
    Values,
    Walk,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from claimgraph.reason.backward.expression import Formula
    from claimgraph.reason.backward.path import Path
    from claimgraph.reason.backward.pattern import Group, Part, Slot, Step, Term
    from claimgraph.reason.backward.solution import Binding


class Names(Protocol):
    """Name terms, and properties as verbs."""

    def name(self, term: Term) -> str:
        """Name a term."""

    def verb(self, predicate: Term) -> str:
        """Name a property as it stands between its two ends."""


class Sentence:
    """Say patterns under a binding; a variable that stands in one place only is "anything"."""

    def __init__(self, words: Names, binding: Binding, counts: dict[str, int]) -> None:
        """Take what names things, the values of variables, and in how many places each variable stands."""
        self._words = words
        self._binding = binding
        self._counts = counts

    def group(self, group: Group) -> str:
        """Say what the patterns of a group match; what is optional in it is left out."""
        said = " and ".join(part for step in group.steps for part in self._step(step))
        return said + "".join(self._condition(test) for test in group.filters)

    def _step(self, step: Step) -> Iterator[str]:
        match step:
            case Pool(parts):
                yield from (self._part(part) for part in parts)
            case Minus(group):
                yield f"not {self.group(group)}"
            case Optional() | Bind():
                pass

    def _part(self, part: Part) -> str:
        match part:
            case Triple():
                verb = self._slot(part.predicate, verb=True)
                return f"{self._slot(part.subject)} {verb} {self._slot(part.value)}"
            case Walk():
                return f"{self._slot(part.subject)} {self._path(part.path)} {self._slot(part.value)}"
            case Union(branches):
                return "either " + " or ".join(self.group(branch) for branch in branches)
            case Named():
                return f"{self.group(part.group)} in {self._slot(part.graph)}"
            case Values(rows):
                return " or ".join(
                    " and ".join(f"?{name} is {self._words.name(term)}" for name, term in row.items()) for row in rows
                )
            case _:
                return self.group(part.group if isinstance(part, Select) else part)

    def _condition(self, test: Formula) -> str:
        match test:
            case Scalar():
                return f", where {self._scalar(test)}"
            case Not(Exists(group)):
                return f", unless {self.group(group)}"
            case _:
                return f", where {self._formula(test)}"

    def _formula(self, test: Formula) -> str:
        match test:
            case Scalar():
                return self._scalar(test)
            case Both(parts):
                return " and ".join(self._formula(part) for part in parts)
            case Any(parts):
                return " or ".join(self._formula(part) for part in parts)
            case Not(part):
                return f"not ({self._formula(part)})"
            case Exists(group):
                return self.group(group)

    def _scalar(self, scalar: Scalar) -> str:
        return "".join(piece if isinstance(piece, str) else self._slot(piece) for piece in scalar.pieces).strip("()")

    def _slot(self, slot: Slot, *, verb: bool = False) -> str:
        if not isinstance(slot, Variable):
            return self._words.verb(slot) if verb else self._words.name(slot)
        term = self._binding.get(slot.value)
        if term is not None:
            return self._words.verb(term) if verb else self._words.name(term)
        once = self._counts.get(slot.value, 0) <= 1
        return "anything" if once else f"?{slot.value.replace(UNNAMED, '')}"

    def _path(self, path: Path) -> str:
        match path:
            case Inverse():
                return f"(the other way) {self._path(path.path)}"
            case Sequence(paths):
                return ", ".join(self._path(part) for part in paths)
            case Either(paths):
                return " or ".join(self._path(part) for part in paths)
            case Repeat():
                times = "in any number of steps" if path.many else "or is"
                return f"{self._path(path.path)} ({times})"
            case Except():
                return "(by another property)"
            case _:
                return self._words.verb(path)


def counted(group: Group) -> dict[str, int]:
    """Count in how many places each variable of a group and of the tests below it stands."""
    counts: dict[str, int] = {}
    for slot in _slots(group):
        if isinstance(slot, Variable):
            counts[slot.value] = counts.get(slot.value, 0) + 1
    return counts


def _slots(group: Group) -> Iterator[Slot]:
    for step in group.steps:
        if isinstance(step, Pool):
            for part in step.parts:
                yield from _slots_of(part)
        elif isinstance(step, Minus):
            yield from _slots(step.group)
    for test in group.filters:
        yield from _slots_in(test)


def _slots_of(part: Part) -> Iterator[Slot]:
    match part:
        case Triple():
            yield from (part.subject, part.predicate, part.value)
        case Walk():
            yield from (part.subject, part.value)
        case Union(branches):
            for branch in branches:
                yield from _slots(branch)
        case Named() | Select():
            yield from _slots(part.group)
        case Values(rows):
            yield from (Variable(name) for row in rows for name in row)
        case _:
            yield from _slots(part)


def _slots_in(test: Formula) -> Iterator[Slot]:
    match test:
        case Scalar():
            yield from (piece for piece in test.pieces if isinstance(piece, Variable))
        case Both(parts) | Any(parts):
            for part in parts:
                yield from _slots_in(part)
        case Not(part):
            yield from _slots_in(part)
        case Exists(group):
            yield from _slots(group)
