"""Terms and names as numbers of 64 bits: so what a file says can be kept small and be looked up fast.

Two terms with one number only have something judged that need not have been.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Final

from pyoxigraph import Literal, NamedNode

from claimgraph.check.house.likeness import ACTORS, name_keys
from claimgraph.check.names import LABEL, RDF_TYPE, folder_of, name
from claimgraph.check.vocabulary import OURS

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

    from claimgraph.dataset.positions import Node, Positions, Term, Triple

    Row = tuple[int, int, int]

_LABELS: Final = frozenset((LABEL, name("skos:altLabel")))
_IDENTIFIER: Final = name("dcterms:identifier")


def number(term: Term) -> int:
    """Return the number of a term: the hash that its library gives it, which is the same in every process."""
    return hash(term)


@cache
def number_of(curie: str) -> int:
    """Return the number of an IRI by its short name."""
    return number(name(curie))


def name_number(word: str) -> int:
    """Return the number of a name, which is written as :func:`names_of` writes it."""
    return hash(Literal(word))


@dataclass(frozen=True)
class Said:
    """Be what one file says: who mentions whom, all other triples, and the names of things.

    ``mentions`` are object, predicate and subject, ``others`` subject, predicate and object, ``names`` a name and its
    bearer. A class or a concept of ours is not mentioned: where these change everything is judged.
    """

    mentions: frozenset[Row] = frozenset()
    others: frozenset[Row] = frozenset()
    names: frozenset[tuple[int, int]] = frozenset()

    @property
    def triples(self) -> set[Row]:
        """All triples as subject, predicate and object."""
        return {(s, p, o) for o, p, s in self.mentions} | self.others

    @property
    def subjects(self) -> set[int]:
        """Whatever is described."""
        return {s for _, _, s in self.mentions} | {s for s, _, _ in self.others}


def said_in(positions: Positions, several: Collection[Node] = ()) -> Said:
    """Turn what a file says into numbers; ``several`` are subjects of which other files speak too."""
    mentions: set[Row] = set()
    others: set[Row] = set()
    for s, p, o in positions:
        if p == RDF_TYPE or isinstance(o, Literal) or (isinstance(o, NamedNode) and o.value.startswith(OURS)):
            others.add((hash(s), hash(p), hash(o)))
        else:
            mentions.add((hash(o), hash(p), hash(s)))
    named = {(name_number(word), hash(s)) for s, word in names_of(positions.triples, several)}
    folders = {folder_of(s.value) for s in positions.subjects if isinstance(s, NamedNode)}
    return Said(
        frozenset(mentions), frozenset(others), frozenset(named | {(name_number(f"in {f}"), 0) for f in folders})
    )


def names_of(triples: Iterable[Triple], several: Collection[Node]) -> Iterator[tuple[Node, str]]:
    """Give each subject with what it must not share: an identifier, a label in a folder of names, keys of actors."""
    types: defaultdict[Term, set[Term]] = defaultdict(set)
    found = list(triples)
    for s, p, o, *_ in found:
        if p == RDF_TYPE:
            types[s].add(o)
    for s, p, o, *_ in found:
        if p == _IDENTIFIER:
            yield s, f"identifier {o.value}"
        elif p in _LABELS:
            yield s, f"{folder_of(s.value)} {o.value}"
            # What has no such class here may have it elsewhere.
            if s in several or not types[s].isdisjoint(ACTORS):
                yield from ((s, " ".join(key)) for key in name_keys(o.value))
