"""Aggregates of sub-queries: an aggregate rests on every row of its group, and on there being no other."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from pyoxigraph import Literal

from claimgraph.reason.backward.expression import fold
from claimgraph.reason.backward.solution import Absence, Solution, Support

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from claimgraph.reason.backward.pattern import Fold, Select, Term
    from claimgraph.reason.backward.solution import Binding


def folded(select: Select, rows: Iterable[Solution], given: Binding) -> Iterator[Solution]:
    """Group rows by the keys of a sub-query and compute its aggregates, each group as one solution."""
    groups: defaultdict[tuple[Term | None, ...], list[Solution]] = defaultdict(list)
    for row in _distinct(rows):
        groups[tuple(row.binding.get(key) for key in select.keys)].append(row)
    if not select.keys:
        groups.setdefault((), [])
    for key, members in groups.items():
        binding = dict(given)
        binding.update((name, term) for name, term in zip(select.keys, key, strict=True) if term is not None)
        support = Support((), (Absence(select.group, dict(binding), besides=bool(members)),))
        for member in members:
            support |= member.support
        for one in select.folds:
            value = _value(one, members)
            if value is not None:
                binding[one.name] = value
        if all(test.holds(binding) for test in select.having):
            yield Solution(binding, support)


def _distinct(rows: Iterable[Solution]) -> list[Solution]:
    """Keep one solution of each row; others differ only in what they rest on."""
    return list({frozenset(row.binding.items()): row for row in reversed(list(rows))}.values())


def _value(one: Fold, members: Sequence[Solution]) -> Term | None:
    if one.scalar is None:
        return Literal(len(members))
    scalar = one.scalar
    values = [scalar.value(member.binding) for member in members]
    return fold(one.function, [value for value in values if value is not None], distinct=one.distinct)
