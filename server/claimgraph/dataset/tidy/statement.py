"""The layout of one statement without comments: on one line if it was and fits, otherwise a predicate a line."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from claimgraph.dataset.tidy.branches import Branches
from claimgraph.dataset.tidy.fold import fold
from claimgraph.dataset.tidy.gaps import NOTHING, read_gap

if TYPE_CHECKING:
    from collections.abc import Sequence

    from claimgraph.dataset.tidy.gaps import Comment

WIDTH: Final = 120
INDENT: Final = "    "

# A decoded text never holds half a surrogate pair, so this cannot stand inside a token.
_CUT: Final = "\ud800"
_SEMICOLON: Final = f"{_CUT};{_CUT}"
_COMMA: Final = f"{_CUT},{_CUT}"
_NEEDLESS: Final = (f"{_CUT};{_CUT};", f"{_CUT};{_CUT}]", f"{_CUT};{_CUT}.")
_FOLDED: Final = (*_NEEDLESS, f"[{_CUT}]", f"({_CUT})")


def lay_out(skips: Sequence[str], tokens: Sequence[str]) -> tuple[str, list[Comment]]:
    """Lay out one statement, its dot included; ``skips[i]`` stands before ``tokens[i]``, the first is not looked at.

    Returns the text, and the comments right before the dot, which belong behind it.
    """
    inner = "".join(skips[1:])
    is_broken = "\n" in inner or "\r" in inner
    joined = _CUT.join(tokens)
    if not is_broken and len(joined) <= WIDTH and not any(pair in joined for pair in _FOLDED):
        return joined.replace(_CUT, " "), []
    if "#" not in inner and "[" not in tokens and "(" not in tokens and _NEEDLESS[0] not in joined:
        return _rows(joined.replace(_NEEDLESS[2], f"{_CUT}."), one_line=not is_broken), []
    gaps, folded = fold([NOTHING, *map(read_gap, skips[1:])], tokens)
    if any(gap.comments for gap in gaps) or "[" in folded or "(" in folded:
        leftover = gaps[-1].comments
        gaps[-1] = NOTHING
        return Branches(gaps, folded).write(), leftover
    return _rows(_CUT.join(folded), one_line=not is_broken), []


def _rows(joined: str, *, one_line: bool) -> str:
    """Write a statement that has neither comments nor open brackets."""
    whole = joined.replace(_CUT, " ")
    subject, _, rest = joined.removesuffix(f"{_CUT}.").partition(_CUT)
    groups = rest.split(_SEMICOLON)
    if len(whole) <= WIDTH and (one_line or len(groups) == 1):
        return whole
    start = f"{subject} " if groups[0].startswith(f"a{_CUT}") or not rest else f"{subject}\n{INDENT}"
    return start + f" ;\n{INDENT}".join([_group(group) for group in groups]) + " ."


def _group(group: str) -> str:
    if _COMMA in group and len(group) + len(INDENT) + len(" ;") > WIDTH:
        verb, _, objects = group.partition(_CUT)
        deeper = INDENT * 2
        listed = f" ,\n{deeper}".join([part.replace(_CUT, " ") for part in objects.split(_COMMA)])
        return f"{verb}\n{deeper}{listed}"
    return group.replace(_CUT, " ")
