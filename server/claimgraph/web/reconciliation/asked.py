"""What clients ask, read from JSON: batches of names to reconcile, and properties to fetch.

Nothing is guessed: what is not as the specification has it is told with its place in the batch.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, NoReturn

from claimgraph.errors import UsageError
from claimgraph.search import LONGEST

if TYPE_CHECKING:
    from collections.abc import Mapping

BATCH: Final = 1000
"""Names of one batch, and things of one extension."""
_MOST_PROPERTIES: Final = 20
_MOST_VALUES: Final = 20
_LIMIT, _LARGEST_LIMIT = 10, 100
_SHOWN: Final = 60
_FIELDS: Final = frozenset({"query", "type", "limit", "properties", "type_strict"})
STRICTNESS: Final = ("any", "all", "should")


@dataclass(frozen=True, slots=True)
class Value:
    """Be a value that a thing should have: a text, number or boolean, or another thing by its identifier."""

    text: str = ""
    id: str = ""


@dataclass(frozen=True, slots=True)
class Wish:
    """Be one name to reconcile; ``strictness`` says what the types are for, as ``type_strict`` does."""

    name: str
    types: tuple[str, ...]
    strictness: str
    limit: int
    properties: tuple[tuple[str, tuple[Value, ...]], ...]


@dataclass(frozen=True, slots=True)
class Extension:
    """Be a wish for the values of some properties, each with the most values of it, of some things."""

    ids: tuple[str, ...]
    properties: tuple[tuple[str, int | None], ...]


def read_batch(text: str) -> dict[str, Wish]:
    """Read a reconciliation query batch.

    Raises:
        UsageError: it is no such batch; the message names the query in it.
    """
    read = _Reader("queries")
    batch = read.members(read.json(text), "the batch")
    if len(batch) > BATCH:
        read.refuse("the batch", f"has {len(batch):,} queries, and at most {BATCH:,} are taken at once")
    return {key: _wish(read, key[:_SHOWN], read.members(query, key[:_SHOWN])) for key, query in batch.items()}


def read_single(text: str) -> Wish:
    """Read the one query of a client of version 0.1: a name, or one query in JSON.

    Raises:
        UsageError: it is no such query.
    """
    read = _Reader("query")
    asked = read.members(read.json(text), "the query") if text.lstrip().startswith("{") else {"query": text}
    return _wish(read, "the query", asked)


def read_extension(text: str) -> Extension:
    """Read a data extension query.

    Raises:
        UsageError: it is no such query.
    """
    read = _Reader("extend")
    asked = read.members(read.json(text), "the query")
    ids = [read.string(one, "ids") for one in read.items(asked.get("ids"), "ids", BATCH)]
    properties = []
    for one in read.items(asked.get("properties"), "properties", _MOST_PROPERTIES):
        wanted = read.members(one, "properties")
        settings = read.members(wanted.get("settings", {}), "settings")
        most = settings.get("limit") or None
        name = read.string(wanted.get("id"), "properties: id")
        properties.append((name, most and read.count(_number(most), "settings: limit", BATCH)))
    return Extension(tuple(dict.fromkeys(ids)), tuple(dict.fromkeys(properties)))


def _number(given: object) -> object:
    """Read a number that came as a text, as clients send what was typed into a field."""
    is_number = isinstance(given, str) and given.isascii() and given.isdecimal() and len(given) <= len(str(BATCH))
    return int(given) if is_number else given  # type: ignore[call-overload]


def _wish(read: _Reader, at: str, asked: Mapping[str, Any]) -> Wish:
    unknown = sorted(asked.keys() - _FIELDS)
    if unknown:
        read.refuse(at, f"has no field {unknown[0][:_SHOWN]!r}; there are {', '.join(sorted(_FIELDS))}")
    name = read.string(asked["query"], f"{at}: query") if "query" in asked else ""
    if len(name) > LONGEST:
        read.refuse(f"{at}: query", f"has {len(name):,} characters, and at most {LONGEST} are compared")
    types = asked.get("type", [])
    types = [types] if isinstance(types, str) else read.items(types, f"{at}: type", _MOST_PROPERTIES)
    strictness = asked.get("type_strict", STRICTNESS[0])
    if strictness not in STRICTNESS:
        read.refuse(f"{at}: type_strict", f"is one of {', '.join(STRICTNESS)}")
    properties = tuple(
        _property(read, f"{at}: properties", one)
        for one in read.items(asked.get("properties", []), f"{at}: properties", _MOST_PROPERTIES)
    )
    if not name.strip() and not properties:
        read.refuse(at, "needs a query that is not empty, or properties")
    return Wish(
        name,
        tuple(read.string(one, f"{at}: type") for one in types),
        strictness,
        read.count(asked.get("limit", _LIMIT), f"{at}: limit", _LARGEST_LIMIT),
        properties,
    )


def _property(read: _Reader, at: str, given: object) -> tuple[str, tuple[Value, ...]]:
    asked = read.members(given, at)
    if "v" not in asked:
        read.refuse(at, "needs a value, v")
    values = asked["v"] if isinstance(asked["v"], list) else [asked["v"]]
    return read.string(asked.get("pid"), f"{at}: pid"), tuple(
        _value(read, f"{at}: v", one) for one in read.items(values, f"{at}: v", _MOST_VALUES)
    )


def _value(read: _Reader, at: str, given: object) -> Value:
    if isinstance(given, dict):
        return Value(id=read.string(given.get("id"), f"{at}: id"))
    if isinstance(given, bool):
        return Value(str(given).lower())
    if not isinstance(given, str | int | float):
        read.refuse(at, "is no text, number, boolean or object with an id")
    return Value(read.string(str(given), at))


@dataclass(frozen=True, slots=True)
class _Reader:
    """Read one parameter, and refuse what is not in order, with its place."""

    parameter: str

    def refuse(self, at: str, why: str) -> NoReturn:
        """Say what is wrong."""
        raise UsageError(f"parameter {self.parameter!r}: {at} {why}")

    def json(self, text: str) -> object:
        """Read JSON."""
        try:
            return json.loads(text, parse_constant=_no_number)
        except RecursionError:
            self.refuse("the JSON", "is nested too deep")
        except ValueError as error:
            shown = text[:_SHOWN] + ("…" if len(text) > _SHOWN else "")
            self.refuse(f"{shown!r}", f"is no JSON: {error}")

    def members(self, given: object, at: str) -> dict[str, Any]:
        """Take an object."""
        if not isinstance(given, dict):
            self.refuse(at, "is no JSON object")
        if not all(map(_is_text, given)):
            self.refuse(at, "has a name that is no text")
        return given

    def items(self, given: object, at: str, most: int) -> list[Any]:
        """Take an array of at most so many."""
        if not isinstance(given, list):
            self.refuse(at, "is no JSON array")
        if len(given) > most:
            self.refuse(at, f"has {len(given):,} members, and at most {most:,} are taken")
        return given

    def string(self, given: object, at: str) -> str:
        """Take a text."""
        if not isinstance(given, str) or not _is_text(given):
            self.refuse(at, "is no text")
        return given

    def count(self, given: object, at: str, most: int) -> int:
        """Take a whole number above 0; what is above the most is the most."""
        is_whole = isinstance(given, int) or (isinstance(given, float) and given.is_integer())
        if isinstance(given, bool) or not is_whole or given < 1:  # type: ignore[operator]
            self.refuse(at, "is no whole number above 0")
        return min(int(given), most)  # type: ignore[call-overload,no-any-return]


def _is_text(given: str) -> bool:
    """Tell whether a text can be written in UTF-8: JSON lets halves of characters through."""
    return not any("\ud800" <= letter <= "\udfff" for letter in given)


def _no_number(name: str) -> NoReturn:
    raise ValueError(f"{name} is no number")
