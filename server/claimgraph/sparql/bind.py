"""Bind parameters of a query: replace variable tokens by serialised terms, typed and escaped alike for every engine."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pyoxigraph import Literal, NamedNode

from claimgraph.errors import BadQuery
from claimgraph.sparql.tokens import Token, place, tokenise, unescape

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

Term = NamedNode | Literal
_BEGINS_CLAUSE = frozenset({"SELECT", "GROUP", "VALUES"})
_ENDS_CLAUSE = frozenset({"WHERE", "FROM", "HAVING", "ORDER", "LIMIT", "OFFSET"})


def bind(text: str, values: Mapping[str, Term]) -> str:
    """Replace each variable named in ``values`` (names without ``?``) by its term, wherever it stands.

    Inside strings, comments and IRIs nothing is replaced. Variables that are not named stay variables.

    Raises:
        BadQuery: the text does not tokenise, or a bound variable stands where only a variable may: in a projection,
            after AS, in GROUP BY, or as the variable of VALUES.
    """
    text = unescape(text)
    pieces: list[str] = []
    position = 0
    for token, only_variable in _variables(tokenise(text)):
        term = values.get(token.text[1:])
        if term is None:
            continue
        if only_variable:
            line, column = place(text, token.start)
            raise BadQuery(f"{token.text} is a parameter and cannot stand here", line=line, column=column)
        pieces += (text[position : token.start], _write(term))
        position = token.end
    return "".join(pieces) + text[position:]


def variables(text: str) -> list[str]:
    """List the names of the variables of a query (without ``?``), each once, in the order they first stand in.

    Raises:
        BadQuery: the text does not tokenise.
    """
    return list(dict.fromkeys(token.text[1:] for token in tokenise(unescape(text)) if token.kind == "variable"))


def _write(term: Term) -> str:
    """Serialise a term with a space on either side, so that it never melts into its neighbours (``3`` and ``.``)."""
    return f" {term} "


def _variables(tokens: list[Token]) -> Iterator[tuple[Token, bool]]:
    """Yield each variable token and whether only a variable may stand in its place.

    Such places are the head of a SELECT outside its expressions, the variable after AS, GROUP BY outside its
    expressions, and what follows VALUES up to its block.
    """
    clause = ""
    depth = 0
    before = ""
    for token in tokens:
        word = token.text.upper()
        if token.kind == "variable":
            yield token, before == "AS" or clause == "VALUES" or (bool(clause) and depth == 0)
        elif token.text in {"{", "}"} or (depth == 0 and word in _ENDS_CLAUSE):
            clause, depth = "", 0
        elif depth == 0 and word in _BEGINS_CLAUSE:
            clause = word
        elif clause:
            depth += (token.text == "(") - (token.text == ")")
        before = word
