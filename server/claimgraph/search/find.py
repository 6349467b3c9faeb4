"""Find things by what people typed, and put the best first."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from rapidfuzz import fuzz

from claimgraph.search.fold import fold, spellings, words_of
from claimgraph.search.wanted import LONGEST, cut, read_wanted, wanted_in

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from claimgraph.search.index import Index, Range, Thing
    from claimgraph.search.wanted import Wanted

MOST: Final = 1000
"""Things that are ranked in one search; where more match, they are the most important ones."""
_SHORTEST: Final = 4
_IN_WORDS: Final = 40.0  # the score of what matches in its words alone, not in a name


class Stage(StrEnum):
    """Say how far a search had to go."""

    WORDS = "words"
    BEGINNINGS = "beginnings"
    SPELLINGS = "spellings"
    NAMES = "names"
    NAMES_SPELT = "spellings of names"
    SOME = "some words"


@dataclass(frozen=True, slots=True)
class Hit:
    """Be one thing that was found, the name it was found by, and a score from 0 to 100."""

    thing: Thing
    name: str
    score: float


@dataclass(frozen=True, slots=True)
class Found:
    """Be what a search found: best first, how it was found, and whether that is all that matches."""

    hits: tuple[Hit, ...]
    stage: Stage
    is_whole: bool


def find(
    index: Index,
    text: str,
    kinds: Sequence[frozenset[str]] = (),
    *,
    most: int = MOST,
    stages: Sequence[Stage] = (Stage.WORDS, Stage.BEGINNINGS, Stage.SPELLINGS),
) -> Found:
    """Find what has all words; failing that, what has words that begin so, and then words spelt nearly so.

    ``kinds`` are groups of classes: what is found is of one class of each group.

    Raises:
        BadParameter: the text is too long, or has no words.
    """
    return _search(_Way(index, index.ranges(kinds), most, stages), text, read_wanted(text))


def match(
    index: Index,
    name: str,
    kinds: Sequence[frozenset[str]] = (),
    *,
    without: frozenset[str] = frozenset(),
    most: int = 50,
) -> tuple[Hit, ...]:
    """Find what may be meant by a name in somebody's table, whatever stands there; only names are compared.

    Where nothing has all its words, in whatever spelling, things that have some of them are found. What is found is of
    no class ``without`` which it should be.
    """
    wanted = cut(wanted_in(name[:LONGEST]))
    if not wanted:
        return ()
    stages = (Stage.NAMES, Stage.NAMES_SPELT, Stage.SOME)
    return _search(_Way(index, index.ranges(kinds, without), most, stages), name, wanted).hits


def _search(found_by: _Way, text: str, wanted: Sequence[Wanted]) -> Found:
    index = found_by.index
    for stage in found_by.stages:
        expression = _EXPRESSIONS[stage](index, wanted)
        things = index.matching(expression, found_by.ranges, found_by.most) if expression else []
        if things:
            return Found(rank(text, things), stage, len(things) < found_by.most)
    return Found((), found_by.stages[0], is_whole=True)


@dataclass(frozen=True, slots=True)
class _Way:
    """Where a search looks, how far it goes, and how many it ranks."""

    index: Index
    ranges: Sequence[Range]
    most: int
    stages: Sequence[Stage]


def likeness(one: str, other: str) -> float:
    """Say how like two names are, from 0 to 100, whatever script and accents they are written with."""
    return max(_likeness(asked, known) for asked in _plain(one) for known in _plain(other))


def rank(text: str, things: Iterable[Thing]) -> tuple[Hit, ...]:
    """Order things by how like the text their names are; between equals the more important stands first."""
    asked = _plain(text)
    hits = [Hit(thing, *_best(asked, thing)) for thing in things]
    return tuple(sorted(hits, key=lambda hit: (-hit.score, hit.thing.number)))


def _best(asked: Sequence[str], thing: Thing) -> tuple[str, float]:
    best = (thing.label, 0.0)
    for name in thing.names:
        score = max(_likeness(one, form) for one in asked for form in _plain(name))
        if score > best[1]:
            best = (name, score)
    return best if best[1] >= _IN_WORDS or not thing.words else (thing.label, _IN_WORDS)


def _plain(text: str) -> list[str]:
    """Return each form of a text as its words, with nothing but a space between them."""
    return [" ".join(words_of(form)) for form in fold(text)]


def _likeness(asked: str, name: str) -> float:
    """Say how like two plain names are: 100 is equal, the same words in another order nearly so."""
    if asked == name:
        return 100.0
    return round(min(99.0, max(fuzz.ratio(asked, name), fuzz.token_sort_ratio(asked, name) - 1.0)), 1)


def _quoted(words: Sequence[str], *, is_begun: bool) -> str:
    """Write words in a row; they are letters and digits, so nothing in them needs an escape."""
    return f'"{" ".join(words)}"{"*" if is_begun else ""}'


def _either(one: Wanted) -> str:
    return "(" + " OR ".join(_quoted(form, is_begun=one.is_begun) for form in one.forms) + ")"


def _all(_index: Index, wanted: Sequence[Wanted]) -> str:
    return " AND ".join(map(_either, wanted))


def _begun(_index: Index, wanted: Sequence[Wanted]) -> str:
    return " AND ".join(_either(one.begun()) for one in wanted)


def _spelt(index: Index, wanted: Sequence[Wanted]) -> str:
    parts = []
    for one in wanted:
        if one.is_quoted:
            parts.append(_either(one))
            continue
        for position in range(len(one.forms[0])):
            spelt = {form[position] for form in one.forms if position < len(form)}
            near = {word for form in spelt if len(form) >= _SHORTEST for word in index.near(sorted(spellings(form)))}
            parts.append("(" + " OR ".join(f'"{word}"' for word in sorted(spelt | near)) + ")")
    return " AND ".join(parts)


def _names(index: Index, wanted: Sequence[Wanted]) -> str:
    return f"names : ({_all(index, wanted)})"


def _names_spelt(index: Index, wanted: Sequence[Wanted]) -> str:
    return f"names : ({_spelt(index, wanted)})"


def _some(index: Index, wanted: Sequence[Wanted]) -> str:
    return f"names : ({_spelt(index, wanted).replace(' AND ', ' OR ')})"


_EXPRESSIONS: Final[dict[Stage, Callable[[Index, Sequence[Wanted]], str]]] = {
    Stage.WORDS: _all,
    Stage.BEGINNINGS: _begun,
    Stage.SPELLINGS: _spelt,
    Stage.NAMES: _names,
    Stage.NAMES_SPELT: _names_spelt,
    Stage.SOME: _some,
}
