"""Work in a process of its own, which sees what there was in memory when it began: another core, another lock."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from multiprocessing import get_context
from typing import TYPE_CHECKING, Generic, Self, TypeVar

from claimgraph.engine.walls import die_with_parent
from claimgraph.errors import SnapshotError

if TYPE_CHECKING:
    from collections.abc import Callable
    from multiprocessing import Queue
    from multiprocessing.connection import Connection

_T = TypeVar("_T")


class Aside:
    """Do something in a forked process; a context manager, with which the process ends.

    To be begun while no other thread is at work.
    """

    def __init__(self, action: Callable[[], object]) -> None:
        """Begin; an action in several parts is a generator, and yields after each but the last."""
        context = get_context("fork")
        self._told, telling = context.Pipe(duplex=False)
        self._process = context.Process(target=_run, args=(action, telling, os.getpid()))
        self._process.start()
        telling.close()

    def __enter__(self) -> Self:
        """Return itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """End the process if it is still at work."""
        self._process.kill()
        self._process.join()
        self._told.close()

    def result(self) -> None:
        """Wait for the end of the action, or of its next part; raises what it raised.

        Raises:
            SnapshotError: the process was ended from outside.
        """
        try:
            told = self._told.recv()
        except EOFError:
            raise SnapshotError("a process of the build was ended from outside") from None
        if isinstance(told, BaseException):
            raise told


def _run(action: Callable[[], object], telling: Connection, parent: int) -> None:
    die_with_parent(signal.SIGKILL, parent)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # whoever interrupts the build is answered by the parent
    try:
        parts = action()
        if isinstance(parts, Iterator):
            for _ in parts:
                telling.send(None)
    except Exception as error:  # noqa: BLE001 - it is raised where the result is waited for
        telling.send(error)
    else:
        telling.send(None)


class Told(Generic[_T]):
    """Tell a process aside of one thing after the other, without ever waiting for it to listen."""

    def __init__(self) -> None:
        """Begin; nothing is told yet."""
        self._queue: Queue[_T | None] = get_context("fork").Queue()
        self._queue.cancel_join_thread()  # who no longer listens must not keep anybody

    def tell(self, one: _T) -> None:
        """Tell of one thing."""
        self._queue.put(one)

    def end(self) -> None:
        """Say that there is nothing more."""
        self._queue.put(None)

    def __iter__(self) -> Iterator[_T]:
        """Listen until the end."""
        while (one := self._queue.get()) is not None:
            yield one
