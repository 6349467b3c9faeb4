"""Servers that are measured: started on a free port, waited for, asked, and ended."""

from __future__ import annotations

import contextlib
import json
import re
import socket
import subprocess
import time
import urllib.parse
import urllib.request
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

ROWS: Final = "application/sparql-results+json"
_START: Final = 900.0  # seconds that a server may take until it answers
_PEAK: Final = re.compile(r"^VmHWM:\s+(\d+) kB", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Be a SPARQL endpoint that is up, and the process that it is."""

    url: str
    process: int

    def peak_bytes(self) -> int:
        """Return the most memory that the process has held so far (proc(5))."""
        found = _PEAK.search(Path(f"/proc/{self.process}/status").read_text(encoding="ascii"))
        return 1024 * int(found[1]) if found else 0


@contextlib.contextmanager
def running(
    command: list[str], url: str, *, environment: Mapping[str, str] | None = None, folder: Path | None = None
) -> Iterator[Endpoint]:
    """Run a server until it is not needed any more; what it says is of no interest."""
    process = subprocess.Popen(
        command, env=environment, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        _await_answer(url, process)
        yield Endpoint(url, process.pid)
    finally:
        process.terminate()
        try:
            process.wait(60)
        except subprocess.TimeoutExpired:  # it has not been asked to write anything down
            process.kill()
            process.wait()


def get(url: str, query: str, *, patience: float = 60, accept: str = ROWS, **parameters: str) -> bytes:
    """Ask an endpoint a query, or for a page where that is empty; raises OSError where it does not answer with 200."""
    named = {"query": query, **parameters} if query else parameters
    target = f"{url}?{urllib.parse.urlencode(named)}"
    return _read(urllib.request.Request(target, headers={"Accept": accept}), patience)  # noqa: S310 - our own server


def post(url: str, query: str, *, patience: float = 60, accept: str = ROWS) -> bytes:
    """Ask an endpoint a query that may be too long for an address."""
    form = urllib.parse.urlencode({"query": query}).encode()
    return _read(urllib.request.Request(url, form, {"Accept": accept}), patience)  # noqa: S310 - as above


def _read(request: urllib.request.Request, patience: float) -> bytes:
    with urllib.request.urlopen(request, timeout=patience) as response:  # noqa: S310 - as above
        body: bytes = response.read()
    return body


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])


def _await_answer(url: str, process: subprocess.Popen[bytes]) -> None:
    """Wait until a server answers; raises OSError when it ends before, or takes too long."""
    end = time.monotonic() + _START
    while True:
        try:
            json.loads(get(url, "ASK {}"))
        except OSError:
            if time.monotonic() > end or process.poll() is not None:
                raise
            time.sleep(0.2)
        else:
            return
