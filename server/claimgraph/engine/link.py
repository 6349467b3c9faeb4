"""A connection to one worker, as a thread uses it."""

from __future__ import annotations

import contextlib
import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Self

from claimgraph.engine import wire

if TYPE_CHECKING:
    import socket

SLOW = 0.25
"""Seconds after which a query may be slow. Its worker is then watched, and when it has computed as long again it gets
only time that nobody else wants, so that it delays no quick one; it does not get back from there, and ends with its
answer. The clock alone does not tell: on a busy machine a quick query waits long."""
_TICK = os.sysconf("SC_CLK_TCK")


@dataclass(eq=False)
class Link:
    """Hold the socket to a worker, and who it is."""

    socket: socket.socket
    process: int
    is_slow: bool = False

    @classmethod
    def open(cls, path: str, patience: float) -> Self:
        """Connect, which makes the keeper fork a worker, and hear its hello.

        Raises:
            OSError: there is no keeper, or the worker ended at its start.
        """
        connection = wire.connect(path)
        try:
            connection.settimeout(patience)
            return cls(connection, process_of(connection.recv(wire.LARGEST)))
        except OSError:
            connection.close()
            raise

    def close(self) -> None:
        """Close the connection, which ends the worker."""
        self.socket.close()


def process_of(hello: bytes) -> int:
    """Return the process id that a worker tells in its hello.

    Raises:
        ConnectionError: this is no hello.
    """
    if hello[:1] != wire.HELLO:
        raise ConnectionError("the worker ended at its start")
    return int(json.loads(hello[1:])["pid"])


def computed(process: int) -> float:
    """Return the seconds that a process has computed so far (proc(5)); 0 when it has ended."""
    try:
        fields = Path(f"/proc/{process}/stat").read_text(encoding="ascii", errors="replace").rpartition(")")[2].split()
    except OSError:
        return 0.0
    return (int(fields[11]) + int(fields[12])) / _TICK


class Watch:
    """Watch a worker that has been asked some time ago, and slow it down when it computes long."""

    def __init__(self, process: int) -> None:
        """Begin to watch."""
        self._process = process
        self._computed = computed(process)

    def look(self) -> bool:
        """Slow the worker down if it has computed long since the watch began, and tell so."""
        if computed(self._process) - self._computed < SLOW:
            return False
        yield_processor(self._process)
        return True


def yield_processor(process: int) -> None:
    """Let a process run only when no other wants to (sched(7)); does nothing where that is not allowed."""
    with contextlib.suppress(OSError, AttributeError):
        os.sched_setscheduler(process, os.SCHED_IDLE, os.sched_param(0))
