"""Asking beside: what steps read is read in other threads, while one thread writes what others have found.

The engine lets go of Python's lock while it evaluates, and a query sees the store as it was when it began.
"""

from __future__ import annotations

import contextlib
import os
import sys
import threading
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from queue import PriorityQueue
from typing import TYPE_CHECKING, Self, cast

from claimgraph.reason.memory import give_memory_back, resident

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from claimgraph.reason.order import Dependencies
    from claimgraph.reason.shape import Shape
    from claimgraph.reason.unit import Progress, Unit

_THREADS = 2
_AHEAD = 40
"""How many answers may be asked for or wait to be written; most are small, a few have some ten megabytes."""
_HELD = 1 << 27
"""Bytes of answers that wait to be written from which on no more is asked for ahead: memory is for the store."""
_ALONE = 17 << 29
"""Bytes of memory of this process from which on one question is asked at a time: each takes some hundred megabytes."""
_YIELDING = 10
"""By how much threads that ask are nicer than the one that writes, for which everything else waits.

Much nicer, they would share a core with what is done ahead in the meantime, though that gets only what nobody wants.
"""


class Beside:
    """Take the groups of an order one by one, each with the answer to what it asks; a context manager.

    A group may overtake those before it that it has nothing to do with: they write nothing that it reads or writes, and
    read nothing that it writes. So the result is the same as if all had run in order, whoever was quicker.
    """

    def __init__(self, dependencies: Dependencies, progress: Progress) -> None:
        """Find what each group must wait for."""
        self._dependencies = dependencies
        self.groups = dependencies.groups()
        self._first: list[Unit] = [dependencies.units[group[0]] for group in self.groups]
        self._feeds = _earlier(self.groups, dependencies.feeds)
        self._before = _earlier(self.groups, dependencies.concerns)
        self._height = _heights(self._feeds)
        self._progress = progress
        self._idle = _idle(self.groups, dependencies, progress)
        self._done = set[int]()
        self._asked: dict[int, Future[object] | None] = {}
        self._questions: PriorityQueue[tuple[int, int, Callable[[], object], Future[object]]] = PriorityQueue()
        self._pool = ThreadPoolExecutor(_THREADS, initializer=_give_way)
        self._asking = 0
        self._turn = threading.Condition()

    def __enter__(self) -> Self:
        """Start."""
        return self

    def __exit__(self, *_error: object) -> None:
        """Wait for what is being asked, and forget it."""
        self._pool.shutdown(cancel_futures=True)

    def __iter__(self) -> Iterator[tuple[list[int], object]]:
        """Give each group, and the answer for its first step; the group must have run when the next one is asked for.

        The answer is None where a step asks nothing. Groups that find nothing to read are left out, so that nobody
        waits for them.
        """
        done = self._done
        done.update(self._idle)
        waiting = sorted(set(range(len(self.groups))) - done, key=lambda place: (-self._height[place], place))
        while waiting:
            self._ask_ahead(waiting, done)
            place = self._next(waiting, done)
            future = self._asked.pop(place)
            yield self.groups[place], future.result() if future else None
            waiting.remove(place)
            done.add(place)

    def unread(self, number: int) -> frozenset[Shape]:
        """List the shapes that a step writes into the one graph that has them, and that no step will read after it.

        A step that has had its turn does not come again, and one that the writer settles looks past its graph.
        """
        writer, units = self._dependencies.units[number], self._dependencies.units
        over = {one for place in self._done for one in self.groups[place]}
        return frozenset(
            shape
            for shape, graphs in writer.writes.items()
            if all(self._progress.stays_only_in(shape, graph) for graph in graphs)
            and all(
                one == number or set(found) <= set(graphs)
                for one in self._dependencies.writing(shape)
                for written, found in units[one].writes.items()
                if written.meets(shape)
            )
            and not any(
                units[one].reads.meet(shape) and not units[one].settled_by.issuperset(writer.rules)
                for one in self._dependencies.reading(number)
                if one not in over
            )
        )

    def _ask_ahead(self, waiting: Sequence[int], done: set[int]) -> None:
        """Let groups ask that find all that they read, those first on which the longest chains of others wait."""
        for place in waiting:
            if sum(future is not None for future in self._asked.values()) >= _AHEAD or self._held() > _HELD:
                return
            if place not in self._asked and self._feeds[place] <= done and self._may_ask(place, done):
                self._ask(place)

    def _held(self) -> int:
        """Return the bytes of the answers that wait to be written."""
        futures = (future for future in self._asked.values() if future and future.done() and not future.exception())
        return sum(_size(future.result()) for future in futures)

    def _may_ask(self, place: int, done: set[int]) -> bool:
        return self._before[place] <= done or not self._first[place].asks_late(self._progress)

    def _ask(self, place: int) -> Future[object] | None:
        if place not in self._asked:
            question = self._first[place].ask(self._progress)
            future: Future[object] | None = Future() if question else None
            if question and future:
                self._questions.put((-self._height[place], place, question, future))
                self._pool.submit(self._answer_one)
            self._asked[place] = future
        return self._asked[place]

    def _answer_one(self) -> None:
        """Answer of all questions that were put by now the one for which the longest chain waits."""
        with self._turn:
            self._turn.wait_for(lambda: not self._asking or resident(os.getpid()) < _ALONE)
            self._asking += 1
        if resident(os.getpid()) >= _ALONE:
            give_memory_back()  # of each question much is left behind; it takes some hundredths of a second
        *_, question, future = self._questions.get_nowait()
        try:
            future.set_result(question())
        except BaseException as error:  # noqa: BLE001 - it is raised where the answer is waited for
            future.set_exception(error)
        with self._turn:
            self._asking -= 1
            self._turn.notify_all()

    def _next(self, waiting: Sequence[int], done: set[int]) -> int:
        """Choose a group that can run and has its answer; wait for an answer where there is none."""
        free = [place for place in waiting if self._before[place] <= done]
        asked = [place for place in free if place in self._asked] or free[:1]
        futures = {place: self._ask(place) for place in asked}
        while True:
            for place, future in futures.items():
                if future is None or future.done():
                    return place
            wait([future for future in futures.values() if future], return_when=FIRST_COMPLETED)


