"""When things are said in the invented world: exact days, months, ends of months, open beginnings, and no date."""

from __future__ import annotations

from calendar import monthrange
from datetime import date, timedelta
from typing import TYPE_CHECKING, Final

from claimgraph.synth.turtle import block, label

if TYPE_CHECKING:
    from claimgraph.synth.sheet import Sheet

# So long ago that nobody takes a missile of that day for a real one.
_EPOCH: Final = date(1701, 1, 1)
_MONTHS: Final = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
_END_OF_MONTH: Final = 21


def day_in(conflict: int, after: int) -> date:
    """Return the day that lies so many days after the beginning of a conflict."""
    return _EPOCH + timedelta(days=conflict * 137 % 6000 + after)


def exact(sheet: Sheet, day: date) -> str:
    """Describe the span of one day, once for each dossier, and return its name."""
    name = f":day-{day.isoformat()}"
    if sheet.once(name):
        words = f"{day.day} {_MONTHS[day.month - 1]} {day.year}"
        _describe(sheet, name, words, day.isoformat(), day, day)
    return name


def vague(sheet: Sheet, day: date) -> str | None:
    """Describe how a source dates something of that day, and return the name of the span; none if it gives no date."""
    drawn = sheet.chance.below(100)
    if drawn < 60:  # noqa: PLR2004 - shares of a hundred, here and below
        return exact(sheet, day)
    if drawn < 84 or (drawn < 90 and day.day < _END_OF_MONTH):  # noqa: PLR2004
        return _month(sheet, day)
    if drawn < 90:  # noqa: PLR2004
        return _end_of_month(sheet, day)
    return _before(sheet, day) if drawn < 95 else None  # noqa: PLR2004


def _month(sheet: Sheet, day: date) -> str:
    name = f":month-{day.year}-{day.month:02}"
    if sheet.once(name):
        last = monthrange(day.year, day.month)[1]
        words = f"in {_MONTHS[day.month - 1]} {day.year}"
        _describe(sheet, name, words, f"{day.year}-{day.month:02}", day.replace(day=1), day.replace(day=last))
    return name


def _end_of_month(sheet: Sheet, day: date) -> str:
    name = f":end-of-{day.year}-{day.month:02}"
    if sheet.once(name):
        first, last = day.replace(day=_END_OF_MONTH), day.replace(day=monthrange(day.year, day.month)[1])
        words = f"at the end of {_MONTHS[day.month - 1]} {day.year}"
        _describe(sheet, name, words, f"[{first}..{last}]", first, last, "byConvention")
    return name


def _before(sheet: Sheet, day: date) -> str:
    name = f":before-{day.isoformat()}"
    if sheet.once(name):
        _describe(sheet, name, f"before {day.day} {_MONTHS[day.month - 1]} {day.year}", f"../{day}", None, day)
    return name


def _describe(  # noqa: PLR0913, PLR0917 - the sides of a time span
    sheet: Sheet, name: str, words: str, edtf: str, first: date | None, last: date, resolved: str = "asStated"
) -> None:
    facts = [label(words), f'cg:textAsGiven "{words}"', f'cg:edtf "{edtf}"']
    if first:
        facts.append(f'cg:notBefore "{first}"^^xsd:date')
    facts += [f'cg:notAfter "{last}"^^xsd:date', f"cg:resolvedBy cg:{resolved}"]
    sheet.acts.append(block(name, "cg:TimeSpan", *facts))
