"""Fold texts of any script to plain letters, so that Şuşa, Шуша, Շուշի and Shusha can be found by each other.

The general table is anyascii's. What a letter sounds like depends on the language, so a text with letters of the
Azerbaijani alphabet has two forms: the plain one, and one by the customary English spelling.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

from anyascii import anyascii

_AZERBAIJANI: Final = str.maketrans({"ə": "a", "ş": "sh", "ç": "ch", "ğ": "gh", "c": "j", "x": "kh", "q": "g"})
_TELLING: Final = frozenset("əşçğ")
_ARMENIAN_U: Final = "ու"  # one vowel, written with two letters
_WORD: Final = re.compile(r"[a-z0-9]+")


def fold(text: str) -> tuple[str, ...]:
    """Return the forms of a text in small ASCII letters, the plain one first."""
    if text.isascii():
        return (text.lower(),)
    return _fold(text)


def words_of(folded: str) -> list[str]:
    """Split a folded text into words, as the index does."""
    return _WORD.findall(folded)


@lru_cache(maxsize=4096)
def _fold(text: str) -> tuple[str, ...]:
    small = text.lower().replace("i\u0307", "i").replace(_ARMENIAN_U, "u")
    forms = [anyascii(small).lower()]
    if _TELLING & set(small):
        forms.append(anyascii(small.translate(_AZERBAIJANI)).lower())
    return tuple(dict.fromkeys(forms))


def spellings(word: str) -> set[str]:
    """Return keys of which two words share one if one letter is added, left out or changed between them."""
    return {word, *(word[:at] + word[at + 1 :] for at in range(len(word)))}