def _size(answer: object) -> int:
    """Return the bytes of an answer: a text, or several by their names."""
    return sum(map(_size, answer.values())) if isinstance(answer, dict) else len(cast("bytes", answer))


def _give_way() -> None:
    """Give this thread less of a core that others want, where threads have a priority of their own."""
    if sys.platform == "linux":
        with contextlib.suppress(OSError):
            os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), _YIELDING)


def _idle(groups: Sequence[Sequence[int]], dependencies: Dependencies, progress: Progress) -> set[int]:
    """Find the groups that have nothing to read: nothing of it is there, and only idle steps could add to it."""
    idle, places = set[int](), set[int]()
    for place, group in enumerate(groups):
        needed = set[int]().union(*(dependencies.needs[number] for number in group)).difference(group)
        if needed <= idle and all(dependencies.units[number].finds_nothing(progress) for number in group):
            places.add(place)
            idle.update(group)
    return places


def _earlier(groups: Sequence[Sequence[int]], sources: Sequence[set[int]]) -> list[set[int]]:
    """Turn sources of steps into sources of groups, of those that are earlier in the order."""
    places = {number: place for place, group in enumerate(groups) for number in group}
    return [
        {places[source] for number in group for source in sources[number] if places[source] < place}
        for place, group in enumerate(groups)
    ]


def _heights(feeds: Sequence[set[int]]) -> list[int]:
    """Count for each group the longest chain of later ones of which each reads what the one before it writes."""
    found = [0] * len(feeds)
    for place in reversed(range(len(feeds))):
        for source in feeds[place]:
            found[source] = max(found[source], found[place] + 1)
    return found
