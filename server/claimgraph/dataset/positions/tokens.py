"""The lexical grammar of Turtle 1.1 as one regular expression.

Source: RDF 1.1 Turtle, section 6.5 (https://www.w3.org/TR/turtle/#terminals). A literal and its language tag or
datatype are one token here, because the parser needs them together and the grammar lets nothing else follow.
"""

from __future__ import annotations

import re
from typing import Final

# White space and comments, which may stand between any two tokens.
_SKIP: Final = r"(?:[ \t\r\n]++|#[^\r\n]*+)*+"

_UCHAR: Final = r"\\u[0-9A-Fa-f]{4}|\\U[0-9A-Fa-f]{8}"
_ESCAPE: Final = rf"\\[tbnrf\"'\\]|{_UCHAR}"
_IRI: Final = rf'<(?:[^\x00-\x20<>"{{}}|^`\\]++|{_UCHAR})*+>'

_BASE_CHARS: Final = (
    "A-Za-z\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u02ff\u0370-\u037d\u037f-\u1fff\u200c-\u200d\u2070-\u218f"
    "\u2c00-\u2fef\u3001-\ud7ff\uf900-\ufdcf\ufdf0-\ufffd\U00010000-\U000effff"
)
_NAME_START: Final = _BASE_CHARS + "_"
_NAME_CHARS: Final = _NAME_START + "\\-0-9\u00b7\u0300-\u036f\u203f-\u2040"

# A dot may stand inside a name but not at its end: there it ends the statement.
_PREFIX: Final = rf"[{_BASE_CHARS}](?:[{_NAME_CHARS}]++|\.++(?=[{_NAME_CHARS}]))*+"
_LOCAL_ESCAPE: Final = r"%[0-9A-Fa-f]{2}|\\[_~.\-!$&'()*+,;=/?#@%]"
_LOCAL: Final = (
    rf"(?:[{_NAME_START}:0-9]|{_LOCAL_ESCAPE})"
    rf"(?:[{_NAME_CHARS}:]++|{_LOCAL_ESCAPE}|\.++(?=[.{_NAME_CHARS}:%\\]))*+"
)
_PREFIXED: Final = rf"(?:{_PREFIX})?+:(?:{_LOCAL})?+"
_BLANK: Final = rf"_:[{_NAME_START}0-9](?:[{_NAME_CHARS}]++|\.++(?=[{_NAME_CHARS}]))*+"

_STRING: Final = "|".join(
    (
        rf'"""(?:[^"\\]++|{_ESCAPE}|"(?!""))*+"""',
        rf"'''(?:[^'\\]++|{_ESCAPE}|'(?!''))*+'''",
        rf'"(?:[^"\\\n\r]++|{_ESCAPE})*+"(?!")',
        rf"'(?:[^'\\\n\r]++|{_ESCAPE})*+'(?!')",
    )
)
_LANGUAGE: Final = r"@[a-zA-Z]++(?:-[a-zA-Z0-9]++)*+"
_LITERAL: Final = rf"(?:{_STRING})(?:{_SKIP}(?:{_LANGUAGE}|\^\^{_SKIP}(?:{_IRI}|{_PREFIXED})))?+"

_EXPONENT: Final = r"[eE][+-]?[0-9]+"
_NUMBER: Final = rf"[+-]?(?:[0-9]++\.[0-9]*{_EXPONENT}|\.?[0-9]++{_EXPONENT}|[0-9]*+\.[0-9]++|[0-9]++)"
_WORD: Final = r"@?[A-Za-z]++"

_TOKEN: Final = re.compile(
    f"({_SKIP})({_PREFIXED}|[;,()\\[\\]]|\\.(?![0-9])|{_LITERAL}|{_IRI}|{_NUMBER}|{_BLANK}|{_WORD}|)"
)

_PARTS: Final = re.compile(
    rf"(?P<string>{_STRING})(?:{_SKIP}(?:@(?P<language>[a-zA-Z0-9-]++)|\^\^{_SKIP}(?P<datatype>.+)))?+", re.DOTALL
)


def split(text: str) -> list[tuple[str, str]]:
    """Cut Turtle into pairs of what is skipped (white space, comments) and the token after it.

    The first empty token is the end of the text, or the place where it stops being Turtle.
    """
    return _TOKEN.findall(text)


def literal_parts(token: str) -> tuple[str, str | None, str | None]:
    """Split a literal token into its quoted string, its language tag and its datatype (a token), where it has them."""
    parts = _PARTS.fullmatch(token)
    if parts is None:
        raise ValueError(token)
    return parts["string"], parts["language"], parts["datatype"]
