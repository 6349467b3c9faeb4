"""The process that writes the store on disk: ahead what files assert, and its lines as a dump has them; then the rest.

Run as ``python -m claimgraph.snapshot.ahead_worker FOLDER ASIDE PARENT REASONER``, the last two being the numbers of
the process that wants it and of the one that may need the memory, with the files named in ``ASIDE/files.json``. When
asked by an empty line it ends what it is at, and answers with the graphs that the store has, and with the file of each
graph of which the lines are there. Each line after that names the graphs of which the store has all: then it loads what
else the dump has. The last line is ``null``: then it puts the store in order, and answers when that is closed. All
answers are lines of JSON.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import select
import signal
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import IO, TYPE_CHECKING, cast

from pyoxigraph import NamedNode, RdfFormat, Store

from claimgraph.dataset import SourceFile, load_into
from claimgraph.engine.link import yield_processor
from claimgraph.engine.walls import die_with_parent
from claimgraph.errors import BadTurtle
from claimgraph.reason import give_memory_back, resident
from claimgraph.snapshot.ahead import FILES
from claimgraph.snapshot.disk import BLANK_NODE, fill_store, new_store, put_in_order
from claimgraph.snapshot.dump import quads_text
from claimgraph.snapshot.sorting import in_memory

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

_MOST = 7 << 30
"""Bytes of memory of the process that reasons from which on that one shall have what a store takes here (1.4 GB).

It yields the processor to that one, so it can take a minute until it has given it back; meanwhile that one takes two
gigabytes more.
"""
_THIS_THREAD = 0  # as sched(7) names it; threads that it begins are treated alike


def write_ahead(
    store: Store, files: Iterator[SourceFile], aside: Path, is_enough: Callable[[], bool]
) -> dict[NamedNode, Path]:
    """Write the graphs of files into a store on disk, and their lines into a folder ``aside``.

    Each file has a graph of its own; the result names those that are in the store, each with the file in which its
    lines of N-Triples are, in order. Graphs with blank nodes are left out, for loading in bulk renames these. It ends
    when it is enough, with what is done by then; the other files are left to who goes on.

    Raises:
        BadTurtle: a file does not parse.
    """
    graphs: dict[NamedNode, Path] = {}
    texts = _Stream(_quads(write_lines(files, aside, is_enough), graphs))
    store.bulk_load(cast("IO[bytes]", texts), RdfFormat.N_QUADS, lenient=True)
    return graphs


def _quads(written: Iterable[tuple[NamedNode, Path, bytes]], taken: dict[NamedNode, Path]) -> Iterator[bytes]:
    """Give the lines of N-Quads of one graph after the other."""
    for graph, path, text in written:
        yield quads_text(text, graph)
        taken[graph] = path


def write_lines(
    files: Iterator[SourceFile], aside: Path, is_enough: Callable[[], bool]
) -> Iterator[tuple[NamedNode, Path, bytes]]:
    """Write the lines of N-Triples of each file's graph, in order, into a file of the folder ``aside``.

    Gives graph, file and lines; graphs with blank nodes are left out.

    Raises:
        BadTurtle: a file does not parse.
    """
    while not is_enough():
        file = next(files, None)
        if file is None:
            return
        store = Store()
        load_into(store, file)
        text = b"".join(in_memory(store, file.graph))
        if BLANK_NODE not in text:
            path = aside / f"ahead-{hashlib.sha256(file.graph.value.encode()).hexdigest()}.nt"
            path.write_bytes(text)
            yield file.graph, path, text


def _work_ahead(
    store: Store, files: Iterator[SourceFile], aside: Path, reasoner: int
) -> tuple[dict[NamedNode, Path], dict[NamedNode, Path]]:
    """Write graphs into the store while there is memory, and then lines alone, until the build wants the result.

    Returns the graphs in the store, and all, each with the file of its lines.
    """
    stored = write_ahead(store, files, aside, lambda: _is_wanted() or resident(reasoner) > _MOST)
    give_memory_back()
    return stored, stored | {graph: path for graph, path, _ in write_lines(files, aside, _is_wanted)}


def _is_wanted() -> bool:
    """Tell whether the build wants the result."""
    return bool(select.select([sys.stdin], [], [], 0)[0])


class _Stream:
    """Read one text after the other as if they were one file."""

    def __init__(self, texts: Iterator[bytes]) -> None:
        self._texts = texts
        self._text = memoryview(b"")

    def read(self, size: int = -1) -> bytes:
        while not self._text:
            text = next(self._texts, None)
            if text is None:
                return b""
            self._text = memoryview(text)
        part = self._text[: size if size >= 0 else None]
        self._text = self._text[len(part) :]
        return bytes(part)


def _tell(told: object) -> None:
    sys.stdout.write(json.dumps(told) + "\n")
    sys.stdout.flush()


def main() -> None:
    """Write what the arguments say; a file that does not parse is told of by who waits for it."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # whoever interrupts the build is answered by the parent
    folder, aside = map(Path, sys.argv[1:3])
    parent, reasoner = map(int, sys.argv[3:])
    die_with_parent(signal.SIGKILL, parent)  # the next build may write into a folder of the same name
    told = json.loads((aside / FILES).read_text(encoding="utf-8"))
    files = (SourceFile(Path(path), relative, NamedNode(graph), sha256) for path, relative, graph, sha256 in told)
    store = new_store(folder)
    with contextlib.suppress(BadTurtle):
        with ThreadPoolExecutor(1, initializer=yield_processor, initargs=(_THIS_THREAD,)) as beside:
            stored, paths = beside.submit(_work_ahead, store, files, aside, reasoner).result()
        give_memory_back()
        if sys.stdin.readline():
            _tell([[graph.value for graph in stored], {graph.value: str(path) for graph, path in paths.items()}])
        for line in sys.stdin:
            there = json.loads(line)
            if there is None:
                put_in_order(store)
                del store
                _tell("done")
                break
            fill_store(store, folder, [NamedNode(name) for name in there])
            _tell("filled")


if __name__ == "__main__":
    main()
