"""What a profile rule reports: a code, the statement that breaks the rule, and words for it."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from pyoxigraph import BlankNode, Literal, NamedNode

from claimgraph.sparql.prefixes import shorten

if TYPE_CHECKING:
    from claimgraph.check.owl.facts import Statement
    from claimgraph.dataset.positions import Term


class Violation(NamedTuple):
    """One statement that breaks one rule of a profile."""

    code: str
    statement: Statement
    message: str


def show(term: Term) -> str:
    """Write a term for a message: IRIs by their short names."""
    if isinstance(term, NamedNode):
        return shorten(term.value)
    return "an anonymous node" if isinstance(term, BlankNode) else literal(term)


def literal(term: Literal) -> str:
    """Write a literal for a message, cut to a length that fits a line."""
    text = str(term)
    return text if len(text) <= _LONGEST else text[:_LONGEST] + "..."


_LONGEST = 60
