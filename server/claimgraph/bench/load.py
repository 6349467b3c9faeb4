"""Load over HTTP: by wrk where it is installed, otherwise by a small client of our own (which itself takes time)."""

from __future__ import annotations

import asyncio
import re
import shutil
import subprocess
import tempfile
import time
from dataclasses import dataclass
from itertools import count
from typing import TYPE_CHECKING, Final
from urllib.parse import quote_plus, urlsplit

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_ACCEPT: Final = "application/sparql-results+json"
_SCRIPT: Final = """
local serial, step = %d, 0
function request()
  step = step + 1
  local claim = (serial + step * 7919) %% %d
  local path = string.format("%s", claim, serial + step)
  return wrk.format("GET", path, {["Accept"] = "%s"})
end
"""


@dataclass(frozen=True, slots=True)
class Asking:
    """Say what is asked: an endpoint, and a query with two ``%d``, the number of a claim and one never used before."""

    endpoint: str
    query: str
    claims: int


@dataclass(frozen=True, slots=True)
class Measured:
    """Be what came of a load: requests a second, and the milliseconds that half and nearly all of them took at most."""

    per_second: float
    half_ms: float
    p95_ms: float
    p99_ms: float
    refused: int


def load(asking: Asking, seconds: float, connections: int) -> Measured:
    """Ask without pause over so many connections."""
    runner: Callable[[Asking, float, int], Measured] = _wrk if shutil.which("wrk") else _own
    return runner(asking, seconds, connections)


def _wrk(asking: Asking, seconds: float, connections: int) -> Measured:
    # Numbers are put in by Lua, so what marks their places is no text to be quoted; all other percent signs are.
    parts = re.split(r"(%\d*d)", asking.query)
    marked = "".join(part if place % 2 else quote_plus(part).replace("%", "%%") for place, part in enumerate(parts))
    target = f"{urlsplit(asking.endpoint).path}?query={marked}"
    with tempfile.NamedTemporaryFile("w", suffix=".lua") as script:
        script.write(_SCRIPT % (time.time_ns() // 1000 % 10**9, asking.claims, target, _ACCEPT))
        script.write(_PERCENTILES)
        script.flush()
        command = ["wrk", "-t1", f"-c{connections}", f"-d{max(1, round(seconds))}s", "-s", script.name, asking.endpoint]
        said = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    told = {name: float(value) for name, value in re.findall(r"^measured (\w+) ([\d.]+)$", said, re.MULTILINE)}
    return Measured(told["rate"], told["p50"], told["p95"], told["p99"], int(told["refused"]))


_PERCENTILES: Final = """
function done(summary, latency, requests)
  io.write(string.format("measured rate %f\\n", summary.requests / summary.duration * 1e6))
  for _, p in pairs({50, 95, 99}) do
    io.write(string.format("measured p%d %f\\n", p, latency:percentile(p) / 1000))
  end
  local e = summary.errors
  io.write(string.format("measured refused %d\\n", e.status + e.connect + e.read + e.write + e.timeout))
end
"""


def _own(asking: Asking, seconds: float, connections: int) -> Measured:
    taken: list[float] = []
    refused = asyncio.run(_ask_all(asking, seconds, connections, taken))
    taken.sort()

    def at(part: float) -> float:
        return 1000 * taken[min(len(taken) - 1, int(part * len(taken)))]

    return Measured(len(taken) / seconds, at(0.5), at(0.95), at(0.99), refused)


async def _ask_all(asking: Asking, seconds: float, connections: int, taken: list[float]) -> int:
    end = time.perf_counter() + seconds
    numbers = count(time.time_ns() // 1000 % 10**9)
    return sum(await asyncio.gather(*(_ask(asking, end, numbers, taken) for _ in range(connections))))


async def _ask(asking: Asking, end: float, numbers: Iterator[int], taken: list[float]) -> int:
    """Ask over one connection until the time is over; returns how many answers were not 200."""
    host, port, path = _parts(asking.endpoint)
    reader, writer = await asyncio.open_connection(host, port)
    refused = 0
    while (start := time.perf_counter()) < end:
        number = next(numbers)
        numbered = asking.query % (number * 7919 % asking.claims, number) if "%" in asking.query else asking.query
        query = quote_plus(numbered)
        head = f"GET {path}?query={query} HTTP/1.1\r\nHost: {host}\r\nAccept: {_ACCEPT}\r\n\r\n"
        writer.write(head.encode())
        refused += not (await _response(reader)).startswith(b"HTTP/1.1 200")
        taken.append(time.perf_counter() - start)
    writer.close()
    return refused


async def _response(reader: asyncio.StreamReader) -> bytes:
    """Read one response to its end and return its head."""
    head = await reader.readuntil(b"\r\n\r\n")
    length = re.search(rb"(?i)content-length: (\d+)", head)
    if length:
        await reader.readexactly(int(length[1]))
    else:
        while size := int(await reader.readline(), 16):
            await reader.readexactly(size + 2)
        await reader.readline()
    return head


def _parts(endpoint: str) -> tuple[str, int, str]:
    found = urlsplit(endpoint)
    return found.hostname or "", found.port or 80, found.path
