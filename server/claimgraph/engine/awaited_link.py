"""A connection to one worker, as an event loop uses it."""

from __future__ import annotations

import asyncio
import contextlib
import socket

from claimgraph.engine import wire


class AwaitedLink:
    """A connection to one worker, watched by an event loop for as long as it lives."""

    def __init__(self, path: str) -> None:
        """Connect, which makes the keeper fork a worker; raises OSError where there is none."""
        self._loop = asyncio.get_running_loop()
        self._socket = wire.connect(path, is_blocking=False)
        self._number = self._socket.fileno()
        self._waiter: asyncio.Future[None] | None = None
        self._is_watched = False
        self.process = 0
        self.is_slow = False
        self.is_dead = False

    async def receive(self) -> bytes:
        """Receive a message; empty when the connection has ended."""
        while True:
            try:
                return self._socket.recv(wire.LARGEST)
            except BlockingIOError:
                if not self._is_watched:
                    self._is_watched = True
                    self._loop.add_reader(self._number, self._ready)
                self._waiter = self._loop.create_future()
                await self._waiter
            except OSError:
                return b""

    async def send(self, message: bytes) -> None:
        """Send a message; raises OSError when the worker is gone."""
        while True:
            try:
                self._socket.send(message)
            except BlockingIOError:
                writable = self._loop.create_future()
                self._loop.add_writer(self._number, writable.set_result, None)
                try:
                    await writable
                finally:
                    self._loop.remove_writer(self._number)
            else:
                return

    def wake(self, error: Exception) -> None:
        """Have whoever waits for a message get an error instead."""
        if self._waiter and not self._waiter.done():
            self._waiter.set_exception(error)

    def close(self) -> None:
        """Close the connection, which ends the worker."""
        self.is_dead = True
        if self._is_watched:
            self._is_watched = False
            self._loop.remove_reader(self._number)
        self._socket.close()

    def close_soon(self) -> None:
        """Close from any thread."""
        with contextlib.suppress(RuntimeError):  # the loop has ended
            self._loop.call_soon_threadsafe(self.close)

    def rest(self) -> None:
        """Be idle from now on."""
        self._waiter = None
        if not self._is_watched:
            self._is_watched = True
            self._loop.add_reader(self._number, self._ready)

    def _ready(self) -> None:
        """Wake who waits; a worker that speaks while nobody asks has ended, and one that runs ahead is not watched."""
        if self._waiter and not self._waiter.done():
            self._waiter.set_result(None)
        elif self._has_something():
            self.is_dead = self._waiter is None
            self._is_watched = False
            self._loop.remove_reader(self._number)

    def _has_something(self) -> bool:
        """Tell whether there is a message still; what the loop saw may have been read since."""
        try:
            self._socket.recv(1, socket.MSG_PEEK)
        except BlockingIOError:
            return False
        except OSError:
            return True
        return True
