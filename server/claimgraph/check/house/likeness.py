"""Names tell things apart: no label twice, no actor twice under names that differ by a letter."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING, Final

from pyoxigraph import Literal, NamedNode

from claimgraph.check.finding import Finding
from claimgraph.check.names import LABEL, RDF_TYPE, folder_of, name, names
from claimgraph.sparql.prefixes import PREFIXES, shorten

if TYPE_CHECKING:
    from collections.abc import Iterator

    from claimgraph.check.corpus import Corpus, Statement
    from claimgraph.dataset.positions import Term

_RESOURCES: Final = PREFIXES["id"]
_OTHER_NAME: Final = name("skos:altLabel")
ACTORS: Final = names("cg", "Person Organisation State StateBody MediaOutlet StateMediaOutlet PressService")
_NEVER_ONE: Final = names("cg", "Mention UnidentifiedSource Narrator")
"""Each mention and each unnamed source is a resource of its own, whatever it is called."""
_ALIKE_BY_NATURE: Final = _NEVER_ONE | names("cg", "TimeSpan Passage Note Report")
_SHORTEST: Final = 6


def labels_given_twice(corpus: Corpus) -> Iterator[Finding]:
    """Find things of one class in one folder of names that have the same label."""
    first: dict[tuple[str, frozenset[Term], Term], Statement] = {}
    for statement in corpus.with_predicate(LABEL):
        subject, types = statement.subject, frozenset(corpus.types.get(statement.subject, ()))
        if not isinstance(subject, NamedNode) or not subject.value.startswith(_RESOURCES) or not types:
            continue
        if types & _ALIKE_BY_NATURE:
            continue
        owner = first.setdefault((folder_of(subject.value), types, statement.object), statement)
        if owner.subject != subject:
            message = f'{shorten(subject.value)} and {shorten(owner.subject.value)} are both "{owner.object.value}"'
            yield Finding(statement.at(statement.object_at), "CG807", message, f"see {owner.at(owner.object_at)}")


def near_duplicate_actors(corpus: Corpus) -> Iterator[Finding]:
    """Find actors whose names differ by one letter, by accents, or by the order of their words."""
    seen: dict[tuple[str, str], Statement] = {}
    told: set[frozenset[Term]] = set()
    for statement in _actor_names(corpus):
        for key in sorted(name_keys(statement.object.value)):
            other = seen.setdefault(key, statement)
            pair = frozenset((other.subject, statement.subject))
            if other.subject != statement.subject and pair not in told:
                told.add(pair)
                message = f'"{statement.object.value}" is nearly the name of {shorten(other.subject.value)}'
                hint = f'see "{other.object.value}" at {other.at(other.object_at)}'
                yield Finding(statement.at(statement.object_at), "CG808", message, hint)


def _actor_names(corpus: Corpus) -> Iterator[Statement]:
    actors = {
        statement.subject
        for statement in corpus.with_predicate(RDF_TYPE)
        if statement.object in ACTORS and not corpus.types[statement.subject] & _NEVER_ONE
    }
    for predicate in (LABEL, _OTHER_NAME):
        for statement in corpus.with_predicate(predicate):
            if statement.subject in actors and isinstance(statement.object, Literal):
                yield statement


def name_keys(text: str) -> set[tuple[str, str]]:
    """Return keys of which two names share one if they are at most one letter, one accent or an order of words apart.

    Numbers must be the same.
    """
    plain = unicodedata.normalize("NFKD", text.casefold())
    words = re.findall(r"\w+", "".join(letter for letter in plain if not unicodedata.combining(letter)))
    orders = {" ".join(order) for order in (words, sorted(words))}
    return {key for order in orders for key in _near(order.removeprefix("the "))}


def _near(spelt: str) -> Iterator[tuple[str, str]]:
    digits = " ".join(re.findall(r"\d+", spelt))
    letters = "".join(letter for letter in spelt if not letter.isdigit())
    yield digits, letters
    if len(letters) >= _SHORTEST:
        yield from ((digits, letters[:at] + letters[at + 1 :]) for at in range(len(letters)))
