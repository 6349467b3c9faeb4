"""The store of a snapshot on disk: written from the dump, or made from the store of another snapshot."""

from __future__ import annotations

import ctypes
import os
import shutil
from contextlib import suppress
from heapq import merge
from pathlib import Path
from typing import IO, TYPE_CHECKING, Final, cast

from pyoxigraph import RdfFormat, Store, parse

from claimgraph.snapshot.blocks import blocks, mapped
from claimgraph.snapshot.snapshot import DUMP, STORE

if TYPE_CHECKING:
    import mmap
    from collections.abc import Collection, Iterable, Iterator

    from pyoxigraph import NamedNode, Quad

    from claimgraph.snapshot.blocks import Block

BLANK_NODE: Final = b"_:"
_TABLES = ".sst"
_MERGING = "rocksdb:low"  # what the engine calls these threads
_OF_NO_USE = ("LOG", "LOCK")  # what the engine tells of itself, and who has opened the store


def new_store(folder: Path) -> Store:
    """Create the store of a snapshot, to be filled first and put in order when all is there.

    Until then the engine gets for the latter what nobody else wants of the processor: it would begin again and again.
    """
    store = Store(str(folder / STORE))
    _have_order_wait(is_waiting=True)
    return store


def put_in_order(store: Store) -> None:
    """Merge the tables of a store, so that a look-up searches one of each index, and have all on disk.

    Left to itself the engine takes half as long again, and leaves more to search through.
    """
    _have_order_wait(is_waiting=False)
    store.optimize()
    store.flush()


def _have_order_wait(*, is_waiting: bool) -> None:
    """Have the threads in which the engine merges tables yield the processor, or not, where the system allows that."""
    for thread in Path("/proc/self/task").glob("*"):
        with suppress(OSError, AttributeError):
            if (thread / "comm").read_text(encoding="utf-8").startswith(_MERGING):
                policy = os.SCHED_IDLE if is_waiting else os.SCHED_OTHER
                os.sched_setscheduler(int(thread.name), policy, os.sched_param(0))


def fill_store(store: Store, folder: Path, there: Collection[NamedNode] = ()) -> None:
    """Load what the dump of a snapshot has into a store, but for the graphs ``there``, of which all is in it already.

    Loading in bulk renames blank nodes, so the lines that have any go another way: store and dump name them alike.
    """
    names = {str(graph).encode() for graph in there}
    with mapped(folder / DUMP) as dump:
        every = list(blocks(dump))
        done = [(block.start, block.end) for block in every if block.graph in names]
        blank = [line for block in every if block.graph not in names for line in _lines_with_blank_nodes(dump, block)]
        left_out = merge(done, blank)
        store.bulk_load(cast("IO[bytes]", _Without(dump, left_out)), RdfFormat.N_QUADS, lenient=True)
        store.bulk_extend(parse(b"".join(dump[start:end] for start, end in blank), RdfFormat.N_QUADS))


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


def give_memory_back() -> None:
    """Have what is free taken from this process, where the C library can do that."""
    with suppress(OSError, AttributeError):
        ctypes.CDLL(None).malloc_trim(0)


def _lines_with_blank_nodes(dump: bytes | mmap.mmap, block: Block) -> Iterator[tuple[int, int]]:
    """Find the lines of a block with what is a blank node, or looks like one inside a string, which does no harm."""
    at = dump.find(BLANK_NODE, block.start, block.end)
    while at >= 0:
        start, end = dump.rfind(b"\n", 0, at) + 1, dump.find(b"\n", at) + 1
        yield start, end
        at = dump.find(BLANK_NODE, end, block.end)


class _Without:
    """Read a text but for some parts of it."""

    def __init__(self, text: bytes | mmap.mmap, left_out: Iterable[tuple[int, int]]) -> None:
        self._text = text
        self._left_out = iter(left_out)
        self._at = 0
        self._stop, self._next = next(self._left_out, (len(text), len(text)))

    def read(self, size: int = -1) -> bytes:
        while self._at == self._stop < len(self._text):
            self._at = self._next
            self._stop, self._next = next(self._left_out, (len(self._text), len(self._text)))
        end = self._stop if size < 0 else min(self._stop, self._at + size)
        part = self._text[self._at : end]
        self._at = end
        return part
