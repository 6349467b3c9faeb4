"""The embedded engine: Oxigraph in query workers that can be ended without harm to any other request.

A :class:`KeeperProcess` holds the snapshot; an :class:`Embedded` asks it over a small pool of connections, each of
which is one worker. Any number of processes may have an :class:`Embedded` on the same keeper.
"""

from __future__ import annotations

import contextlib
import threading
import time
from typing import TYPE_CHECKING, Any, Self

from claimgraph.engine import WHOLE, Dataset, Limits, wire
from claimgraph.engine.awaited import AwaitedAnswer, AwaitedWorkers
from claimgraph.engine.course import GRACE, Course, evaluation, reading
from claimgraph.engine.keeping import KeeperProcess
from claimgraph.engine.link import SLOW, Link, Watch
from claimgraph.engine.slots import Slots, Turn
from claimgraph.errors import BadQuery, EngineBusy, EngineError

if TYPE_CHECKING:
    from collections.abc import Callable

    from claimgraph.formats import Format
    from claimgraph.settings import Settings
    from claimgraph.sparql.query import Query

__all__ = ["Embedded", "KeeperProcess", "WorkerAnswer"]


class Embedded:
    """Ask a keeper's workers, at most so many at once."""

    def __init__(
        self,
        path: str,
        settings: Settings,
        *,
        workers: int | None = None,
        tally: Callable[[int, int], None] | None = None,
    ) -> None:
        """Take the path of the keeper's socket; ``workers`` defaults to the setting ``query_workers``.

        ``tally`` is told how many more queries run and wait; see :class:`~claimgraph.engine.slots.Slots`.
        """
        self._path = path
        self._settings = settings
        self.slots = Slots(
            workers or settings.query_workers,
            queue=settings.queue_length,
            per_client=settings.queries_per_client,
            tally=tally,
        )
        self._idle: list[Link] = []
        self._awaited = AwaitedWorkers(path, self.slots, settings)
        self._lock = threading.Lock()
        self._closed = False

    def answer(self, query: Query, format_: Format, limits: Limits, dataset: Dataset = WHOLE) -> WorkerAnswer:
        """Answer a query; see :class:`claimgraph.engine.Engine`."""
        return self._begin(evaluation(query, format_, limits, dataset), limits)

    def reading(self, text: str, limits: Limits) -> WorkerAnswer:
        """Read a text; see :class:`claimgraph.engine.Engine`."""
        return self._begin(reading(text, self._settings.max_nesting, self._settings.service_allowed), limits)

    def awaited(self, query: Query, format_: Format, limits: Limits, dataset: Dataset = WHOLE) -> AwaitedAnswer:
        """Answer a query on the running event loop; see :class:`claimgraph.engine.Engine`."""
        return AwaitedAnswer(self._awaited, query, format_, limits, dataset)

    def close(self) -> None:
        """Close the idle connections, which ends their workers; those that are answering end when they are done."""
        with self._lock:
            self._closed = True
            idle, self._idle = self._idle, []
        for link in idle:
            link.close()
        self._awaited.close()

    def give_back(self, link: Link, turn: Turn, *, is_reusable: bool) -> None:
        """Take a connection back from an answer that is done with it."""
        with self._lock:
            kept = is_reusable and not link.is_slow and not self._closed
            if kept:
                self._idle.append(link)
        if not kept:
            link.close()
        self.slots.leave(turn)

    def ask(self, messages: list[bytes]) -> Link:
        """Send a request to an idle worker, or to a new one where there is none or the idle one has ended."""
        while True:
            with self._lock:
                link = self._idle.pop() if self._idle else None
            is_fresh = link is None
            try:
                link = link or Link.open(self._path, GRACE + self._settings.queue_timeout)
                link.socket.settimeout(GRACE + self._settings.queue_timeout)
                for message in messages:
                    link.socket.send(message)
                link.socket.settimeout(SLOW)
            except OSError as error:
                if link:
                    link.close()
                if is_fresh:
                    raise EngineError("the query engine is not running") from error
            else:
                return link

    def _begin(self, asked: dict[str, Any], limits: Limits) -> WorkerAnswer:
        start = time.perf_counter()
        turn = self._wait(limits)
        try:
            course = Course(asked, limits, self._settings.worker_memory)
            link = self.ask(course.request())
        except BaseException:
            self.slots.leave(turn)
            raise
        course.times["wait"] = time.perf_counter() - start
        return WorkerAnswer(self, link, course, turn)

    def _wait(self, limits: Limits) -> Turn:
        """Wait for a slot."""
        called = threading.Event()
        turn = self.slots.ask(limits.client, called.set)
        if not turn.has_slot:
            called.wait(self._settings.queue_timeout)
            if not turn.has_slot:
                self.slots.leave(turn)
                raise EngineBusy
        return turn


class WorkerAnswer:
    """Be the answer that one worker is giving; see :class:`claimgraph.engine.Answer`."""

    def __init__(self, engine: Embedded, link: Link, course: Course, turn: Turn) -> None:
        """Take over a connection on which the request has been sent."""
        self._engine = engine
        self._link: Link | None = link
        self._course = course
        self._turn = turn
        self._lock = threading.Lock()
        self.times = course.times

    def __iter__(self) -> Self:
        """Return itself."""
        return self

    def __next__(self) -> bytes:
        """Return the next piece of the answer; see :meth:`claimgraph.engine.Engine.answer` for what is raised."""
        link = self._link
        if link is None:
            if self._course.is_whole:
                raise StopIteration
            raise EngineError("the answer was given up before it was whole")
        try:
            message = self._receive(link)
            if self._course.was_cut_off(message):
                message = self._receive(self._ask_again(link))
            piece = self._course.read(message)
        except (BadQuery, EngineError):
            self._done(is_reusable=self._course.is_over)
            raise
        if self._course.is_over:
            self._done(is_reusable=True)
        return piece

    def others_wait(self) -> bool:
        """Tell whether other queries wait for the place that this one has."""
        return self._link is not None and self._engine.slots.counts()[1] > 0

    def close(self) -> None:
        """Give the answer up: the keeper ends the worker, and whoever waits for the next piece gets an EngineError."""
        link = self._link
        if link is not None:
            with contextlib.suppress(OSError):
                link.socket.shutdown(2)
            self._done(is_reusable=False)

    def _receive(self, link: Link) -> bytes:
        """Receive a message; empty when the connection has ended."""
        watch: Watch | None = None
        while True:
            try:
                return link.socket.recv(wire.LARGEST)
            except TimeoutError as error:
                if self._course.left() < -GRACE:  # the worker's own timer did not end it
                    raise self._course.late() from error
                watch = watch or Watch(link.process)
                link.is_slow = link.is_slow or watch.look()
            except OSError:  # closed by another thread, between two pieces
                return b""

    def _ask_again(self, link: Link) -> Link:
        """Ask another worker, unless the answer has been given up."""
        with self._lock:
            if self._link is None:
                raise EngineError("the answer was given up before it was whole")
            link.close()
            self._link = self._engine.ask(self._course.request())
            return self._link

    def _done(self, *, is_reusable: bool) -> None:
        with self._lock:
            link, self._link = self._link, None
        if link is not None:
            self._engine.give_back(link, self._turn, is_reusable=is_reusable)
