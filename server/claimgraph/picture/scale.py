"""Days as positions on a line, and the ticks below it."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_MOST_TICKS = 10


def day_of(text: str) -> dt.date:
    """Read a date as xsd:date writes it; a time zone counts for nothing."""
    return dt.date.fromisoformat(text[:10])


@dataclass(frozen=True, slots=True)
class Scale:
    """Map the days between two days to positions between two positions."""

    first: dt.date
    last: dt.date
    left: float
    right: float

    @classmethod
    def around(cls, days: Iterable[dt.date], left: float, right: float) -> Scale:
        """Make a scale on which all days fit, with some room on either side."""
        known = sorted(day.toordinal() for day in days) or [dt.date(2020, 1, 1).toordinal()]
        room = max(3, (known[-1] - known[0]) // 20)
        first, last = max(1, known[0] - room), min(dt.date.max.toordinal(), known[-1] + room)
        return cls(dt.date.fromordinal(first), dt.date.fromordinal(last), left, right)

    def at(self, day: dt.date) -> float:
        """Return the position of a day."""
        share = (day - self.first).days / max(1, (self.last - self.first).days)
        return round(self.left + share * (self.right - self.left), 1)

    def ticks(self) -> Iterator[tuple[float, str]]:
        """Yield beginnings of months, or of years where there are many, with their names."""
        months = (self.last.year - self.first.year) * 12 + self.last.month - self.first.month
        step = next((step for step in (1, 2, 3, 6) if months / step <= _MOST_TICKS), 0)
        if not step:
            years = self.last.year - self.first.year
            jump = max(1, -(-years // _MOST_TICKS))
            for year in range(self.first.year + 1, self.last.year + 1, jump):
                yield self.at(dt.date(year, 1, 1)), str(year)
            return
        for number in range(self.first.year * 12 + self.first.month, self.last.year * 12 + self.last.month, step):
            day = dt.date(number // 12, number % 12 + 1, 1)
            if day <= self.last:
                yield self.at(day), day.strftime("%b %Y")
