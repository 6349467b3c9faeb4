"""What is true in every solution of a rule, by its premises and by what follows from each of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rdflib.paths import AlternativePath, InvPath, SequencePath
from rdflib.plugins.sparql.parserutils import CompValue
from rdflib.term import URIRef, Variable

from claimgraph.reason.linear import described
from claimgraph.reason.shape import triples_of

if TYPE_CHECKING:
    from claimgraph.reason.linear import Conclusion, Reach

_Known = set["Conclusion"]


def known(node: Any, reach: Reach) -> _Known:  # noqa: ANN401 - rdflib's algebra has no types
    """List triples, with the rule's variables as their ends, that hold in every solution of an algebra node.

    The list may be too short, never too long.
    """
    if not isinstance(node, CompValue):
        return set()
    match node.name:
        case "BGP":
            found = {one for subject, path, value in triples_of(node) for one in _along(subject, path, value, reach)}
        case "Union":
            found = known(node.p1, reach) & known(node.p2, reach)
        case "Join":
            found = known(node.p1, reach) | known(node.p2, reach)
        case "LeftJoin" | "Minus":
            found = known(node.p1, reach)
        case "Project" | "Filter" | "Extend" | "Distinct" | "Graph":
            found = known(node.p, reach)
        case _:
            found = set()
    return found


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
