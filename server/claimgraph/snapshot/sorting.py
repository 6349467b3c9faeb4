"""Lines of graphs put in order: of a small dataset in memory, of a large one by sort(1), beside and with less memory.

Every line ends with a line break, and no byte of it comes before that, so that both give the same order.
"""

from __future__ import annotations

import errno
import os
import shutil
import subprocess
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from itertools import groupby
from pathlib import Path
from typing import IO, TYPE_CHECKING, Final, Self, cast

from pyoxigraph import RdfFormat

from claimgraph.errors import SnapshotError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from concurrent.futures import Future

    from pyoxigraph import NamedNode, Store

_LARGE: Final = 200_000
"""Quads from which on processes pay: one takes some milliseconds to begin."""
BESIDE: Final = 4
"""Graphs that are put in order at once: while one is read, others are written, or between the two."""
_WRITING: Final = 2  # of them
_MEMORY: Final = "256M"  # of one process
_PIECE: Final = 1 << 22  # bytes
_PIPES: Final = Path("/dev/fd")
_COMMAND: Final = ("sort", "-u", "-S", _MEMORY)


class Sorting:
    """Put graphs of a store in order, each with the lines of some files; a context manager, with which it ends."""

    def __init__(self, store: Store, folder: Path) -> None:
        """Take the store, and a folder for what does not fit into memory."""
        self._store = store
        self._folder = folder
        self._uses_processes = bool(shutil.which(_COMMAND[0])) and _PIPES.exists() and len(store) >= _LARGE
        self._open = ExitStack()
        self._writing = self._open.enter_context(ThreadPoolExecutor(_WRITING))

    def __enter__(self) -> Self:
        """Return itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """End what is at work."""
        self._open.close()

    def begin(self, graph: NamedNode, files: Sequence[Path]) -> Iterator[bytes]:
        """Begin with a graph; returns its lines of N-Triples in pieces, in order and each once.

        As many as ``BESIDE`` may be begun before the lines of the first are read. Reading them raises what went wrong.

        Raises:
            SnapshotError: the disk is full or cannot be written to.
        """
        if not self._uses_processes:
            return in_memory(self._store, graph, files)
        process = subprocess.Popen(
            [*_COMMAND, "-T", str(self._folder), "-", *map(str, files)],
            env={**os.environ, "LC_ALL": "C"},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        self._open.enter_context(process)
        self._open.callback(process.kill)  # before it is waited for
        return _read(process, self._writing.submit(_write, self._store, graph, process))


def pieces_of(file: IO[bytes]) -> Iterator[bytes]:
    """Read a file in pieces of whole lines."""
    while text := file.read(_PIECE):
        yield text + file.readline()


def _write(store: Store, graph: NamedNode, process: subprocess.Popen[bytes]) -> None:
    """Have the engine write a graph into a process by a path, for so it holds no lock of Python's.

    When all is written it has the file put on disk (fsync(2)), which a pipe refuses.
    """
    with cast("IO[bytes]", process.stdin) as pipe:
        try:
            store.dump(str(_PIPES / str(pipe.fileno())), format=RdfFormat.N_TRIPLES, from_graph=graph)
        except OSError as error:
            if f"(os error {errno.EINVAL})" not in str(error):  # it has no number of its own
                raise


def _read(process: subprocess.Popen[bytes], written: Future[None]) -> Iterator[bytes]:
    with process:  # its pipes are closed here: there may be thousands of graphs
        yield from pieces_of(cast("IO[bytes]", process.stdout))
        if process.wait():
            told = cast("IO[bytes]", process.stderr).read().decode(errors="replace").strip()
            raise SnapshotError(f"a graph could not be put in order: {told}")
        written.result()


def in_memory(store: Store, graph: NamedNode, files: Sequence[Path] = ()) -> Iterator[bytes]:
    """Do the same here and now; gives one piece, or none where there are no lines."""
    lines = (store.dump(format=RdfFormat.N_TRIPLES, from_graph=graph) or b"").splitlines(keepends=True)
    for path in files:
        lines += path.read_bytes().splitlines(keepends=True)
    lines.sort()
    if lines:
        yield b"".join(line for line, _ in groupby(lines))
