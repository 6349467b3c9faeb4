"""Write the index of a snapshot."""

from __future__ import annotations

import contextlib
import json
import sqlite3
from itertools import groupby
from typing import TYPE_CHECKING, Final

from claimgraph.search.fold import fold, spellings, words_of
from claimgraph.search.gather import gather
from claimgraph.search.kinds import is_shared, rank_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

    from claimgraph.search.gather import Find

    Row = tuple[int, str, str, str, str]
    """Number, IRI, label, names and words of a thing, several names or words one a line."""
    Kind = tuple[int, str]
    """The rank of a set of classes, and the classes as JSON."""

VERSION: Final = 1
STEP: Final = 64
"""How far apart the numbers of two things are, so that others can come in between later."""
_SHORTEST: Final = 4  # letters of a word that is looked up in other spellings
_SCHEMA: Final = """
CREATE TABLE about (name TEXT PRIMARY KEY, value TEXT) WITHOUT ROWID;
CREATE TABLE sets (first INTEGER PRIMARY KEY, last INTEGER, rank INTEGER, classes TEXT);
CREATE TABLE things (id INTEGER PRIMARY KEY, iri TEXT, label TEXT, names TEXT, words TEXT);
CREATE TABLE spellings (key TEXT, word TEXT, PRIMARY KEY (key, word)) WITHOUT ROWID;
CREATE VIRTUAL TABLE texts USING fts5(names, words, content='', tokenize='ascii');
"""


def write_index(path: Path, find: Find, classes: Mapping[bytes, frozenset[bytes]], base: str) -> None:
    """Write the index of all things of a base that have a name.

    ``classes`` are those of each IRI, both written in angle brackets. Things of the same set of classes get numbers one
    after the other, the most important sets first: so the numbers are the ranking, and a class is a few ranges of them.
    """
    names, words = gather(find, base)
    ordered = _in_order(classes, names)
    with contextlib.closing(sqlite3.connect(path, isolation_level=None)) as index:
        index.executescript("PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF; PRAGMA cache_size=-65536;" + _SCHEMA)
        index.execute("BEGIN")
        spelt: set[str] = set()
        number = 0
        for (rank, kinds), members in groupby(ordered, key=lambda one: one[:2]):
            rows = [row_of(number + at * STEP, iri, names, words) for at, (_, _, iri) in enumerate(members, 1)]
            number = rows[-1][0]
            index.execute("INSERT INTO sets VALUES (?, ?, ?, ?)", (rows[0][0], number, rank, kinds))
            insert(index, rows)
            if is_shared(rank):
                spelt.update(word for row in rows for word in spelt_words(row))
        pairs = ((key, word) for word in spelt for key in spellings(word))
        index.executemany("INSERT INTO spellings VALUES (?, ?)", sorted(pairs))
        index.execute("INSERT INTO about VALUES ('version', ?)", (str(VERSION),))
        index.execute("CREATE INDEX by_iri ON things (iri)")
        index.execute("COMMIT")


def row_of(number: int, iri: str, names: Mapping[str, list[str]], words: Mapping[str, list[str]]) -> Row:
    """Make the row of a thing."""
    return number, iri, names[iri][0], "\n".join(names[iri]), "\n".join(words.get(iri, ()))


def folded(row: Row) -> tuple[int, str, str]:
    """Return the number of a row, and what the index of words gets of its names and of its words."""
    return row[0], "\n".join(_forms(row[3])), "\n".join(_forms(row[4]))


def spelt_words(row: Row) -> Iterator[str]:
    """List the words of the names of a row that are looked up in other spellings, too."""
    return (word for form in fold(row[3]) for word in words_of(form) if len(word) >= _SHORTEST)


def kind_of(classes: Iterable[str]) -> Kind:
    """Return the rank of a set of classes, and how the set is written."""
    kinds = frozenset(classes)
    return rank_of(kinds), json.dumps(sorted(kinds))


def insert(index: sqlite3.Connection, rows: Iterable[Row]) -> None:
    """Put things into the index."""
    rows = list(rows)
    index.executemany("INSERT INTO things VALUES (?, ?, ?, ?, ?)", rows)
    index.executemany("INSERT INTO texts (rowid, names, words) VALUES (?, ?, ?)", map(folded, rows))


def _forms(text: str) -> tuple[str, ...]:
    return (text,) if text.isascii() else fold(text)


def _in_order(classes: Mapping[bytes, frozenset[bytes]], iris: Iterable[str]) -> list[tuple[int, str, str]]:
    """Return rank, classes and IRI of each thing, sorted by these; each set of classes is looked at once."""
    known: dict[frozenset[bytes], Kind] = {}
    ordered = []
    for iri in iris:
        own = classes.get(f"<{iri}>".encode(), frozenset())
        place = known.get(own)
        if place is None:
            place = known[own] = kind_of(kind[1:-1].decode() for kind in own)
        ordered.append((*place, iri))
    return sorted(ordered)
