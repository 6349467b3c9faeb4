"""Count a dataset by class and by property: who has which properties, with values of which class or datatype."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from claimgraph.snapshot.blocks import END
from claimgraph.snapshot.lines import pairs_in
from claimgraph.sparql.prefixes import expand

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from claimgraph.snapshot.blocks import Block
    from claimgraph.snapshot.lines import Said

    Classes = frozenset[bytes]
    Key = tuple[Classes, bytes, Classes, str]

TYPE = f"<{expand('rdf:type')}>".encode()
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


@dataclass
class Counts:
    """Hold what a census is made of, small enough to be kept and easy to bring up to date.

    ``lines`` counts the lines of a dump by the classes of the subject, the property, the classes of the value and its
    datatype, ``things`` the things of each set of classes.
    """

    lines: Counter[Key]
    things: Counter[Classes]
    subjects: int
    objects: int

    def write(self, path: Path) -> None:
        """Write the counts into a file, each set of classes once."""
        sets = sorted({*self.things, *(own for own, *_ in self.lines), *(of for _, _, of, _ in self.lines)}, key=sorted)
        number = {kinds: place for place, kinds in enumerate(sets)}
        lines = [
            [number[own], predicate.decode(), number[of], datatype, count]
            for (own, predicate, of, datatype), count in self.lines.items()
        ]
        told = {
            "subjects": self.subjects,
            "objects": self.objects,
            "sets": [sorted(kind.decode() for kind in kinds) for kinds in sets],
            "things": sorted([number[kinds], count] for kinds, count in self.things.items()),
            "lines": sorted(lines),
        }
        path.write_text(json.dumps(told, ensure_ascii=False), encoding="utf-8")


def read_counts(path: Path) -> Counts:
    """Read the counts that a snapshot keeps."""
    told = json.loads(path.read_text(encoding="utf-8"))
    sets = [frozenset(kind.encode() for kind in kinds) for kinds in told["sets"]]
    lines = {
        (sets[own], predicate.encode(), sets[of], datatype): count
        for own, predicate, of, datatype, count in told["lines"]
    }
    things = {sets[number]: count for number, count in told["things"]}
    return Counts(Counter(lines), Counter(things), told["subjects"], told["objects"])


def count(dump: Path, classes: Mapping[bytes, Classes], said: Said | None = None) -> Counts:
    """Count a dump of N-Quads whose things have some classes; a pass over the store takes twice as long (measured).

    Things with the same set of classes are counted together, so a deep hierarchy costs little. On the way it is kept
    what is ``said`` by some properties.
    """
    counted: defaultdict[Classes, defaultdict[tuple[bytes, Classes, str], int]] = defaultdict(lambda: defaultdict(int))
    subjects, literals = set(), set()
    classes_of: dict[bytes, Classes] = {}  # of each value that is no literal, all in one place
    subject, own = b"", counted[_NONE]
    kept = said.lines if said else {}
    end = b"\n\n"  # which no line ends with
    with dump.open("rb") as lines:
        for line in lines:  # there are millions: whatever is called for each of them is felt
            this, predicate, value, _ = line.split(b" ", 3)
            if this != subject:  # a graph has the lines of a subject one after the other
                subject, own = this, counted[classes.get(this, _NONE)]
                subjects.add(this)
            if predicate in kept:
                kept[predicate].append(line)
            if value.startswith(b'"'):  # and may have spaces
                if not line.endswith(end):  # the name of the graph
                    end = line[line.rindex(b" ", 0, -len(END)) :]
                value = line[len(this) + len(predicate) + 2 : -len(end)]
                own[predicate, _NONE, datatype_of(value)] += 1
                literals.add(value)
            else:
                kinds = classes_of.get(value)
                if kinds is None:
                    kinds = classes_of[value] = classes.get(value, _NONE)
                own[predicate, kinds, ""] += 1
    flat = {(of, *key): lines for of, keys in counted.items() for key, lines in keys.items()}
    return Counts(Counter(flat), Counter(classes.values()), len(subjects), len(literals) + len(classes_of))


def take_census(counts: Counts, graphs: Iterable[str]) -> Census:
    """Make a census of counts and of the names of the graphs that hold anything."""
    census = Census(frozenset(graphs), counts.lines.total(), counts.subjects, counts.objects)
    for own, number in counts.things.items():
        for kind in own:
            census.entities[_iri(kind)] += number
    for (own, predicate, of_value, datatype), lines in counts.lines.items():
        name = _iri(predicate)
        census.properties[name] += lines
        for kind in own:
            census.by_class[_iri(kind)][name].add(lines, of_value, datatype)
    return census


def classes_in(dump: Path, following: Iterable[Block] | None = None) -> dict[bytes, Classes]:
    """Find the classes of everything in a dump, as it writes them; things with the same classes share one set.

    Where the dump is still being written, ``following`` gives each block of it as soon as it can be read.
    """
    found: dict[bytes, Classes] = {}
    with_one_more: dict[tuple[Classes, bytes], Classes] = {}
    shared: dict[Classes, Classes] = {}
    for subject, kind in pairs_in(dump, TYPE, following):
        before = found.get(subject, _NONE)
        now = with_one_more.get((before, kind))
        if now is None:
            now = before | {kind}
            now = with_one_more[before, kind] = shared.setdefault(now, now)
        found[subject] = now
    return found


def datatype_of(literal: bytes) -> str:
    """Return the datatype of a literal; what follows its last quotation mark tells."""
    end = literal.rpartition(b'"')[2]
    if end.startswith(b"@"):
        return _LANGUAGE_STRING
    return _iri(end[2:]) if end else _STRING


def _iri(written: bytes) -> str:
    """Take an IRI out of its angle brackets; a dump holds them without escapes."""
    return written[1:-1].decode()
