"""What a rule reads and writes: the shapes of triples that its patterns match.

A :class:`Shape` is a predicate, or ``rdf:type`` with a class; None stands for "any". Two shapes meet when some triple
can have both.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, NamedTuple

from pyoxigraph import BlankNode, NamedNode
from rdflib import URIRef
from rdflib.namespace import RDF
from rdflib.paths import Path as PropertyPath
from rdflib.term import Variable

from claimgraph.reason.tree import is_list, is_node, names, parts, triples_of

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence

    from claimgraph.reason.tree import Node, Pattern

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

    def meet(self, shape: Shape) -> bool:
        """Tell whether a triple of a shape may be read."""
        return any(read.meets(shape) for read in (*self.positive, *self.negative))


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


def reads(where: Node, binding: Mapping[str, Term], classes: Classes = lambda _patterns, _variable: None) -> Reads:
    """Find the shapes that a pattern reads, apart by whether more such triples can take an answer away.

    Absence is asked for by NOT EXISTS and MINUS; aggregates, OPTIONAL, LIMIT and functions of EXISTS need everything
    below them settled. Two negations, one inside the other, cancel out. ``classes`` may know which classes a variable
    can stand for.
    """
    found = Reads()
    _walk(where, _Scope(binding, classes), found, positive=True, settled=False)
    return found


Classes = Callable[["Sequence[Pattern]", str], "Collection[Term] | None"]
"""Tells by the patterns that surround a variable which classes it can stand for; None where that is open."""


@dataclass(frozen=True)
class _Scope:
    """Know what is bound, and the patterns that hold for each solution that a place is asked about.

    These are the patterns of its own group, and in EXISTS in a filter those around it, for there its variables are
    bound. Any other group is evaluated by itself first, so in it they may stand for anything.
    """

    binding: Mapping[str, Term]
    classes: Classes
    patterns: tuple[Pattern, ...] = ()
    in_filter: bool = False

    def within(self, node: Node) -> _Scope:
        """Enter a node."""
        if node.name == "Filter":
            return replace(self, in_filter=True)
        if node.name not in _GROUPS:
            return self
        own = [triple for part in parts(node) if part.name == "TriplesBlock" for triple in triples_of(part)]
        return replace(self, patterns=(*(self.patterns if self.in_filter else ()), *own), in_filter=False)

    def shapes(self, triple: Pattern) -> Iterator[Shape]:
        """List the shapes that a triple pattern matches here."""
        _, predicate, value = triple
        for shape in triple_shapes(triple, self.binding):
            is_open = shape == Shape(TYPE) and isinstance(value, Variable) and not isinstance(predicate, PropertyPath)
            known = self.classes(self.patterns, str(value)) if is_open else None
            yield from [shape] if known is None else (Shape(TYPE, class_) for class_ in known)


def _walk(node: Node, scope: _Scope, found: Reads, *, positive: bool, settled: bool) -> None:
    """Visit a node; ``settled`` says that what lies below must be complete whatever its sign."""
    if is_list(node):
        for part in node:
            _walk(part, scope, found, positive=positive, settled=settled)
    elif is_node(node) and node.name == "TriplesBlock":
        into = found.positive if positive and not settled else found.negative
        for triple in triples_of(node):
            into.update(scope.shapes(triple))
    elif is_node(node):
        inside = scope.within(node)
        for value in node.values():
            sign = positive != (node.name in _NEGATIONS)
            _walk(value, inside, found, positive=sign, settled=settled or _needs_whole(node))


_GROUPS = frozenset({"GroupGraphPatternSub", "SubSelect"})
_NEGATIONS = frozenset({"MinusGraphPattern", "Builtin_NOTEXISTS", "UnaryNot"})
_LOGICAL = frozenset({"ConditionalAndExpression", "ConditionalOrExpression"})


def _needs_whole(node: Node) -> bool:
    """Tell whether the answers of a node can change, and not only grow, when what it reads grows."""
    if node.name == "SubSelect":
        aggregates = any(name.startswith("Aggregate_") for name in names(node.projection))
        return aggregates or any(part in node for part in ("groupby", "having", "limitoffset"))
    if node.name.startswith("Builtin_"):
        return not node.name.endswith("EXISTS")
    if node.name.endswith("Expression"):
        return node.name not in _LOGICAL
    return node.name in ("OptionalGraphPattern", "Bind", "Function")
