"""Facts: triples as reasoning sees them, in all graphs together or in a single one."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from pyoxigraph import BlankNode, Literal, NamedNode, Quad, Store

from claimgraph.dataset import derived_graphs, description_graph
from claimgraph.sparql.prefixes import expand

if TYPE_CHECKING:
    from collections.abc import Iterator

    from claimgraph.reason.backward.pattern import Term


_STRING = NamedNode(expand("xsd:string"))


class Fact(NamedTuple):
    """Be a triple; ``graph`` is set where a rule asks for it in that very graph."""

    subject: Term
    predicate: Term
    value: Term
    graph: NamedNode | None = None


class Facts:
    """Look facts up in a store as the rules saw them: without the graph in which the build describes its graphs."""

    def __init__(self, store: Store, base: str) -> None:
        """Keep the store; ``base`` is the IRI that the names of its graphs start with."""
        self._store = store
        self.described = description_graph(base)
        self.derived = derived_graphs(base)

    def matching(
        self, subject: Term | None, predicate: Term | None, value: Term | None, graph: NamedNode | None = None
    ) -> Iterator[Fact]:
        """Find the facts that match a pattern, each once; None matches anything."""
        if isinstance(subject, Literal) or not (predicate is None or isinstance(predicate, NamedNode)):
            return
        seen: set[tuple[Term, Term, Term]] = set()
        for quad in self.quads(subject, predicate, value, graph):
            triple = terms_of(quad)
            if triple not in seen:
                seen.add(triple)
                yield Fact(*triple, graph)

    def quads(
        self,
        subject: NamedNode | BlankNode | None,
        predicate: NamedNode | None,
        value: Term | None,
        graph: NamedNode | None = None,
    ) -> Iterator[Quad]:
        """Find the quads that match a pattern."""
        found = self._store.quads_for_pattern(subject, predicate, value, graph)
        return (quad for quad in found if quad.graph_name != self.described)

    def nodes(self, graph: NamedNode | None) -> Iterator[Term]:
        """List whatever is a subject or an object somewhere."""
        found = (term for fact in self.matching(None, None, None, graph) for term in (fact.subject, fact.value))
        yield from dict.fromkeys(found)

    def graphs(self) -> Iterator[NamedNode]:
        """List the named graphs."""
        names = (name for name in self._store.named_graphs() if isinstance(name, NamedNode))
        return (name for name in names if name != self.described)

    def holders(self, fact: Fact) -> tuple[list[NamedNode], list[str]]:
        """Say where a fact stands: the graphs that assert it, sorted, and the names of the rules that derived it."""
        if isinstance(fact.subject, Literal) or not isinstance(fact.predicate, NamedNode):
            return [], []
        quads = self._store.quads_for_pattern(fact.subject, fact.predicate, fact.value, fact.graph)
        names = sorted(quad.graph_name.value for quad in quads if isinstance(quad.graph_name, NamedNode))
        asserted = [NamedNode(name) for name in names if not name.startswith(self.derived)]
        return asserted, [name[len(self.derived) :] for name in names if name.startswith(self.derived)]


@lru_cache(maxsize=10_000)
def as_stored(term: Term) -> Term:
    """Return a term as the store gives it back, which keeps numbers and dates by value: ``0.990`` becomes ``0.99``."""
    if not isinstance(term, Literal) or term.language or term.datatype == _STRING:
        return term
    store = Store()
    store.add(Quad(_STRING, _STRING, term))
    return next(terms_of(quad)[2] for quad in store)


def terms_of(quad: Quad) -> tuple[Term, Term, Term]:
    """Return the three terms of a quad."""
    if isinstance(quad.subject, NamedNode | BlankNode) and isinstance(quad.object, NamedNode | BlankNode | Literal):
        return quad.subject, quad.predicate, quad.object
    raise TypeError("a dataset holds no triples about triples")
