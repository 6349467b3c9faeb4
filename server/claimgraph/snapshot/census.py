"""Count a dataset by class and by property: who has which properties, with values of which class or datatype."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from claimgraph.sparql.prefixes import expand

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

    Classes = frozenset[bytes]
    Line = tuple[bytes, bytes, bytes, bytes]
    """Subject, property, value and graph as they stand in the dump."""

_TYPE = f"<{expand('rdf:type')}>".encode()
_LANGUAGE_STRING, _STRING = expand("rdf:langString"), expand("xsd:string")
_NONE: frozenset[bytes] = frozenset()


@dataclass
class Tally:
    """Be the count of one property: its triples, and how many of them lead to each class and each datatype."""

    triples: int = 0
    classes: Counter[str] = field(default_factory=Counter)
    datatypes: Counter[str] = field(default_factory=Counter)

    def add(self, count: int, classes: Iterable[bytes], datatype: str) -> None:
        """Count triples whose values are of some classes, or of a datatype (empty where they are no literals)."""
        self.triples += count
        for kind in classes:
            self.classes[_iri(kind)] += count
        if datatype:
            self.datatypes[datatype] += count


@dataclass
class Census:
    """Hold the counts of a dataset.

    ``graphs`` are the names of those that are not empty, ``entities`` counts the instances of each class,
    ``properties`` the triples of each property, ``by_class`` those whose subjects are instances of a class. A triple
    that stands in two graphs counts twice.
    """

    graphs: frozenset[str] = frozenset()
    triples: int = 0
    subjects: int = 0
    objects: int = 0
    entities: Counter[str] = field(default_factory=Counter)
    properties: Counter[str] = field(default_factory=Counter)
    by_class: defaultdict[str, defaultdict[str, Tally]] = field(
        default_factory=lambda: defaultdict(lambda: defaultdict(Tally))
    )


def take_census(dump: Path, classes: Mapping[bytes, Classes]) -> Census:
    """Count a dump of N-Quads whose things have some classes; a pass over the store takes twice as long (measured).

    Things with the same set of classes are counted together, so a deep hierarchy costs little.
    """
    counted: Counter[tuple[Classes, bytes, Classes, str]] = Counter()
    graphs, subjects, objects = set(), set(), set()
    for subject, predicate, value, graph in _lines(dump):
        graphs.add(graph)
        subjects.add(subject)
        objects.add(value)
        if value.startswith(b'"'):
            counted[classes.get(subject, _NONE), predicate, _NONE, _datatype(value)] += 1
        else:
            counted[classes.get(subject, _NONE), predicate, classes.get(value, _NONE), ""] += 1
    census = Census(frozenset(map(_iri, graphs)), counted.total(), len(subjects), len(objects))
    for own, number in Counter(classes.values()).items():
        for kind in own:
            census.entities[_iri(kind)] += number
    for (own, predicate, of_value, datatype), count in counted.items():
        name = _iri(predicate)
        census.properties[name] += count
        for kind in own:
            census.by_class[_iri(kind)][name].add(count, of_value, datatype)
    return census


def _lines(dump: Path) -> Iterator[Line]:
    with dump.open("rb") as file:
        for line in file:
            subject, predicate, rest = line.split(b" ", 2)
            value, graph, _ = rest.rsplit(b" ", 2)
            yield subject, predicate, value, graph


def classes_in(dump: Path) -> dict[bytes, Classes]:
    """Find the classes of everything in a dump; things with the same classes share one set."""
    found: defaultdict[bytes, set[bytes]] = defaultdict(set)
    for subject, predicate, value, _ in _lines(dump):
        if predicate == _TYPE and value.startswith(b"<"):
            found[subject].add(value)
    shared: dict[Classes, Classes] = {}
    return {subject: shared.setdefault(frozenset(own), frozenset(own)) for subject, own in found.items()}


def _datatype(literal: bytes) -> str:
    """Return the datatype of a literal; what follows its last quotation mark tells."""
    end = literal.rpartition(b'"')[2]
    if end.startswith(b"@"):
        return _LANGUAGE_STRING
    return _iri(end[2:]) if end else _STRING


def _iri(written: bytes) -> str:
    """Take an IRI out of its angle brackets; a dump holds them without escapes."""
    return written[1:-1].decode()
