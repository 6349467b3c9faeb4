"""The exact words behind a claim, marked in the paragraph of the document that they stand in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from claimgraph.web.pages.copies import copy_of

if TYPE_CHECKING:
    from claimgraph.web.pages.section import Answer
    from claimgraph.web.service import Row
    from claimgraph.web.tables import Cell


@dataclass(frozen=True, slots=True)
class Words:
    """Be a passage between what stands before and after it in its paragraph, or a note where no text is kept."""

    before: str
    marked: str
    after: str
    note: str
    document: Cell
    locus: Cell


def words(answer: Answer) -> list[Words]:
    """Shape rows of ``?quote ?start ?end`` in a document whose copy has the hash ``?sha``, or of ``?note``."""
    return [_words(answer, row) for row in answer.rows]


def _words(answer: Answer, row: Row) -> Words:
    before = after = ""
    quote = answer.text(row, "quote")
    text = copy_of(answer.view, answer.text(row, "sha")) if quote else None
    if text is not None:
        start, end = int(answer.text(row, "start")), int(answer.text(row, "end"))
        if text[start:end] == quote:  # an older copy, or offsets of another kind of count: then the words alone
            before = text[text.rfind("\n", 0, start) + 1 : start]
            after = text[end:].partition("\n")[0]
    return Words(
        before, quote, after, answer.text(row, "note"), answer.cell(row, "document"), answer.cell(row, "locus")
    )
