"""Read a dump line by line, where that is quicker, or takes less memory, than to ask a store."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, cast

from pyoxigraph import RdfFormat, parse

from claimgraph.snapshot.blocks import END

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator
    from pathlib import Path

    from pyoxigraph import NamedNode, Quad

    Line = tuple[bytes, bytes, bytes]
    """Subject, property and value as they stand in the dump."""

_LINES = 10_000  # that are parsed at once


def lines_in(dump: Path) -> Iterator[Line]:
    """Take every line of a dump apart, but for the name of its graph, which one line after the other ends with."""
    end = b"\n\n"  # which no line ends with
    with dump.open("rb") as file:
        for line in file:
            if not line.endswith(end):
                end = line[line.rindex(b" ", 0, -len(END)) :]
            subject, predicate, value = line[: -len(end)].split(b" ", 2)
            yield subject, predicate, value


def pairs_in(dump: Path, predicate: bytes) -> Iterator[tuple[bytes, bytes]]:
    """List the subjects and values of a property; a look at the whole line spares taking most of them apart."""
    look = b" " + predicate + b" "
    with dump.open("rb") as file:
        for line in file:
            if look in line:
                subject, found, rest = line.split(b" ", 2)
                if found == predicate:
                    yield subject, rest.rsplit(b" ", 2)[0]


class Said:
    """Be what a dump says by some properties, to be asked for one property after the other."""

    def __init__(self, dump: Path, properties: Collection[NamedNode]) -> None:
        """Keep what to read; it is read when it is asked for first."""
        self._dump, self._wanted = dump, {str(one).encode() for one in properties}
        self._lines: defaultdict[bytes, list[bytes]] | None = None

    def __call__(self, subject: None, predicate: NamedNode, value: None, /) -> Iterable[Quad]:
        """Find the quads of a property, with any subject and any value."""
        assert subject is value is None  # noqa: S101 - a dump is not searched for single things
        lines = self._read().pop(str(predicate).encode(), [])  # it is asked for once, and takes much memory
        for first in range(0, len(lines), _LINES):
            text = b"".join(lines[first : first + _LINES])
            yield from cast("Iterable[Quad]", parse(text, RdfFormat.N_QUADS))

    def _read(self) -> defaultdict[bytes, list[bytes]]:
        if self._lines is None:
            self._lines = defaultdict(list)
            with self._dump.open("rb") as file:
                for line in file:
                    predicate = line.split(b" ", 2)[1]
                    if predicate in self._wanted:
                        self._lines[predicate].append(line)
        return self._lines
