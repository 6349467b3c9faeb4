"""Where each graph stands in a dump: its lines are one block, found without reading the others."""

from __future__ import annotations

import mmap
import os
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from itertools import chain, islice
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path

END = b" .\n"
"""What a line ends with, after the name of its graph."""
_PIECE: Final = 1 << 20


@dataclass(frozen=True, slots=True)
class Block:
    """Be the lines of one graph: its name, in angle brackets, and where they begin and end."""

    graph: bytes
    start: int
    end: int


@contextmanager
def mapped(dump: Path) -> Iterator[bytes | mmap.mmap]:
    """Give the bytes of a dump without reading them."""
    if not dump.stat().st_size:
        yield b""
        return
    with dump.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as lines:
        yield lines


def blocks(lines: bytes | mmap.mmap) -> Iterator[Block]:
    """Find the blocks of a dump, in their order; each takes as many looks as its end takes to be found by halving."""
    start = 0
    while start < len(lines):
        graph = _graph(lines[start : lines.find(b"\n", start) + 1])
        end = first_line(lines, start, len(lines), partial(_is_in, graph))
        yield Block(graph, start, end)
        start = end


def pieces(dump: Path, following: Iterable[Block] | None = None) -> Iterator[tuple[bytes, bytes]]:
    """Read a dump in pieces of whole lines, each with the name of its graph, in angle brackets.

    Where it is still being written, ``following`` gives each block of it as soon as it can be read.
    """
    coming = iter(_blocks(dump) if following is None else following)
    first = list(islice(coming, 1))  # before it there may be no file yet
    reading = os.open(dump, os.O_RDONLY)
    try:
        for block in chain(first, coming):
            at, length = block.start, _PIECE
            while at < block.end:
                text = os.pread(reading, min(length, block.end - at), at)
                whole = text.rfind(b"\n") + 1
                if not whole:  # a very long line
                    length *= 2
                    continue
                yield block.graph, text[:whole]
                at, length = at + whole, _PIECE
    finally:
        os.close(reading)


def _blocks(dump: Path) -> Iterator[Block]:
    with mapped(dump) as lines:
        yield from blocks(lines)


def first_line(lines: bytes | mmap.mmap, start: int, end: int, is_before: Callable[[bytes], bool]) -> int:
    """Find where the first line of a part begins that does not come before what is looked for, by halving.

    Those that do must come first in it.
    """
    while start < end:
        middle = lines.rfind(b"\n", start, (start + end) // 2) + 1 or start
        after = lines.find(b"\n", middle) + 1
        if is_before(lines[middle:after]):
            start = after
        else:
            end = middle
    return start


def _is_in(graph: bytes, line: bytes) -> bool:
    return _graph(line) == graph


def _graph(line: bytes) -> bytes:
    """Return the graph of a line, in angle brackets."""
    return line[line.rindex(b" ", 0, -len(END)) + 1 : -len(END)]
