"""Read the parse tree of a rule as groups of patterns: the one place where this package sees rdflib's nodes."""

from __future__ import annotations

from itertools import count
from typing import TYPE_CHECKING, Any

from pyoxigraph import Literal, NamedNode, Variable
from rdflib.term import BNode, URIRef
from rdflib.term import Literal as RdflibLiteral
from rdflib.term import Variable as RdflibVariable

from claimgraph.reason.backward.arrange import group_of
from claimgraph.reason.backward.expression import Any as AnyOf
from claimgraph.reason.backward.expression import Both, Exists, Not, Scalar
from claimgraph.reason.backward.fact import as_stored
from claimgraph.reason.backward.pattern import (
    UNNAMED,
    Bind,
    Fold,
    Group,
    Minus,
    Named,
    Optional,
    Select,
    Union,
    Values,
)  # fmt: skip
from claimgraph.reason.backward.read_path import read_path, spread
from claimgraph.reason.backward.written import Text
from claimgraph.reason.tree import is_list, names, parts, triples_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from claimgraph.reason import Rule
    from claimgraph.reason.backward.expression import Formula
    from claimgraph.reason.backward.pattern import Part, Slot, Term
    from claimgraph.reason.tree import Node

_EXISTS = frozenset({"Builtin_EXISTS", "Builtin_NOTEXISTS"})


class Reader:
    """Read one rule; variables that rdflib or a path brings in get names that no rule can use."""

    def __init__(self, rule: Rule) -> None:
        """Keep the rule for the place of its faults."""
        self._rule = rule
        self._numbers = count()

    def template(self) -> tuple[tuple[Slot, Slot, Slot], ...]:
        """Read what the rule constructs."""
        return tuple((slot(s), slot(p), slot(o)) for s, p, o in self._rule.tree.template)

    def where(self) -> Group:
        """Read the pattern of the rule.

        Raises:
            BadRule: it has a part that cannot be run backwards.
        """
        return self._group(self._rule.tree.where)

    def _group(self, node: Node) -> Group:
        if node.name == "SubSelect":
            return group_of([self._select(node)], ())
        written: list[Part | Optional | Minus | Bind] = []
        filters: list[Formula] = []
        for part in parts(node):
            if part.name == "Filter":
                filters.append(self._formula(part.expr))
            else:
                written.extend(self._part(part))
        return group_of(written, filters)

    def _part(self, node: Node) -> Iterator[Part | Optional | Minus | Bind]:
        match node.name:
            case "TriplesBlock":
                for subject, path, value in triples_of(node):
                    yield from spread(slot(subject), read_path(path, slot), slot(value), self._fresh)
            case "OptionalGraphPattern":
                yield Optional(self._group(node.graph))
            case "MinusGraphPattern":
                yield Minus(self._group(node.graph))
            case "GroupOrUnionGraphPattern":
                branches = tuple(self._group(branch) for branch in node.graph)
                yield branches[0] if len(branches) == 1 else Union(branches)
            case "GraphGraphPattern":
                yield Named(slot(node.term), self._group(node.graph))
            case "Bind":
                yield Bind(str(node.var), self._scalar(node.expr))
            case "InlineData":
                yield Values(tuple(_rows(node)))
            case _:
                raise self._rule.fault(f"explanations do not cover {node.name}")

    def _select(self, node: Node) -> Select:
        if node.limitoffset:
            raise self._rule.fault("explanations do not cover LIMIT and OFFSET")
        group = self._group(node.where)
        keys: list[str] = []
        for key in node.groupby.condition if node.groupby else ():
            if not isinstance(key, RdflibVariable):
                raise self._rule.fault("explanations do not cover GROUP BY of an expression")
            keys.append(str(key))
        folds: list[Fold] = []
        columns: dict[str, Scalar | None] = {}
        for column in node.projection or ():
            if column.expr is None:
                columns[str(column.var)] = None
            else:
                columns[str(column.evar)] = self._scalar(column.expr, folds)
        if not columns:
            columns = dict.fromkeys(sorted(name for name in group.names if not name.startswith(UNNAMED)))
        having = tuple(self._scalar(test, folds) for test in (node.having.condition if node.having else ()))
        return Select(group, columns, tuple(keys), tuple(folds), having)

    def _formula(self, node: Node) -> Formula:
        """Read a filter; its connectives are read apart where EXISTS stands below them."""
        if not names(node) & _EXISTS:
            return self._scalar(node)
        match node.name:
            case "Builtin_EXISTS":
                return Exists(self._group(node.graph))
            case "Builtin_NOTEXISTS":
                return Not(Exists(self._group(node.graph)))
            case "UnaryNot":
                return Not(self._formula(node.expr))
            case "ConditionalAndExpression":
                return Both(tuple(self._formula(part) for part in [node.expr, *node.other]))
            case "ConditionalOrExpression":
                return AnyOf(tuple(self._formula(part) for part in [node.expr, *node.other]))
            case _:
                raise self._rule.fault("explanations cover EXISTS below &&, || and ! only")

    def _scalar(self, node: Node, folds: list[Fold] | None = None) -> Scalar:
        text = Text(self._fold(folds) if folds is not None else self._no_fold)
        text.write(node)
        if names(node) & _EXISTS:
            raise self._rule.fault("explanations do not cover EXISTS inside an expression")
        return Scalar(tuple(text.pieces))

    def _fold(self, folds: list[Fold]) -> Any:  # noqa: ANN401 - a callback on rdflib's nodes
        def keep(node: Node) -> Variable:
            name = self._fresh().value
            scalar = None if node.vars == "*" else self._scalar(node.vars)
            folds.append(Fold(node.name.removeprefix("Aggregate_").upper(), scalar, bool(node.distinct), name))
            return Variable(name)

        return keep

    def _no_fold(self, node: Node) -> Variable:
        raise self._rule.fault(f"{node.name} stands outside of a SELECT")

    def _fresh(self) -> Variable:
        return Variable(f"{UNNAMED}{next(self._numbers)}")


def slot(term: Any) -> Slot:  # noqa: ANN401 - rdflib's terms
    """Turn a term of rdflib's into the store's; a blank node of a rule is a variable that has no name."""
    if isinstance(term, RdflibVariable):
        return Variable(str(term))
    if isinstance(term, BNode):
        return Variable(f"{UNNAMED}{term}")
    return constant(term)


def constant(term: URIRef | RdflibLiteral) -> Term:
    """Turn an IRI or literal of rdflib's into the store's, as the store gives it back."""
    if isinstance(term, URIRef):
        return NamedNode(str(term))
    if term.language:
        return Literal(str(term), language=term.language)
    return as_stored(Literal(str(term), datatype=NamedNode(str(term.datatype)) if term.datatype else None))


def _rows(node: Node) -> Iterator[dict[str, Term]]:
    columns = [str(variable) for variable in node.var]
    for row in node.value:
        values = row if is_list(row) else [row]
        yield {
            name: constant(value)
            for name, value in zip(columns, values, strict=True)
            if isinstance(value, URIRef | RdflibLiteral)
        }
