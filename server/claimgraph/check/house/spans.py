"""The times of a dataset: the bounds of each span, with their places."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Final, NamedTuple

from pyoxigraph import Literal

from claimgraph.check.literals import is_valid
from claimgraph.check.names import name
from claimgraph.dataset.edtf import Bounds

if TYPE_CHECKING:
    from claimgraph.check.corpus import Corpus, Statement
    from claimgraph.dataset.positions import Term

NOT_BEFORE: Final = name("cg:notBefore")
NOT_AFTER: Final = name("cg:notAfter")
EDTF: Final = name("cg:edtf")
_DAYS: Final = 10


class Span(NamedTuple):
    """What the files together say of one time: its EDTF text and its bounds, each as the statement that gives it."""

    edtf: Statement | None
    not_before: Statement | None
    not_after: Statement | None

    @property
    def bounds(self) -> Bounds:
        """The recorded days; what is no day counts as none."""
        return Bounds(day(self.not_before), day(self.not_after))

    @property
    def is_readable(self) -> bool:
        """Tell whether each bound that is given is a day; one that is none has a finding of its own."""
        given = [bound for bound in (self.not_before, self.not_after) if bound]
        return all(map(day, given))


def spans(corpus: Corpus) -> dict[Term, Span]:
    """Collect the times of the data."""
    parts = {predicate: corpus.first_of(predicate) for predicate in (EDTF, NOT_BEFORE, NOT_AFTER)}
    found: dict[Term, Span] = {}
    for subject in {subject: None for part in parts.values() for subject in part}:
        found[subject] = Span(*(parts[predicate].get(subject) for predicate in (EDTF, NOT_BEFORE, NOT_AFTER)))
    return found


def day(statement: Statement | None) -> date | None:
    """Read the day that a statement gives; a dateTime gives its day."""
    if statement is None or not isinstance(statement.object, Literal) or not is_valid(statement.object):
        return None
    try:
        return date.fromisoformat(statement.object.value[:_DAYS])
    except ValueError:
        return None
