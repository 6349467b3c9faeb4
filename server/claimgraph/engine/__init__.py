"""The engine answers one question: what does this query say about the snapshot, in this format, within these limits?

There are two of them: :mod:`claimgraph.engine.embedded` (Oxigraph in processes that can be ended) and
:mod:`claimgraph.engine.remote` (any SPARQL 1.1 endpoint).
"""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterator

    from claimgraph.formats import Format
    from claimgraph.settings import Settings
    from claimgraph.sparql.query import Query


MANY = 1 << 62
"""More rows than any answer has."""


@dataclass(frozen=True, slots=True)
class Limits:
    """Bound one answer: seconds from question to last byte, bytes and rows (or triples) of the answer.

    ``client`` is who asks, an address, for whom no more than so many queries run or wait; the empty one is ourselves.
    ``since`` is when the seconds began, on the monotonic clock; without it they begin when the engine is asked.
    """

    seconds: float
    bytes: int
    rows: int = MANY
    client: str = ""
    since: float | None = None

    @classmethod
    def of(cls, settings: Settings, client: str = "") -> Limits:
        """Take the limits from the settings."""
        return cls(settings.query_timeout, settings.max_answer_bytes, settings.max_answer_rows, client)

    def end(self) -> float:
        """Return when the time is up, on the monotonic clock."""
        return (self.since or time.monotonic()) + self.seconds

    def lowered(self, seconds: float | None) -> Limits:
        """Lower the time limit, or leave it as it is; it is never raised."""
        return self if seconds is None else replace(self, seconds=min(seconds, self.seconds))


@dataclass(frozen=True, slots=True)
class Dataset:
    """Name the graphs a query is asked of (SPARQL 1.1 Protocol, section 2.1.4); they override FROM.

    Without any, the default graph is the union of all graphs of the snapshot, and all of them are named graphs.
    """

    default_graphs: tuple[str, ...] = ()
    named_graphs: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        """Tell whether the request names any graph."""
        return bool(self.default_graphs or self.named_graphs)


WHOLE = Dataset()
"""The whole snapshot."""


class Answer(Protocol):
    """Be the bytes of one answer, in pieces; iterating raises the errors of :meth:`Engine.answer`.

    ``times`` holds the seconds that parts of the work took, as far as they are known, once the answer is whole.
    """

    times: dict[str, float]

    def __iter__(self) -> Iterator[bytes]:
        """Return itself."""
        ...

    def __next__(self) -> bytes:
        """Return the next piece; the iteration ends when the answer is whole."""
        ...

    def others_wait(self) -> bool:
        """Tell whether other queries wait for the place that this one has."""
        ...

    def close(self) -> None:
        """Give the answer up and end its evaluation; may be called from another thread, and more than once."""
        ...


class Awaited(Protocol):
    """Be the bytes of one answer, in pieces, on an event loop; ``times`` is as in :class:`Answer`."""

    times: dict[str, float]

    async def piece(self) -> bytes | None:
        """Return the next piece, or None after the last."""
        ...

    def others_wait(self) -> bool:
        """Tell whether other queries wait for the place that this one has."""
        ...

    def close(self) -> None:
        """Give the answer up; whoever waits for the next piece gets an EngineError."""
        ...

    def end(self) -> None:
        """Let go of what the answer holds, when nobody waits for a piece of it any more."""
        ...


class Engine(Protocol):
    """Answer queries over one snapshot."""

    def answer(self, query: Query, format_: Format, limits: Limits, dataset: Dataset = WHOLE) -> Answer:
        """Answer a query in a format.

        While iterating the answer, these are raised; after the last piece the answer is known to be whole.

        Raises:
            BadQuery: the engine's parser refuses the text.
            DeadlineExceeded, OutOfMemory, AnswerTooLarge: a limit was hit.
            EngineBusy: no worker became free in time, or too many queries wait.
            TooManyQueries: the client has too many queries running or waiting.
            EngineError: the engine failed.
        """
        ...

    def awaited(self, query: Query, format_: Format, limits: Limits, dataset: Dataset = WHOLE) -> Awaited | None:
        """Answer a query on the running event loop; None where this engine must be waited for in a thread.

        The errors of :meth:`answer` are raised when its pieces are asked for.
        """
        ...

    def reading(self, text: str, limits: Limits) -> Answer:
        """Read a text of any length, where that can be ended as an evaluation can: its words cost time too.

        The answer is what :func:`claimgraph.sparql.query.from_json` takes; iterating it raises also what
        :func:`claimgraph.sparql.query.read` raises.
        """
        ...

    def close(self) -> None:
        """Let go of what the engine holds."""
        ...
