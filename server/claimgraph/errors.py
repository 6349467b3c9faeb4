"""The one error tree of claimgraph.

Errors are raised where the fact is known and mapped to an HTTP status in ``web/problems.py`` and to an exit status in
``cli``, nowhere else::

    ClaimgraphError
     ├ UsageError                 wrong use of a command or a parameter
     │  ├ UnknownName             no query, resource or snapshot of that name
     │  │  └ RemovedName          a resource that an older snapshot had
     │  ├ BadParameter            a parameter whose value is not of its type
     │  └ UnknownMediaType        a request whose body is of a kind that is not read
     ├ BadQuery                   SPARQL that does not parse, or that is refused as it stands
     │  ├ UpdateRefused           an update where only queries are answered
     │  └ ServiceRefused          a SERVICE that would leave this machine
     ├ BadTurtle                  Turtle that does not parse, with its place
     ├ BadHeader                  a query or rule whose #+ lines are not understood, with its place
     ├ BadRule                    a rule that cannot be run, with its place
     ├ BadMapping                 a mapping that cannot be run, with its place
     ├ BadSource                  data of a source that are not what they should be, with their place
     ├ FindingsError              a check found faults
     ├ SnapshotError              a snapshot that is missing, broken or cut short
     │  └ NotPublished            a snapshot that the engine elsewhere does not have as a whole
     ├ EngineError                the engine failed
     │  ├ DeadlineExceeded        the query ran out of time
     │  ├ OutOfMemory             the query ran out of memory
     │  ├ EngineBusy              no worker became free in time, or too many queries wait
     │  ├ EnginePaused            the engine elsewhere has failed again and again, and is left alone for a while
     │  ├ EngineUnreachable       the engine elsewhere does not answer
     │  ├ EngineUntrusted         the engine elsewhere has a certificate that is not trusted
     │  ├ EngineDenied            the engine elsewhere refuses our credentials
     │  ├ EngineGarbled           the engine elsewhere answers half, or in a form that is not read
     │  ├ TooManyQueries          one client has too many queries running or waiting
     │  └ AnswerTooLarge          the answer has more rows or bytes than allowed
     └ NotAcceptable              none of the formats asked for is on offer
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence


@dataclass(frozen=True, order=True, slots=True)
class Place:
    """Name a place in a text file; lines and columns count characters from 1."""

    file: str
    line: int
    column: int

    def __str__(self) -> str:
        """Write the place as editors and compilers do: ``file:line:column``."""
        return f"{self.file}:{self.line}:{self.column}"


class ClaimgraphError(Exception):
    """Be the root of every error that claimgraph raises on purpose."""

    def __init__(self, message: str, *, place: Place | None = None) -> None:
        """Keep the message and, where it is known, the place in a file that it speaks of."""
        super().__init__(message)
        self.message = message
        self.place = place

    def __str__(self) -> str:
        """Write place and message on one line."""
        return f"{self.place} {self.message}" if self.place else self.message


class UsageError(ClaimgraphError):
    """Say that a command, a request or a setting was used wrongly."""


class UnknownName(UsageError):
    """Say that no query, resource or snapshot has the name given."""


class RemovedName(UnknownName):
    """Say that a resource is gone: the snapshot at hand does not have it, an older one that is kept did."""

    def __init__(  # noqa: PLR0913 - what is left of a thing
        self, iri: str, *, label: str, digest: str, commit: str | None, built_at: str, see: str
    ) -> None:
        """Keep what is left of it: its label, the snapshot that had it, and where that still tells of it."""
        super().__init__(
            f"{iri} is gone: the snapshot in service says nothing of it. The snapshot {digest[:16]}, built "
            f"{built_at[:10]}, had it as “{label}”"
        )
        self.label = label
        self.snapshot = digest
        self.commit = commit
        self.built_at = built_at
        self.see = see


class BadParameter(UsageError):
    """Say that the value of a parameter is not of the parameter's type."""

    def __init__(self, parameter: str, type_: str, value: str, *, hint: str = "") -> None:
        """Compose the message from the name of the parameter, the type it takes and the value it was given."""
        message = f"parameter {parameter!r} takes {type_}, not {value!r}"
        super().__init__(f"{message}: {hint}" if hint else message)
        self.parameter = parameter
        self.type = type_
        self.value = value


class UnknownMediaType(UsageError):
    """Say that the body of a request is of a kind that is not read."""


