"""Who is said to have held an item of evidence, step by step, and the gaps between the steps."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from claimgraph.web.pages.section import Answer
    from claimgraph.web.service import Row
    from claimgraph.web.tables import Cell


@dataclass(frozen=True, slots=True)
class Step:
    """Be one step of custody: what happened, by whom, when, as which claims tell it; ``gap`` is said before it."""

    event: Cell
    kind: Cell
    by: Cell
    when: str
    said: tuple[Cell, ...]
    gap: str


def custody(answer: Answer) -> list[Step]:
    """Shape rows of ``?event ?kind ?by ?when ?said ?after`` into steps, each after those that it follows.

    Between two steps nobody is said to have held the item, unless both were done by the same one.
    """
    rows: dict[str, list[Row]] = {}
    for row in answer.rows:
        rows.setdefault(str(row["event"]), []).append(row)
    ordered: list[str] = []
    while len(ordered) < len(rows):
        ready = [event for event in rows if event not in ordered and _after(rows[event], rows) <= set(ordered)]
        # Steps that follow each other in a circle have no order; they stand as they come.
        ordered += ready or [event for event in rows if event not in ordered]
    return [_step(answer, rows, event) for event in ordered]


def _after(own: list[Row], rows: dict[str, list[Row]]) -> set[str]:
    return {str(row["after"]) for row in own if "after" in row and str(row["after"]) in rows}


def _step(answer: Answer, rows: dict[str, list[Row]], event: str) -> Step:
    own = rows[event]
    first = own[0]
    before = [rows[name][0] for name in sorted(_after(own, rows))]
    gaps = [row for row in before if "by" not in row or row.get("by") != first.get("by")]
    names = ", ".join(answer.cell(row, "event").text for row in gaps)
    return Step(
        answer.cell(first, "event"),
        answer.cell(first, "kind"),
        answer.cell(first, "by"),
        answer.text(first, "when"),
        tuple(dict.fromkeys(answer.cell(row, "said") for row in own if "said" in row)),
        f"Nobody is said to have held it since: {names}" if gaps else "",
    )
