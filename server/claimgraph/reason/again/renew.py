"""Reason again after a small change: follow it through the rules, and leave alone whatever it does not touch.

The steps are gone through in the order of a full build. Of each it is asked which conclusions the changes so far may
bear on; these are settled before another step reads them: by the first step that derives them, in the order of a full
build, so that each stands in the graph in which that would have put it.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any, Final

from pyoxigraph import NamedNode, Quad

from claimgraph.reason.again.limit import Limit, TooMuch
from claimgraph.reason.again.plan import Plan
from claimgraph.reason.again.scratch import turned
from claimgraph.reason.again.state import shape_of, triple_in
from claimgraph.reason.run import units_of
from claimgraph.reason.schema import derives_axioms, is_axiom_shape
from claimgraph.reason.shape import reads

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from pyoxigraph import Store

    from claimgraph.reason.again.plan import Group
    from claimgraph.reason.again.state import Change, Triple
    from claimgraph.reason.again.steps import Step
    from claimgraph.reason.rule import Rule
    from claimgraph.reason.shape import Shape

MOST: Final = 20_000
"""How many questions are put to rules before it is taken to be quicker to reason over everything."""


def renew(state: Change, store: Store, rules: Sequence[Rule], most: int = MOST) -> None:
    """Bring what is derived up to date with what is asserted.

    ``state`` says what is asserted otherwise than in the store, which was reasoned over by the same rules. Afterwards
    it says what is derived otherwise as well, each triple in the graph in which a full reasoning would put it.

    Raises:
        TooMuch: the change cannot be followed, or not in less time than reasoning over everything takes.
    """
    changed = {shape_of(triple_in(quad)) for quad in (*state.gone, *state.new)}
    read = {shape for rule in rules if derives_axioms(rule) for shape in reads(rule.tree.where, {}).positive}
    if any(is_axiom_shape(shape) or any(shape.meets(other) for other in read) for shape in changed):
        raise TooMuch("axioms of the ontology have changed")
    units = units_of([rule for rule in rules if not derives_axioms(rule)], store)
    _Renewal(state, Plan(units, Limit(most))).run()


class _Renewal:
    """Go through the steps, and settle what each of them leaves in doubt."""

    def __init__(self, state: Change, plan: Plan) -> None:
        """Have doubts about whatever is asserted otherwise: it may be derived, or need not be any more."""
        self._state = state
        self._plan = plan
        self._doubts: defaultdict[NamedNode, dict[Triple, None]] = defaultdict(dict)
        self._doubt(triple_in(quad) for quad in (*state.gone, *state.new))

    def run(self) -> None:
        """Go through all steps."""
        for group in self._plan.groups:
            if group.is_recursive:
                self._take_turns(group)
            else:
                self._take(group.steps[0])
        self._settle(None, self._plan.last)

    def _doubt(self, triples: Iterable[Triple]) -> None:
        for triple in triples:
            if self._plan.writers(triple):
                self._doubts[triple[1]][triple] = None

    def _doubted(self, shapes: Iterable[Shape] | None) -> list[Triple]:
        """List what is in doubt and has one of some shapes (None: any)."""
        asked = None if shapes is None else list(shapes)
        if asked is None or any(shape.predicate is None for shape in asked):
            return [triple for triples in self._doubts.values() for triple in triples]
        names = {shape.predicate for shape in asked} & self._doubts.keys()
        found = [triple for name in names for triple in self._doubts[name]]  # type: ignore[index]
        return [triple for triple in found if any(shape.meets(shape_of(triple)) for shape in asked)]

    def _differing(self, shapes: Iterable[Shape]) -> list[Quad]:
        """List the quads of some shapes that differ by now."""
        asked = list(shapes)
        found = self._state.differing({shape.predicate for shape in asked})
        return [quad for quad in found if any(shape.meets(shape_of(triple_in(quad))) for shape in asked)]

    def _take(self, step: Step) -> None:
        """Take a step that runs once."""
        self._settle(step.reads, step.place - 1)
        quads = self._differing(step.reads)
        if quads:
            touched = step.touched(quads, self._state)
            self._doubt(step.before(touched, self._state) | step.now(touched, self._state))

    def _take_turns(self, group: Group) -> None:
        """Take steps that need each other: take away whatever may hang on a change, then draw what still follows."""
        self._settle(group.reads | group.writes, group.first - 1)
        wave = self._differing(group.reads)
        if not wave and not self._doubted(group.writes):
            return
        touched = self._undo(group, wave)
        for step, bindings in touched:
            self._doubt(step.now(bindings, self._state))
        reached = self._redo(group)
        if group.is_ambiguous and any(self._plan.is_contested(triple, self._state, group) for triple in reached):
            self._replay(group)

    def _redo(self, group: Group) -> set[Triple]:
        """Draw again what still follows in turns; return whatever hangs on what is in doubt, be it there or not.

        Where it hangs on the turns which rule derives a triple first, what is there already is followed as well.
        """
        reached: set[Triple] = set()
        waiting = self._doubted(group.writes)
        while waiting:
            wave = [quad for triple in waiting for quad in self._decide(triple, group.last, group)]
            if group.is_ambiguous:
                held = (quad for triple in waiting if triple not in reached for quad in self._state.holding(triple)[1])
                wave = list({*wave, *held})
            reached.update(waiting)
            found: set[Triple] = set()
            for step in group.steps:
                found |= step.now(step.touched(wave, self._state), self._state)
            self._doubt(found)
            waiting = [triple for triple in found if triple in self._doubts[triple[1]]]
        return reached

    def _undo(self, group: Group, wave: list[Quad]) -> list[tuple[Step, list[Any]]]:
        """Take away what was derived in turns from what differs, and from that again; return what it touches."""
        touched: list[tuple[Step, list[Any]]] = []
        while wave:
            found: set[Triple] = set()
            for step in group.steps:
                bindings = step.touched(wave, self._state)
                touched.append((step, bindings))
                found |= step.before(bindings, self._state)
            self._doubt(found)
            wave = [quad for triple in found for quad in self._state.holding(triple)[1] if quad.graph_name in group.own]
            for quad in wave:
                self._state.remove(quad)
        return touched

    def _replay(self, group: Group) -> None:
        """Run steps anew where it hangs on their turns which of them derives a triple first."""
        before, now = turned(group, self._state, self._plan)
        for quad in before - now:
            self._state.remove(quad)
            self._doubt([triple_in(quad)])
        for quad in now - before:
            self._move(triple_in(quad), quad.graph_name)

    def _settle(self, shapes: Iterable[Shape] | None, place: int) -> None:
        """Decide what is in doubt, as far as the steps up to some place can tell."""
        for triple in self._doubted(shapes):
            self._decide(triple, place)

    def _decide(self, triple: Triple, place: int, turning: Group | None = None) -> list[Quad]:
        """Put a triple where the first step up to some place puts it that derives it; return what is added so."""
        asserted, derived = self._state.holding(triple)
        graph = None if asserted else self._plan.owner(triple, place, self._state, turning)
        if asserted or graph is not None:
            self._doubts[triple[1]].pop(triple, None)
            return self._move(triple, graph)
        writers = self._plan.writers(triple)
        done = {writer.rule.graph for writer in writers if writer.place <= place}
        left = {writer.rule.graph for writer in writers if writer.place > place}
        for quad in derived:
            if quad.graph_name in done or quad.graph_name not in left:
                self._state.remove(quad)
        if not left:
            self._doubts[triple[1]].pop(triple, None)
        return []

    def _move(self, triple: Triple, graph: Any) -> list[Quad]:  # noqa: ANN401 - pyoxigraph's names of graphs
        """Let a triple be in one graph of a rule (None: in none), and return what is added so."""
        _, derived = self._state.holding(triple)
        for quad in derived:
            if quad.graph_name != graph:
                self._state.remove(quad)
        if graph is None or any(quad.graph_name == graph for quad in derived):
            return []
        added = Quad(*triple, graph)
        self._state.add(added)
        return [added]
