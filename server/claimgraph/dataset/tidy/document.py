"""The layout of a whole Turtle document, statement by statement."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from pyoxigraph import RdfFormat, Store

from claimgraph.dataset.positions import read
from claimgraph.dataset.positions.tokens import literal_parts, split
from claimgraph.dataset.tidy.fold import NestsTooDeepError
from claimgraph.dataset.tidy.gaps import Gap, moved, read_gap
from claimgraph.dataset.tidy.statement import lay_out
from claimgraph.errors import BadTurtle

if TYPE_CHECKING:
    from collections.abc import Sequence

    from claimgraph.dataset.tidy.gaps import Comment

_MOST_BLANK: Final = 2
_ANY_BASE: Final = "http://localhost/"
# White space between a string and what it is tagged with; found in other places too, which costs time and nothing else.
_LOOSE_TAG: Final = re.compile(r"[\"'][ \t\r\n]+(?:@|\^\^)|\^\^[ \t\r\n]")


def tidy(text: str, file: str = "<text>") -> str:
    """Lay out a Turtle document anew without changing what it says.

    Comments stay between the tokens between which they stand, statements and prefixes in their order. One subject is
    one block, with a predicate a line; what was written on one line and fits 120 characters stays on one line.

    Raises:
        BadTurtle: the text is no Turtle; with its place.
    """
    _refuse_faulty(text, file)
    if not text.strip():
        return ""
    pairs = split(text)
    skips = [skip for skip, _ in pairs]
    tokens = [token for _, token in pairs]
    if _LOOSE_TAG.search(text):
        tokens = [_tightened(token) for token in tokens]
    try:
        return _Document(skips, tokens).write()
    except NestsTooDeepError as error:
        read(text, file, base=_ANY_BASE)  # which refuses it too, with its place
        raise BadTurtle("brackets nest too deep") from error


def _refuse_faulty(text: str, file: str) -> None:
    try:
        Store().bulk_load(text.encode(), RdfFormat.TURTLE, base_iri=_ANY_BASE)
    except SyntaxError as error:
        read(text, file, base=_ANY_BASE)
        raise BadTurtle(error.msg) from error


def _tightened(token: str) -> str:
    if token[0:1] not in {'"', "'"}:
        return token
    string, language, datatype = literal_parts(token)
    if language is not None:
        tight = f"{string}@{language}"
    elif datatype is not None:
        tight = f"{string}^^{datatype}"
    else:
        return token
    # What is lost must be white space: a comment stays where it is.
    return token if "#" in token[len(string) : len(token) - len(datatype or "")] else tight


class _Document:
    """Write the items of a document, directives and statements, with what stands between them."""

    def __init__(self, skips: Sequence[str], tokens: Sequence[str]) -> None:
        self._skips = skips
        self._tokens = tokens
        self._lines: list[str] = []
        self._was_directive = False
        self._was_tall = False

    def write(self) -> str:
        tokens, start = self._tokens, 0
        carried: list[Comment] = []
        while tokens[start]:
            gap = moved(carried, read_gap(self._skips[start]))
            word = tokens[start]
            is_directive = word[0] == "@" or word.upper() in {"PREFIX", "BASE"}
            end = self._end_of_directive(start) if is_directive else tokens.index(".", start) + 1
            if is_directive:
                item, carried = self._directive(start, end)
            else:
                item, carried = lay_out(self._skips[start:end], tokens[start:end])
            self._add(gap, item, is_directive=is_directive)
            start = end
        self._between(moved(carried, read_gap(self._skips[start])), needs_blank=False, at_end=True)
        return "\n".join(self._lines) + "\n"

    def _end_of_directive(self, start: int) -> int:
        word = self._tokens[start]
        size = 3 if word.upper() in {"PREFIX", "@PREFIX"} else 2
        return start + size + (word[0] == "@")

    def _directive(self, start: int, end: int) -> tuple[str, list[Comment]]:
        inner = [comment for skip in self._skips[start + 1 : end] for comment in read_gap(skip).comments]
        return " ".join(self._tokens[start:end]), inner

    def _add(self, gap: Gap, item: str, *, is_directive: bool) -> None:
        is_tall = "\n" in item
        changes = self._was_directive != is_directive
        self._between(gap, needs_blank=bool(self._lines) and (changes or is_tall or self._was_tall))
        self._lines.append(item)
        self._was_directive, self._was_tall = is_directive, is_tall

    def _between(self, gap: Gap, *, needs_blank: bool, at_end: bool = False) -> None:
        comments = list(gap.comments)
        if comments and not comments[0].own_line and self._lines:
            self._lines[-1] += f" {comments.pop(0).text}"
        blanks = [comment.blank for comment in comments] + ([] if at_end else [gap.blank])
        if needs_blank and not any(blanks):
            blanks[0] = 1
        for comment, blank in zip([*(comment.text for comment in comments), None], [*blanks, 0], strict=False):
            if self._lines:
                self._lines += [""] * min(blank, _MOST_BLANK)
            if comment is not None:
                self._lines.append(comment)
