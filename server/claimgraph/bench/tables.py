"""Tables of the report, and targets with what was measured beside them."""

from __future__ import annotations

import operator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_HOLDS: Final = {"at least": operator.ge, "at most": operator.le, "above": operator.gt}


@dataclass(frozen=True, slots=True)
class Target:
    """Be one figure with what is wanted of it: "at least 0.5", "at most 3", "above 1", or nothing."""

    what: str
    wanted: str
    measured: float

    @property
    def is_met(self) -> bool | None:
        """Tell whether it is as wanted, as exactly as it is shown; None where nothing is wanted."""
        words, _, number = self.wanted.rpartition(" ")
        return _HOLDS[words](round(self.measured, 2), float(number.replace(",", ""))) if words else None

    def row(self) -> tuple[str, ...]:
        """Write it as a row of a table."""
        said = {True: "yes", False: "**no**", None: ""}[self.is_met]
        return self.what, self.wanted, two(self.measured), said


def targets(rows: Iterable[Target]) -> Iterator[str]:
    """Write a table of targets."""
    yield from table(("what", "wanted", "measured", "met"), (row.row() for row in rows))


def table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> Iterator[str]:
    """Write a table in Markdown, and an empty line."""
    yield "| " + " | ".join(head) + " |"
    yield "|" + "---|" * len(head)
    for row in rows:
        yield "| " + " | ".join(row) + " |"
    yield ""


def two(number: float) -> str:
    """Write a number with two digits after the point."""
    return f"{number:,.2f}"


def one(number: float) -> str:
    """Write a number with one digit after the point."""
    return f"{number:,.1f}"


def gigabytes(count: int) -> str:
    """Write a number of bytes in thousands of millions."""
    return f"{count / 1e9:.2f}"