class BadQuery(ClaimgraphError):
    """Say where and why a SPARQL text was not understood; line and column count from 1."""

    def __init__(self, message: str, *, line: int | None = None, column: int | None = None) -> None:
        """Keep the position inside the query text beside the message."""
        where = f"line {line}, column {column}: " if line is not None and column is not None else ""
        super().__init__(where + message)
        self.reason = message
        self.line = line
        self.column = column


class UpdateRefused(BadQuery):
    """Say that the text is an update; data change in git and nowhere else."""


class ServiceRefused(BadQuery):
    """Say that the query wants to call another endpoint that is not on the allow-list."""


class BadTurtle(ClaimgraphError):
    """Say where and why a Turtle text was not understood."""


class BadHeader(ClaimgraphError):
    """Say what is wrong with the ``#+`` lines of a query or a rule."""


class BadRule(ClaimgraphError):
    """Say why a rule cannot be run: it does not parse, needs itself negated, or never settles."""


class BadMapping(ClaimgraphError):
    """Say why a mapping cannot be run: it does not parse, or the engine refuses it."""


class BadSource(ClaimgraphError):
    """Say why the data of a source, or its description, cannot be read."""


class FindingsError(ClaimgraphError):
    """Carry the findings of a check that refuse a build."""

    def __init__(self, findings: Sequence[object]) -> None:
        """Keep the findings; the message is one line for each."""
        super().__init__("\n".join(str(finding) for finding in findings))
        self.findings = tuple(findings)


class SnapshotError(ClaimgraphError):
    """Say that a snapshot is missing, broken or cut short."""


class NotPublished(SnapshotError):
    """Say that the engine elsewhere has versions of the dataset, but not this snapshot as a whole."""


class EngineError(ClaimgraphError):
    """Say that the engine failed to answer, through no fault of the query."""


class DeadlineExceeded(EngineError):
    """Say that a query was stopped because its time was up."""

    def __init__(self, seconds: float) -> None:
        """Name the limit that was hit, in seconds."""
        super().__init__(f"the query took longer than the limit of {seconds:g} s and was stopped")
        self.seconds = seconds


class OutOfMemory(EngineError):
    """Say that a query was stopped because it needed more memory than one query may take."""

    def __init__(self, limit: int) -> None:
        """Name the limit that was hit, in bytes."""
        super().__init__(f"the query needed more memory than the limit of {limit >> 20} MiB and was stopped")
        self.limit = limit


class EngineBusy(EngineError):
    """Say that no worker, or no thread, became free in time."""

    def __init__(self, retry_after: int = 1) -> None:
        """Suggest after how many seconds to ask again."""
        super().__init__(f"the service is busy with other queries; try again in {retry_after} s")
        self.retry_after = retry_after


class EnginePaused(EngineError):
    """Say that the engine elsewhere failed again and again, and is left alone for a while."""

    def __init__(self, retry_after: int) -> None:
        """Say after how many seconds it is tried again."""
        super().__init__(f"the endpoint has failed several times in a row and is left alone for {retry_after} s")
        self.retry_after = retry_after


class EngineUnreachable(EngineError):
    """Say that the engine elsewhere does not answer at all."""


class EngineUntrusted(EngineError):
    """Say that the engine elsewhere does not prove who it is."""


class EngineDenied(EngineError):
    """Say that the engine elsewhere does not take our credentials."""


class EngineGarbled(EngineError):
    """Say that the engine elsewhere gave half an answer, or one of another kind than was asked for."""


class TooManyQueries(EngineError):
    """Say that one client has as many queries running or waiting as one client may have."""

    def __init__(self, limit: int, retry_after: int = 1) -> None:
        """Name the limit, and suggest after how many seconds to ask again."""
        super().__init__(f"no more than {limit} queries of one client may run or wait; try again in {retry_after} s")
        self.limit = limit
        self.retry_after = retry_after


class AnswerTooLarge(EngineError):
    """Say that an answer has more rows or bytes than one answer may have."""

    def __init__(self, limit: int, unit: str = "bytes") -> None:
        """Name the limit that was hit and its unit."""
        super().__init__(f"the answer is larger than the limit of {limit:,} {unit}; use LIMIT and OFFSET, or the dump")
        self.limit = limit
        self.unit = unit


class NotAcceptable(ClaimgraphError):
    """Say that none of the formats asked for is on offer."""

    def __init__(self, offered: Sequence[str]) -> None:
        """List the media types on offer."""
        super().__init__("none of the formats asked for is available; on offer: " + ", ".join(offered))
        self.offered = tuple(offered)
