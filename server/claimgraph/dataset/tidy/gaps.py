"""What stands between two tokens: white space, which is laid out anew, and comments, which keep their place."""

from __future__ import annotations

import re
from typing import Final, NamedTuple

_LINE: Final = re.compile(r"\r\n|\n|\r")


class Comment(NamedTuple):
    """One comment: its text, whether it has a line of its own, and how many blank lines stand before it."""

    text: str
    own_line: bool
    blank: int


class Gap(NamedTuple):
    """The comments between two tokens, the blank lines after the last of them, and whether a line ends there."""

    comments: list[Comment]
    blank: int
    ends_line: bool


NOTHING: Final = Gap([], 0, ends_line=False)


def read_gap(skipped: str) -> Gap:
    """Take the comments out of what a tokenizer skipped."""
    if skipped == " ":
        return NOTHING
    first, *lines = _LINE.split(skipped)
    comments = [Comment(first.strip(), own_line=False, blank=0)] if first.strip() else []
    blank = 0
    for line in lines[:-1]:
        text = line.strip()
        if text:
            comments.append(Comment(text, own_line=True, blank=blank))
        blank = 0 if text else blank + 1
    # What follows the last line end is the indentation of the next token, or the last comment of the file.
    last = lines[-1].strip() if lines else ""
    if last:
        comments.append(Comment(last, own_line=True, blank=blank))
        blank = 0
    return Gap(comments, blank, ends_line=bool(lines))


def moved(comments: list[Comment], gap: Gap) -> Gap:
    """Put comments before those of a gap, each after the first on a line of its own."""
    if not comments:
        return gap
    first, *others = [*comments, *gap.comments]
    rest = [other if other.own_line else Comment(other.text, own_line=True, blank=0) for other in others]
    return Gap([first, *rest], gap.blank, ends_line=True)
