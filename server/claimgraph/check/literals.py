"""Whether a literal is written as its datatype asks."""

from __future__ import annotations

import re
from datetime import date
from functools import cache
from typing import TYPE_CHECKING, Final

from claimgraph.check.names import name

if TYPE_CHECKING:
    from pyoxigraph import Literal, NamedNode

_ZONE: Final = r"(?:Z|[+-](?:0\d|1[0-4]):[0-5]\d)?"
_INTEGER: Final = r"[+-]?\d+"
_DATE: Final = r"-?(?P<year>\d{4,})-(?P<month>\d\d)-(?P<day>\d\d)"
_PATTERNS: Final = {
    "integer": _INTEGER,
    "nonNegativeInteger": r"\+?\d+|-0+",
    "positiveInteger": r"\+?0*[1-9]\d*",
    "int": _INTEGER,
    "long": _INTEGER,
    "decimal": r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)",
    "double": r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?|[+-]?INF|NaN",
    "float": r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?|[+-]?INF|NaN",
    "boolean": r"true|false|1|0",
    "date": _DATE + _ZONE,
    "dateTime": _DATE + r"T(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.\d+)?" + _ZONE,
    "gYear": r"-?\d{4,}" + _ZONE,
    "gYearMonth": r"-?\d{4,}-(?:0[1-9]|1[0-2])" + _ZONE,
    "anyURI": r"[^\s<>\"{}|\\^`]*",
    "hexBinary": r"(?:[0-9A-Fa-f]{2})*",
}
_FIRST_YEAR: Final = 1
_LAST_YEAR: Final = 9999


@cache
def _pattern(datatype: NamedNode) -> re.Pattern[str] | None:
    for local, pattern in _PATTERNS.items():
        if datatype == name(f"xsd:{local}"):
            return re.compile(pattern, re.ASCII)
    return None


def is_valid(literal: Literal) -> bool:
    """Tell whether a literal is in the lexical space of its datatype; datatypes not known here pass.

    Source: XML Schema Part 2 (https://www.w3.org/TR/xmlschema11-2/).
    """
    pattern = _pattern(literal.datatype)
    if pattern is None:
        return True
    found = pattern.fullmatch(literal.value)
    return found is not None and ("day" not in found.groupdict() or _is_day(found))


def _is_day(found: re.Match[str]) -> bool:
    year, month, day = (int(found[part]) for part in ("year", "month", "day"))
    try:
        # A leap year before or after the years that Python knows falls like one four centuries on.
        date(year if _FIRST_YEAR <= year <= _LAST_YEAR else year % 400 + 400, month, day)
    except ValueError:
        return False
    return True
