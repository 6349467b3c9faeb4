"""A circuit breaker: an endpoint that fails again and again is left alone for a while, and then tried."""

from __future__ import annotations

import math
import threading
import time
from typing import TYPE_CHECKING, Final

from claimgraph.errors import BadQuery, EngineError, EnginePaused

if TYPE_CHECKING:
    from collections.abc import Callable

DOUBTFUL: Final = 5
"""Failures in a row after which it is asked whether the endpoint works at all."""
FIRST_PAUSE: Final = 1.0
"""Seconds that it is left alone the first time; each time that it still fails, twice as long."""
LONGEST_PAUSE: Final = 30.0


class Circuit:
    """Count failures in a row, and let nothing through while the endpoint is known to fail.

    Failures alone open nothing, since a client can ask what no endpoint can answer. They make the next request ask a
    small question first, and only if that fails too the circuit opens. While it is open one request after each pause
    asks that question, and all others are refused at once.
    """

    def __init__(self, probe: Callable[[], None], moved: Callable[[int], None]) -> None:
        """Take what asks the small question, and whom to tell that one more circuit, or one less, is open."""
        self._probe = probe
        self._moved = moved
        self._lock = threading.Lock()
        self._failures = 0
        self._pause = 0.0
        self._until = 0.0
        self._is_open = False
        self._is_probing = False

    def enter(self) -> None:
        """Let a request through.

        Raises:
            EnginePaused: the circuit is open.
        """
        if not self._must_probe():
            return
        try:
            self._probe()
        except (EngineError, BadQuery) as error:
            self._open()
            raise self._refusal() from error
        finally:
            self._is_probing = False
        self.succeed()

    def succeed(self) -> None:
        """Note that the endpoint has answered."""
        with self._lock:
            was_open, self._is_open = self._is_open, False
            self._failures, self._pause = 0, 0.0
        if was_open:
            self._moved(-1)

    def fail(self) -> None:
        """Note that it has failed."""
        with self._lock:
            self._failures += 1

    def _must_probe(self) -> bool:
        """Tell whether this request has to ask the small question first; raises EnginePaused."""
        with self._lock:
            is_due = time.monotonic() >= self._until if self._is_open else self._failures >= DOUBTFUL
            if is_due and not self._is_probing:
                self._is_probing = True
                return True
            if self._is_open:
                raise self._refusal()
            return False

    def _open(self) -> None:
        with self._lock:
            was_open, self._is_open = self._is_open, True
            self._pause = min(LONGEST_PAUSE, 2 * self._pause or FIRST_PAUSE)
            self._until = time.monotonic() + self._pause
        if not was_open:
            self._moved(1)

    def _refusal(self) -> EnginePaused:
        return EnginePaused(max(1, math.ceil(self._until - time.monotonic())))
