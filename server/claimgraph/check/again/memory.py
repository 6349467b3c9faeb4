"""The database in which a check leaves what it has seen: what each file says, as numbers, and what was found.

It lies in ``.claimgraph-cache`` beside the dataset and is safe to delete; each program and each grain has its own.
"""

from __future__ import annotations

import json
import sqlite3
from array import array
from contextlib import closing, contextmanager
from typing import TYPE_CHECKING, Any, Final

import pyoxigraph

from claimgraph.check.again.numbers import Said
from claimgraph.dataset.program import program

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator
    from pathlib import Path

    from claimgraph.dataset import Layout

FOLDER: Final = ".claimgraph-cache"
_TABLES: Final = """
CREATE TABLE file (id INTEGER PRIMARY KEY, path TEXT UNIQUE, sha256 TEXT, mentions BLOB, others BLOB, names BLOB);
CREATE TABLE subject (subject INTEGER, file INTEGER, PRIMARY KEY (subject, file)) WITHOUT ROWID;
CREATE TABLE mention (object INTEGER, predicate INTEGER, subject INTEGER, file INTEGER,
    PRIMARY KEY (object, predicate, subject, file)) WITHOUT ROWID;
CREATE TABLE name (name INTEGER, subject INTEGER, file INTEGER, PRIMARY KEY (name, subject, file)) WITHOUT ROWID;
CREATE TABLE finding (told TEXT);
CREATE TABLE fact (name TEXT PRIMARY KEY, value TEXT);
"""
_COLUMNS: Final = {
    "subject": ("subject", "file"),
    "mention": ("object", "predicate", "subject", "file"),
    "name": ("name", "subject", "file"),
}
_IN: Final = "IN (SELECT value FROM json_each(?))"


class Memory:
    """Look up, and put down, what is remembered of a dataset, in one transaction."""

    def __init__(self, database: sqlite3.Connection) -> None:
        """Take a database that has the tables."""
        self._database = database
        self._ids: dict[str, int] = dict(database.execute("SELECT path, id FROM file"))

    def files(self) -> dict[str, str]:
        """Give the SHA-256 of each file as it was, by its path."""
        return dict(self._database.execute("SELECT path, sha256 FROM file"))

    def said(self, path: str) -> Said:
        """Return what a file said; nothing where it is new."""
        query = "SELECT mentions, others, names FROM file WHERE path = ?"
        found = self._database.execute(query, (path,)).fetchone() or (None, None, None)
        mentions, others, names = (_unpacked(blob, width) for blob, width in zip(found, (3, 3, 2), strict=True))
        return Said(mentions, others, names)

    def put(self, path: str, sha256: str, said: Said, *, leans: bool = False) -> None:
        """Put a file down as it is now.

        What only leans on the data and is no part of them, such as a query, has a negative number.
        """
        before = self.said(path)
        row = self._ids.setdefault(path, (-1 if leans else 1) * (1 + max(map(abs, self._ids.values()), default=0)))
        blobs = [_packed(part) for part in (said.mentions, said.others, said.names)]
        self._database.execute("REPLACE INTO file VALUES (?, ?, ?, ?, ?, ?)", (row, path, sha256, *blobs))
        self._change("mention", row, before.mentions, said.mentions)
        self._change("name", row, before.names, said.names)
        one, other = ({(subject,) for subject in part.subjects} for part in (before, said))
        self._change("subject", row, one, other)

    def drop(self, path: str) -> None:
        """Forget a file."""
        self.put(path, "", Said())
        self._database.execute("DELETE FROM file WHERE path = ?", (path,))
        del self._ids[path]

    def _change(self, table: str, file: int, before: Collection[Any], now: Collection[Any]) -> None:
        columns = _COLUMNS[table]
        where = " AND ".join(f"{column} = ?" for column in columns)
        marks = ", ".join("?" * len(columns))
        gone, new = (sorted((*row, file) for row in rows) for rows in (set(before) - set(now), set(now) - set(before)))
        self._database.executemany(f"DELETE FROM {table} WHERE {where}", gone)  # noqa: S608 - the names are our own
        self._database.executemany(f"INSERT OR IGNORE INTO {table} VALUES ({marks})", new)  # noqa: S608 - as above

    def is_data(self, path: str) -> bool:
        """Tell whether a file that is remembered is one of data."""
        return self._ids.get(path, 0) > 0

    def files_of(self, subjects: Iterable[int]) -> dict[str, set[int]]:
        """Give the files of data that describe some subjects, with those that each describes."""
        query = f"SELECT path, subject FROM subject JOIN file ON id = file WHERE file > 0 AND subject {_IN}"  # noqa: S608 - no part is given from outside
        found: dict[str, set[int]] = {}
        for path, subject in self._database.execute(query, (_list(subjects),)):
            found.setdefault(path, set()).add(subject)
        return found

    def mentioning(self, objects: Iterable[int], predicates: Iterable[int] = ()) -> set[int]:
        """Find the subjects of data that mention something, by some predicates or by any."""
        wanted = set(predicates)
        query = f"SELECT predicate, subject FROM mention WHERE file > 0 AND object {_IN}"  # noqa: S608 - no part is given from outside
        found = self._database.execute(query, (_list(objects),))
        return {subject for predicate, subject in found if not wanted or predicate in wanted}

    def mentioned(self, objects: Iterable[int]) -> set[int]:
        """Find those of some things that the data mention."""
        query = f"SELECT DISTINCT object FROM mention WHERE file > 0 AND object {_IN}"  # noqa: S608 - no part is given from outside
        return {row[0] for row in self._database.execute(query, (_list(objects),))}

    def bearing(self, names: Iterable[int]) -> set[int]:
        """Find the subjects of data that bear one of some names."""
        query = f"SELECT DISTINCT subject FROM name WHERE file > 0 AND name {_IN}"  # noqa: S608 - no part is given from outside
        return {row[0] for row in self._database.execute(query, (_list(names),))}

    def files_naming(self, names: Iterable[int]) -> set[str]:
        """Find the files of data in which some names stand."""
        query = f"SELECT DISTINCT path FROM name JOIN file ON id = file WHERE file > 0 AND name {_IN}"  # noqa: S608 - no part is given from outside
        return {row[0] for row in self._database.execute(query, (_list(names),))}

    def leaning_on(self, objects: Iterable[int], names: Iterable[int]) -> str:
        """Find a file beside the data that mentions, or names, one of some things; empty where there is none."""
        query = "SELECT path FROM {0} JOIN file ON id = file WHERE file < 0 AND {1} " + _IN + " LIMIT 1"  # noqa: S608 - no part is given from outside
        for table, column, wanted in (("mention", "object", objects), ("name", "name", names)):
            row = self._database.execute(query.format(table, column), (_list(wanted),)).fetchone()
            if row:
                return str(row[0])
        return ""

    def findings(self) -> list[Any]:
        """Give what was found, as it was put down."""
        return [json.loads(told) for (told,) in self._database.execute("SELECT told FROM finding")]

    def keep_findings(self, told: Iterable[Any]) -> None:
        """Put down what was found, instead of what was found before."""
        self._database.execute("DELETE FROM finding")
        self._database.executemany("INSERT INTO finding VALUES (?)", [(json.dumps(one),) for one in told])


