"""Two states of a dataset: the one that was reasoned over, and the one that is to be, as the difference between them.

The store of the first is only read. What is new lies in a small store in memory, what is gone in a set.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, cast

from pyoxigraph import BlankNode, Literal, NamedNode, Quad, Store

from claimgraph.reason.backward.fact import Facts, terms_of
from claimgraph.reason.shape import TYPE, Shape

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from claimgraph.reason.backward.pattern import Term

Triple = tuple["NamedNode | BlankNode", NamedNode, "Term"]


class Change(Facts):
    """Be the facts as they are to be, and know how they differ from those that were."""

    def __init__(self, store: Store, base: str) -> None:
        """Start with no difference from a store."""
        super().__init__(store, base)
        self.was = Facts(store, base)
        self.gone: set[Quad] = set()
        self.new: set[Quad] = set()
        self._by_predicate: defaultdict[NamedNode, set[Quad]] = defaultdict(set)
        self._more = Store()

    def add(self, quad: Quad) -> None:
        """Let a quad be there that is not."""
        if quad in self.gone:
            self.gone.discard(quad)
            self._by_predicate[quad.predicate].discard(quad)
        else:
            self.new.add(quad)
            self._more.add(quad)
            self._by_predicate[quad.predicate].add(quad)

    def remove(self, quad: Quad) -> None:
        """Let a quad be gone that is there."""
        if quad in self.new:
            self.new.discard(quad)
            self._more.remove(quad)
            self._by_predicate[quad.predicate].discard(quad)
        else:
            self.gone.add(quad)
            self._by_predicate[quad.predicate].add(quad)

    def differing(self, predicates: Iterable[NamedNode | None]) -> list[Quad]:
        """List the quads with some predicates (None: any) that are gone or new, in a stable order."""
        asked = set(predicates)
        names = self._by_predicate if None in asked else cast("set[NamedNode]", asked) & self._by_predicate.keys()
        return sorted((quad for name in names for quad in self._by_predicate[name]), key=str)

    def side(self, quad: Quad) -> Facts:
        """Return the state in which a differing quad is there."""
        return self.was if quad in self.gone else self

    def quads(
        self,
        subject: NamedNode | BlankNode | None,
        predicate: NamedNode | None,
        value: Term | None,
        graph: NamedNode | None = None,
    ) -> Iterator[Quad]:
        """Find the quads that match a pattern, as they are to be."""
        for quad in self.was.quads(subject, predicate, value, graph):
            if quad not in self.gone:
                yield quad
        if self.new:
            yield from self._more.quads_for_pattern(subject, predicate, value, graph)

    def graphs(self) -> Iterator[NamedNode]:
        """List the named graphs."""
        more = (name for name in self._more.named_graphs() if isinstance(name, NamedNode))
        yield from dict.fromkeys((*self.was.graphs(), *more))

    def has(self, quad: Quad) -> bool:
        """Tell whether a quad is to be there."""
        return quad in self.new or (quad not in self.gone and next(self.was.quads(*quad), None) is not None)

    def is_derived(self, quad: Quad) -> bool:
        """Tell whether a quad stands in the graph of a rule."""
        return isinstance(quad.graph_name, NamedNode) and quad.graph_name.value.startswith(self.derived)

    def holding(self, triple: Triple) -> tuple[bool, list[Quad]]:
        """Tell whether a triple is asserted, and in which graphs of rules it is."""
        asserted, derived = False, []
        for quad in self.quads(*triple):
            if self.is_derived(quad):
                derived.append(quad)
            else:
                asserted = True
        return asserted, derived


def shape_of(triple: Triple) -> Shape:
    """Return the shape of a triple."""
    _, predicate, value = triple
    return Shape(predicate, value if predicate == TYPE and not isinstance(value, Literal) else None)


def triple_in(quad: Quad) -> Triple:
    """Return the triple in a quad."""
    subject, predicate, value = terms_of(quad)
    return cast("Triple", (subject, predicate, value))


def triple_of(terms: tuple[Term, Term, Term]) -> Triple | None:
    """Return three terms as a triple, or None where they make none."""
    subject, predicate, value = terms
    if isinstance(subject, Literal) or not isinstance(predicate, NamedNode):
        return None
    return subject, predicate, value
