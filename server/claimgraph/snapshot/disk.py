"""The store of a snapshot on disk: written from the dump, or made from the store of another snapshot."""

from __future__ import annotations

import os
import shutil
from bisect import bisect_left
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from functools import partial
from operator import gt
from pathlib import Path
from typing import IO, TYPE_CHECKING, Final, cast

from pyoxigraph import RdfFormat, Store, parse

from claimgraph.snapshot.blocks import Block, blocks, first_line, mapped
from claimgraph.snapshot.snapshot import DUMP, STORE

if TYPE_CHECKING:
    import mmap
    from collections.abc import Collection, Iterable, Iterator, Sequence

    from pyoxigraph import NamedNode, Quad

    Part = tuple[int, int]
    """Where a part of a text begins and ends."""

BLANK_NODE: Final = b"_:"
_STEP = 1 << 22  # bytes of the largest graph between two looks at the others
_TABLES = ".sst"
_MERGING = "rocksdb:low"  # what the engine calls these threads
_OF_NO_USE = ("LOG", "LOCK")  # what the engine tells of itself, and who has opened the store


def new_store(folder: Path) -> Store:
    """Create the store of a snapshot, to be filled first and put in order when all is there.

    Until then the engine gets for the latter what nobody else wants of the processor: it would begin again and again.
    That is left out where it could not be taken back.
    """
    store = Store(str(folder / STORE))
    with ThreadPoolExecutor(1) as beside:
        may_wait = beside.submit(_may_wait).result()
    if may_wait:
        _schedule_merging(os.SCHED_IDLE)
    return store


def put_in_order(store: Store) -> None:
    """Merge the tables of a store, so that a look-up searches one of each index, and have all on disk.

    Left to itself the engine takes half as long again, and leaves more to search through.
    """
    with suppress(AttributeError):
        _schedule_merging(os.SCHED_OTHER)
    store.optimize()
    store.flush()


def _may_wait() -> bool:
    """Have this thread yield the processor and take that back; tell whether the system allows both (sched(7))."""
    try:
        for policy in (os.SCHED_IDLE, os.SCHED_OTHER):
            os.sched_setscheduler(0, policy, os.sched_param(0))
    except (OSError, AttributeError):
        return False
    return True


def _schedule_merging(policy: int) -> None:
    """Say how the threads are scheduled in which the engine merges tables, where the system tells of them."""
    for thread in Path("/proc/self/task").glob("*"):
        with suppress(OSError):
            if (thread / "comm").read_text(encoding="utf-8").startswith(_MERGING):
                os.sched_setscheduler(int(thread.name), policy, os.sched_param(0))


def fill_store(store: Store, folder: Path, there: Collection[NamedNode] = ()) -> None:
    """Load what the dump of a snapshot has into a store, but for the graphs ``there``, of which all is in it already.

    Loading in bulk renames blank nodes, so the lines that have any go another way: store and dump name them alike.
    """
    names = {str(graph).encode() for graph in there}
    with mapped(folder / DUMP) as dump:
        missing = [block for block in blocks(dump) if block.graph not in names]
        blank = [line for block in missing for line in _lines_with_blank_nodes(dump, block)]
        text = _Parts(dump, _without(_by_subject(dump, missing), blank))
        store.bulk_load(cast("IO[bytes]", text), RdfFormat.N_QUADS, lenient=True)
        store.bulk_extend(parse(b"".join(dump[start:end] for start, end in blank), RdfFormat.N_QUADS))


def _by_subject(dump: bytes | mmap.mmap, missing: Sequence[Block]) -> Iterator[Part]:
    """Go through blocks side by side, so that what many graphs say of a thing comes soon after one another.

    The engine sorts a million quads at a time, and writes the text of a term once for each time.
    """
    largest = max(missing, key=lambda block: block.end - block.start, default=Block(b"", 0, 0))
    steps = range(largest.start, largest.end, _STEP)[1:]
    subjects = [dump[at : dump.find(b" ", at)] for at in (dump.rfind(b"\n", 0, step) + 1 for step in steps)]
    done = [block.start for block in missing]
    for subject in subjects:
        for number, block in enumerate(missing):
            end = first_line(dump, done[number], block.end, partial(gt, subject))
            yield done[number], end
            done[number] = end
    yield from ((start, block.end) for start, block in zip(done, missing, strict=True))


def _without(parts: Iterable[Part], lines: Sequence[Part]) -> Iterator[Part]:
    """Leave lines out of parts of a text."""
    for start, end in parts:
        at = start
        for first, last in lines[bisect_left(lines, (start, start)) : bisect_left(lines, (end, end))]:
            yield at, first
            at = last
        yield at, end


def branch_store(base: Path, folder: Path) -> Store:
    """Make the store of a snapshot that holds what the one of another snapshot holds, and open it for writing.

    The tables of a store never change, so both have them in common, by hard links; the rest is small.
    """
    (folder / STORE).mkdir()
    for path in (base / STORE).iterdir():
        if not path.name.startswith(_OF_NO_USE):
            _link(path, folder / STORE / path.name)
    return Store(str(folder / STORE))


def _link(path: Path, to: Path) -> None:
    """Give a table a second name; copy what changes, and everything where there are no hard links."""
    if path.suffix == _TABLES:
        try:
            os.link(path, to)
        except OSError:
            shutil.copyfile(path, to)
    else:
        shutil.copyfile(path, to)


def change_store(store: Store, gone: Iterable[Quad], new: Iterable[Quad]) -> None:
    """Take quads out of a store and put others in, and have both on disk."""
    for quad in gone:
        store.remove(quad)
    store.extend(new)
    store.flush()


def _lines_with_blank_nodes(dump: bytes | mmap.mmap, block: Block) -> Iterator[tuple[int, int]]:
    """Find the lines of a block with what is a blank node, or looks like one inside a string, which does no harm."""
    at = dump.find(BLANK_NODE, block.start, block.end)
    while at >= 0:
        start, end = dump.rfind(b"\n", 0, at) + 1, dump.find(b"\n", at) + 1
        yield start, end
        at = dump.find(BLANK_NODE, end, block.end)


class _Parts:
    """Read parts of a text one after the other, as if they were one file."""

    def __init__(self, text: bytes | mmap.mmap, parts: Iterable[Part]) -> None:
        self._text = text
        self._parts = iter(parts)
        self._at = self._end = 0

    def read(self, size: int = -1) -> bytes:
        while self._at == self._end:
            part = next(self._parts, None)
            if part is None:
                return b""
            self._at, self._end = part
        start, self._at = self._at, self._end if size < 0 else min(self._end, self._at + size)
        return self._text[start : self._at]
