"""Wait for a turn on an event loop; :mod:`claimgraph.engine.slots` says whose it is."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from claimgraph.errors import EngineBusy

if TYPE_CHECKING:
    from claimgraph.engine.slots import Slots, Turn


class AwaitedTurn:
    """Be the turn of one client, once it has come."""

    def __init__(self, slots: Slots) -> None:
        """Take the slots; none is asked for yet."""
        self._slots = slots
        self._loop = asyncio.get_running_loop()
        self._turn: Turn | None = None
        self._queued: asyncio.Future[None] | None = None

    @property
    def is_asked_for(self) -> bool:
        """Tell whether the turn has come or is waited for."""
        return self._turn is not None

    async def take(self, client: str, patience: float) -> None:
        """Wait for the turn of a client, at most so many seconds; whatever comes of it, :meth:`leave` ends it.

        Raises:
            EngineBusy: it does not come in time, or too many wait.
            TooManyQueries: the client has as many turns as it may have, and wait for.
        """
        self._turn = self._slots.ask(client, self._called)
        if self._turn.has_slot:
            return
        self._queued = self._loop.create_future()
        timer = self._loop.call_later(patience, self.give_up, EngineBusy())
        try:
            if not self._turn.has_slot:  # it may have come before there was a future
                await self._queued
        finally:
            timer.cancel()

    def others_wait(self) -> bool:
        """Tell whether others wait for the slot that this one has."""
        return self._turn is not None and self._slots.counts()[1] > 0

    def give_up(self, error: Exception) -> None:
        """Have whoever waits get an error instead."""
        if self._queued and not self._queued.done():
            self._queued.set_exception(error)

    def leave(self) -> None:
        """Give the slot back, or leave the queue; does nothing the second time."""
        turn, self._turn = self._turn, None
        if turn:
            self._slots.leave(turn)

    def _called(self) -> None:
        self._loop.call_soon_threadsafe(self._succeed)

    def _succeed(self) -> None:
        if self._queued and not self._queued.done():
            self._queued.set_result(None)
