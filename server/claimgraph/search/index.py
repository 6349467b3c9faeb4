"""Read an index: a few connections that are lent to whoever asks."""

from __future__ import annotations

import contextlib
import json
import sqlite3
import threading
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Final

from claimgraph.errors import SnapshotError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    Range = tuple[int, int]

_MANY: Final = 500  # values of one statement
_SETS: Final = """
SELECT first, last, classes, (SELECT count(*) FROM things WHERE id BETWEEN first AND last) FROM sets ORDER BY first
"""
_COLUMNS: Final = "id, iri, label, names, words"


@dataclass(frozen=True, slots=True)
class Thing:
    """Be one thing of the index: its IRI, its label, all its names, its other words, and its classes by IRI."""

    number: int
    iri: str
    label: str
    names: tuple[str, ...]
    words: str
    classes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Set:
    first: int
    last: int
    classes: tuple[str, ...]
    size: int


class Index:
    """Answer what is in one index; safe for threads."""

    def __init__(self, path: Path) -> None:
        """Take the file."""
        self._path = path
        self._idle: list[sqlite3.Connection] = []
        self._lock = threading.Lock()
        self._is_closed = False

    @contextlib.contextmanager
    def lend(self) -> Iterator[sqlite3.Connection]:
        """Lend a connection.

        Raises:
            SnapshotError: the file cannot be read.
        """
        with self._lock:
            connection = self._idle.pop() if self._idle else None
        try:
            if connection is None:
                address = f"{self._path.resolve().as_uri()}?mode=ro&immutable=1"
                connection = sqlite3.connect(address, uri=True, check_same_thread=False)
            yield connection
        except sqlite3.DatabaseError as error:
            if connection is not None:
                connection.close()
            raise SnapshotError(f"the search index cannot be read: {error}; run 'claimgraph build'") from error
        with self._lock:
            if not self._is_closed:
                self._idle.append(connection)
                return
        connection.close()

    def close(self) -> None:
        """Close what is idle; what is lent is closed when it comes back."""
        with self._lock:
            self._is_closed, idle, self._idle = True, self._idle, []
        for connection in idle:
            connection.close()

    @cached_property
    def _sets(self) -> tuple[_Set, ...]:
        with self.lend() as connection:
            rows = connection.execute(_SETS).fetchall()
        return tuple(_Set(first, last, tuple(json.loads(classes)), size) for first, last, classes, size in rows)

    @cached_property
    def size(self) -> int:
        """Count the things."""
        return sum(one.size for one in self._sets)

    @cached_property
    def classes(self) -> dict[str, int]:
        """Count the things of each class."""
        found: dict[str, int] = {}
        for one in self._sets:
            for kind in one.classes:
                found[kind] = found.get(kind, 0) + one.size
        return found

    def ranges(self, kinds: Sequence[frozenset[str]] = (), without: frozenset[str] = frozenset()) -> list[Range]:
        """Return the numbers of what is of one class of each group, and of none ``without`` which it should be."""
        found: list[Range] = []
        follows = False
        for one in self._sets:
            if all(group.intersection(one.classes) for group in kinds) and not without.intersection(one.classes):
                found[-1:] = [(found[-1][0], one.last)] if follows else [*found[-1:], (one.first, one.last)]
                follows = True
            else:
                follows = False
        return found

    def matching(self, expression: str, ranges: Sequence[Range], most: int) -> list[Thing]:
        """Return what matches an expression of FTS5, at most so many, the most important first."""
        found: list[int] = []
        with self.lend() as connection:
            for first, last in ranges:
                left = most - len(found)
                if left <= 0:
                    break
                rows = connection.execute(
                    "SELECT rowid FROM texts WHERE texts MATCH ? AND rowid BETWEEN ? AND ? LIMIT ?",
                    (expression, first, last, left),
                )
                found += [number for (number,) in rows]
        return self._fetch("id", found)

    def named(self, iris: Sequence[str]) -> dict[str, Thing]:
        """Return things by IRI, as far as there are any."""
        return {thing.iri: thing for thing in self._fetch("iri", iris)}

    def part(self, first: int, count: int) -> list[Thing]:
        """Return so many things from a number on, in their order."""
        with self.lend() as connection:
            rows = connection.execute(
                f"SELECT {_COLUMNS} FROM things WHERE id >= ? ORDER BY id LIMIT ?",  # noqa: S608 - our own columns
                (first, count),
            ).fetchall()
        return [self._thing(*row) for row in rows]

    def iris(self, skipped: int, count: int) -> list[str]:
        """Return the IRIs of so many things after some that are skipped, the most important first."""
        with self.lend() as connection:
            rows = connection.execute("SELECT iri FROM things ORDER BY id LIMIT ? OFFSET ?", (count, skipped))
            return [iri for (iri,) in rows]

    def near(self, keys: Sequence[str]) -> list[str]:
        """Return the words of names that have one of some keys."""
        marks = ", ".join("?" * len(keys))
        with self.lend() as connection:
            rows = connection.execute(f"SELECT DISTINCT word FROM spellings WHERE key IN ({marks})", keys)  # noqa: S608
            return sorted(word for (word,) in rows)

    def _fetch(self, column: str, values: Sequence[int] | Sequence[str]) -> list[Thing]:
        found: list[Thing] = []
        with self.lend() as connection:
            for start in range(0, len(values), _MANY):
                part = values[start : start + _MANY]
                marks = ", ".join("?" * len(part))
                text = f"SELECT {_COLUMNS} FROM things WHERE {column} IN ({marks}) ORDER BY id"  # noqa: S608 - ours
                found += [self._thing(*row) for row in connection.execute(text, part)]
        return found

    def _thing(self, number: int, iri: str, label: str, names: str, words: str) -> Thing:
        return Thing(number, iri, label, tuple(names.split("\n")), words, self._classes_of(number))

    def _classes_of(self, number: int) -> tuple[str, ...]:
        low, high = 0, len(self._sets) - 1
        while low < high:
            middle = (low + high + 1) // 2
            low, high = (middle, high) if self._sets[middle].first <= number else (low, middle - 1)
        return self._sets[low].classes
