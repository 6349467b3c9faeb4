"""Expressions of rules: kept as SPARQL text, which the store's own evaluator computes, so that both always agree."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, cast

from pyoxigraph import BlankNode, Literal, NamedNode, Store, Variable

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from pyoxigraph import QueryBoolean, QuerySolutions

    from claimgraph.reason.backward.pattern import Group, Term

_EMPTY = Store()
# A blank node cannot be written into a query; as far as rules look at one, an IRI of its own stands for it.
_BLANK = "urn:blank-node:"


@dataclass(frozen=True)
class Scalar:
    """Be an expression without EXISTS, as pieces of SPARQL between its variables."""

    pieces: tuple[str | Variable, ...]

    @property
    def names(self) -> frozenset[str]:
        """Name the variables."""
        return frozenset(piece.value for piece in self.pieces if isinstance(piece, Variable))

    def written(self, binding: Mapping[str, Term]) -> str:
        """Write the expression with the variables that have a value replaced by it."""
        return "".join(piece if isinstance(piece, str) else _write(piece, binding) for piece in self.pieces)

    def value(self, binding: Mapping[str, Term]) -> Term | None:
        """Compute the expression; None stands for an error, which SPARQL leaves unbound."""
        return _value(self.written(binding))

    def holds(self, binding: Mapping[str, Term]) -> bool:
        """Tell whether the effective boolean value is true; an error counts as false."""
        return _holds(self.written(binding))


@dataclass(frozen=True)
class Both:
    """Be formulas that must all hold."""

    parts: tuple[Formula, ...]


@dataclass(frozen=True)
class Any:
    """Be formulas of which one must hold."""

    parts: tuple[Formula, ...]


@dataclass(frozen=True)
class Not:
    """Be the opposite of a formula with EXISTS in it."""

    part: Formula


@dataclass(frozen=True)
class Exists:
    """Be the question whether patterns match."""

    group: Group


Formula = Scalar | Both | Any | Not | Exists
"""A test as rules make it: the connectives are kept apart only where EXISTS stands below them."""


def fold(function: str, values: Iterable[Term], *, distinct: bool) -> Term | None:
    """Compute an aggregate of some values as SPARQL does; None stands for an error."""
    found = list(dict.fromkeys(values)) if distinct else list(values)
    if function == "COUNT":
        return Literal(len(found))
    if function == "SAMPLE":
        return found[0] if found else None
    rows = " ".join(_written(term) for term in found)
    text = f"SELECT ({function}(?value) AS ?result) WHERE {{ VALUES ?value {{ {rows} }} }}"
    return _first(text)


@lru_cache(maxsize=50_000)
def _holds(text: str) -> bool:
    return bool(cast("QueryBoolean", _EMPTY.query(f"ASK {{ FILTER({text}) }}")))


@lru_cache(maxsize=50_000)
def _value(text: str) -> Term | None:
    return _first(f"SELECT ({text} AS ?result) WHERE {{}}")


def _first(text: str) -> Term | None:
    for solution in cast("QuerySolutions", _EMPTY.query(text)):
        term = solution["result"]
        if isinstance(term, NamedNode) and term.value.startswith(_BLANK):
            return BlankNode(term.value.removeprefix(_BLANK))
        return cast("Term | None", term)
    return None


def _write(variable: Variable, binding: Mapping[str, Term]) -> str:
    term = binding.get(variable.value)
    return f" {variable} " if term is None else f" {_written(term)} "


def _written(term: Term) -> str:
    return f"<{_BLANK}{term.value}>" if isinstance(term, BlankNode) else str(term)
