"""The words of SPARQL 1.1, and the slips that can be told exactly: unknown words, undeclared prefixes, brackets.

The native parser says only roughly where it stopped; these checks come first and name the very token.
"""

from __future__ import annotations

import difflib
from itertools import pairwise
from typing import TYPE_CHECKING

from claimgraph.errors import BadQuery
from claimgraph.sparql.prefixes import PREFIXES
from claimgraph.sparql.tokens import Token, place

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_TEXT = (
    # keywords, SPARQL 1.1 section 19.8
    "BASE PREFIX SELECT DISTINCT REDUCED AS CONSTRUCT DESCRIBE ASK FROM NAMED WHERE ORDER BY ASC DESC LIMIT OFFSET "
    "VALUES UNDEF HAVING GROUP UNION OPTIONAL MINUS GRAPH SERVICE SILENT BIND FILTER EXISTS NOT IN A TRUE FALSE "
    # updates
    "LOAD INTO CLEAR DROP CREATE ADD TO MOVE COPY INSERT DELETE DATA WITH USING DEFAULT ALL "
    # functions and aggregates
    "STR LANG LANGMATCHES DATATYPE BOUND IRI URI BNODE RAND ABS CEIL FLOOR ROUND CONCAT STRLEN UCASE LCASE "
    "ENCODE_FOR_URI CONTAINS STRSTARTS STRENDS STRBEFORE STRAFTER YEAR MONTH DAY HOURS MINUTES SECONDS TIMEZONE TZ "
    "NOW UUID STRUUID MD5 SHA1 SHA256 SHA384 SHA512 COALESCE IF STRLANG STRDT SAMETERM ISIRI ISURI ISBLANK ISLITERAL "
    "ISNUMERIC REGEX SUBSTR REPLACE COUNT SUM MIN MAX AVG SAMPLE GROUP_CONCAT SEPARATOR "
    # what Oxigraph takes beyond SPARQL 1.1 (RDF 1.2, SEP-0002, SEP-0006)
    "VERSION LATERAL ADJUST TRIPLE SUBJECT PREDICATE OBJECT ISTRIPLE LANGDIR HASLANG HASLANGDIR STRLANGDIR"
)
WORDS = frozenset(_TEXT.split())
_CLOSES = {"{": "}", "(": ")", "[": "]"}
_CLOSING = frozenset(_CLOSES.values())
_LONGEST_WORD = max(map(len, WORDS))


def refuse_slips(text: str, tokens: list[Token]) -> None:
    """Refuse brackets that do not match, words that SPARQL does not have, undeclared prefixes.

    Raises:
        BadQuery: with the line and column of the token.
    """
    _refuse_brackets(text, tokens)
    _refuse_words(text, tokens)
    _refuse_prefixes(text, tokens)


def bad(message: str, text: str, token: Token, kind: type[BadQuery] = BadQuery) -> BadQuery:
    """Make an error (of a kind) that names the place of a token."""
    line, column = place(text, token.start)
    return kind(message, line=line, column=column)


def bounded(text: str, tokens: Iterable[Token], limit: int) -> Iterator[Token]:
    """Yield tokens until brackets are nested so deep that the native parser's process would end (at 5,000).

    Raises:
        BadQuery: they are nested deeper than the limit.
    """
    depth = 0
    for token in tokens:
        if token.text in _CLOSES:
            depth += 1
            if depth > limit:
                raise bad(f"brackets are nested deeper than {limit} levels", text, token)
        elif token.text in _CLOSING:
            depth -= 1
        yield token


def _refuse_brackets(text: str, tokens: list[Token]) -> None:
    """Refuse brackets that do not match."""
    opened: list[Token] = []
    for token in tokens:
        if token.text in _CLOSES:
            opened.append(token)
        elif token.text in _CLOSING and not (opened and _CLOSES[opened.pop().text] == token.text):
            raise bad(f"unexpected {token.text!r}: no bracket is open that it closes", text, token)
    if opened:
        raise bad(f"the {opened[-1].text!r} that stands here is never closed", text, opened[-1])


def _refuse_words(text: str, tokens: Iterable[Token]) -> None:
    """Refuse words that are no keyword and no function, and say which one may be meant."""
    for token in tokens:
        if token.kind == "word" and token.text.upper() not in WORDS:
            close = difflib.get_close_matches(token.text[: 2 * _LONGEST_WORD].upper(), WORDS, 1)
            hint = f"; did you mean {close[0]}?" if close else ""
            raise bad(f"SPARQL has no word {token.shown}{hint}", text, token)


def _refuse_prefixes(text: str, tokens: list[Token]) -> None:
    """Refuse prefixed names whose prefix the query does not declare."""
    declared = {name.text[:-1] for word, name in pairwise(tokens) if word.text.upper() == "PREFIX"}
    for token in tokens:
        prefix = token.text.partition(":")[0]
        if token.kind == "name" and prefix not in declared:
            hint = f"; add PREFIX {prefix}: <{PREFIXES[prefix]}>" if prefix in PREFIXES else ""
            raise bad(f"the prefix '{prefix}:' is not declared{hint}", text, token)
