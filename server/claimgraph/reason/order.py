"""In which order steps run, so that each finds everything that it reads; and which steps must run in turns."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from claimgraph.reason.shape import Shape

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from pyoxigraph import NamedNode

    from claimgraph.errors import BadRule
    from claimgraph.reason.unit import Unit


class Dependencies:
    """Know which steps read what others write; steps are named by their index."""

    def __init__(self, units: Sequence[Unit]) -> None:
        """Match the shapes that are written with those that are read.

        ``feeds`` are all steps that write what a step reads, ``needs`` those of them that it must wait for, and
        ``concerns`` those that read or write what it writes, too.
        """
        self.units = units
        writers: dict[NamedNode | None, dict[Shape, set[int]]] = defaultdict(lambda: defaultdict(set))
        for number, unit in enumerate(units):
            for shape in unit.writes:
                writers[shape.predicate][shape].add(number)
        self._writers = writers
        self.feeds = [self._matching(unit.reads.positive | unit.reads.negative) for unit in units]
        self.concerns = [feeding | self._matching(unit.writes) for unit, feeding in zip(units, self.feeds, strict=True)]
        for number, feeding in enumerate(self.feeds):
            for source in feeding:
                self.concerns[source].add(number)
        self.needs = [self._unsettled(unit, feeding) for unit, feeding in zip(units, self.feeds, strict=True)]
        self.needs_whole = [self._unsettled(unit, self._matching(unit.reads.negative)) for unit in units]

    def writing(self, shape: Shape) -> set[int]:
        """Return the steps that may write triples of a shape."""
        return self._matching([shape])

    def reading(self, number: int) -> Iterator[int]:
        """List the steps that read what a step writes."""
        return (reader for reader, feeding in enumerate(self.feeds) if number in feeding)

    def _matching(self, shapes: Iterable[Shape]) -> set[int]:
        found: set[int] = set()
        for read in shapes:
            predicates = list(self._writers) if read.predicate is None else [read.predicate, None]
            for predicate in predicates:
                written = self._writers.get(predicate, {})
                meeting = written if read.class_ is None else {Shape(predicate, read.class_), Shape(predicate)}
                found = found.union(*(written[shape] for shape in meeting if shape in written))
        return found

    def _unsettled(self, unit: Unit, feeding: Iterable[int]) -> set[int]:
        return {number for number in feeding if not unit.settled_by.issuperset(self.units[number].rules)}

    def groups(self) -> list[list[int]]:
        """List the steps in an order in which they can run; those of one group need each other.

        Raises:
            BadRule: a step needs the absence of something that hangs on the step itself; tells the way round.
        """
        found = _components(self.needs)
        for group in found:
            members = set(group)
            for number in group:
                for source in self.needs_whole[number] & members:
                    raise self._negation_fault(number, source, members)
        return found

    def is_recursive(self, group: list[int]) -> bool:
        """Tell whether the steps of a group need themselves."""
        return len(group) > 1 or group[0] in self.needs[group[0]]

    def _negation_fault(self, start: int, source: int, members: set[int]) -> BadRule:
        """Describe the cycle from the step that negates back to itself."""
        came_from: dict[int, int] = {source: source}
        waiting = [source]
        while waiting and start not in came_from:
            number = waiting.pop(0)
            for needed in sorted(self.needs[number] & members - came_from.keys()):
                came_from[needed] = number
                waiting.append(needed)
        way = [start]
        while way[-1] != source:
            way.append(came_from[way[-1]])
        names = [self.units[number].rules[0].name for number in [*way, start]]  # type: ignore[index]
        short = [name for place, name in enumerate(names) if place == 0 or name != names[place - 1]]
        if len(short) == 1:
            short *= 2
        rule = next(iter(self.units[start].rules))
        path = " -> ".join(short)
        return rule.fault(f"the rule needs the absence of what hangs on itself: {path}")


def _components(needs: Sequence[set[int]]) -> list[list[int]]:
    """Find the strongly connected components, each after those that it needs (Tarjan 1972, without recursion)."""
    index: dict[int, int] = {}
    low: dict[int, int] = {}
    stack: list[int] = []
    on_stack: set[int] = set()
    found: list[list[int]] = []
    for root in range(len(needs)):
        work = [(root, iter(sorted(needs[root])))] if root not in index else []
        while work:
            node, rest = work[-1]
            if node not in index:
                index[node] = low[node] = len(index)
                stack.append(node)
                on_stack.add(node)
            for needed in rest:
                if needed not in index:
                    work.append((needed, iter(sorted(needs[needed]))))
                    break
                if needed in on_stack:
                    low[node] = min(low[node], index[needed])
            else:
                work.pop()
                if work:
                    low[work[-1][0]] = min(low[work[-1][0]], low[node])
                if low[node] == index[node]:
                    cut = stack.index(node)
                    found.append(sorted(stack[cut:]))
                    on_stack.difference_update(stack[cut:])
                    del stack[cut:]
    return found
