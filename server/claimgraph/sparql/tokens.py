"""The lexical grammar of SPARQL 1.1 (section 19.8), so that a query is looked at token by token and never by a guess.

What looks like a keyword inside a string, an IRI, a comment or a name is no keyword; what is one in any spelling is
found. Columns and lines count characters from 1.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Literal, NamedTuple

from claimgraph.errors import BadQuery

if TYPE_CHECKING:
    from collections.abc import Iterator

TokenKind = Literal["iri", "name", "blank", "variable", "string", "number", "word", "language", "punctuation"]


_LONGEST_SHOWN = 60


class Token(NamedTuple):
    """Be one token: its kind, its text as written and its offset in the query text."""

    kind: TokenKind
    text: str
    start: int

    @property
    def shown(self) -> str:
        """Return the text as it stands in a message: quoted, and not longer than a line."""
        return repr(self.text if len(self.text) <= _LONGEST_SHOWN else self.text[:_LONGEST_SHOWN] + "…")

    @property
    def end(self) -> int:
        """Return the offset just after the token."""
        return self.start + len(self.text)


# PN_CHARS_BASE and what is built on it, section 19.8 productions 164 to 173.
_BASE = (
    "A-Za-z\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u02ff\u0370-\u037d\u037f-\u1fff\u200c-\u200d"
    "\u2070-\u218f\u2c00-\u2fef\u3001-\ud7ff\uf900-\ufdcf\ufdf0-\ufffd\U00010000-\U000effff"
)
_U = _BASE + "_"
_CHARS = _U + "\\-0-9\u00b7\u0300-\u036f\u203f-\u2040"
_VARIABLE = f"[{_U}0-9][{_U}0-9\u00b7\u0300-\u036f\u203f-\u2040]*"
# The grammar sets no limit to a prefix; this one keeps "a.a.a.a..." from costing the square of its length.
_PREFIX = f"(?:[{_BASE}][{_CHARS}.]{{0,61}}+(?<![.]))?"
_ESCAPE = r"%[0-9A-Fa-f]{2}|\\[_~.\-!$&'()*+,;=/?\#@%]"
_LOCAL = f"(?:(?:[{_U}:0-9]|{_ESCAPE})(?:(?:[{_CHARS}.:]|{_ESCAPE})*(?:[{_CHARS}:]|{_ESCAPE}))?)?"

_GRAMMAR = re.compile(
    rf"""
    (?P<space>[ \t\r\n]+|\#[^\r\n]*)
  | (?P<iri><[^<>"{{}}|^`\\\x00-\x20]*>)
  | (?P<variable>[?$]{_VARIABLE})
  | (?P<blank>_:[{_U}0-9](?:[{_CHARS}.]*[{_CHARS}])?)
  | (?P<name>{_PREFIX}:{_LOCAL})
  | (?P<word>[A-Za-z][A-Za-z0-9_]*)
  | (?P<number>(?:[0-9]++(?:\.[0-9]*+(?=[eE][+-]?[0-9])|\.[0-9]++)?|\.[0-9]++)(?:[eE][+-]?[0-9]++)?)
  | (?P<string>'''(?:'{{0,2}}(?:[^'\\]++|\\[tbnrf\\"']))*'''
            |\"\"\"(?:"{{0,2}}(?:[^"\\]++|\\[tbnrf\\"']))*\"\"\"
            |'(?!'')(?:[^'\\\r\n]++|\\[tbnrf\\"'])*'
            |"(?!"")(?:[^"\\\r\n]++|\\[tbnrf\\"'])*")
  | (?P<language>@[A-Za-z]+(?:-[A-Za-z0-9]+)*(?:--[A-Za-z]+)?)
  | (?P<punctuation><<\(|\)>>|<<|>>|\{{\||\|\}}|\^\^|&&|\|\||!=|<=|>=|[{{}}()\[\];,.=<>!+\-*/^|?~])
    """,
    re.VERBOSE,
)
_CODEPOINT = re.compile(r"\\\\|\\u([0-9A-Fa-f]{4})|\\U([0-9A-Fa-f]{8})")
_LAST_CODEPOINT = 0x10FFFF
_SURROGATES = range(0xD800, 0xE000)


def place(text: str, offset: int) -> tuple[int, int]:
    """Return line and column, both from 1, of an offset in a text."""
    line_start = text.rfind("\n", 0, offset) + 1
    return text.count("\n", 0, offset) + 1, offset - line_start + 1


def offset(text: str, line: int, column: int) -> int:
    """Return the offset of a line and column; the opposite of :func:`place`."""
    start = 0
    for _ in range(line - 1):
        start = text.find("\n", start) + 1
        if not start:
            return len(text)
    return start + column - 1


def unescape(text: str) -> str:
    r"""Replace codepoint escapes (``\u0053``) by what they stand for, before any token is read (section 19.2).

    A backslash that is itself escaped begins no codepoint escape.

    Raises:
        BadQuery: the number names no character.
    """
    if "\\u" not in text and "\\U" not in text:
        return text

    def character(match: re.Match[str]) -> str:
        digits = match[1] or match[2]
        if digits is None:
            return match[0]
        number = int(digits, 16)
        if number > _LAST_CODEPOINT or number in _SURROGATES:
            line, column = place(text, match.start())
            raise BadQuery(f"{match[0]} is no character", line=line, column=column)
        return chr(number)

    return _CODEPOINT.sub(character, text)


def tokenise(text: str) -> list[Token]:
    """Split a query into its tokens; white space and comments are left out.

    Raises:
        BadQuery: something in the text begins no token.
    """
    return list(scan(text))


def scan(text: str) -> Iterator[Token]:
    """Yield the tokens of a query one by one, so that whoever has seen enough can stop; see :func:`tokenise`."""
    position = 0
    for found in _GRAMMAR.finditer(text):
        start, end = found.span()
        if start != position:
            break
        if found.lastgroup != "space":
            yield Token(found.lastgroup, found[0], start)  # type: ignore[arg-type]
        position = end
    if position < len(text):
        line, column = place(text, position)
        raise BadQuery(_complaint(text, position), line=line, column=column)


def _complaint(text: str, position: int) -> str:
    """Say in words what is wrong where no token begins."""
    character = text[position]
    if character in "'\"":
        return "this string is not closed, or has an escape that SPARQL does not know"
    return f"unexpected {character!r}"
