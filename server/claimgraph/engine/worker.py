"""One query worker: a forked process that answers the queries of one connection, one after the other.

It may be ended at any moment, by its own timer or by the keeper; nobody else is harmed by that.
"""

from __future__ import annotations

import os
import signal
import time
from typing import IO, TYPE_CHECKING, Any, cast

from pyoxigraph import NamedNode, QueryBoolean, QuerySolutions, QueryTriples, RdfFormat, Store, Triple, serialize

from claimgraph.engine import MANY, walls, wire
from claimgraph.engine.count import Count
from claimgraph.errors import BadQuery
from claimgraph.formats import Format, by_name
from claimgraph.sparql.prefixes import BASE, PREFIXES
from claimgraph.sparql.query import read, refusal

if TYPE_CHECKING:
    import socket
    from collections.abc import Callable, Iterator

_WITH_PREFIXES = frozenset({RdfFormat.TURTLE, RdfFormat.TRIG, RdfFormat.RDF_XML})


class _TooLargeError(Exception):
    """Stop the serialiser when the answer has more bytes than allowed."""


class _TooLongError(Exception):
    """Stop the serialiser when the answer has more rows, or triples, than allowed."""


class _Sink:
    """Send what a serialiser writes in messages of even size, and count it."""

    def __init__(self, connection: socket.socket, limit: int, count: Count) -> None:
        self._connection = connection
        self._waiting = bytearray()
        self._left = limit
        self._count = count

    def write(self, data: bytes) -> int:
        """Take bytes; blocks while the reader is slower (back-pressure)."""
        self._left -= len(data)
        if self._left < 0:
            raise _TooLargeError
        self._waiting += data
        while len(self._waiting) >= wire.PIECE:
            self._send()
        return len(data)

    def flush(self) -> None:
        """Do nothing: pieces go out when they are full."""

    def last(self) -> bytes:
        """Return what is not sent yet."""
        return self._counted(bytes(self._waiting))

    def _send(self) -> None:
        self._connection.send(wire.DATA + self._counted(bytes(self._waiting[: wire.PIECE])))
        del self._waiting[: wire.PIECE]

    def _counted(self, piece: bytes) -> bytes:
        if self._count.is_past(piece):
            raise _TooLongError(self._count.unit)
        return piece


def serve(connection: socket.socket, open_store: Callable[[], Store], memory: int, *, in_memory: bool) -> None:
    """Build the walls, say hello, and answer until the other side closes."""
    walls.leave_no_core()
    store = open_store()
    walls.bound_memory(memory)
    seccomp = walls.open_no_sockets()
    if in_memory or not seccomp:
        walls.open_nothing_more()
    wire.send_json(connection, wire.HELLO, {"pid": os.getpid(), "seccomp": seccomp})
    while request := wire.receive_request(connection):
        _answer(connection, store, request)


def _answer(connection: socket.socket, store: Store, request: dict[str, Any]) -> None:
    """Answer one request; the kernel ends this process, in native code too, when its time is up."""
    signal.setitimer(signal.ITIMER_REAL, max(request["seconds"], 0.001))
    try:
        end = _read(connection, request) if "read" in request else _evaluate(connection, store, request)
    except BadQuery as error:
        _fail(connection, type(error).__name__, error.reason, line=error.line, column=error.column)
    except _TooLargeError:
        _fail(connection, "large", "")
    except _TooLongError as error:
        _fail(connection, "long", str(error))
    except MemoryError:
        _fail(connection, "memory", "")
    except (RuntimeError, ValueError, OSError) as error:
        _fail(connection, "evaluation", str(error))
    else:
        signal.setitimer(signal.ITIMER_REAL, 0)
        connection.send(end)


def _fail(connection: socket.socket, kind: str, message: str, **where: int | None) -> None:
    signal.setitimer(signal.ITIMER_REAL, 0)
    wire.send_json(connection, wire.ERROR, {"kind": kind, "message": message[:4096], **where})


def _read(connection: socket.socket, request: dict[str, Any]) -> bytes:
    """Read a text, and send all but the end of what it is."""
    start = time.perf_counter()
    query = read(request["read"], max_nesting=request["max_nesting"], allowed=tuple(request["allowed"]))
    sink = _Sink(connection, MANY, Count("query", MANY))
    sink.write(query.to_json())
    return wire.end({"parse": time.perf_counter() - start}, sink.last())


def _evaluate(connection: socket.socket, store: Store, request: dict[str, Any]) -> bytes:
    """Evaluate an answer and send all but its end, which is returned with the seconds that the parts took."""
    start = time.perf_counter()
    dataset: dict[str, Any] = {"use_default_graph_as_union": True}
    if request["graphs"] is not None:
        default, named = request["graphs"]
        dataset = {"default_graph": [*map(NamedNode, default)], "named_graphs": [*map(NamedNode, named)]}
    elif request["names_dataset"]:  # the union would override FROM
        dataset = {}
    try:
        results = store.query(request["query"], base_iri=BASE, **dataset)
    except SyntaxError as error:
        raise refusal(request["query"], str(error)) from error
    evaluated = time.perf_counter()
    count = Count(request["format"], request["rows"])
    sink = _Sink(connection, request["bytes"], count)
    _serialise(results, cast("IO[bytes]", sink), by_name(request["format"]), count)
    piece = sink.last()
    times = {"evaluate": evaluated - start, "serialise": time.perf_counter() - evaluated}
    return wire.end(times, piece)


def _serialise(
    results: QueryBoolean | QuerySolutions | QueryTriples, sink: IO[bytes], chosen: Format, count: Count
) -> None:
    """Write results in a format."""
    if isinstance(results, QueryTriples) and not count.reads_bytes:
        prefixes = PREFIXES if chosen.rdf in _WITH_PREFIXES else None
        serialize(_counted(results, count), sink, chosen.rdf, prefixes=prefixes)
    elif isinstance(results, QueryTriples):
        results.serialize(sink, chosen.rdf)
    else:
        results.serialize(sink, chosen.results)


def _counted(results: QueryTriples, count: Count) -> Iterator[Triple]:
    """Count triples on their way to a serialiser."""
    for number, triple in enumerate(results):
        if number >= count.limit:
            raise _TooLongError(count.unit)
        yield triple
