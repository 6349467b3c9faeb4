"""A finding: one fault at one place, with its code and what to do about it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from claimgraph.check.codes import CODES, Severity

if TYPE_CHECKING:
    from claimgraph.errors import Place


@dataclass(frozen=True, slots=True)
class Edit:
    """Replace the text ``old`` that stands at a place by ``new``; an empty ``old`` only inserts."""

    place: Place
    old: str
    new: str


@dataclass(frozen=True, order=True, slots=True)
class Finding:
    """Say that something is wrong at a place; findings sort by place, then code."""

    place: Place
    code: str
    message: str
    hint: str = field(default="")
    fix: tuple[Edit, ...] = field(default=(), compare=False, repr=False)
    """Edits that mend the fault and cannot change what was meant; empty where only a person can tell."""

    @property
    def severity(self) -> Severity:
        """Tell whether the finding fails the check (``error``) or only asks for a look (``warning``)."""
        return CODES[self.code].severity

    @property
    def advice(self) -> str:
        """Say what to do: the hint for this very place, or else the general advice of the code."""
        return self.hint or CODES[self.code].advice

    def __str__(self) -> str:
        """Write the finding as compilers do, on one line: ``file:line:column CODE message``."""
        text = f"{self.place} {self.code} {self.message}"
        return f"{text}; {self.hint}" if self.hint else text
