"""The steps that reasoning consists of: a rule, or an instance of one, that runs as one query over the store."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from functools import cached_property, partial
from time import perf_counter
from typing import TYPE_CHECKING, Protocol, cast

from pyoxigraph import Quad, RdfFormat, parse

from claimgraph.reason.rows import Construction
from claimgraph.reason.shape import TYPE, Reads, Shape, Term, reads, triple_shapes
from claimgraph.reason.turns import own_reads

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Mapping

    from pyoxigraph import NamedNode, QuerySolutions, Store, Triple

    from claimgraph.reason.rule import Rule
    from claimgraph.reason.shape import Classes
    from claimgraph.reason.spill import Spill

_PIECE = 1 << 25
_find_blank_node = re.compile(rb"_:").search  # three times as fast as to ask whether the text has it


@dataclass
class Progress:
    """Keep what is known while reasoning: the store, which graphs hold which shapes, and the seconds of each rule.

    ``planned`` are the graphs that may hold triples of a shape in the end, besides those that are asserted. Of the
    ``unread`` shapes the step at work writes what no other will look at: that may go to the ``spill``.
    """

    store: Store
    spill: Spill | None = None
    unread: frozenset[Shape] = frozenset()
    holders: dict[Shape, set[NamedNode | None]] = field(default_factory=dict)
    seconds: dict[str, float] = field(default_factory=dict)
    planned: dict[Shape, set[NamedNode]] = field(default_factory=dict)
    _writes: Counter[Shape] = field(default_factory=Counter)
    _seen: dict[tuple[object, Shape], int] = field(default_factory=dict)

    def watch(self, shape: Shape) -> None:
        """Note whether triples of a shape are asserted; to be called before anything is derived."""
        if shape not in self.holders:
            asserted = next(self.store.quads_for_pattern(None, shape.predicate, shape.class_), None)
            self.holders[shape] = {None} if asserted else set()

    def wrote(self, shape: Shape, graph: NamedNode) -> None:
        """Note that a derived graph may hold triples of a shape now."""
        self.holders.setdefault(shape, {None}).add(graph)
        self._writes[shape] += 1

    def changed(self, reader: object, shape: Shape) -> bool:
        """Tell whether triples of a shape may have been added since the same reader asked."""
        before, self._seen[reader, shape] = self._seen.get((reader, shape)), self._writes[shape]
        return before != self._writes[shape]

    def only_in(self, shape: Shape, graph: NamedNode) -> bool:
        """Tell whether triples of a shape are in one graph or nowhere, so that none can be there already."""
        return self.holders.get(shape, {None}) <= {graph}

    def stays_only_in(self, shape: Shape, graph: NamedNode) -> bool:
        """Tell whether triples of a shape are, and will be, in one graph or nowhere."""
        return self.only_in(shape, graph) and self.planned.get(shape, set()) <= {graph}

    def add(self, rule: Rule, triples: Iterable[Triple]) -> bool:
        """Put those triples that are nowhere yet into the graph of a rule, one by one; False if there are none."""
        new = {triple for triple in triples if not _holds(self.store, triple)}
        self.store.bulk_extend(Quad(one.subject, one.predicate, one.object, rule.graph) for one in new)
        for shape in {_shape(triple) for triple in new}:
            self.wrote(shape, rule.graph)
        return bool(new)

    def load(self, rule: Rule, shapes: Iterable[Shape], text: bytes) -> bool:
        """Load conclusions of some shapes as N-Triples, then take away again what another graph says already.

        No Python object stands for any triple, which is several times as fast. It cannot be done with blank nodes:
        they would be other ones after loading. Returns False if there is nothing to load.
        """
        if not text:
            return False
        if _find_blank_node(text):  # or a string that looks like one, which costs time and nothing else
            return self.add(rule, (quad.triple for quad in parse(text, RdfFormat.N_TRIPLES)))
        graph, store, shapes = rule.graph, self.store, list(shapes)
        aside = [shape for shape in shapes if shape in self.unread]
        for piece in _pieces(text):
            left = self.spill.take(graph, piece, shapes, aside) if self.spill and aside else piece
            store.load(input=left, format=RdfFormat.N_TRIPLES, to_graph=graph, lenient=True)
        for shape in shapes:
            if not self.only_in(shape, graph):
                pattern = f"?s {shape.predicate or '?p'} {shape.class_ or '?o'}"
                where = f"GRAPH {graph} {{ {pattern} }} GRAPH ?other {{ {pattern} }} FILTER(?other != {graph})"
                store.update(f"DELETE {{ GRAPH {graph} {{ {pattern} }} }} WHERE {{ {where} }}")
            self.wrote(shape, graph)
        return True

    def spent(self, rule: str, since: float) -> None:
        """Add the seconds since a reading of the clock to those of a rule."""
        self.seconds[rule] = self.seconds.get(rule, 0.0) + perf_counter() - since


class Unit(Protocol):
    """Be one step: know what it reads and writes, and derive what can be derived now."""

    @property
    def rules(self) -> Collection[Rule]:
        """Return the rules that the step belongs to."""

    @property
    def reads(self) -> Reads:
        """Return the shapes that the step reads."""

    @property
    def writes(self) -> Mapping[Shape, Collection[NamedNode]]:
        """Return the shapes that the step writes, each with the graphs that it writes them into."""

    @property
    def settled_by(self) -> frozenset[Rule]:
        """Return the rules whose results lead to nothing new here, so that the step need not wait for them."""

    def asks_late(self, progress: Progress) -> bool:
        """Tell whether to ask only when the step can run: what others derive before it makes its answer smaller."""

    def finds_nothing(self, progress: Progress) -> bool:
        """Tell, before anything is derived, whether the step surely has nothing to read but what others may derive."""

    def ask(self, progress: Progress) -> Callable[[], object] | None:
        """Return the part of the step that only reads, to be called in whichever thread; None if there is none.

        To be called once everything that the step reads is there.
        """

    def run(self, progress: Progress, answer: object = None, *, in_turns: bool) -> bool:
        """Derive into the store whatever follows now and is not there yet.

        ``answer`` is what the part of :meth:`ask` returned, if it was called. ``in_turns`` says that the step will be
        asked again until it has nothing to add; only then must the answer, whether it added anything, be exact.
        """

    def feeds_itself(self, store: Store) -> bool:
        """Tell whether something that the step wrote may lead it to more."""


class QueryUnit:
    """Run a rule as it is written, with the variables for properties and classes bound to one axiom's."""

    def __init__(self, rule: Rule, binding: Mapping[str, Term], classes: Classes = lambda *_: None) -> None:
        """Read the shapes off the rule; ``classes`` may know which classes a variable of it can stand for."""
        self.rule = rule
        self.rules = (rule,)
        self.binding = binding
        self.settled_by: frozenset[Rule] = frozenset()
        self.reads = reads(rule.tree.where, binding, classes)
        self.writes = {shape: {rule.graph} for triple in rule.tree.template for shape in triple_shapes(triple, binding)}

    def finds_nothing(self, _progress: Progress) -> bool:
        """Say that it may find something: what a rule needs at least is not worth the search."""
        return False

    def asks_late(self, _progress: Progress) -> bool:
        """Say that it need not: what is there already is taken away after loading."""
        return False

    def ask(self, progress: Progress) -> Callable[[], bytes]:
        """Return the query of the rule, ready to be put."""
        return partial(self._text, progress.store)

    def run(self, progress: Progress, answer: object = None, *, in_turns: bool) -> bool:
        """Derive what is not in the store yet, in whichever graph."""
        start = perf_counter()
        before = self._size(progress) if in_turns else 0
        text = cast("bytes", answer) if answer is not None else self._text(progress.store)
        added = progress.load(self.rule, self.writes, text)
        if in_turns:
            added = self._size(progress) != before
        progress.spent(self.rule.name, start)
        return added

    def feeds_itself(self, store: Store) -> bool:
        """Ask whether a triple in the rule's graph can stand where the rule reads one, if that can be asked."""
        own = own_reads(self.rule, self.writes)
        return own is None or any(store.query(text, use_default_graph_as_union=True) for text in own)

    @cached_property
    def _construction(self) -> Construction:
        return Construction.of(self.rule, self.binding)  # which takes its text apart: not for steps that never ask

    def _text(self, store: Store) -> bytes:
        return self._construction.answer(store)

    def _size(self, progress: Progress) -> int:
        """Count the triples of the rule's graph, in the store and not here."""
        count = f"SELECT (COUNT(*) AS ?n) WHERE {{ GRAPH {self.rule.graph} {{ ?s ?p ?o }} }}"
        return int(next(cast("QuerySolutions", progress.store.query(count)))["n"].value)


def _pieces(text: bytes) -> Iterator[bytes]:
    """Cut lines into pieces, so that what is made of one is small beside the whole."""
    start = 0
    while start < len(text):
        end = text.find(b"\n", start + _PIECE) + 1 or len(text)
        yield text[start:end]
        start = end


def _holds(store: Store, triple: Triple) -> bool:
    found = store.quads_for_pattern(triple.subject, triple.predicate, triple.object)
    return next(found, None) is not None


def _shape(triple: Triple) -> Shape:
    return Shape(triple.predicate, cast("Term", triple.object) if triple.predicate == TYPE else None)
