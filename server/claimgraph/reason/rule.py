"""What a rule is: a CONSTRUCT query in a file of its own, with a header that says what it derives and why."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pyparsing import ParseBaseException
from rdflib import BNode

from claimgraph.errors import BadQuery, BadRule, Place
from claimgraph.reason.tree import Tree, names, read_tree
from claimgraph.sparql.header import read_header, require
from claimgraph.sparql.query import parse

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from pyoxigraph import NamedNode

    from claimgraph.dataset import Layout

ON_DEMAND = "on-demand"
_HEADER_KEYS = ("label", "derives", "why", "example")
# Each of these gives another answer at another time, which would break the promise of one digest.
_UNSTEADY = re.compile(r"Builtin_(NOW|RAND|UUID|STRUUID|BNODE)\Z")


@dataclass(frozen=True, eq=False)
class Rule:
    """Hold a rule; ``name`` is its path below ``ontology/rules`` without extension, ``graph`` where it derives into.

    ``tree`` is the parse tree of the query, from which it is read what the rule depends on.
    """

    name: str
    graph: NamedNode
    file: str
    text: str
    label: str
    derives: str
    why: str
    example: str
    tree: Tree

    @property
    def is_owl(self) -> bool:
        """Tell whether the rule is one of OWL rather than one about claims."""
        return self.name.startswith("owl/")

    def fault(self, message: str) -> BadRule:
        """Make an error about this rule; its place is the first line of the query."""
        return BadRule(message, place=_query_place(self.text, self.file))


def load_rules(layout: Layout) -> list[Rule]:
    """Read the rules that a build runs, sorted by name; those for pairs are left out.

    Raises:
        BadHeader: a header is not understood or lacks a key.
        BadRule: a rule is not one CONSTRUCT query, or uses what rules may not use.
    """
    found = [path for path in layout.rules.rglob("*.rq") if not path.is_relative_to(layout.rules / ON_DEMAND)]
    return _load_all(layout, found)


def load_on_demand_rules(layout: Layout) -> list[Rule]:
    """Read the rules for pairs of claims, sorted by name.

    No build runs them, since pairs grow with the square of the claims; they say what a single pair rests on.

    Raises:
        BadHeader, BadRule: as :func:`load_rules` does.
    """
    return _load_all(layout, (layout.rules / ON_DEMAND).glob("*.rq"))


def _load_all(layout: Layout, paths: Iterable[Path]) -> list[Rule]:
    kept = [path for path in paths if not path.name.startswith(".")]
    return [
        load_rule(layout, path) for path in sorted(kept, key=lambda path: path.relative_to(layout.rules).as_posix())
    ]


def load_rule(layout: Layout, path: Path, text: str | None = None) -> Rule:
    """Read one rule from its file, or from what that has been found to say.

    Raises:
        BadHeader: the header is not understood or lacks a key.
        BadRule: the text is not one CONSTRUCT query, or uses what rules may not use.
    """
    file = path.relative_to(layout.root).as_posix()
    name = path.relative_to(layout.rules).with_suffix("").as_posix()
    try:
        text = path.read_text(encoding="utf-8") if text is None else text
    except (OSError, UnicodeDecodeError) as error:
        raise BadRule(f"cannot be read: {error}", place=Place(file, 1, 1)) from error
    header = read_header(text, file)
    require(header, _HEADER_KEYS, file)
    label, derives, why, example = (header[key].strip() for key in _HEADER_KEYS)
    tree = _parse(text, file)
    rule = Rule(name, layout.derived_graph(name), file, text, label, derives, why, example, tree)
    _refuse_unfit(rule)
    return rule


def _parse(text: str, file: str) -> Tree:
    """Parse with the own parser, which refuses what must not run, and with that of rdflib, which gives the tree."""
    try:
        parse(text)
    except BadQuery as error:
        place = Place(file, error.line, error.column or 1) if error.line else _query_place(text, file)
        raise BadRule(error.reason, place=place) from error
    try:
        return read_tree(text)
    except ParseBaseException as error:
        raise BadRule(
            f"rdflib does not parse it: {error.msg}", place=Place(file, error.lineno, error.column)
        ) from error


def _refuse_unfit(rule: Rule) -> None:
    """Refuse what would make a rule unsafe or its result depend on more than the data.

    Raises:
        BadRule: the rule is no CONSTRUCT, calls out, names its own dataset, invents blank nodes, or is unsteady.
    """
    if rule.tree.name != "ConstructQuery":
        raise rule.fault("a rule must be a CONSTRUCT query")
    if not rule.tree.template:
        raise rule.fault("a rule must say what it constructs: CONSTRUCT { ... } WHERE { ... }")
    if any(isinstance(term, BNode) for triple in rule.tree.template for term in triple):
        raise rule.fault("a rule may not construct blank nodes: they would be new ones in each round; use IRI(...)")
    for name in sorted(names(rule.tree.whole)):
        if name == "DatasetClause":
            raise rule.fault("a rule may not have FROM: it sees the whole dataset")
        if name == "Aggregate_GroupConcat":
            raise rule.fault("a rule may not use GROUP_CONCAT: the order of its parts is not defined")
        if name == "Aggregate_Sample":
            raise rule.fault("a rule may not use SAMPLE: which value it takes is not defined")
        if _UNSTEADY.match(name):
            raise rule.fault(f"a rule may not use {name.removeprefix('Builtin_')}: its answer changes between builds")


def _query_place(text: str, file: str) -> Place:
    for number, line in enumerate(text.splitlines(), 1):
        if line.strip() and not line.startswith("#"):
            return Place(file, number, 1)
    return Place(file, 1, 1)
