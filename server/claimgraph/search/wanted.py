"""Read what people type into a search box: words, "exact words" in quotation marks, and beginnings* of words.

Nothing of it reaches the index but letters and digits, so no text can mean anything else there.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import accumulate
from typing import Final

from claimgraph.errors import BadParameter
from claimgraph.search.fold import fold, words_of

LONGEST: Final = 500
"""Characters that a search may have."""
_MOST_WORDS: Final = 32
_PART: Final = re.compile(r'["“”«»„]([^"“”«»„]*)["“”«»„]?|(\S+)')


@dataclass(frozen=True, slots=True)
class Wanted:
    """Be one thing that must be there: its words in a row, in each form that they may have; perhaps only begun."""

    forms: tuple[tuple[str, ...], ...]
    is_begun: bool = False
    is_quoted: bool = False

    def begun(self) -> Wanted:
        """Return the same, with the last word only begun; a quotation stays whole."""
        return self if self.is_quoted else Wanted(self.forms, is_begun=True)


def read_wanted(text: str, parameter: str = "q") -> tuple[Wanted, ...]:
    """Read a search.

    Raises:
        BadParameter: it is too long, has too many words, or none.
    """
    if len(text) > LONGEST:
        shown = f"{text[:40]}…"
        raise BadParameter(parameter, f"at most {LONGEST} characters", shown, hint=f"it has {len(text):,}")
    wanted = wanted_in(text)
    if not wanted:
        raise BadParameter(parameter, "words to search for", text, hint="there is no letter or digit in it")
    if len(cut(wanted)) < len(wanted):
        raise BadParameter(parameter, f"at most {_MOST_WORDS} words", f"{text[:40]}…")
    return wanted


def wanted_in(text: str) -> tuple[Wanted, ...]:
    """Read a search of any length, which may be empty."""
    found = []
    for match in _PART.finditer(text):
        quoted, plain = match.groups()
        part = quoted if quoted is not None else plain
        forms = tuple(dict.fromkeys(form for folded in fold(part) if (form := tuple(words_of(folded)))))
        if forms:
            found.append(Wanted(forms, part.endswith("*") and quoted is None, quoted is not None))
    return tuple(found)


def cut(wanted: tuple[Wanted, ...]) -> tuple[Wanted, ...]:
    """Leave out what goes beyond the words that a search may have."""
    counts = accumulate(len(one.forms[0]) for one in wanted)
    return tuple(one for one, count in zip(wanted, counts, strict=True) if count <= _MOST_WORDS)
