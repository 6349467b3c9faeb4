"""The days that a date in the Extended Date/Time Format can mean.

Source: the EDTF of the Library of Congress (ISO 8601-2).
"""

from __future__ import annotations

import re
from calendar import monthrange
from datetime import date
from functools import cache
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from time import struct_time

_DAY: Final = re.compile(r"(\d{4})(?:-(\d\d)(?:-(\d\d))?)?", re.ASCII)
_ONE_OF: Final = re.compile(r"\[(\d[\d-]*)\.\.(\d[\d-]*)\]", re.ASCII)
_QUALIFIED: Final = re.compile(r"[~?%XSE^]|^Y")


class Bounds(NamedTuple):
    """The first and the last day that a time can mean; None where it has none."""

    first: date | None
    last: date | None


def is_qualified(text: str) -> bool:
    """Tell whether an EDTF text is approximate, uncertain or in part unspecified, so bounds may be wider."""
    return _QUALIFIED.search(text) is not None


@cache
def edtf_bounds(text: str) -> Bounds | None:
    """Return the first and the last day of an EDTF text, or None if it is none."""
    one_of = _ONE_OF.fullmatch(text)
    is_range = one_of is not None and len(one_of[1]) == len(one_of[2])
    ends = [*one_of.groups()] if one_of and is_range else text.split("/")
    # The plain forms are read here: the library takes 10 ms for each, and half a second for one of several days.
    plain = [_plain(end) for end in ends] if len(ends) in {1, 2} else [None]
    if all(plain):
        first, last = plain[0], plain[-1]
        if first is not None and last is not None and (first.first or last.last):
            return None if first.first and last.last and first.first > last.last else Bounds(first.first, last.last)
    return _parsed(text)


def _plain(text: str) -> Bounds | None:
    if text == "..":
        return Bounds(None, None)
    found = _DAY.fullmatch(text)
    if found is None:
        return None
    year, month, of_month = (int(part) if part else None for part in found.groups())
    try:
        if year is None or month is None:
            return Bounds(date(year or 0, 1, 1), date(year or 0, 12, 31))
        return Bounds(date(year, month, of_month or 1), date(year, month, of_month or monthrange(year, month)[1]))
    except ValueError:
        return None


def _parsed(text: str) -> Bounds | None:
    from edtf import parse_edtf  # noqa: PLC0415 - slow to import, and rarely needed
    from edtf.parser.edtf_exceptions import EDTFParseException  # noqa: PLC0415

    try:
        parsed = parse_edtf(text)
        first, last = _day_of(parsed.lower_strict()), _day_of(parsed.upper_strict())
    except (EDTFParseException, ValueError, AttributeError, TypeError):
        # The library fails in its own ways on texts that its grammar lets through.
        return None
    # For an unknown end the library guesses one; for us it is open.
    return Bounds(None if text.startswith("/") else first, None if text.endswith("/") else last)


def _day_of(moment: struct_time | float | None) -> date | None:
    if moment is None or isinstance(moment, float):
        return None
    return date(moment.tm_year, moment.tm_mon, moment.tm_mday)
