"""Answers of workers on an event loop: no thread waits for them, which is what makes small queries quick."""

from __future__ import annotations

import asyncio
import threading
import time
from typing import TYPE_CHECKING

from claimgraph.engine.awaited_link import AwaitedLink
from claimgraph.engine.course import GRACE, Course
from claimgraph.engine.link import SLOW, Watch, process_of
from claimgraph.errors import EngineBusy, EngineError

if TYPE_CHECKING:
    from claimgraph.engine import Dataset, Limits
    from claimgraph.engine.slots import Slots, Turn
    from claimgraph.formats import Format
    from claimgraph.settings import Settings
    from claimgraph.sparql.query import Query


class AwaitedWorkers:
    """The workers of one process that answer on its event loop."""

    def __init__(self, path: str, slots: Slots, settings: Settings) -> None:
        """Take the path of the keeper's socket and the slots that are shared with the threads."""
        self.slots = slots
        self.settings = settings
        self._path = path
        self._idle: list[AwaitedLink] = []
        self._lock = threading.Lock()
        self._closed = False

    async def ask(self, messages: list[bytes]) -> AwaitedLink:
        """Send a request to an idle worker, or to a new one where there is none or the idle one has ended."""
        while True:
            with self._lock:
                link = self._idle.pop() if self._idle else None
            if link and link.is_dead:
                link.close()
                continue
            is_fresh = link is None
            try:
                link = link or await self._connect()
                for message in messages:
                    await link.send(message)
            except OSError as error:
                if link:
                    link.close()
                if is_fresh:
                    raise EngineError("the query engine is not running") from error
            else:
                return link

    def give_back(self, link: AwaitedLink, *, is_reusable: bool) -> None:
        """Take a connection back from an answer that is done with it."""
        with self._lock:
            kept = is_reusable and not link.is_slow and not self._closed
            if kept:
                link.rest()
                self._idle.append(link)
        if not kept:
            link.close()

    def close(self) -> None:
        """Close the idle connections."""
        with self._lock:
            self._closed = True
            idle, self._idle = self._idle, []
        for link in idle:
            link.close_soon()

    async def _connect(self) -> AwaitedLink:
        link = AwaitedLink(self._path)
        patience = GRACE + self.settings.queue_timeout
        gone = ConnectionError("the keeper forks no worker")
        timer = asyncio.get_running_loop().call_later(patience, link.wake, gone)
        try:
            link.process = process_of(await link.receive())
        except BaseException:
            link.close()
            raise
        finally:
            timer.cancel()
        return link


class AwaitedAnswer:
    """Be one answer, piece by piece, on an event loop."""

    def __init__(
        self, workers: AwaitedWorkers, query: Query, format_: Format, limits: Limits, dataset: Dataset
    ) -> None:
        """Take what is asked; it is sent when the first piece is asked for."""
        self._workers = workers
        self._course = Course(query, format_, limits, dataset, workers.settings.worker_memory)
        self._loop = asyncio.get_running_loop()
        self._turn: Turn | None = None
        self._link: AwaitedLink | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._queued: asyncio.Future[None] | None = None
        self._given_up = False
        self.times = self._course.times

    async def piece(self) -> bytes | None:
        """Return the next piece, or None after the last; see :meth:`claimgraph.engine.Engine.answer` for errors."""
        if self._course.is_whole:
            return None
        try:
            message = await self._receive()
            if self._course.was_cut_off(message):
                self._drop()
                message = await self._receive()
            found = self._course.read(message)
        except BaseException:
            self._done()
            raise
        if self._course.is_over:
            self._done()
        return found

    def others_wait(self) -> bool:
        """Tell whether other queries wait for the place that this one has."""
        return self._workers.slots.counts()[1] > 0

    def close(self) -> None:
        """Give the answer up, which ends its worker; whoever waits for the next piece gets an EngineError."""
        self._given_up = True
        if self._queued and not self._queued.done():
            self._queued.set_exception(self._gone())
        if self._link:
            self._link.wake(self._gone())

    def end(self) -> None:
        """Let go of everything; does nothing when the answer is whole. Call it when nobody waits for a piece."""
        self._given_up = True
        self._done()

    async def _receive(self) -> bytes:
        if self._turn is None:
            await self._queue()
        if self._link is None:
            self._go_on()
            self._link = await self._workers.ask(self._course.request())
            end = self._loop.time() + self._course.limits.seconds + GRACE
            self._timer = self._loop.call_later(SLOW, self._look, self._link, None, end)
        self._go_on()
        return await self._link.receive()

    async def _queue(self) -> None:
        """Wait for a slot."""
        start = time.perf_counter()
        self._turn = self._workers.slots.ask(self._course.limits.client, self._called)
        if not self._turn.has_slot:
            await self._wait()
        self.times["wait"] = time.perf_counter() - start

    def _go_on(self) -> None:
        if self._given_up:
            raise self._gone()

    async def _wait(self) -> None:
        self._queued = self._loop.create_future()
        timer = self._loop.call_later(self._workers.settings.queue_timeout, _fail, self._queued, EngineBusy())
        try:
            if self._turn and not self._turn.has_slot:  # it may have been called before there was a future
                await self._queued
        finally:
            timer.cancel()

    def _called(self) -> None:
        self._loop.call_soon_threadsafe(self._succeed)

    def _succeed(self) -> None:
        if self._queued and not self._queued.done():
            self._queued.set_result(None)

    def _look(self, link: AwaitedLink, watch: Watch | None, end: float) -> None:
        """Look now and then after a worker that takes long."""
        if self._loop.time() > end:  # its own timer did not end it
            link.wake(self._course.late())
            return
        watch = watch or Watch(link.process)
        link.is_slow = link.is_slow or watch.look()
        self._timer = self._loop.call_later(SLOW, self._look, link, watch, end)

    def _gone(self) -> EngineError:
        return EngineError("the answer was given up before it was whole")

    def _drop(self) -> None:
        """Give back the connection."""
        if self._timer:
            self._timer.cancel()
        link, self._link = self._link, None
        if link:
            self._workers.give_back(link, is_reusable=self._course.is_over)

    def _done(self) -> None:
        """Give back what is held."""
        self._drop()
        turn, self._turn = self._turn, None
        if turn:
            self._workers.slots.leave(turn)


def _fail(waiter: asyncio.Future[None], error: Exception) -> None:
    if not waiter.done():
        waiter.set_exception(error)
