"""Tell blank nodes apart by what is said of them, since two readers of one file give them different names."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from typing import TYPE_CHECKING

from pyoxigraph import BlankNode

if TYPE_CHECKING:
    from collections.abc import Iterable

    from claimgraph.reason.backward.pattern import Term


def signatures(triples: Iterable[tuple[Term, Term, Term]]) -> dict[BlankNode, str]:
    """Describe each blank node by its triples, those of its neighbours, and so on until nothing more is told apart.

    Nodes that get the same signature are, but for graphs made to confuse, interchangeable. This is colour refinement.
    """
    edges: defaultdict[BlankNode, list[tuple[str, Term, Term]]] = defaultdict(list)
    for subject, predicate, value in triples:
        if isinstance(subject, BlankNode):
            edges[subject].append((">", predicate, value))
        if isinstance(value, BlankNode):
            edges[value].append(("<", predicate, subject))
    known = dict.fromkeys(edges, "")
    classes = 1
    while True:
        known = {node: _digest(around, known) for node, around in edges.items()}
        found = len(set(known.values()))
        if found <= classes:
            return known
        classes = found


def _digest(around: Iterable[tuple[str, Term, Term]], known: dict[BlankNode, str]) -> str:
    parts = sorted(f"{way}{predicate}{key(other, known)}" for way, predicate, other in around)
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def key(term: Term, known: dict[BlankNode, str]) -> Term | str:
    """Return a term, or the signature that stands for a blank node."""
    return known.get(term, "") if isinstance(term, BlankNode) else term
