"""The text of a document, with every passage marked and led on to the statements that are grounded in it."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

from claimgraph.web.pages.copies import copy_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from claimgraph.web.pages.section import Answer
    from claimgraph.web.tables import Cell

_LEFT_OUT = " […] "
_LONGEST_SIGN = 12


@dataclass(frozen=True, slots=True)
class Mark:
    """Be one passage: where it begins and ends, its words, the sign that stands after it, and where that leads."""

    start: int
    end: int
    quote: str
    sign: str
    claim: Cell


@dataclass(frozen=True, slots=True)
class Piece:
    """Be a piece of text: marked where some passage covers it; ``ending`` are the passages that end after it."""

    text: str
    is_marked: bool
    ending: tuple[Mark, ...]


def marked(answer: Answer) -> list[list[Piece]]:
    """Shape rows of passages, ``?start ?end ?quote ?claim ?id``, into paragraphs of pieces.

    Without a copy of the document there is nothing between the passages but a sign that something is left out.
    """
    marks = [
        Mark(
            int(answer.text(row, "start")),
            int(answer.text(row, "end")),
            answer.text(row, "quote"),
            answer.text(row, "id") or answer.cell(row, "claim").text[:_LONGEST_SIGN],
            answer.cell(row, "claim"),
        )
        for row in answer.rows
    ]
    text = copy_of(answer.view, answer.text(answer.rows[0], "sha"))
    if text is None or any(text[mark.start : mark.end] != mark.quote for mark in marks):
        return [
            [Piece(mark.quote, is_marked=True, ending=(mark,)), Piece(_LEFT_OUT, is_marked=False, ending=())]
            for mark in marks
        ]
    return [paragraph for paragraph in _paragraphs(text, marks) if paragraph]


def _paragraphs(text: str, marks: Sequence[Mark]) -> Iterator[list[Piece]]:
    """Cut a text where a passage begins or ends, since passages overlap, and where a line ends."""
    breaks = {position for position, character in enumerate(text) if character == "\n"}
    cuts = {0, len(text)} | {mark.start for mark in marks} | {mark.end for mark in marks}
    cuts |= breaks | {position + 1 for position in breaks}
    ordered = sorted(cuts)
    paragraph: list[Piece] = []
    for start, end in pairwise(ordered):
        if start in breaks:
            yield paragraph
            paragraph = []
            continue
        covering = any(mark.start <= start and end <= mark.end for mark in marks)
        ending = tuple(mark for mark in marks if mark.end == end)
        paragraph.append(Piece(text[start:end], covering, ending))
    yield paragraph
