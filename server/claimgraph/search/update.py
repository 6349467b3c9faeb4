"""Bring an index up to date after a small change: what is found, and in which order, is as in one written anew."""

from __future__ import annotations

import contextlib
import sqlite3
from typing import TYPE_CHECKING

from claimgraph.search.fold import spellings
from claimgraph.search.gather import gather
from claimgraph.search.kinds import is_shared
from claimgraph.search.write import STEP, folded, insert, kind_of, row_of, spelt_words

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable
    from pathlib import Path

    from pyoxigraph import NamedNode

    from claimgraph.search.gather import Find
    from claimgraph.search.write import Kind, Row


class NoRoom(Exception):
    """Say that no number is left between two things, so that the index has to be written anew."""


def update_index(
    path: Path, find: Find, classes: Callable[[NamedNode], Iterable[str]], base: str, things: Collection[NamedNode]
) -> None:
    """Index some things anew, by what is said of them now.

    Raises:
        NoRoom: there are too many new things between two old ones.
    """
    names, words = gather(find, base, things)
    with contextlib.closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.executescript("PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF; PRAGMA cache_size=-65536; BEGIN;")
        index = _Open(connection)
        old = {thing.value: row for thing in things if (row := index.row(thing.value))}
        new = {thing.value: kind_of(classes(thing)) for thing in things if thing.value in names}
        stays = {iri for iri, row in old.items() if new.get(iri) == index.kind(row[0])}
        for iri in sorted(stays):
            row = row_of(old[iri][0], iri, names, words)
            if row != old[iri]:
                index.remove(old[iri])
                index.add(row, new[iri])
        for iri in sorted(old.keys() - stays):
            index.remove(old[iri])
            index.shrink(old[iri][0])
        for iri in sorted(new.keys() - stays):
            index.add(row_of(index.place(new[iri], iri), iri, names, words), new[iri])
        index.forget_spellings()
        connection.execute("COMMIT")


class _Open:
    """Be an index that is being changed."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._unsure: set[str] = set()

    def row(self, iri: str) -> Row | None:
        """Return the row of a thing, if it has one."""
        text = "SELECT id, iri, label, names, words FROM things WHERE iri = ?"
        row: Row | None = self._connection.execute(text, (iri,)).fetchone()
        return row

    def kind(self, number: int) -> Kind:
        """Return the set of classes to which a number belongs."""
        text = "SELECT rank, classes FROM sets WHERE first <= ? ORDER BY first DESC LIMIT 1"
        kind: Kind = self._connection.execute(text, (number,)).fetchone()
        return kind

    def remove(self, row: Row) -> None:
        """Take a thing out."""
        if is_shared(self.kind(row[0])[0]):
            self._unsure.update(spelt_words(row))
        self._connection.execute("DELETE FROM things WHERE id = ?", row[:1])
        text = "INSERT INTO texts (texts, rowid, names, words) VALUES ('delete', ?, ?, ?)"
        self._connection.execute(text, folded(row))

    def shrink(self, number: int) -> None:
        """Let the set of a number end and begin with things that are there; drop it where there are none."""
        first, last = self._one("SELECT first, last FROM sets WHERE first <= ? ORDER BY first DESC LIMIT 1", number)
        found = self._one("SELECT min(id), max(id) FROM things WHERE id BETWEEN ? AND ?", first, last)
        if found[0] is None:
            self._connection.execute("DELETE FROM sets WHERE first = ?", (first,))
        else:
            self._connection.execute("UPDATE sets SET first = ?, last = ? WHERE first = ?", (*found, first))

    def place(self, kind: Kind, iri: str) -> int:
        """Make a number that stands where a thing of some classes belongs."""
        own = self._connection.execute("SELECT first, last FROM sets WHERE rank = ? AND classes = ?", kind).fetchone()
        first, last = own or (0, -1)
        text = "SELECT {} FROM things WHERE id BETWEEN ? AND ? AND iri {} ?"
        (below,) = self._one(text.format("max(id)", "<"), first, last, iri)
        (above,) = self._one(text.format("min(id)", ">"), first, last, iri)
        if below is None:
            (below,) = self._one("SELECT max(last) FROM sets WHERE (rank, classes) < (?, ?)", *kind)
        if above is None:
            (above,) = self._one("SELECT min(first) FROM sets WHERE (rank, classes) > (?, ?)", *kind)
        low = below or 0
        high = low + 2 * STEP if above is None else above
        number: int = (low + high) // 2
        if number == low:
            raise NoRoom
        self._widen(kind, number, own)
        return number

    def _widen(self, kind: Kind, number: int, own: tuple[int, int] | None) -> None:
        if own is None:
            self._connection.execute("INSERT INTO sets VALUES (?, ?, ?, ?)", (number, number, *kind))
        else:
            ends = min(own[0], number), max(own[1], number)
            self._connection.execute("UPDATE sets SET first = ?, last = ? WHERE first = ?", (*ends, own[0]))

    def add(self, row: Row, kind: Kind) -> None:
        """Put a thing in."""
        insert(self._connection, [row])
        if is_shared(kind[0]):
            pairs = [(key, word) for word in spelt_words(row) for key in spellings(word)]
            self._connection.executemany("INSERT OR IGNORE INTO spellings VALUES (?, ?)", pairs)

    def forget_spellings(self) -> None:
        """Forget the words of names that nothing shared has any more."""
        ranks = self._connection.execute("SELECT last, rank FROM sets").fetchall()
        last = max((last for last, rank in ranks if is_shared(rank)), default=0)
        text = "SELECT rowid FROM texts WHERE texts MATCH ? AND rowid <= ? LIMIT 1"
        for word in sorted(self._unsure):
            if self._connection.execute(text, (f'names : "{word}"', last)).fetchone() is None:
                pairs = [(key, word) for key in spellings(word)]
                self._connection.executemany("DELETE FROM spellings WHERE key = ? AND word = ?", pairs)

    def _one(self, text: str, *values: object) -> tuple[int | None, ...]:
        row: tuple[int | None, ...] = self._connection.execute(text, values).fetchone()
        return row
