"""How an answer goes: what a worker is asked, and what its messages mean."""

from __future__ import annotations

import json
import signal
import time
from typing import TYPE_CHECKING

from claimgraph.engine import wire
from claimgraph.errors import AnswerTooLarge, BadQuery, DeadlineExceeded, EngineError, OutOfMemory
from claimgraph.sparql.query import refusal

if TYPE_CHECKING:
    from claimgraph.engine import Dataset, Limits
    from claimgraph.formats import Format
    from claimgraph.sparql.query import Query

GRACE = 2.0
"""Seconds after its deadline at which a worker that should have ended itself is given up."""


class Course:
    """Follow one answer from its request to its end, message by message."""

    def __init__(self, query: Query, format_: Format, limits: Limits, dataset: Dataset, memory: int) -> None:
        """Begin now; ``memory`` is what a worker may take, in bytes."""
        self.limits = limits
        self.times: dict[str, float] = {}
        self.is_whole = False
        self.is_over = False
        self._query = query
        self._format = format_
        self._dataset = dataset
        self._memory = memory
        self._start = time.monotonic()
        self._has_data = self._was_cut = False

    def request(self) -> list[bytes]:
        """Write the messages that ask a worker, for as many seconds as are left."""
        content = {
            "query": self._query.text,
            "names_dataset": self._query.names_dataset,
            "format": self._format.name,
            "seconds": self.limits.seconds - (time.monotonic() - self._start),
            "bytes": self.limits.bytes,
            "rows": self.limits.rows,
            "graphs": [self._dataset.default_graphs, self._dataset.named_graphs] if self._dataset else None,
        }
        return wire.request(content)

    def was_cut_off(self, message: bytes) -> bool:
        """Tell, once, that a worker was ended from outside before it said anything: then another one may be asked."""
        is_end = not message or message == wire.GONE + str(int(signal.SIGKILL)).encode()
        if not is_end or self._has_data or self._was_cut or self._is_late():
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

    def _is_late(self) -> bool:
        return time.monotonic() - self._start >= self.limits.seconds

    def _error(self, kind: bytes, content: bytes) -> EngineError | BadQuery:
        """Translate how the answer failed."""
        if kind == wire.ERROR:
            return self._told(**json.loads(content))
        status = int(content) if kind == wire.GONE else 0
        if status == signal.SIGALRM or (not status and self._is_late()):
            return self.late()
        if status & 0x7F == signal.SIGABRT:  # how native code ends when it gets no more memory
            return OutOfMemory(self._memory)
        if status & 0x7F == signal.SIGSEGV:  # its stack is used up
            return BadQuery("the query is too deeply nested or too long for the engine")
        return EngineError("the query worker ended before the answer was whole")

    def _told(self, kind: str, message: str) -> EngineError | BadQuery:
        """Translate an error that the worker told."""
        if kind == "syntax":
            return refusal(self._query.text, message)
        if kind == "large":
            return AnswerTooLarge(self.limits.bytes)
        if kind == "long":
            return AnswerTooLarge(self.limits.rows, message)
        if kind == "memory":
            return OutOfMemory(self._memory)
        if "custom function" in message:
            return BadQuery(message)
        return EngineError(f"the query failed: {message}")
