"""How an answer goes: what a worker is asked, and what its messages mean."""

from __future__ import annotations

import json
import signal
import time
from typing import TYPE_CHECKING, Any

from claimgraph.engine import wire
from claimgraph.errors import (
    AnswerTooLarge,
    BadQuery,
    DeadlineExceeded,
    EngineError,
    OutOfMemory,
    ServiceRefused,
    UpdateRefused,
)

if TYPE_CHECKING:
    from claimgraph.engine import Dataset, Limits
    from claimgraph.formats import Format
    from claimgraph.sparql.query import Query

GRACE = 2.0
"""Seconds after its deadline at which a worker that should have ended itself is given up."""
_REFUSALS = {kind.__name__: kind for kind in (BadQuery, UpdateRefused, ServiceRefused)}


def evaluation(query: Query, format_: Format, limits: Limits, dataset: Dataset) -> dict[str, Any]:
    """Ask for an answer in a format."""
    return {
        "query": query.text,
        "names_dataset": query.names_dataset,
        "format": format_.name,
        "bytes": limits.bytes,
        "rows": limits.rows,
        "graphs": [dataset.default_graphs, dataset.named_graphs] if dataset else None,
    }


def reading(text: str, max_nesting: int, allowed: tuple[str, ...]) -> dict[str, Any]:
    """Ask what query a text is, and whether it may be answered."""
    return {"read": text, "max_nesting": max_nesting, "allowed": allowed}


class Course:
    """Follow one answer from its request to its end, message by message."""

    def __init__(self, asked: dict[str, Any], limits: Limits, memory: int) -> None:
        """Take what is asked; ``memory`` is what a worker may take, in bytes."""
        self.limits = limits
        self.times: dict[str, float] = {}
        self.is_whole = False
        self.is_over = False
        self._asked = asked
        self._memory = memory
        self._end = limits.end()
        self._has_data = self._was_cut = False

    def request(self) -> list[bytes]:
        """Write the messages that ask a worker, for as many seconds as are left."""
        return wire.request(self._asked | {"seconds": self.left()})

    def left(self) -> float:
        """Return the seconds that are left."""
        return self._end - time.monotonic()

    def was_cut_off(self, message: bytes) -> bool:
        """Tell, once, that a worker was ended from outside before it said anything: then another one may be asked."""
        is_end = not message or message == wire.GONE + str(int(signal.SIGKILL)).encode()
        if not is_end or self._has_data or self._was_cut or self.left() <= 0:
            return False
        self._was_cut = True
        return True

    def read(self, message: bytes) -> bytes:
        """Return what a message adds to the answer; ``is_whole`` tells that it is the last one.

        ``is_over`` tells that the worker is free again.

        Raises:
            BadQuery, EngineError: the answer failed; see :meth:`claimgraph.engine.Engine.answer`.
        """
        kind = message[:1]
        if kind == wire.DATA:
            self._has_data = True
            return message[1:]
        self.is_over = kind in {wire.END, wire.ERROR}
        if kind == wire.END:
            self.is_whole = True
            times, piece = wire.read_end(message)
            self.times |= times
            return piece
        raise self._error(kind, message[1:])

    def late(self) -> DeadlineExceeded:
        """Say that the time is up."""
        return DeadlineExceeded(self.limits.seconds)

    def _error(self, kind: bytes, content: bytes) -> EngineError | BadQuery:
        """Translate how the answer failed."""
        if kind == wire.ERROR:
            return self._told(**json.loads(content))
        status = int(content) if kind == wire.GONE else 0
        if status == signal.SIGALRM or (not status and self.left() <= 0):
            return self.late()
        if status & 0x7F == signal.SIGABRT:  # how native code ends when it gets no more memory
            return OutOfMemory(self._memory)
        if status & 0x7F == signal.SIGSEGV:  # its stack is used up
            return BadQuery("the query is too deeply nested or too long for the engine")
        return EngineError("the query worker ended before the answer was whole")

    def _told(self, kind: str, message: str, **where: int | None) -> EngineError | BadQuery:
        """Translate an error that the worker told."""
        if kind in _REFUSALS:
            return _REFUSALS[kind](message, **where)
        if kind == "large":
            return AnswerTooLarge(self.limits.bytes)
        if kind == "long":
            return AnswerTooLarge(self.limits.rows, message)
        if kind == "memory":
            return OutOfMemory(self._memory)
        if "custom function" in message:
            return BadQuery(message)
        return EngineError(f"the query failed: {message}")
