"""Read a query: what form it has, and whether it may be answered at all.

There are two ways in. :func:`read` looks at tokens alone and is for what strangers send: the native parser evaluates
while it parses, so only a worker that can be ended may run it on their text. :func:`parse` also asks the native parser
and is for texts of our own.
"""

from __future__ import annotations

import itertools
import json
import re
from dataclasses import asdict, dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Literal, cast

from pyoxigraph import Store

from claimgraph.errors import BadQuery, ServiceRefused, UpdateRefused
from claimgraph.sparql.tokens import Token, offset, place, scan, unescape
from claimgraph.sparql.words import bad, bounded, refuse_slips

if TYPE_CHECKING:
    from collections.abc import Iterator

QueryForm = Literal["SELECT", "ASK", "CONSTRUCT", "DESCRIBE"]

_FORMS = ("SELECT", "ASK", "CONSTRUCT", "DESCRIBE")
_UPDATES = ("INSERT", "DELETE", "LOAD", "CLEAR", "DROP", "CREATE", "ADD", "MOVE", "COPY", "WITH")
_OPENING, _CLOSING = frozenset("{(["), frozenset("})]")
_NATIVE_REASONS = ("The SELECT contains a variable that is unbound", "IRI parsing failed")
_VOLATILE = frozenset({"NOW", "RAND", "UUID", "STRUUID"})
_OPERAND_ENDS = frozenset({"variable", "iri", "name", "string", "number", "language"})
_NATIVE_ERROR = re.compile(r"error at (\d+):(\d+): (?:expected )?(.*)", re.DOTALL)
_GLANCE = 4096  # characters
SHORT = 1 << 15
"""Characters of the longest text that is remembered: strangers' texts must not fill the memory."""
_PLAIN = re.compile(
    r"\s*(?:PREFIX\s+[A-Za-z0-9_.-]*:\s*<[^<>\s]*>\s*)*(SELECT|ASK|CONSTRUCT|DESCRIBE)\b", re.IGNORECASE
)
_TELLING = ("SERVICE", "FROM", "\\U", *sorted(_VOLATILE - {"STRUUID"}))  # UUID is part of STRUUID
DEFAULT_NESTING = 200


@dataclass(frozen=True, slots=True)
class Query:
    """Hold a query that may be answered: its text (codepoint escapes replaced) and its form.

    ``names_dataset`` tells whether it says FROM, ``is_volatile`` whether two answers over the same data may differ
    (NOW, RAND, UUID).
    """

    text: str
    form: QueryForm
    names_dataset: bool = False
    is_volatile: bool = False

    @property
    def answers_rows(self) -> bool:
        """Tell whether the answer is rows or a boolean (SELECT, ASK) rather than a graph."""
        return self.form in {"SELECT", "ASK"}

    def to_json(self) -> bytes:
        """Write it down, for another process to know what was read in this one."""
        return json.dumps(asdict(self)).encode()


def from_json(written: bytes) -> Query:
    """Read what :meth:`Query.to_json` wrote."""
    return Query(**json.loads(written))


def read(text: str, *, max_nesting: int = DEFAULT_NESTING, allowed: tuple[str, ...] = ()) -> Query:
    """Read a query by its tokens alone; ``allowed`` are the IRI prefixes that SERVICE may call.

    Raises:
        BadQuery: something is no token, brackets do not match or are nested too deep, or there is no query form.
        UpdateRefused: the text is an update.
        ServiceRefused: the query would call another endpoint.
    """
    read_it = _remembered if len(text) <= SHORT else _read
    return read_it(text, max_nesting, allowed)


def _read(text: str, max_nesting: int, allowed: tuple[str, ...]) -> Query:
    text = unescape(text)
    tokens: list[Token] = []
    rest = bounded(text, scan(text), max_nesting)
    form = _form(text, _kept(rest, tokens))  # what does not begin as a query is not read to its end
    tokens += rest
    _refuse_service(text, tokens, allowed)
    refuse_slips(text, tokens)
    words = {token.text.upper() for token in tokens if token.kind == "word"}
    return Query(text, form, "FROM" in words, not words.isdisjoint(_VOLATILE))


_remembered = lru_cache(maxsize=512)(_read)


def read_quickly(text: str, *, max_nesting: int = DEFAULT_NESTING, allowed: tuple[str, ...] = ()) -> Query:
    """Read a query, by a glance where that is enough to know that it may be answered; otherwise as :func:`read` does.

    A text without the letters of SERVICE, without escapes and FROM, and with few brackets can call nobody and hurt
    nobody. What else is wrong with it the worker's parser finds; :func:`refusal` then says it in our words.
    """
    begin = _PLAIN.match(text) if len(text) <= _GLANCE else None
    upper = text.upper()
    if begin is None or any(word in upper for word in _TELLING) or sum(map(text.count, _OPENING)) > max_nesting:
        return read(text, max_nesting=max_nesting, allowed=allowed)
    return Query(text, cast("QueryForm", begin[1].upper()))


