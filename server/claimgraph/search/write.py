"""Write the index of a snapshot."""

from __future__ import annotations

import contextlib
import json
import sqlite3
from collections import defaultdict
from itertools import groupby
from typing import TYPE_CHECKING, Final

from pyoxigraph import Literal, NamedNode

from claimgraph.search.fold import fold, spellings, words_of
from claimgraph.search.kinds import is_shared, rank_of
from claimgraph.sparql.prefixes import expand

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from pyoxigraph import Store

    Row = tuple[int, str, str, str, str]

VERSION: Final = 1
_NAMES: Final = ("rdfs:label", "skos:prefLabel", "dcterms:title", "skos:altLabel", "dcterms:identifier")
_WORDS: Final = ("cg:canonicalText", "cg:quotedText", "cg:textAsGiven", "dcterms:description", "skos:definition")
_LANGUAGES: Final = frozenset({None, "en"})
_SHORTEST: Final = 4  # letters of a word that is looked up in other spellings
_SCHEMA: Final = """
CREATE TABLE about (name TEXT PRIMARY KEY, value TEXT) WITHOUT ROWID;
CREATE TABLE sets (first INTEGER PRIMARY KEY, last INTEGER, rank INTEGER, classes TEXT);
CREATE TABLE things (id INTEGER PRIMARY KEY, iri TEXT, label TEXT, names TEXT, words TEXT);
CREATE TABLE spellings (key TEXT, word TEXT, PRIMARY KEY (key, word)) WITHOUT ROWID;
CREATE VIRTUAL TABLE texts USING fts5(names, words, content='', tokenize='ascii');
"""


def write_index(path: Path, store: Store, classes: Mapping[bytes, frozenset[bytes]], base: str) -> None:
    """Write the index of all things of a base that have a name.

    ``classes`` are those of each IRI, both written in angle brackets. Things of the same set of classes get numbers in
    a row, the most important sets first: so the numbers are the ranking, and a class is a few ranges of numbers.
    """
    names, words = _texts(store, _NAMES, base), _texts(store, _WORDS, base)
    _pass_on(store, words)
    ordered = _in_order(classes, names)
    with contextlib.closing(sqlite3.connect(path, isolation_level=None)) as index:
        index.executescript("PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF; PRAGMA cache_size=-65536;" + _SCHEMA)
        index.execute("BEGIN")
        spelt: set[str] = set()
        number = 0
        for (rank, kinds), members in groupby(ordered, key=lambda one: one[:2]):
            rows = [
                (number + at, iri, names[iri][0], "\n".join(names[iri]), "\n".join(dict.fromkeys(words.get(iri, ()))))
                for at, (_, _, iri) in enumerate(members, 1)
            ]
            index.execute("INSERT INTO sets VALUES (?, ?, ?, ?)", (number + 1, number + len(rows), rank, kinds))
            _insert(index, rows)
            number += len(rows)
            if is_shared(rank):
                spelt.update(word for row in rows for form in fold(row[3]) for word in words_of(form))
        pairs = ((key, word) for word in spelt if len(word) >= _SHORTEST for key in spellings(word))
        index.executemany("INSERT INTO spellings VALUES (?, ?)", sorted(pairs))
        index.executemany("INSERT INTO about VALUES (?, ?)", [("version", str(VERSION)), ("things", str(number))])
        index.execute("CREATE INDEX by_iri ON things (iri)")
        index.execute("COMMIT")


def _insert(index: sqlite3.Connection, rows: Iterable[Row]) -> None:
    rows = list(rows)
    index.executemany("INSERT INTO things VALUES (?, ?, ?, ?, ?)", rows)
    folded = ((row[0], "\n".join(_forms(row[3])), "\n".join(_forms(row[4]))) for row in rows)
    index.executemany("INSERT INTO texts (rowid, names, words) VALUES (?, ?, ?)", folded)


def _forms(text: str) -> tuple[str, ...]:
    return (text,) if text.isascii() else fold(text)


def _in_order(classes: Mapping[bytes, frozenset[bytes]], iris: Iterable[str]) -> list[tuple[int, str, str]]:
    """Return rank, classes and IRI of each thing, sorted by these; each set of classes is looked at once."""
    known: dict[frozenset[bytes], tuple[int, str]] = {}
    ordered = []
    for iri in iris:
        own = classes.get(f"<{iri}>".encode(), frozenset())
        place = known.get(own)
        if place is None:
            kinds = frozenset(kind[1:-1].decode() for kind in own)
            place = known[own] = rank_of(kinds), json.dumps(sorted(kinds))
        ordered.append((*place, iri))
    return sorted(ordered)


def _texts(store: Store, properties: Iterable[str], base: str) -> dict[str, list[str]]:
    """Gather the texts of some properties, those of the first property first and each text once."""
    found: defaultdict[str, dict[str, None]] = defaultdict(dict)
    for curie in properties:
        quads = store.quads_for_pattern(None, NamedNode(expand(curie)), None)
        said = [
            (quad.subject.value, quad.object.value)
            for quad in quads
            if isinstance(quad.object, Literal) and isinstance(quad.subject, NamedNode)
            and quad.object.language in _LANGUAGES and quad.subject.value.startswith(base)
        ]  # fmt: skip
        for subject, text in sorted(said):
            found[subject][text] = None
    return {subject: list(texts) for subject, texts in found.items()}


def _pass_on(store: Store, words: dict[str, list[str]]) -> None:
    """Let the words of a passage be found at the claim that is grounded in it, too."""
    for quad in list(store.quads_for_pattern(None, NamedNode(expand("cg:groundedIn")), None)):
        if isinstance(quad.subject, NamedNode) and isinstance(quad.object, NamedNode):
            passed = words.get(quad.object.value)
            if passed:
                words.setdefault(quad.subject.value, []).extend(passed)
