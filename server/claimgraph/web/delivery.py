"""Bring an answer to its client, who may read slowly, or not at all, or hang up; no thread waits for that."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import structlog

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, MutableMapping

    Message = MutableMapping[str, Any]
    Receive = Callable[[], Awaitable[Message]]
    Send = Callable[[Message], Awaitable[None]]

_PATIENCE = 0.05  # seconds after which a request is slow enough to watch for its client hanging up
_STALLED = 0.5  # seconds that a client may leave a piece of an answer unread while others wait for a worker
_SEND_TIMEOUT = 120  # as many times longer if nobody waits
_PIECE = 1 << 16
_LARGE = 1 << 18  # bytes of a body that is not handed over at once: the server would hold it until it is read


class Delivery:
    """One response on its way to one client, who is watched once it takes long."""

    def __init__(
        self, receive: Receive, send: Send, *, hangup: Callable[[], object], others_wait: Callable[[], bool]
    ) -> None:
        """Take what to do when the client hangs up, and what tells whether others wait for what this answer holds."""
        self.has_begun = False
        self._send = send
        self._receive = receive
        self._hangup = hangup
        self._others_wait = others_wait
        self._watch: asyncio.Task[None] | None = None
        self._timer = asyncio.get_running_loop().call_later(_PATIENCE, self._begin_watch)

    async def begin(self, start: Message) -> None:
        """Send the status and the headers; from now on an error breaks the connection off."""
        self.has_begun = True
        await self._send(start)

    async def piece(self, data: bytes) -> None:
        """Send a piece and wait until it is taken, which holds the engine back while the client reads slowly.

        Raises:
            TimeoutError: the client does not read, and its connection is broken off.
        """
        if data:
            await sent({"type": "http.response.body", "body": data, "more_body": True}, self._send, self._others_wait)

    def end(self) -> None:
        """Stop watching."""
        self._timer.cancel()
        if self._watch:
            self._watch.cancel()

    def _begin_watch(self) -> None:
        self._watch = asyncio.get_running_loop().create_task(self._watch_client())

    async def _watch_client(self) -> None:
        while (await self._receive())["type"] != "http.disconnect":
            continue
        self._hangup()


async def hand_over(messages: list[Message], send: Send) -> None:
    """Send the messages of a response that is there as a whole, a large body piece by piece.

    Raises:
        TimeoutError: the client does not read, and its connection is broken off.
    """
    for message in messages:
        body = message.get("body", b"")
        if len(body) <= _LARGE:
            await send(message)
            continue
        for start in range(0, len(body), _PIECE):
            piece = body[start : start + _PIECE]
            more = start + _PIECE < len(body) or message.get("more_body", False)
            await sent({"type": "http.response.body", "body": piece, "more_body": more}, send, _nobody_waits)


async def sent(message: Message, send: Send, others_wait: Callable[[], bool]) -> None:
    """Send a message and wait until it is taken; who does not read has less to hope for while others wait.

    Raises:
        TimeoutError: it is not taken.
    """
    sending = asyncio.ensure_future(_awaited(send(message)))
    try:
        for _ in range(_SEND_TIMEOUT):
            done, _ = await asyncio.wait((sending,), timeout=_STALLED)
            if done:
                return sending.result()
            if others_wait():
                break
    finally:
        sending.cancel()
    structlog.get_logger().info("client does not read")
    raise TimeoutError


def _nobody_waits() -> bool:
    """Say that what is at hand as a whole holds nothing that others wait for."""
    return False


async def _awaited(waited: Awaitable[None]) -> None:
    await waited
