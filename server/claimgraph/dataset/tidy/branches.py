"""The layout of a statement with comments or open brackets, which goes down into them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Sequence

    from claimgraph.dataset.tidy.gaps import Gap

_WIDTH: Final = 120
_STEP: Final = 4
_ENDS: Final = frozenset({";", ".", "]"})
_OPENERS: Final = frozenset({"[", "("})
_CLOSERS: Final = frozenset({"]", ")"})


class Branches:
    """Write one statement from its tokens, in which brackets that close on their line are single tokens."""

    def __init__(self, gaps: Sequence[Gap], tokens: Sequence[str]) -> None:
        """Stand before the first token."""
        self._gaps = gaps
        self._tokens = tokens
        self._next = 0
        self._lines: list[str] = []
        self._line = ""

    def write(self) -> str:
        """Return the whole statement, up to its dot."""
        self._node(0)
        if self._word != ".":
            self._predicates(_STEP, beside=self._starts_beside())
        self._take(0)
        self._end_line()
        return "\n".join(self._lines)

    @property
    def _word(self) -> str:
        return self._tokens[self._next]

    def _starts_beside(self) -> bool:
        """Tell whether the first predicate stands on the line of the subject."""
        if self._word == "a":
            return True
        rest = self._tokens[self._next :]
        is_short = sum(map(len, self._tokens)) + len(self._tokens) <= _WIDTH
        return self._depth_of(";", rest) is None and (is_short or not _OPENERS.isdisjoint(rest))

    @staticmethod
    def _depth_of(wanted: str, tokens: Sequence[str]) -> int | None:
        """Find a token outside all brackets."""
        depth = 0
        for number, word in enumerate(tokens):
            if depth == 0 and word == wanted:
                return number
            depth += (word in _OPENERS) - (word in _CLOSERS)
        return None

    def _predicates(self, indent: int, *, beside: bool) -> None:
        while True:
            self._take(indent, fresh=not beside)
            beside = False
            self._objects(indent)
            if self._word != ";":
                return
            self._take(indent)

    def _objects(self, indent: int) -> None:
        is_list = self._is_long_list(indent)
        while True:
            self._node(indent + _STEP, fresh=is_list)
            if self._word != ",":
                return
            self._take(indent + _STEP)

    def _is_long_list(self, indent: int) -> bool:
        """Tell whether the objects that follow stand one a line."""
        depth = commas = width = 0
        has_comments = has_branches = False
        for number in range(self._next, len(self._tokens)):
            word = self._tokens[number]
            if depth == 0 and word in _ENDS:
                break
            has_comments |= depth == 0 and bool(self._gaps[number].comments)
            depth += (word in _OPENERS) - (word in _CLOSERS)
            has_branches |= depth > 0
            commas += depth == 0 and word == ","
            width += len(word) + 1
        verb = len(self._tokens[self._next - 1])
        too_wide = not has_branches and indent + verb + width + len(" ;") > _WIDTH
        return commas > 0 and (has_comments or too_wide)

    def _node(self, indent: int, *, fresh: bool = False) -> None:
        opener = self._word
        self._take(indent, fresh=fresh)
        if opener not in _OPENERS:
            return
        outer = len(self._line) - len(self._line.lstrip(" "))
        if opener == "[" and self._word != "]":
            self._predicates(outer + _STEP, beside=False)
        else:
            while self._word not in _CLOSERS:
                self._node(outer + _STEP, fresh=True)
        self._take(outer, fresh=True)

    def _take(self, indent: int, *, fresh: bool = False) -> None:
        """Write the comments before a token, then the token: on a fresh line, or on the line so far if it is open."""
        is_closer = self._word in _CLOSERS
        for comment in self._gaps[self._next].comments:
            if comment.own_line or not self._line:
                self._end_line()
                self._line = " " * (indent + _STEP * is_closer) + comment.text
            else:
                self._line += f" {comment.text}"
            self._end_line()
        if fresh:
            self._end_line()
        self._line = f"{self._line} {self._word}" if self._line else " " * indent + self._word
        self._next += 1

    def _end_line(self) -> None:
        if self._line:
            self._lines.append(self._line)
            self._line = ""
