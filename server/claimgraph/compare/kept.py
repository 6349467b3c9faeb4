"""Compare two kept snapshots by looking up what differs, so that it takes as long as there is difference."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Final

from pyoxigraph import BlankNode, NamedNode

from claimgraph.catalog import Catalog
from claimgraph.compare.difference import Difference, difference
from claimgraph.compare.state import TYPE, State
from claimgraph.sparql.prefixes import BASE, expand

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from pyoxigraph import Quad, Store

    from claimgraph.compare.dumps import Changed
    from claimgraph.snapshot import Snapshot

_ON: Final = "cg:onProposition"
_SHORT: Final = 12


def difference_of(before: Snapshot, after: Snapshot, changed: Changed) -> Difference:
    """Compare two snapshots of which is known what things differ.

    Answers of canned queries are not compared: to ask them all takes long, and asks for what neither snapshot has.

    Raises:
        SnapshotError: one cannot be opened.
    """
    stores = before.open_store(), after.open_store()
    things = {NamedNode(iri) for iri in changed.things}
    things |= {other for store in stores for other in _same_matter(store, things)}
    names = (f"snapshot {snapshot.digest[:_SHORT]}" for snapshot in (before, after))
    return difference(*(_Part(name, store, things) for name, store in zip(names, stores, strict=True)))


def _same_matter(store: Store, things: Iterable[NamedNode]) -> Iterator[NamedNode]:
    """Yield all positions on the propositions that a position among some things is on."""
    on = NamedNode(expand(_ON))
    matters = {quad.object for thing in things for quad in store.quads_for_pattern(thing, on, None)}
    for matter in matters:
        for quad in store.quads_for_pattern(None, on, matter):
            if isinstance(quad.subject, NamedNode):
                yield quad.subject


class _Part(State):
    """Be a state of which some things are looked at; every other is looked up where these lead to it."""

    def __init__(self, title: str, store: Store, things: set[NamedNode]) -> None:
        super().__init__(title, store, BASE, Catalog([]))
        self._things = things

    @cached_property
    def said(self) -> dict[NamedNode, dict[str, frozenset[str]]]:
        """What the files say of these things."""
        return self._told([quad for thing in self._things for quad in self._around(thing)])

    def of_class(self, curie: str) -> set[NamedNode]:
        """List those of these things that are of a class."""
        kind = NamedNode(expand(curie))
        return {thing for thing in self._things if any(self._store.quads_for_pattern(thing, TYPE, kind))}

    def _around(self, thing: NamedNode) -> Iterator[Quad]:
        """Yield what is said of a thing, and of the blank nodes that it leads to."""
        waiting: list[NamedNode | BlankNode] = [thing]
        seen: set[NamedNode | BlankNode] = {thing}
        while waiting:
            for quad in self._store.quads_for_pattern(waiting.pop(), None, None):
                yield quad
                if isinstance(quad.object, BlankNode) and quad.object not in seen:
                    seen.add(quad.object)
                    waiting.append(quad.object)