def refusal(text: str, message: str) -> BadQuery:
    """Say in our words what the native parser's message says of a text that was read quickly."""
    try:
        read(text, max_nesting=_GLANCE)
    except BadQuery as error:
        return error
    return from_native(text, message)


def parse(text: str, *, max_nesting: int = DEFAULT_NESTING) -> Query:
    """Read a query of our own and have the native parser confirm it; takes 25 to 170 µs and calls nobody.

    Raises:
        BadQuery: the text is no SPARQL; also its kinds :class:`UpdateRefused` and :class:`ServiceRefused`.
    """
    query = read(text, max_nesting=max_nesting)
    try:
        Store().query(query.text, base_iri="http://base.invalid/")
    except SyntaxError as error:
        raise from_native(query.text, str(error)) from error
    except RuntimeError as error:  # a function that does not exist is found at evaluation
        raise BadQuery(str(error)) from error
    return query


def from_native(text: str, message: str) -> BadQuery:
    """Turn the native parser's message (``error at 1:25: expected …``) into one that names what stands near.

    Its position is that of the furthest attempt, at the fault or a little after it; the last token before it is named.
    """
    match = _NATIVE_ERROR.match(message)
    if match is None:
        return BadQuery(message)
    where = (int(match[1]), int(match[2]))
    end = offset(text, *where)
    near = list(itertools.takewhile(lambda token: token.start < end, scan(text)))[-1:]
    known = next((said for said in _NATIVE_REASONS if said in match[3]), "this is not SPARQL")
    line, column = place(text, near[0].start) if near else where
    return BadQuery(f"{known}, near {near[0].shown}" if near else known, line=line, column=column)


def _kept(tokens: Iterator[Token], seen: list[Token]) -> Iterator[Token]:
    """Yield tokens and remember those that were taken."""
    for token in tokens:
        seen.append(token)
        yield token


def _form(text: str, tokens: Iterator[Token]) -> QueryForm:
    """Return the form, which the first word after the prologue tells."""
    for token in tokens:
        word = token.text.upper() if token.kind == "word" else ""
        if word in _FORMS:
            return cast("QueryForm", word)
        if word in _UPDATES:
            raise bad(
                "updates are not answered here: data change in git, by edit and build", text, token, UpdateRefused
            )
        if word == "PREFIX":
            next(tokens, None)
            next(tokens, None)
        elif word in {"BASE", "VERSION"}:
            next(tokens, None)
        else:
            raise bad(f"unexpected {token.shown} where a query should begin", text, token)
    raise BadQuery("the query is empty: it has none of SELECT, ASK, CONSTRUCT, DESCRIBE", line=1, column=1)


def _refuse_service(text: str, tokens: list[Token], allowed: tuple[str, ...]) -> None:
    """Refuse every token that could be SERVICE in any reading that the native parser may choose."""
    if "SERVICE" not in text.upper():
        return
    parentheses: list[str] = []
    for index, token in enumerate(tokens):
        if token.text in _OPENING:
            parentheses.append(token.text)
        elif token.text in _CLOSING and parentheses:
            parentheses.pop()
        if _may_call(tokens, index, inside_round=parentheses[-1:] == ["("]) and not _allowed(tokens, index, allowed):
            raise bad("SERVICE is not answered here: queries never leave this machine", text, token, ServiceRefused)


def _may_call(tokens: list[Token], index: int, *, inside_round: bool) -> bool:
    """Tell whether a token is, or hides, the keyword SERVICE.

    The native parser wants no space around keywords (``trueSERVICE<…>``, ``SERVICEex:x{``), and it reads
    ``?a<?b)SERVICE#>`` as a comparison and a comment where the grammar's longest match is an IRI.
    """
    kind, written, _ = tokens[index]
    upper = written.upper()
    if "SERVICE" not in upper:
        return False
    if kind == "word":
        return True
    if kind == "name":
        follows = tokens[index + 1].text if index + 1 < len(tokens) else ""
        before = tokens[index - 1].text.upper() if index else ""
        return "SERVICE" in upper.partition(":")[0] and follows == "{" and before != "GRAPH"
    if kind == "iri" and inside_round and index:
        before_iri = tokens[index - 1]
        is_operand = before_iri.kind in _OPERAND_ENDS or before_iri.text in {")", "true", "false"}
        return is_operand and ")" in upper.partition("SERVICE")[0]
    return False


def _allowed(tokens: list[Token], index: int, allowed: tuple[str, ...]) -> bool:
    """Tell whether the SERVICE at this index calls an absolute IRI that starts with an allowed prefix."""
    rest = [token for token in tokens[index : index + 3] if token.text.upper() != "SILENT"]
    if tokens[index].text.upper() != "SERVICE" or len(rest) < 2 or rest[1].kind != "iri":  # noqa: PLR2004
        return False
    return any(rest[1].text[1:-1].startswith(prefix) for prefix in allowed)
