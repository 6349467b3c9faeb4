"""Arrange the parts of a group so that few triples need to be looked at, and the group still means the same."""

from __future__ import annotations

from typing import TYPE_CHECKING

from claimgraph.reason.backward.pattern import Bind, Group, Minus, Optional, Pool, union_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from claimgraph.reason.backward.expression import Formula
    from claimgraph.reason.backward.pattern import Part, Step


def group_of(written: Iterable[Part | Optional | Minus | Bind], filters: Iterable[Formula]) -> Group:
    """Arrange the parts of a group: each joins as early as it may, since the more is bound the faster a match is.

    A pattern may move before an OPTIONAL, a BIND or a MINUS if it shares no variable with what that one adds.
    """
    pools: list[list[Part]] = [[]]
    barriers: list[Optional | Minus | Bind] = []
    added: list[frozenset[str]] = []
    certain: frozenset[str] = frozenset()
    for part in written:
        if isinstance(part, Optional | Minus | Bind):
            touched = frozenset((part.name,)) if isinstance(part, Bind) else part.group.names
            barriers.append(part)
            added.append(touched - certain)
            pools.append([])
        else:
            place = len(barriers)
            while place > 0 and not part.names & added[place - 1]:
                place -= 1
            pools[place].append(part)
            certain |= part.certain
    steps: list[Step] = [Pool(tuple(pools[0]))] if pools[0] else []
    for barrier, pool in zip(barriers, pools[1:], strict=True):
        steps.append(barrier)
        if pool:
            steps.append(Pool(tuple(pool)))
    late = union_of(added)
    names = union_of([certain, *(_names_added(step) for step in steps)])
    aliases = tuple((one.name, source) for one in barriers if isinstance(one, Bind) and (source := one.renamed))
    return Group(tuple(steps), tuple(filters), names, certain, certain - late, aliases)


def _names_added(step: Step) -> frozenset[str]:
    match step:
        case Pool():
            return union_of(part.names for part in step.parts)
        case Optional():
            return step.group.names
        case Bind():
            return frozenset((step.name,))
        case Minus():
            return frozenset()
