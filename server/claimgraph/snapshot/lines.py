"""Read a dump line by line, where that is quicker, or takes less memory, than to ask a store."""

from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING, cast

from pyoxigraph import RdfFormat, parse

from claimgraph.snapshot.blocks import pieces

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator
    from pathlib import Path

    from pyoxigraph import NamedNode, Quad

    from claimgraph.snapshot.blocks import Block

_LINES = 10_000  # that are parsed at once


def pairs_in(dump: Path, predicate: bytes, following: Iterable[Block] | None = None) -> Iterator[tuple[bytes, bytes]]:
    """List the subjects and IRIs of a property; a look at the whole line spares taking most of them apart.

    Where the dump is still being written, ``following`` gives each block of it as soon as it can be read.
    """
    look = b" " + predicate + b" <"
    for _, text in pieces(dump, following):
        for line in BytesIO(text):
            if look in line:
                subject, found, value, _ = line.split(b" ", 3)
                if found == predicate:
                    yield subject, value


class Said:
    """Be what a dump says by some properties, to be asked for one property after the other."""

    def __init__(self, properties: Collection[NamedNode]) -> None:
        """Begin with nothing; ``lines`` of each property are added by who reads the dump."""
        self.lines: dict[bytes, list[bytes]] = {str(one).encode(): [] for one in properties}

    def __call__(self, subject: None, predicate: NamedNode, value: None, /) -> Iterable[Quad]:
        """Find the quads of a property, with any subject and any value."""
        assert subject is value is None  # noqa: S101 - a dump is not searched for single things
        lines = self.lines.pop(str(predicate).encode())  # it is asked for once, and takes much memory
        for first in range(0, len(lines), _LINES):
            text = b"".join(lines[first : first + _LINES])
            yield from cast("Iterable[Quad]", parse(text, RdfFormat.N_QUADS))
