"""The engine answers one question: what does this query say about the snapshot, in this format, within these limits?

There are two of them: :mod:`claimgraph.engine.embedded` (Oxigraph in processes that can be ended) and
:mod:`claimgraph.engine.remote` (any SPARQL 1.1 endpoint).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterator

    from claimgraph.formats import Format
    from claimgraph.settings import Settings
    from claimgraph.sparql.query import Query


@dataclass(frozen=True, slots=True)
class Limits:
    """Bound one answer: seconds from question to last byte, and bytes of the answer."""

    seconds: float
    bytes: int

    @classmethod
    def of(cls, settings: Settings) -> Limits:
        """Take the limits from the settings."""
        return cls(settings.query_timeout, settings.max_answer_bytes)

    def lowered(self, seconds: float | None) -> Limits:
        """Lower the time limit, or leave it as it is; it is never raised."""
        return self if seconds is None else Limits(min(seconds, self.seconds), self.bytes)


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

    def close(self) -> None:
        """Give the answer up and end its evaluation; may be called from another thread, and more than once."""
        ...


class Engine(Protocol):
    """Answer queries over one snapshot."""

    def answer(self, query: Query, format_: Format, limits: Limits, dataset: Dataset = WHOLE) -> Answer:
        """Answer a query in a format.

        While iterating the answer, these are raised; after the last piece the answer is known to be whole.

        Raises:
            BadQuery: the engine's parser refuses the text.
            DeadlineExceeded, OutOfMemory, AnswerTooLarge: a limit was hit.
            EngineBusy: no worker became free in time.
            EngineError: the engine failed.
        """
        ...

    def close(self) -> None:
        """Let go of what the engine holds."""
        ...
