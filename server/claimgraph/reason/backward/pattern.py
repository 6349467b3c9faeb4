"""The body of a rule as it is run backwards: groups of patterns in the order in which SPARQL joins them.

The rule itself is run by the store. These classes are there to find again, for one conclusion, which triples it was
drawn from; so they keep apart what the algebra of a query engine melts together.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from pyoxigraph import BlankNode, Literal, NamedNode, Variable

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from claimgraph.reason.backward.expression import Formula, Scalar
    from claimgraph.reason.backward.path import Path

Term = NamedNode | BlankNode | Literal
Slot = Variable | NamedNode | BlankNode | Literal
"""What stands at one of the three places of a triple pattern; a blank node of a rule is read as a variable."""


UNNAMED = "0\u00b7"
"""What the names of variables begin with that a rule does not write, such as those in the middle of a path."""


def names_of(*slots: Slot) -> frozenset[str]:
    """Name the variables among some slots."""
    return frozenset(slot.value for slot in slots if isinstance(slot, Variable))


@dataclass(frozen=True)
class Triple:
    """Be a triple pattern."""

    subject: Slot
    predicate: Slot
    value: Slot

    @cached_property
    def names(self) -> frozenset[str]:
        """Name the variables."""
        return names_of(self.subject, self.predicate, self.value)

    @property
    def certain(self) -> frozenset[str]:
        """Name the variables that every solution binds: all of them."""
        return self.names


@dataclass(frozen=True)
class Walk:
    """Be a property path between two ends that is no plain triple pattern."""

    subject: Slot
    path: Path
    value: Slot

    @cached_property
    def names(self) -> frozenset[str]:
        """Name the variables."""
        return names_of(self.subject, self.value)

    @property
    def certain(self) -> frozenset[str]:
        """Name the variables that every solution binds: both ends."""
        return self.names


@dataclass(frozen=True)
class Union:
    """Be alternatives, each of which gives solutions of its own."""

    branches: tuple[Group, ...]

    @cached_property
    def names(self) -> frozenset[str]:
        """Name the variables of all branches."""
        return union_of(branch.names for branch in self.branches)

    @cached_property
    def certain(self) -> frozenset[str]:
        """Name the variables that each branch binds."""
        return frozenset.intersection(*(branch.certain for branch in self.branches))


@dataclass(frozen=True)
class Named:
    """Be patterns that must match within one named graph."""

    graph: Slot
    group: Group

    @cached_property
    def names(self) -> frozenset[str]:
        """Name the variables, the one of the graph included."""
        return self.group.names | names_of(self.graph)

    @cached_property
    def certain(self) -> frozenset[str]:
        """Name the variables that every solution binds."""
        return self.group.certain | names_of(self.graph)


@dataclass(frozen=True)
class Values:
    """Be a table of given values; a row leaves out what is UNDEF in it."""

    rows: tuple[Mapping[str, Term], ...]

    @cached_property
    def names(self) -> frozenset[str]:
        """Name the columns."""
        return union_of(frozenset(row) for row in self.rows)

    @cached_property
    def certain(self) -> frozenset[str]:
        """Name the columns that have a value in every row."""
        return frozenset.intersection(*(frozenset(row) for row in self.rows)) if self.rows else frozenset()


@dataclass(frozen=True)
class Fold:
    """Be an aggregate: its name (``MIN``), what it is taken of (None for ``COUNT(*)``), and the variable it binds."""

    function: str
    scalar: Scalar | None
    distinct: bool
    name: str


@dataclass(frozen=True)
class Select:
    """Be a sub-query: ``columns`` maps what it projects to how it is computed (None where it is a plain variable)."""

    group: Group
    columns: Mapping[str, Scalar | None]
    keys: tuple[str, ...]
    folds: tuple[Fold, ...]
    having: tuple[Scalar, ...]

    @cached_property
    def names(self) -> frozenset[str]:
        """Name the columns."""
        return frozenset(self.columns)

    @cached_property
    def certain(self) -> frozenset[str]:
        """Name the columns that are plain variables which the sub-query always binds."""
        plain = frozenset(name for name, scalar in self.columns.items() if scalar is None)
        return plain & self.group.certain & (frozenset(self.keys) if self.folds or self.keys else plain)


@dataclass(frozen=True)
class Optional:
    """Be patterns that add to a solution where they match."""

    group: Group


@dataclass(frozen=True)
class Minus:
    """Be patterns that take a solution away where they match."""

    group: Group


@dataclass(frozen=True)
class Bind:
    """Be a variable that is computed from the others."""

    name: str
    scalar: Scalar

    @property
    def renamed(self) -> str | None:
        """Return the variable that gets a second name, if that is all that is computed."""
        pieces = self.scalar.pieces
        return pieces[0].value if len(pieces) == 1 and isinstance(pieces[0], Variable) else None


@dataclass(frozen=True)
class Pool:
    """Be patterns that may be matched in any order."""

    parts: tuple[Part, ...]


@dataclass(frozen=True)
class Group:
    """Be what stands between two braces: steps in their order, and the filters over all of them.

    ``certain`` are the variables that every solution binds, ``inherits`` those whose value may be given beforehand
    without a change to what the group means. ``aliases`` are the names that BIND gives to variables that have one.
    """

    steps: tuple[Step, ...]
    filters: tuple[Formula, ...]
    names: frozenset[str]
    certain: frozenset[str]
    inherits: frozenset[str]
    aliases: tuple[tuple[str, str], ...]


Part = Triple | Walk | Union | Named | Values | Select | Group
Step = Pool | Optional | Minus | Bind


def union_of(sets: Iterable[frozenset[str]]) -> frozenset[str]:
    """Put sets of names together."""
    return frozenset().union(*sets)
