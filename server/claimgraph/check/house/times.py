"""Times agree with themselves, with the day they were recorded on, and with the acts that they place."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Final

from claimgraph.check.finding import Finding
from claimgraph.check.house.spans import Span, day, spans
from claimgraph.check.names import name, names
from claimgraph.dataset.edtf import Bounds, edtf_bounds, is_qualified
from claimgraph.sparql.prefixes import shorten

if TYPE_CHECKING:
    from collections.abc import Iterator

    from claimgraph.check.corpus import Corpus, Statement
    from claimgraph.dataset.positions import Term

_RECORDED: Final = name("cg:recordedAt")
_PAST: Final = sorted(names("cg", "utteredDuring publishedDuring custodyDuring"), key=lambda term: term.value)
_ASSESSED: Final = name("cg:assessedOn")
_UTTERED: Final = name("cg:utteredDuring")
_EARLIER: Final = (
    ("cg:respondsTo", "the request that it answers"),
    ("cg:reports", "the act that it reports"),
    ("cg:custodyAfter", "the step that it follows"),
)


def faulty_edtf(corpus: Corpus) -> Iterator[Finding]:
    """Find EDTF texts that are none, and those that disagree with the bounds beside them."""
    for span in spans(corpus).values():
        if span.edtf is None or not span.is_readable:
            continue
        text = span.edtf.object.value
        meant = edtf_bounds(text)
        if meant is None:
            yield Finding(span.edtf.at(span.edtf.object_at), "CG801", f'"{text}" is no EDTF')
        elif not _agree(meant, span.bounds, is_loose=is_qualified(text)):
            message = f'EDTF "{text}" means {_shown(meant)}, the bounds say {_shown(span.bounds)}'
            yield Finding(span.edtf.at(span.edtf.object_at), "CG802", message)


def _agree(meant: Bounds, said: Bounds, *, is_loose: bool) -> bool:
    if not is_loose or said.first is None or said.last is None:
        return is_loose or meant == said
    return (meant.first is None or said.first <= meant.first) and (meant.last is None or said.last >= meant.last)


def _shown(bounds: Bounds) -> str:
    return f"{bounds.first or '...'} to {bounds.last or '...'}"


def dates_after_the_record(corpus: Corpus) -> Iterator[Finding]:
    """Find what is said to have happened only after it was recorded, or after today."""
    times = spans(corpus)
    recorded = corpus.first_of(_RECORDED)
    today = datetime.now(tz=UTC).date()
    for predicate in _PAST:
        for statement in corpus.with_predicate(predicate):
            span = times.get(statement.object)
            limit = _limit(recorded.get(statement.subject), today)
            if span and span.bounds.first and span.bounds.first > limit and span.not_before:
                yield _late(span.not_before, span.bounds.first, statement, limit)
    for statement in corpus.with_predicate(_ASSESSED):
        limit, said = _limit(recorded.get(statement.subject), today), day(statement)
        if said and said > limit:
            yield _late(statement, said, statement, limit)


def _limit(record: Statement | None, today: date) -> date:
    return min(day(record) or today, today)


def _late(dated: Statement, said: date, statement: Statement, limit: date) -> Finding:
    message = f"{shorten(statement.subject.value)} is dated {said}, after it was recorded ({limit})"
    return Finding(dated.at(dated.object_at), "CG803", message)


def effects_before_causes(corpus: Corpus) -> Iterator[Finding]:
    """Find answers, reports and retractions that certainly come before what they answer, report or take back."""
    when = _when(corpus, spans(corpus))
    for curie, cause in _EARLIER:
        for statement in corpus.with_predicate(name(curie)):
            yield from _reversed(when, statement, statement.object, cause)
    acts: dict[Term, Term] = {s.object: s.subject for s in corpus.with_predicate(name("cg:expresses"))}
    for statement in corpus.with_predicate(name("cg:retracts")):
        if statement.object in acts:
            yield from _reversed(when, statement, acts[statement.object], "the claim that it takes back")


def _when(corpus: Corpus, times: dict[Term, Span]) -> dict[Term, Span]:
    """Date acts and steps of custody by their time, reports by their document's."""
    dated: dict[Term, Term] = {s.subject: s.object for s in corpus.with_predicate(_UTTERED)}
    dated |= {s.subject: s.object for s in corpus.with_predicate(name("cg:custodyDuring"))}
    published: dict[Term, Term] = {s.subject: s.object for s in corpus.with_predicate(name("cg:publishedDuring"))}
    for statement in corpus.with_predicate(name("cg:reportedIn")):
        if statement.object in published:
            dated[statement.subject] = published[statement.object]
    return {thing: times[time] for thing, time in dated.items() if time in times}


def _reversed(when: dict[Term, Span], statement: Statement, cause: Term, spoken: str) -> Iterator[Finding]:
    effect, before = when.get(statement.subject), when.get(cause)
    if effect is None or before is None or before.not_before is None:
        return
    last, first = effect.bounds.last, before.bounds.first
    if last and first and last < first:
        shown = shorten(statement.subject.value)
        place = statement.at(statement.object_at)
        hint = f"see {before.not_before.at(before.not_before.object_at)}"
        yield Finding(place, "CG804", f"{shown} is dated {last} at the latest, {spoken} {first} at the earliest", hint)