def place_of(layout: Layout, grain: str) -> Path:
    """Name the database of a dataset."""
    return layout.root / FOLDER / f"check-{grain}.db"


def _facts(layout: Layout) -> dict[str, str]:
    """Name all that findings rest upon beside the files; the numbers of terms are their library's."""
    return {"program": program(), "base": layout.base, "numbers": pyoxigraph.__version__}


@contextmanager
def recalled(layout: Layout, grain: str) -> Iterator[Memory | None]:
    """Open what is remembered of a dataset; what the block puts down is kept if it ends well.

    It is None where nothing is remembered that can be read and written, or another program has written it.
    """
    path = place_of(layout, grain)
    try:
        database = sqlite3.connect(f"file:{path}?mode=rw", uri=True, isolation_level=None, timeout=60)
    except sqlite3.Error:
        yield None
        return
    with closing(database):
        yield from _transaction(database, _facts(layout))


def _transaction(database: sqlite3.Connection, facts: dict[str, str]) -> Iterator[Memory | None]:
    try:
        database.execute("BEGIN IMMEDIATE")
        memory = Memory(database) if dict(database.execute("SELECT * FROM fact")) == facts else None
    except sqlite3.Error:
        memory = None
    yield memory
    try:
        database.execute("COMMIT")
    except sqlite3.Error:
        return


@contextmanager
def begun(layout: Layout, grain: str) -> Iterator[Memory | None]:
    """Begin to remember a dataset anew: if the block ends well, it takes the place of what was remembered before.

    It is None where the dataset cannot be written to.
    """
    database = _emptied(place_of(layout, grain))
    if database is None:
        yield None
        return
    with closing(database):
        database.executemany("INSERT INTO fact VALUES (?, ?)", _facts(layout).items())
        yield Memory(database)
        try:
            database.execute("COMMIT")
        except sqlite3.Error:
            return


def _emptied(path: Path) -> sqlite3.Connection | None:
    """Open a database and begin to write it anew, in a transaction; one that is damaged is removed before.

    It stays the same file: a journal of another process beside a file that was replaced would be taken for its own.
    """
    for _ in range(2):
        try:
            path.parent.mkdir(exist_ok=True)
            (path.parent / ".gitignore").write_text("*\n", encoding="utf-8")
            database = sqlite3.connect(path, isolation_level=None, timeout=60)
            database.execute("PRAGMA cache_size = -65536")
            database.execute("BEGIN IMMEDIATE")
            for statement in _TABLES.split(";")[:-1]:
                database.execute(f"DROP TABLE IF EXISTS {statement.split()[2]}")
                database.execute(statement)
        except (OSError, sqlite3.OperationalError):
            return None
        except sqlite3.DatabaseError:
            path.unlink(missing_ok=True)
        else:
            return database
    return None


def _list(numbers: Iterable[int]) -> str:
    return json.dumps(list(numbers))


def _packed(rows: Collection[tuple[int, ...]]) -> bytes:
    return array("q", [part for row in rows for part in row]).tobytes()


def _unpacked(blob: bytes | None, width: int) -> frozenset[Any]:
    found = iter(array("q", blob or b""))
    return frozenset(zip(*[found] * width, strict=True))
