"""What a rule reads and writes, read from its algebra: the shapes of triples that its patterns match.

A :class:`Shape` is a predicate, or ``rdf:type`` with a class; None stands for "any". Two shapes meet when some triple
can have both.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple

from pyoxigraph import BlankNode, NamedNode
from pyparsing import ParseResults
from rdflib import URIRef
from rdflib.namespace import RDF
from rdflib.paths import Path as PropertyPath
from rdflib.plugins.sparql.parserutils import CompValue
from rdflib.term import Variable

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

Term = NamedNode | BlankNode
TYPE = NamedNode(str(RDF.type))


class Shape(NamedTuple):
    """Describe triples by predicate and, where that is ``rdf:type``, by class; None is "any"."""

    predicate: NamedNode | None
    class_: Term | None = None

    def meets(self, other: Shape) -> bool:
        """Tell whether some triple can have both shapes."""
        return (self.predicate is None or other.predicate is None or self.predicate == other.predicate) and (
            self.class_ is None or other.class_ is None or self.class_ == other.class_
        )


@dataclass
class Reads:
    """Collect the shapes that a rule needs to be there, and those of which it needs all, or none, to be there."""

    positive: set[Shape] = field(default_factory=set)
    negative: set[Shape] = field(default_factory=set)


def triples_of(node: Any) -> Iterator[tuple[Any, Any, Any]]:  # noqa: ANN401 - rdflib's algebra
    """List the triple patterns of a block; inside EXISTS rdflib strings several of one subject together."""
    for run in node.triples:
        for start in range(0, len(run), 3):
            yield run[start], run[start + 1], run[start + 2]


def triple_shapes(triple: tuple[Any, Any, Any], binding: Mapping[str, Term]) -> Iterator[Shape]:
    """List the shapes that a triple pattern of rdflib matches once the variables in ``binding`` are bound.

    A property path has one shape for each predicate it names.
    """
    _, predicate, value = triple
    if isinstance(predicate, PropertyPath):
        for name in _path_names(predicate):
            yield Shape(name)
        return
    bound = _bound(predicate, binding)
    yield Shape(bound, _bound(value, binding) if bound == TYPE else None)  # type: ignore[arg-type]


def _bound(term: Any, binding: Mapping[str, Term]) -> Term | None:  # noqa: ANN401 - rdflib's terms
    if isinstance(term, Variable):
        return binding.get(str(term))
    return NamedNode(str(term)) if isinstance(term, URIRef) else None


def _path_names(path: Any) -> Iterator[NamedNode | None]:  # noqa: ANN401 - rdflib's paths have no types
    if isinstance(path, URIRef):
        yield NamedNode(str(path))
    elif type(path).__name__ == "NegatedPath":
        yield None
    else:
        parts = getattr(path, "args", None) or [getattr(path, "arg", None) or path.path]
        for part in parts:
            yield from _path_names(part)


def reads(algebra: Any, binding: Mapping[str, Term]) -> Reads:  # noqa: ANN401 - rdflib's algebra
    """Find the shapes that a query reads, apart by whether more such triples can take an answer away.

    Absence is asked for by NOT EXISTS and MINUS; aggregates, OPTIONAL and LIMIT need everything below them settled.
    Two negations, one inside the other, cancel out.
    """
    found = Reads()
    _walk(algebra.p, binding, found, positive=True, settled=False)
    return found


def _walk(node: Any, binding: Mapping[str, Term], found: Reads, *, positive: bool, settled: bool) -> None:  # noqa: ANN401
    """Visit an algebra node; ``settled`` says that what lies below must be complete whatever its sign."""
    if isinstance(node, list | tuple | set | ParseResults):
        for part in node:
            _walk(part, binding, found, positive=positive, settled=settled)
    if not isinstance(node, CompValue):
        return
    if node.name in ("BGP", "TriplesBlock"):
        into = found.positive if positive and not settled else found.negative
        for triple in triples_of(node):
            into.update(triple_shapes(triple, binding))
        return
    for key, value in node.items():
        if key != "_vars":
            sign, whole = _effect(node.name, key)
            _walk(value, binding, found, positive=positive == sign, settled=settled or whole)


# Inside EXISTS rdflib leaves the parse tree as it is, so its names stand here beside those of the algebra.
_NEGATED = {("Minus", "p2"), ("MinusGraphPattern", "graph"), ("Builtin_NOTEXISTS", "graph"), ("UnaryNot", "expr")}
_SETTLED = {
    *(("LeftJoin", "p2"), ("LeftJoin", "expr"), ("OptionalGraphPattern", "graph")),
    *(("AggregateJoin", "p"), ("Slice", "p"), ("SubSelect", "where")),
    *(("Extend", "expr"), ("Bind", "expr")),
}
_MONOTONE_EXPRESSIONS = {"ConditionalAndExpression", "ConditionalOrExpression", "UnaryNot"}


def _effect(name: str, key: str) -> tuple[bool, bool]:
    """Say what an operator does to one of its parts: whether it keeps the sign, and whether it needs it settled."""
    opaque = name.endswith("Expression") and name not in _MONOTONE_EXPRESSIONS
    opaque = opaque or (name.startswith("Builtin_") and not name.endswith("EXISTS"))
    return (name, key) not in _NEGATED, opaque or (name, key) in _SETTLED
