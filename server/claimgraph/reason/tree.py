"""The parse tree of a rule: the one place where rdflib reads SPARQL, so that it can be seen what a rule depends on.

rdflib's parse tree is used and not its algebra: the algebra loses the filters inside EXISTS (rdflib 7.6). Nothing
is evaluated here.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache, partial
from typing import TYPE_CHECKING, Any

from pyparsing import ParseResults
from rdflib.plugins.sparql.algebra import translatePath, translatePName, translatePrologue, traverse
from rdflib.plugins.sparql.parser import parseQuery
from rdflib.plugins.sparql.parserutils import CompValue

if TYPE_CHECKING:
    from collections.abc import Iterator

Pattern = tuple[Any, Any, Any]
Node = Any
"""A node of the tree: rdflib's CompValue, a list, or a term; rdflib has no types for them."""


@dataclass(frozen=True, eq=False)
class Tree:
    """Hold a query: its name (``ConstructQuery``), template and pattern, and the node of everything."""

    name: str
    template: tuple[Pattern, ...]
    where: Node
    whole: Node


@lru_cache(maxsize=512)
def read_tree(text: str) -> Tree:
    """Parse a query; prefixed names are resolved and property paths are rdflib's path objects.

    rdflib takes some 20 ms for each, so the same text is parsed once; nobody changes a tree.

    Raises:
        pyparsing.ParseBaseException: the text does not parse.
    """
    prologue, query = parseQuery(text)
    known = translatePrologue(prologue, None)
    query = traverse(query, visitPost=partial(translatePName, prologue=known))
    query = traverse(query, visitPost=translatePath)
    query = traverse(query, visitPost=_unwrap)
    return Tree(query.name, tuple(_triples(query.template or ())), query.where, query)


def triples_of(block: Node) -> Iterator[Pattern]:
    """List the triple patterns of a block."""
    return _triples(block.triples)


def parts(group: Node) -> list[Node]:
    """List what a group of patterns consists of."""
    return list(group.part or ()) if group.name == "GroupGraphPatternSub" else []


def is_node(value: object) -> bool:
    """Tell whether a value is an inner node of the tree."""
    return isinstance(value, CompValue)


def is_list(value: object) -> bool:
    """Tell whether a value is a list of nodes."""
    return isinstance(value, list | tuple | set | ParseResults)


def names(node: Node) -> set[str]:
    """Collect the names of all nodes of a tree."""
    if is_node(node):
        return {node.name}.union(*(names(value) for value in node.values()))
    return set().union(*(names(value) for value in node)) if is_list(node) else set()


def _triples(runs: Any) -> Iterator[Pattern]:  # noqa: ANN401 - rdflib's lists of terms
    """Cut the runs in which rdflib strings together the triples of one subject."""
    for run in runs:
        for start in range(0, len(run), 3):
            yield run[start], run[start + 1], run[start + 2]


def _unwrap(node: Node) -> Node:
    """Take an expression out of the levels of the grammar that hold nothing but it."""
    if is_node(node) and node.name.endswith("Expression") and set(node) == {"expr"}:
        return node.expr
    return None
