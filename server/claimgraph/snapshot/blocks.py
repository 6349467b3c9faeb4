"""Where each graph stands in a dump: its lines are one block, found without reading the others."""

from __future__ import annotations

import mmap
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

END = b" .\n"
"""What a line ends with, after the name of its graph."""


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
        graph, end = _line(lines, start)
        low, high = end, len(lines)  # the block reaches to low at least, and to high at most
        while low < high:
            middle = lines.rfind(b"\n", low, (low + high) // 2) + 1 or low
            found, after = _line(lines, max(middle, low))
            if found == graph:
                low = after
            else:
                high = max(middle, low)
        yield Block(graph, start, low)
        start = low


def line_from(lines: bytes | mmap.mmap, start: int, end: int, key: bytes) -> int:
    """Find where the first line of a part in order begins that does not come before a key, by halving."""
    while start < end:
        middle = lines.rfind(b"\n", start, (start + end) // 2) + 1 or start
        if lines[middle : middle + len(key)] < key:
            start = lines.find(b"\n", middle) + 1
        else:
            end = middle
    return start


def _line(lines: bytes | mmap.mmap, start: int) -> tuple[bytes, int]:
    """Return the graph of the line that begins at a place, and where the next one begins."""
    end = lines.find(b"\n", start) + 1
    graph = lines.rfind(b" ", start, end - len(END)) + 1
    return lines[graph : end - len(END)], end
