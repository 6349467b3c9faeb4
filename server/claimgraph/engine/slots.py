"""Who may have a query evaluated now, and who waits: fair between clients, so that nobody's queries keep out another's.

A client has at most one slot less than there are, and those who wait get their turn client by client, first those who
have had none. What asks in a thread and what asks on an event loop wait in the same queue.
"""

from __future__ import annotations

import threading
from collections import OrderedDict, deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from claimgraph.errors import EngineBusy, TooManyQueries

if TYPE_CHECKING:
    from collections.abc import Callable

OURSELVES = ""
"""The client of the small questions that pages ask; it has no limit of its own."""


@dataclass(eq=False, slots=True)
class Turn:
    """Be one query's place: in the queue, and then in a slot."""

    client: str
    call: Callable[[], None]
    has_slot: bool = False


@dataclass(slots=True)
class _Client:
    running: int = 0
    has_run: bool = False
    waiting: deque[Turn] = field(default_factory=deque)


class Slots:
    """Give out slots; safe to be used from any thread."""

    def __init__(
        self, slots: int, *, queue: int, per_client: int, tally: Callable[[int, int], None] | None = None
    ) -> None:
        """Take how many slots there are, how many may wait, and how many of one client may run or wait.

        ``tally`` is told, at each change, how many more (or fewer) run and wait.
        """
        self._slots = slots
        self._tally = tally
        self._queue = queue
        self._per_client = per_client
        self._share = max(1, slots - 1)
        self._running = self._waiting = 0
        self._clients: OrderedDict[str, _Client] = OrderedDict()
        self._lock = threading.Lock()

    def ask(self, client: str, call: Callable[[], None]) -> Turn:
        """Ask for a slot; if it is not there at once (see ``has_slot``), ``call`` is called when it is.

        Raises:
            TooManyQueries: the client has as many queries running or waiting as one may have.
            EngineBusy: the queue is full.
        """
        with self._lock:
            known = self._clients.get(client) or _Client()
            if client != OURSELVES and known.running + len(known.waiting) >= self._per_client:
                raise TooManyQueries(self._per_client)
            turn = Turn(client, call)
            if self._running < self._slots and self._may_run(client, known) and not known.waiting:
                turn.has_slot = True
                self._running += 1
                known.running += 1
                known.has_run = True
            elif self._waiting >= self._queue:
                raise EngineBusy
            else:
                known.waiting.append(turn)
                self._waiting += 1
            self._clients[client] = known
            runs = int(turn.has_slot)  # by the time it is told the turn may have come
        self._tell(runs, 1 - runs)
        return turn

    def leave(self, turn: Turn) -> None:
        """Give a slot back, or leave the queue; whose turn it is now is called."""
        with self._lock:
            known = self._clients[turn.client]
            ran = int(turn.has_slot)
            if ran:
                self._running -= 1
                known.running -= 1
            else:
                known.waiting.remove(turn)
                self._waiting -= 1
            if not known.running and not known.waiting:
                del self._clients[turn.client]
            called = self._next() if self._waiting else None
        moved = int(called is not None)
        self._tell(moved - ran, ran - 1 - moved)
        if called:
            called.call()

    def counts(self) -> tuple[int, int]:
        """Return how many queries have a slot and how many wait."""
        return self._running, self._waiting

    def _tell(self, running: int, waiting: int) -> None:
        if self._tally:
            self._tally(running, waiting)

    def _may_run(self, client: str, known: _Client) -> bool:
        return known.running < (self._slots if client == OURSELVES else self._share)

    def _next(self) -> Turn | None:
        """Give a free slot to a client that has had none yet, or else to the one whose last turn is longest ago."""
        if self._running >= self._slots:
            return None
        waiting = [client for client, known in self._clients.items() if known.waiting and self._may_run(client, known)]
        if not waiting:
            return None
        client = next((name for name in waiting if not self._clients[name].has_run), waiting[0])
        known = self._clients[client]
        turn = known.waiting.popleft()
        turn.has_slot = known.has_run = True
        self._waiting -= 1
        self._running += 1
        known.running += 1
        self._clients.move_to_end(client)
        return turn
