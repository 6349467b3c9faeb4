"""Words in a text: where they stand, in which paragraph, and what is nearest where they do not."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from claimgraph.errors import UnknownName

_MARKS: Final = {'"': '["\u201c\u201d\u201e\u00ab\u00bb]', "'": "['\u2018\u2019]", "-": "[-\u2010-\u2014]"}


@dataclass(frozen=True, slots=True)
class Passage:
    """Hold exact words with their offsets, in characters from 0, and the number of their paragraph, from 1."""

    words: str
    start: int
    end: int
    paragraph: int


def find_passages(text: str, words: str) -> list[Passage]:
    """Find every place where some words stand in a text, in its order.

    White space, quotation marks and dashes may be written otherwise; what is returned are the words as they stand.

    Raises:
        UnknownName: they stand nowhere.
    """
    found = [
        Passage(match[0], match.start(), match.end(), _paragraph(text, match.start()))
        for match in re.finditer(_pattern(words), text)
    ]
    if not words.strip() or not found:
        raise UnknownName(f'the words "{words}" do not stand in the text{_hint(text, words)}')
    exact = [passage for passage in found if passage.words == words]
    return exact or found


def _pattern(words: str) -> str:
    parts = ("".join(_MARKS.get(letter, re.escape(letter)) for letter in word) for word in words.split())
    return r"\s+".join(parts) or r"(?!)"


def _paragraph(text: str, offset: int) -> int:
    """Count paragraphs: each line that is not empty is one."""
    lines = text[:offset].split("\n")
    return sum(bool(line.strip()) for line in lines[:-1]) + 1


def _hint(text: str, words: str) -> str:
    """Say how far the words can be followed."""
    split = words.split()
    for size in range(len(split) - 1, 0, -1):
        match = re.search(_pattern(" ".join(split[:size])), text)
        if match:
            shown = " ".join(text[match.start() : match.end() + 30].split())
            return f'; up to there it says "{shown}..."'
    return ""
