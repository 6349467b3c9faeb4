"""A group of steps run anew, by itself, over a copy of what it reads."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pyoxigraph import Store

from claimgraph.reason.again.state import shape_of, triple_in
from claimgraph.reason.run import MAX_ROUNDS, take_turns
from claimgraph.reason.unit import Progress

if TYPE_CHECKING:
    from pyoxigraph import Quad

    from claimgraph.reason.again.plan import Group, Plan
    from claimgraph.reason.again.state import Change


def turned(group: Group, state: Change, plan: Plan) -> tuple[set[Quad], set[Quad]]:
    """Return what the steps of a group had derived, and what they derive now.

    Raises:
        TooMuch: the group reads or writes very many triples.
        BadRule: the steps never settle.
    """
    given: set[Quad] = set()
    before: set[Quad] = set()
    for shape in group.reads | group.writes:
        for quad in state.quads(None, shape.predicate, shape.class_):
            if _is_given(quad, group, state, plan):
                given.add(quad)
            elif quad.graph_name in group.own:
                before.add(quad)
            plan.limit.count(len(given) + len(before))
    store = Store()
    store.extend(given)
    progress = Progress(store)
    for shape in group.writes:
        progress.watch(shape)
    take_turns([step.unit for step in group.steps], None, progress, MAX_ROUNDS)
    return before, set(store) - given


def _is_given(quad: Quad, group: Group, state: Change, plan: Plan) -> bool:
    """Tell whether a quad was there before the group had its turn."""
    triple = triple_in(quad)
    written = any(writer.shape.meets(shape_of(triple)) for writer in group.writers)
    return not (written and state.is_derived(quad)) or plan.owner(triple, group.first - 1, state) == quad.graph_name
