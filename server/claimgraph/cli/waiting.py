"""A bar on the terminal while an answer is worked on, so that nobody takes a long query for a dead one."""

from __future__ import annotations

import sys
import time
from threading import Event, Thread
from typing import TYPE_CHECKING, Final, TextIO

if TYPE_CHECKING:
    from types import TracebackType
    from typing import Self

_PATIENCE: Final = 1.0  # seconds after which a bar is shown
_STEP: Final = 0.2
_WIDTH: Final = 24
_RUNNER: Final = "#" * 5


class Waiting:
    """Write to a stream; until the first text is written, show on the terminal that work goes on, and for how long.

    How much of a query is done nobody can tell, so a mark runs to and fro in the bar.
    """

    def __init__(self, stream: TextIO, bar: TextIO | None = None) -> None:
        """Take where the answer is written, and where the bar is shown: standard error if nothing else is said."""
        self._stream = stream
        self._bar = bar or sys.stderr
        self._done = Event()
        self._thread = Thread(target=self._show, daemon=True)

    def __enter__(self) -> Self:
        """Begin to wait."""
        if self._bar.isatty():
            self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Take the bar away, whatever came of the work."""
        self._end()

    def write(self, text: str) -> int:
        """Take the bar away and write."""
        self._end()
        return self._stream.write(text)

    def isatty(self) -> bool:
        """Tell whether people read the answer as it is written."""
        return self._stream.isatty()

    def flush(self) -> None:
        """Send what was written."""
        self._stream.flush()

    def _end(self) -> None:
        self._done.set()
        if self._thread.is_alive():
            self._thread.join()

    def _show(self) -> None:
        begin = time.monotonic()
        if self._done.wait(_PATIENCE):
            return
        room = _WIDTH - len(_RUNNER)
        step = 0
        while True:
            at = abs(step % (2 * room) - room)
            self._bar.write(f"\rasking [{' ' * at}{_RUNNER}{' ' * (room - at)}] {time.monotonic() - begin:.0f} s ")
            self._bar.flush()
            if self._done.wait(_STEP):
                break
            step += 1
        self._bar.write("\r\x1b[K")
        self._bar.flush()
