"""How a claim stands, in sentences: when it was put forward, and whether it was withdrawn."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from pyoxigraph import NamedNode

from claimgraph.sparql.prefixes import expand
from claimgraph.web.tables import Cell, address_of

if TYPE_CHECKING:
    from claimgraph.web.pages.section import Answer
    from claimgraph.web.service import Row

_WAYS: Final = {
    expand("cg:withdrawnExplicitlyBy"): "Withdrawn expressly",
    expand("cg:withdrawnInEffectBy"): "Withdrawn in effect, as we read it,",
    expand("cg:withdrawalUndecidedBy"): "It is not said whether it is covered by what was withdrawn",
}


@dataclass(frozen=True, slots=True)
class Withdrawal:
    """Be one claim that takes another back: how, by which, when, and why we say so."""

    how: str
    by: Cell
    when: str
    why: Cell


@dataclass(frozen=True, slots=True)
class Standing:
    """Be when a claim was put forward, in words, how that is known, and by what it was withdrawn."""

    put_forward: str
    words: str
    known_by: str
    withdrawals: tuple[Withdrawal, ...]


def standing(answer: Answer) -> Standing:
    """Shape rows of the bounds of a claim, each with one withdrawal, if there is any."""
    row = answer.rows[0]
    note = "; ".join(filter(None, (answer.text(row, "resolved"), answer.text(row, "note"))))
    withdrawals = dict.fromkeys(_withdrawal(answer, row) for row in answer.rows if "by" in row)
    return Standing(
        between(answer.text(row, "first"), answer.text(row, "last")),
        answer.text(row, "words"),
        note,
        tuple(withdrawals),
    )


def between(first: str, last: str) -> str:
    """Say in words when something was, between a first and a last day, either of which may not be known."""
    if first and last:
        return f"on {first}" if first == last else f"between {first} and {last}"
    if first or last:
        return f"not before {first}" if first else f"not after {last}"
    return "at a time that is not known"


def _withdrawal(answer: Answer, row: Row) -> Withdrawal:
    return Withdrawal(
        _WAYS[row["kind"].value],
        answer.cell(row, "by"),
        between(answer.text(row, "from"), answer.text(row, "until")),
        Cell("why?", address_of(NamedNode(answer.thing), row["kind"], row["by"])),
    )
