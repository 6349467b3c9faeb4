"""What files assert, written ahead: it is known before any rule has run, and the build has a core to spare then."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections import Counter
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Self, cast

from pyoxigraph import NamedNode

from claimgraph.engine.allocator import LOADING, preloaded
from claimgraph.snapshot.disk import fill_store, new_store, put_in_order
from claimgraph.snapshot.snapshot import STORE

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

    from pyoxigraph import Store

    from claimgraph.dataset import SourceFile

FILES = "files.json"
"""Where the process is told of the files."""
_WORTH = 4_000_000
"""Bytes of Turtle from which on a process of its own pays."""


class Ahead:
    """Have a process write ahead; a context manager, with which it ends.

    The process is not forked: a fork of one that has had a store on disk lacks the engine's threads.
    """

    def __init__(self, folder: Path, files: Sequence[SourceFile], aside: Path, reasoner: int) -> None:
        """Begin with the files that have a graph of their own, if there is much in them.

        The graphs go into the store in the folder of a snapshot, their lines into ``aside``. The process ``reasoner``
        may need the memory.
        """
        self.stored: Collection[NamedNode] = ()
        self._folder = folder
        self._process: subprocess.Popen[bytes] | None = None
        self._store: Store | None = None  # that is written here, where no process does it
        files_of = Counter(file.graph for file in files)
        own = [file for file in files if files_of[file.graph] == 1]
        if sum(file.path.stat().st_size for file in own if file.path.is_file()) >= _WORTH:
            told = [(str(file.path), file.relative, file.graph.value, file.sha256) for file in own]
            (aside / FILES).write_text(json.dumps(told), encoding="utf-8")
            worker = "claimgraph.snapshot.ahead_worker"
            command = [sys.executable, "-m", worker, str(folder), str(aside), str(os.getpid()), str(reasoner)]
            environment = os.environ | preloaded(LOADING)
            self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environment)

    def __enter__(self) -> Self:
        """Return itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """End the process if it is still at work."""
        self._end()

    def _end(self) -> None:
        if self._process:
            self._process.kill()
            with suppress(BrokenPipeError), self._process:
                pass

    def result(self) -> dict[NamedNode, Path]:
        """Ask for an end, and return of which graphs the lines are there, each with the file that has them.

        From then on ``stored`` are those that are in the store, too.
        """
        told = self._asked(b"\n")
        stored, paths = told if isinstance(told, list) else ((), {})
        self.stored = {NamedNode(graph) for graph in stored}
        return {NamedNode(graph): Path(path) for graph, path in paths.items()}

    def fill(self, there: Collection[NamedNode]) -> None:
        """Have the store hold all that the dump has by now; of the graphs ``there`` it has all already.

        It is the same process that goes on with it: the engine puts a store that is opened in order, before it is full.
        """
        if self._store is None and not self._asked(_names(there)):
            self._store, there = new_store(self._folder), ()
        if self._store is not None:
            fill_store(self._store, self._folder, there)

    def finish(self) -> None:
        """Have the store put in order and closed."""
        if self._store is None and not self._asked(b"null\n"):
            self.fill(())
        if self._store is not None:
            put_in_order(self._store)
            self._store = None

    def _asked(self, line: bytes) -> object:
        """Send a line and return the answer; None where there is no process.

        Where it was ended, or failed, there is no store, and what it would have done is done without it.
        """
        if not self._process:
            return None
        assert self._process.stdin  # noqa: S101 - a pipe
        assert self._process.stdout  # noqa: S101 - a pipe
        with suppress(BrokenPipeError):
            self._process.stdin.write(line)
            self._process.stdin.flush()
        told = self._process.stdout.readline()
        if told.endswith(b"\n"):  # it may have been ended in the midst
            return cast("object", json.loads(told))
        self._end()
        self._process = None
        shutil.rmtree(self._folder / STORE, ignore_errors=True)
        return None


def _names(graphs: Iterable[NamedNode]) -> bytes:
    return json.dumps([graph.value for graph in graphs]).encode() + b"\n"
