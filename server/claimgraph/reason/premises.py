"""What is true in every solution of a rule, by its premises and by what follows from each of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rdflib.paths import AlternativePath, InvPath, SequencePath
from rdflib.term import URIRef, Variable

from claimgraph.reason.linear import described
from claimgraph.reason.tree import parts, triples_of

if TYPE_CHECKING:
    from claimgraph.reason.linear import Conclusion, Reach
    from claimgraph.reason.tree import Node

_Known = set["Conclusion"]


def known(group: Node, reach: Reach) -> _Known:
    """List triples, with the rule's variables as their ends, that hold in every solution of a group of patterns.

    The list may be too short, never too long.
    """
    if group.name == "SubSelect":
        return _projected(group, reach)
    found: _Known = set()
    for part in parts(group):
        if part.name == "TriplesBlock":
            for subject, path, value in triples_of(part):
                found |= _along(subject, path, value, reach)
        elif part.name == "GroupOrUnionGraphPattern":
            found |= set.intersection(*(known(branch, reach) for branch in part.graph))
        elif part.name == "GraphGraphPattern":
            found |= known(part.graph, reach)
    return found


def _projected(select: Node, reach: Reach) -> _Known:
    """List what holds in every solution of a sub-select, of what it projects; what it aggregates has no triples."""
    kept = {part.var.n3() for part in select.projection or () if "var" in part}
    return {
        one
        for one in known(select.where, reach)
        if {end for end in (one.subject, one.value) if isinstance(end, str) and end.startswith("?")} <= kept
    }


def _along(subject: Any, path: Any, value: Any, reach: Reach) -> _Known:  # noqa: ANN401 - rdflib's terms and paths
    if isinstance(path, URIRef):
        triple = described(subject, path, value)
        return {triple} | reach.of(triple)
    if isinstance(path, InvPath):
        return _along(value, path.arg, subject, reach)
    if isinstance(path, AlternativePath):
        return set.intersection(*(_along(subject, part, value, reach) for part in path.args))
    if isinstance(path, SequencePath):
        between = [Variable(f"{subject}>{value}>{number}") for number in range(1, len(path.args))]
        nodes = [subject, *between, value]
        steps = zip(path.args, nodes, nodes[1:], strict=False)
        return set().union(*(_along(start, part, end, reach) for part, start, end in steps))
    return set()
