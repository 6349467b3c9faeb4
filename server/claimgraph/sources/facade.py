"""The one place where tables of other makers become triples: each row of CSV, each object of JSON, after Facade-X.

Facade-X is the metamodel of SPARQL Anything: a container has a property for each of its keys, and numbered slots where
it is a list. What is empty in the table is not there. Beside it each row says which file it stands in and where.
"""

from __future__ import annotations

import csv
import gzip
import json
import math
import re
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final, NamedTuple
from urllib.parse import quote

from claimgraph.errors import BadSource, Place
from claimgraph.sparql.prefixes import BASE, expand

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path
    from typing import IO

XYZ: Final = "http://sparql.xyz/facade-x/data/"
ROW: Final = BASE + "row#"
_ANY_SLOT: Final = "<http://sparql.xyz/facade-x/ns/anySlot>"
_SLOT: Final = expand("rdf:_")
_WHOLE: Final = f"<{expand('rdf:value')}>"
_XSD: Final = expand("xsd:")
_LONGEST_CELL: Final = 1 << 24
_LOCAL: Final = re.compile(r".*[/#]|>")
_ESCAPES: Final = str.maketrans({"\\": r"\\", '"': r"\"", "\n": r"\n", "\r": r"\r"})


class Row(NamedTuple):
    """Be one row: its name, as an IRI without brackets, and its triples as lines of N-Triples.

    They are text because to make an object of each takes four times as long (measured).
    """

    name: str
    lines: list[str]


@dataclass(frozen=True)
class Table:
    """Be a file of rows; ``shown`` is its path as places show it.

    ``split`` gives, for some columns, the pattern at which a text is divided into a list; the whole text is the list's
    ``rdf:value``.
    """

    path: Path
    shown: str
    split: Mapping[str, re.Pattern[str]] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """The name of the file as its maker gave it, without the ending ``.gz``."""
        return self.path.name.removesuffix(".gz")

    def columns(self) -> frozenset[str]:
        """Find the names of the columns, which in JSON are the keys of all objects.

        Raises:
            BadSource: as :meth:`rows` does.
        """
        try:
            now = self.path.stat()
        except OSError as error:
            raise self._fault(f"cannot be read: {error}") from error
        return _columns(self.path, self.shown, (now.st_mtime_ns, now.st_size, now.st_ino))

    def rows(self) -> Iterator[Row]:
        """Read the rows one after another.

        Raises:
            BadSource: the file cannot be read, or a row is not as the others; carries the place.
        """
        name = _written(self.name)
        for number, record in enumerate(self._records(), 1):
            row = f"row:{quote(self.name)}:{number}"
            lines = [f"<{row}> <{ROW}in> {name} .\n", f"<{row}> <{ROW}number> {_written(number)} .\n"]
            for column, value in record.items():
                pattern = self.split.get(column)
                if pattern and value:
                    _add(lines, row, (column_iri(column),), [*pattern.split(value)])
                    lines.append(f"<{row}/{quote(column, safe='')}> {_WHOLE} {_written(value)} .\n")
                else:
                    _add(lines, row, (column_iri(column),), value)
            yield Row(row, lines)

    def _records(self) -> Iterator[dict[str, Any]]:
        with self._opened() as file:
            match self.name.rpartition(".")[2]:
                case "csv":
                    yield from self._of_csv(file)
                case "jsonl":
                    yield from (self._object(line, number) for number, line in enumerate(file, 1))
                case "json":
                    yield from self._of_json(file)
                case other:
                    raise self._fault(f"no rows are read from a file that ends in {other!r}; use csv, json or jsonl")

    @contextmanager
    def _opened(self) -> Iterator[IO[str]]:
        opener = gzip.open if self.path.suffix == ".gz" else open
        try:
            with opener(self.path, "rt", encoding="utf-8-sig", newline="") as file:
                yield file
        except (OSError, EOFError) as error:
            raise self._fault(f"cannot be read: {error}") from error
        except UnicodeDecodeError as error:
            raise self._fault(f"is not UTF-8: {error.reason}") from error

    def _of_csv(self, file: IO[str]) -> Iterator[dict[str, str]]:
        csv.field_size_limit(_LONGEST_CELL)
        reader = csv.reader(file, strict=True)
        try:
            head = next(reader, [])
            for row in reader:
                if len(row) != len(head):
                    raise self._fault(f"the row has {len(row)} cells, and the head {len(head)}", reader.line_num)
                yield dict(zip(head, row, strict=True))
        except csv.Error as error:
            raise self._fault(f"is no CSV: {error}", reader.line_num) from error

    def _of_json(self, file: IO[str]) -> Iterator[dict[str, Any]]:
        try:
            read = json.load(file)
        except json.JSONDecodeError as error:
            raise self._fault(f"is no JSON: {error.msg}", error.lineno, error.colno) from error
        if not isinstance(read, list) or not all(isinstance(one, dict) for one in read):
            raise self._fault("must be a list of objects")
        yield from read

    def _object(self, line: str, number: int) -> dict[str, Any]:
        try:
            read = json.loads(line)
        except json.JSONDecodeError as error:
            raise self._fault(f"is no JSON: {error.msg}", number, error.colno) from error
        if not isinstance(read, dict):
            raise self._fault("must be an object", number)
        return read

    def _fault(self, message: str, line: int = 1, column: int = 1) -> BadSource:
        return BadSource(message, place=Place(self.shown, line, column))


@lru_cache(maxsize=1024)
def _columns(path: Path, shown: str, _state: tuple[int, ...]) -> frozenset[str]:
    """Find the columns of a file, once for each state of it: an edited dataset is checked again and again."""
    return frozenset(key for record in Table(path, shown)._records() for key in record)  # noqa: SLF001 - its own


@lru_cache(maxsize=1024)
def column_iri(column: str) -> str:
    """Name the property of a column; what a name cannot hold is percent-encoded, as SPARQL Anything does."""
    return f"<{XYZ}{quote(column, safe='')}>"


def _add(lines: list[str], node: str, predicates: Sequence[str], value: Any) -> None:  # noqa: ANN401 - JSON
    """Add what a cell holds, by one or more properties; NaN, null and the empty text are nothing."""
    if value is None or value == "" or (isinstance(value, float) and math.isnan(value)):
        return
    if not isinstance(value, list | dict):
        lines += (f"<{node}> {predicate} {_written(value)} .\n" for predicate in predicates)
        return
    inner = f"{node}/{_LOCAL.sub('', predicates[0])}"
    lines += (f"<{node}> {predicate} <{inner}> .\n" for predicate in predicates)
    if isinstance(value, dict):
        for key, part in value.items():
            _add(lines, inner, (column_iri(key),), part)
    else:
        for number, part in enumerate(value, 1):
            _add(lines, inner, (f"<{_SLOT}{number}>", _ANY_SLOT), part)


def _written(value: str | float) -> str:
    """Write a literal as N-Triples does: texts plain, numbers and truth values typed."""
    match value:
        case str():
            return f'"{value.translate(_ESCAPES)}"'
        case bool():
            return f'"{str(value).lower()}"^^<{_XSD}boolean>'
        case int():
            return f'"{value}"^^<{_XSD}integer>'
        case _:
            whole = value.is_integer()
            return f'"{int(value) if whole else value!r}"^^<{_XSD}{"integer" if whole else "decimal"}>'
