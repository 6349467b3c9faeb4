"""The keeper: a process without threads that holds one snapshot and forks a query worker for every connection.

A fork shares the loaded dataset by copy-on-write, so a worker is there within milliseconds and costs no copy. The
keeper ends a worker whose client has hung up, and tells a client how its worker ended. Run as
``python -m claimgraph.engine.keeper CONFIG`` with standard input from the process that wants it: when that ends, so
does the keeper.
"""

from __future__ import annotations

import contextlib
import errno
import gc
import json
import os
import select
import signal
import socket
import sys
import traceback
from functools import partial
from pathlib import Path
from typing import Any

from pyoxigraph import RdfFormat, Store

from claimgraph.engine import walls, wire, worker
from claimgraph.engine.ledger import Ledger, cause_of

_HUNG_UP = select.EPOLLRDHUP | select.EPOLLHUP | select.EPOLLERR


class Keeper:
    """Accept connections, fork workers, end them and reap them."""

    def __init__(self, config: dict[str, Any]) -> None:
        """Load the snapshot that ``config`` names, or none, and listen."""
        dump = Path(config["dump"] or os.devnull)
        self._in_memory = bool(config["in_memory"])
        self._memory = int(config["worker_memory"])
        if self._in_memory:
            store = Store()
            with dump.open("rb") as quads:
                store.load(quads, RdfFormat.N_QUADS, lenient=True)
            self._open_store = lambda: store
        else:
            self._open_store = partial(Store.read_only, config["store"])
        self._listener = wire.listen(config["socket"])
        self._workers: dict[int, socket.socket] = {}
        self._closed: set[int] = set()
        self._ledger = Ledger(config["figures"])
        self._poll = select.epoll()

    def run(self) -> None:
        """Serve until standard input closes."""
        gc.freeze()  # objects made so far are never looked at again, so forks do not copy their pages
        children = self._wake_on_children()
        self._poll.register(self._listener, select.EPOLLIN)
        self._poll.register(children, select.EPOLLIN)
        self._poll.register(sys.stdin.fileno(), select.EPOLLIN | select.EPOLLHUP)
        sys.stdout.write("{}\n")  # that it is ready
        sys.stdout.flush()
        while True:
            ready = {number for number, _ in self._poll.poll()}
            # Hang-ups come first: reaping closes descriptors and accepting gives their numbers out again.
            for process, connection in self._workers.items():
                if connection.fileno() in ready:
                    self._end(process, connection)
            if children.fileno() in ready:
                children.recv(4096)
                self._reap()
            if self._listener.fileno() in ready:
                self._accept()
            if sys.stdin.fileno() in ready:
                signal.set_wakeup_fd(-1)
                return

    def _wake_on_children(self) -> socket.socket:
        """Return a socket that becomes readable when a child has ended."""
        readable, writable = socket.socketpair()
        writable.settimeout(0)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        signal.set_wakeup_fd(writable.fileno(), warn_on_full_buffer=False)
        self._wakeup = writable
        return readable

    def _accept(self) -> None:
        """Fork a worker for a new connection."""
        connection, _ = self._listener.accept()
        keeper = os.getpid()
        process = os.fork()
        if process == 0:
            self._become_worker(connection, keeper)
        self._workers[process] = connection
        self._ledger.began()
        self._poll.register(connection, _HUNG_UP)

    def _become_worker(self, connection: socket.socket, keeper: int) -> None:
        """Serve one connection in the forked child, which never returns."""
        status = 1
        try:
            signal.set_wakeup_fd(-1)
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            walls.die_with_parent(signal.SIGKILL, keeper)
            number = connection.fileno()
            os.closerange(3, number)
            os.closerange(number + 1, 1 << 16)
            os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
            worker.serve(connection, self._open_store, self._memory, in_memory=self._in_memory)
            status = 0
        except OSError as error:
            status = 0 if error.errno in {errno.EPIPE, errno.ECONNRESET} else 1
        finally:
            if status and sys.exc_info()[0]:
                traceback.print_exc()
            sys.stderr.flush()
            os._exit(status)

    def _end(self, process: int, connection: socket.socket) -> None:
        """End the worker whose client has hung up."""
        self._poll.unregister(connection)
        self._closed.add(process)
        os.kill(process, signal.SIGKILL)

    def _reap(self) -> None:
        """Tell the client of each worker that has ended how it did."""
        while self._workers:
            process, status = os.waitpid(-1, os.WNOHANG)
            if process == 0:
                return
            self._ledger.ended(cause_of(status, was_closed=process in self._closed))
            self._closed.discard(process)
            with self._workers.pop(process) as connection:
                # A fork that is just starting still holds this descriptor, so closing alone would not end the watch.
                with contextlib.suppress(OSError):  # the watch has ended already
                    self._poll.unregister(connection)
                with contextlib.suppress(OSError):  # the client is gone, or so far behind that it sees the end alone
                    connection.send(wire.GONE + str(status).encode(), socket.MSG_DONTWAIT)


def main() -> None:
    """Run a keeper as the first argument, a JSON object, says."""
    # What stops the server may be sent to all its processes. It is for the server, which then closes our input.
    for stopping in (signal.SIGINT, signal.SIGTERM):
        signal.signal(stopping, signal.SIG_IGN)
    try:
        keeper = Keeper(json.loads(sys.argv[1]))
    except (OSError, SyntaxError, ValueError) as error:
        sys.stdout.write(json.dumps({"error": str(error)}) + "\n")
        sys.exit(1)
    keeper.run()


if __name__ == "__main__":
    main()
