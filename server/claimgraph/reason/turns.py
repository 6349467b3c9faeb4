"""Whether a rule that reads what it writes must run again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rdflib.term import URIRef, Variable

from claimgraph.reason.shape import triple_shapes
from claimgraph.reason.tree import names, parts, triples_of

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from claimgraph.reason.rule import Rule
    from claimgraph.reason.shape import Shape

_PLAIN = frozenset({"TriplesBlock", "Filter", "Bind"})


def own_reads(rule: Rule, writes: Collection[Shape]) -> list[str] | None:
    """Write ASK queries of which one is true if a triple in the rule's graph can stand where the rule reads one.

    Each has one pattern that the rule's own triples may match, and its neighbours. None where the rule has more than
    plain patterns and it cannot be told so simply.
    """
    group = parts(rule.tree.where)
    if not {part.name for part in group} <= _PLAIN or any(name.endswith("EXISTS") for name in names(rule.tree.where)):
        return None
    read = [triple for part in group if part.name == "TriplesBlock" for triple in triples_of(part)]
    plain = [triple for triple in read if isinstance(triple[1], URIRef)]
    asked = []
    for triple in read:
        if any(shape.meets(other) for shape in triple_shapes(triple, {}) for other in writes):
            if triple not in plain:
                return None
            near = [other for other in plain if other is not triple and _variables(other) & _variables(triple)]
            asked.append(f"ASK {{ {_pattern(near)} GRAPH {rule.graph} {{ {_pattern([triple])} }} }}")
    return asked


def _variables(triple: Iterable[Any]) -> set[Variable]:
    return {term for term in triple if isinstance(term, Variable)}


def _pattern(triples: Iterable[Iterable[Any]]) -> str:
    return " ".join(" ".join(term.n3() for term in triple) + " ." for triple in triples)
