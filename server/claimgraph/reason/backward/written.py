"""Expressions written back as SPARQL from rdflib's parse tree, with their variables kept apart."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pyoxigraph import Variable
from rdflib.namespace import RDF
from rdflib.term import Variable as RdflibVariable

from claimgraph.reason.tree import is_list, is_node

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from claimgraph.reason.tree import Node

_CHAINS = {"ConditionalOrExpression": "||", "ConditionalAndExpression": "&&"}
_SIGNS = {"UnaryNot": "!", "UnaryMinus": "-", "UnaryPlus": "+"}


class Text:
    """Write an expression; ``fold`` is told each aggregate and gives the variable that stands for it."""

    def __init__(self, fold: Callable[[Node], Variable]) -> None:
        """Start with nothing written."""
        self.pieces: list[str | Variable] = []
        self._fold = fold

    def write(self, node: Any) -> None:  # noqa: ANN401 - rdflib's nodes and terms
        """Write a node; every operator goes into brackets, so none can take another's operands."""
        if not is_node(node):
            self.pieces.append(Variable(str(node)) if isinstance(node, RdflibVariable) else node.n3())
        elif node.name in _CHAINS:
            self._infix([_CHAINS[node.name]] * len(node.other), [node.expr, *node.other])
        elif node.name in ("AdditiveExpression", "MultiplicativeExpression"):
            self._infix(node.op, [node.expr, *node.other])
        elif node.name == "RelationalExpression":
            self._compare(node)
        elif node.name in _SIGNS:
            self._say(_SIGNS[node.name])
            self._list([node.expr])
        elif node.name.startswith("Aggregate_"):
            self.pieces.append(self._fold(node))
        elif node.name == "Function":
            self._say(node.iri.n3())
            self._list(node.expr)
        else:
            self._say(node.name.removeprefix("Builtin_"))
            self._list(_arguments(node))

    def _compare(self, node: Node) -> None:
        if node.op.upper() not in ("IN", "NOT IN"):
            self._infix([node.op], [node.expr, node.other])
            return
        self._say("(")
        self.write(node.expr)
        self._say(f" {node.op} ")
        self._list([] if node.other == RDF.nil else node.other)
        self._say(")")

    def _infix(self, operators: Iterable[str], operands: list[Any]) -> None:
        self._say("(")
        self.write(operands[0])
        for operator, operand in zip(operators, operands[1:], strict=True):
            self._say(f" {operator} ")
            self.write(operand)
        self._say(")")

    def _list(self, members: Iterable[Any]) -> None:
        self._say("(")
        for number, member in enumerate(members):
            if number:
                self._say(", ")
            self.write(member)
        self._say(")")

    def _say(self, text: str) -> None:
        self.pieces.append(text)


def _arguments(node: Node) -> list[Any]:
    """List the arguments of a function in the order of the grammar, which is how rdflib keeps them."""
    found: list[Any] = []
    for value in node.values():
        if is_list(value):
            found.extend(value)
        elif value is not None:
            found.append(value)
    return found
