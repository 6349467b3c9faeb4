"""Work in a process of its own, which sees what there was in memory when it began: another core, another lock."""

from __future__ import annotations

import os
import signal
from multiprocessing import get_context
from threading import Lock
from traceback import format_exception
from typing import TYPE_CHECKING, Generic, Self, TypeVar, cast

from claimgraph.engine.walls import die_with_parent
from claimgraph.errors import ClaimgraphError, SnapshotError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from multiprocessing import Queue
    from multiprocessing.connection import Connection

_T = TypeVar("_T")


class Caller:
    """Be who has begun something aside: it can be told of things, by any thread, and asked for one."""

    def __init__(self, connection: Connection) -> None:
        """Take the connection to it."""
        self._connection = connection
        self._turn = Lock()

    def tell(self, told: object) -> None:
        """Tell it of something, or of an exception that it shall raise."""
        with self._turn:
            self._connection.send(told)

    def ask(self, question: object) -> object:
        """Tell it of a question, and wait for the answer."""
        with self._turn:
            self._connection.send(question)
            return cast("object", self._connection.recv())


class Aside:
    """Do something in a forked process; a context manager, with which the process ends.

    To be begun while no other thread is at work.
    """

    def __init__(self, action: Callable[[Caller], object]) -> None:
        """Begin; the action is called with whom it may tell how far it is. At its end it tells None."""
        context = get_context("fork")
        self._connection, theirs = context.Pipe()
        self._process = context.Process(target=_run, args=(action, theirs, os.getpid()))
        self._process.start()
        theirs.close()

    @property
    def process(self) -> int:
        """Return the number of the process."""
        return self._process.pid or 0

    def __enter__(self) -> Self:
        """Return itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """End the process if it is still at work."""
        self.end()
        self._connection.close()

    def end(self) -> None:
        """End the process, and wait until it has."""
        self._process.kill()
        self._process.join()

    def result(self) -> object:
        """Wait for what the action tells next, and return it; raises what it raised.

        Raises:
            SnapshotError: the process was ended from outside.
        """
        try:
            told = self._connection.recv()
        except EOFError:
            raise SnapshotError("a process of the build was ended from outside") from None
        if isinstance(told, BaseException):
            raise told
        return cast("object", told)

    def answer(self, answer: object) -> None:
        """Answer what was asked."""
        self._connection.send(answer)


def _run(action: Callable[[Caller], object], connection: Connection, parent: int) -> None:
    die_with_parent(signal.SIGKILL, parent)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # whoever interrupts the build is answered by the parent
    caller = Caller(connection)
    try:
        action(caller)
    except Exception as error:  # noqa: BLE001 - it is raised where the result is waited for
        if not isinstance(error, ClaimgraphError):
            error.add_note("".join(format_exception(error)))  # else nobody knows where it came from
        caller.tell(error)
    else:
        caller.tell(None)


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
