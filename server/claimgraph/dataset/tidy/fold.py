"""A statement made ready for its layout: needless semicolons gone, comments behind punctuation, brackets folded."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from claimgraph.dataset.tidy.gaps import NOTHING, Gap, moved

if TYPE_CHECKING:
    from collections.abc import Sequence

_CLOSERS: Final = frozenset({"]", ")"})
_DEEPEST: Final = 100
_AFTER_A_NEEDLESS_ONE: Final = frozenset({";", ".", "]"})


class NestsTooDeepError(ValueError):
    """Say that brackets nest deeper than any person writes them."""


def fold(gaps: Sequence[Gap], tokens: Sequence[str]) -> tuple[list[Gap], list[str]]:
    """Return the gaps and tokens of a statement with each bracket that was written on one line as one token.

    Comments before a comma or semicolon come to stand behind it; those before the dot stay in the last gap.

    Raises:
        NestsTooDeepError: brackets nest deeper than the reader of places takes.
    """
    return _brackets_folded(*_comments_moved(gaps, tokens))


def _comments_moved(gaps: Sequence[Gap], tokens: Sequence[str]) -> tuple[list[Gap], list[str]]:
    kept_gaps: list[Gap] = []
    kept: list[str] = []
    carried = NOTHING
    for number, word in enumerate(tokens):
        gap = moved(carried.comments, gaps[number])
        if carried.ends_line and not gap.ends_line:
            gap = gap._replace(ends_line=True)
        carried = NOTHING
        if word == ";" and tokens[number + 1] in _AFTER_A_NEEDLESS_ONE:
            carried = gap
            continue
        if word in {";", ","}:
            carried, gap = gap, gap._replace(comments=[])
        kept_gaps.append(gap)
        kept.append(word)
    return kept_gaps, kept


def _brackets_folded(gaps: list[Gap], tokens: list[str]) -> tuple[list[Gap], list[str]]:
    folded_gaps: list[Gap] = []
    folded: list[str] = []
    opened: list[int] = []
    for before, word in zip(gaps, tokens, strict=True):
        if word in {"[", "("}:
            opened.append(len(folded))
            if len(opened) > _DEEPEST:
                raise NestsTooDeepError
        folded_gaps.append(before)
        folded.append(word)
        if word in _CLOSERS:
            start = opened.pop()
            inside, words = folded_gaps[start + 1 :], folded[start:]
            is_empty = len(inside) == 1
            if not any(gap.comments or (gap.ends_line and not is_empty) for gap in inside):
                folded[start:] = ["".join(words) if is_empty else " ".join(words)]
                del folded_gaps[start + 1 :]
    return folded_gaps, folded
