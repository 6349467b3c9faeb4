"""Keepers for snapshots that are asked for by their digest: started on demand, ended when nobody asks any more.

They read their snapshot from disk, so they are there within a moment and take little memory.
"""

from __future__ import annotations

import contextlib
import json
import socket
import threading
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from claimgraph.engine.embedded import KeeperProcess
from claimgraph.errors import SnapshotError, UnknownName
from claimgraph.snapshot import open_snapshot

if TYPE_CHECKING:
    from pathlib import Path

    from claimgraph.settings import Settings

_LONGEST = 4096  # bytes of a question or an answer
_PATIENCE = 10.0  # seconds


@dataclass(slots=True)
class _Pin:
    path: str
    keeper: KeeperProcess
    asked: float


class Pins:
    """Answer, in the main process, where the keeper of a snapshot listens."""

    def __init__(self, place: Path, settings: Settings, figures: Path) -> None:
        """Listen at a path; keepers count their workers in the folder ``figures``."""
        self._figures = figures
        self._settings = settings.model_copy(update={"memory_limit": 0})
        self._idle = settings.pinned_idle + 2 * settings.query_timeout
        self._pins: dict[str, _Pin] = {}
        self._lock = threading.Lock()
        self._listener = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._listener.bind(str(place))
        self._listener.listen(64)
        self._thread = threading.Thread(target=self._run, name="pins", daemon=True)

    def start(self) -> None:
        """Begin to answer."""
        self._thread.start()

    def close(self) -> None:
        """Stop answering, and end all keepers."""
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        if self._thread.is_alive():
            self._thread.join()
        for pin in self._pins.values():
            pin.keeper.close()

    def end_idle(self) -> None:
        """End the keepers that nobody has asked for a while."""
        with self._lock:
            idle = [digest for digest, pin in self._pins.items() if time.monotonic() - pin.asked > self._idle]
            ended = [self._pins.pop(digest) for digest in idle]
        for pin in ended:
            pin.keeper.close()

    def _run(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:  # closed
                return
            with connection, contextlib.suppress(OSError):
                connection.settimeout(_PATIENCE)
                connection.send(json.dumps(self._answer(connection.recv(_LONGEST).decode("ascii", "replace"))).encode())

    def _answer(self, digest: str) -> dict[str, str]:
        try:
            pin = self._pin(digest)
        except UnknownName as error:
            return {"unknown": str(error)}
        except SnapshotError as error:
            return {"broken": str(error)}
        return {"path": pin.path, "place": pin.keeper.socket}

    def _pin(self, digest: str) -> _Pin:
        snapshot = open_snapshot(self._settings.snapshots, digest)
        with self._lock:
            pin = self._pins.get(snapshot.digest)
            if pin is None or not pin.keeper.is_running():
                keeper = KeeperProcess(snapshot.dump, snapshot.store, self._settings, self._figures)
                pin = self._pins[snapshot.digest] = _Pin(str(snapshot.path.resolve()), keeper, 0.0)
            pin.asked = time.monotonic()
        return pin


def ask(place: Path, digest: str) -> tuple[str, str]:
    """Ask the main process for the folder of a kept snapshot and the socket of its keeper.

    Raises:
        UnknownName: no such snapshot is kept.
        SnapshotError: it is damaged, or the main process does not answer.
    """
    with socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) as connection:
        connection.settimeout(_PATIENCE)
        try:
            connection.connect(str(place))
            connection.send(digest.encode())
            told: dict[str, str] = json.loads(connection.recv(_LONGEST))
        except (OSError, ValueError) as error:
            raise SnapshotError(f"the snapshot {digest[:12]} cannot be opened now") from error
    if "unknown" in told:
        raise UnknownName(told["unknown"])
    if "broken" in told:
        raise SnapshotError(told["broken"])
    return told["path"], told["place"]
