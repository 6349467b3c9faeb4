"""A connection to one worker, as a thread uses it."""

from __future__ import annotations

import contextlib
import json
import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

from claimgraph.engine import wire

if TYPE_CHECKING:
    import socket

SLOW = 0.25
"""Seconds after which a query is slow. From then on its worker gets only time that nobody else wants, so that it
delays no quick one; it does not get back from there, and ends with its answer."""


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

    def slow_down(self) -> None:
        """Give the worker only time that nobody else wants."""
        self.is_slow = True
        yield_processor(self.process)

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


def yield_processor(process: int) -> None:
    """Let a process run only when no other wants to (sched(7)); does nothing where that is not allowed."""
    with contextlib.suppress(OSError):
        os.sched_setscheduler(process, os.SCHED_IDLE, os.sched_param(0))
