"""Names for blank nodes that depend on what is said of them alone, so that two states can be held side by side."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from typing import TYPE_CHECKING, Final

from pyoxigraph import BlankNode, CanonicalizationAlgorithm, Dataset, DefaultGraph, NamedNode, Quad

if TYPE_CHECKING:
    from collections.abc import Iterable

_MARK: Final = NamedNode("urn:x-claimgraph:this-one")
_LENGTH: Final = 12


def canonical_names(quads: Iterable[Quad]) -> dict[BlankNode, str]:
    """Name each blank node of some quads: two nodes have one name if the graphs around them are isomorphic.

    A node is marked in the group of blank nodes that hang together with it, the group is brought into canonical form
    (RDFC-1.0), and its digest is the name.
    """
    around: defaultdict[BlankNode, list[Quad]] = defaultdict(list)
    for quad in quads:
        for term in {quad.subject, quad.object}:
            if isinstance(term, BlankNode):
                around[term].append(Quad(quad.subject, quad.predicate, quad.object, DefaultGraph()))
    names: dict[BlankNode, str] = {}
    for node in around:
        if node not in names:
            group = _group(node, around)
            said = {quad for member in group for quad in around[member]}
            names |= {member: _name(member, said) for member in group}
    return names


def _group(node: BlankNode, around: dict[BlankNode, list[Quad]]) -> set[BlankNode]:
    found, waiting = {node}, [node]
    while waiting:
        for quad in around[waiting.pop()]:
            new = {term for term in (quad.subject, quad.object) if isinstance(term, BlankNode)} - found
            found |= new
            waiting.extend(new)
    return found


def _name(node: BlankNode, said: set[Quad]) -> str:
    dataset = Dataset([*said, Quad(node, _MARK, _MARK, DefaultGraph())])
    dataset.canonicalize(CanonicalizationAlgorithm.RDFC_1_0)
    lines = "\n".join(sorted(str(quad) for quad in dataset))
    return "_:" + hashlib.sha256(lines.encode()).hexdigest()[:_LENGTH]
