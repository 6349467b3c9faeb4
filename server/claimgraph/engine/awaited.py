"""Answers of workers on an event loop: no thread waits for them, which is what makes small queries quick."""

from __future__ import annotations

import asyncio
import threading
import time
from typing import TYPE_CHECKING

from claimgraph.engine.awaited_link import AwaitedLink
from claimgraph.engine.course import GRACE, Course, evaluation
from claimgraph.engine.link import SLOW, Watch, process_of
from claimgraph.engine.turns import AwaitedTurn
from claimgraph.errors import EngineError

if TYPE_CHECKING:
    from claimgraph.engine import Dataset, Limits
    from claimgraph.engine.slots import Slots
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
        self._course = Course(evaluation(query, format_, limits, dataset), limits, workers.settings.worker_memory)
        self._loop = asyncio.get_running_loop()
        self._turn = AwaitedTurn(workers.slots)
        self._link: AwaitedLink | None = None
        self._timer: asyncio.TimerHandle | None = None
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
        return self._turn.others_wait()

    def close(self) -> None:
        """Give the answer up, which ends its worker; whoever waits for the next piece gets an EngineError."""
        self._given_up = True
        self._turn.give_up(self._gone())
        if self._link:
            self._link.wake(self._gone())

    def end(self) -> None:
        """Let go of everything; does nothing when the answer is whole. Call it when nobody waits for a piece."""
        self._given_up = True
        self._done()

    async def _receive(self) -> bytes:
        if not self._turn.is_asked_for:
            start = time.perf_counter()
            await self._turn.take(self._course.limits.client, self._workers.settings.queue_timeout)
            self.times["wait"] = time.perf_counter() - start
        if self._link is None:
            self._go_on()
            self._link = await self._workers.ask(self._course.request())
            end = self._loop.time() + self._course.left() + GRACE
            self._timer = self._loop.call_later(SLOW, self._look, self._link, None, end)
        self._go_on()
        return await self._link.receive()

    def _go_on(self) -> None:
        if self._given_up:
            raise self._gone()

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
        self._turn.leave()
