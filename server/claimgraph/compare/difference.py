"""What changed between two states, section by section, in words of the domain."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from claimgraph.errors import BadQuery
from claimgraph.sparql.prefixes import PREFIXES, shorten

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from pyoxigraph import NamedNode

    from claimgraph.compare.state import State

_TERMS: Final = PREFIXES["cg"]
_RESOURCES: Final = PREFIXES["id"]
_MOST_ROWS: Final = 10


@dataclass(frozen=True, slots=True)
class Change:
    """Say what happened (``added``, ``withdrawn`` ...) to what, with its short name, label and the particulars."""

    verb: str
    name: str
    label: str
    details: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Section:
    """Hold the changes of one kind."""

    key: str
    title: str
    changes: tuple[Change, ...]


@dataclass(frozen=True, slots=True)
class Difference:
    """Hold what changed from one state to another, section by section; sections without changes are left out."""

    before: str
    after: str
    sections: tuple[Section, ...]

    def __bool__(self) -> bool:
        """Tell whether anything changed."""
        return bool(self.sections)


def difference(before: State, after: State) -> Difference:
    """Compare two states."""
    found = (Section(key, title, tuple(changes(before, after))) for key, title, changes in _SECTIONS)
    return Difference(before.title, after.title, tuple(section for section in found if section.changes))


def _claims(before: State, after: State) -> Iterator[Change]:
    old, new = (state.of_class("cg:Claim") for state in (before, after))
    yield from _listed("added", new - old, after)
    yield from _listed("removed", old - new, before)
    for claim in _sorted(old & new):
        withdrawn = set(after.values(claim, "cg:withdrawnBy")) - set(before.values(claim, "cg:withdrawnBy"))
        for by in _sorted(withdrawn):
            yield Change("withdrawn", shorten(claim.value), after.label(claim), (f"by {after.label(by)}",))
    yield from _altered(old & new, before, after)


def _positions(before: State, after: State) -> Iterator[Change]:
    old, new = _held(before), _held(after)
    for pair in sorted(old.keys() | new.keys(), key=lambda pair: (pair[0].value, pair[1].value)):
        holder, proposition = pair
        if old.get(pair) != new.get(pair):
            state = after if pair in new else before
            verb = "changed" if pair in old and pair in new else "taken" if pair in new else "gone"
            label = f"{state.label(holder)} on: {state.label(proposition)}"
            was, now = (", ".join(sorted(held.get(pair, {"none"}))) for held in (old, new))
            yield Change(verb, shorten(proposition.value), label, (f"{was} -> {now}",))


def _held(state: State) -> dict[tuple[NamedNode, NamedNode], set[str]]:
    """Map holder and proposition to the polarities that the holder has taken."""
    held: defaultdict[tuple[NamedNode, NamedNode], set[str]] = defaultdict(set)
    for position in state.of_class("cg:Position"):
        for holder in state.values(position, "cg:positionOf"):
            for proposition in state.values(position, "cg:onProposition"):
                held[holder, proposition] |= {state.label(p) for p in state.values(position, "cg:positionPolarity")}
    return held


def _disputes(before: State, after: State) -> Iterator[Change]:
    old, new = (state.of_class("cg:Dispute") for state in (before, after))
    for dispute in _sorted(new - old):
        sides = [
            f"{side}: {', '.join(after.label(claim) for claim in after.values(dispute, curie))}"
            for side, curie in (("affirmed by", "cg:affirmedBy"), ("denied by", "cg:deniedBy"))
        ]
        yield Change("opened", shorten(dispute.value), after.label(dispute), tuple(sides))
    yield from _listed("settled", old - new, before)


def _terms(before: State, after: State) -> Iterator[Change]:
    yield from _said(before, after, lambda thing: thing.value.startswith(_TERMS))


def _things(before: State, after: State) -> Iterator[Change]:
    claims = before.of_class("cg:Claim") | after.of_class("cg:Claim")
    yield from _said(before, after, lambda thing: thing.value.startswith(_RESOURCES) and thing not in claims)


def _said(before: State, after: State, wanted: Callable[[NamedNode], bool]) -> Iterator[Change]:
    old, new = ({thing for thing in state.said if wanted(thing)} for state in (before, after))
    yield from _listed("added", new - old, after)
    yield from _listed("removed", old - new, before)
    yield from _altered(old & new, before, after)


def _vanished(before: State, after: State) -> Iterator[Change]:
    ours = {thing for thing in before.said if thing.value.startswith((_RESOURCES, _TERMS))}
    yield from _listed("vanished", ours - after.said.keys(), before)


def _answers(before: State, after: State) -> Iterator[Change]:
    old, new = ({query.name: query for query in state.catalog} for state in (before, after))
    for name in sorted(old.keys() | new.keys()):
        if name not in new:
            yield Change("removed", name, old[name].summary)
        elif name not in old:
            yield Change("added", name, new[name].summary)
        else:
            try:
                was, now = before.answer(old[name]), after.answer(new[name])
            except BadQuery as error:
                yield Change("failing", name, new[name].summary, (error.reason,))
                continue
            if was != now:
                details = (*_some("+", now - was), *_some("-", was - now))
                yield Change("changed", name, new[name].summary, details)


def _some(sign: str, rows: frozenset[str]) -> Iterator[str]:
    for row in sorted(rows)[:_MOST_ROWS]:
        yield f"{sign} {row}"
    if len(rows) > _MOST_ROWS:
        yield f"{sign} and {len(rows) - _MOST_ROWS} rows more"


def _listed(verb: str, things: set[NamedNode], state: State) -> Iterator[Change]:
    for thing in _sorted(things):
        yield Change(verb, shorten(thing.value), state.label(thing))


def _altered(things: set[NamedNode], before: State, after: State) -> Iterator[Change]:
    for thing in _sorted(things):
        old, new = before.said.get(thing, {}), after.said.get(thing, {})
        if old != new:
            yield Change("changed", shorten(thing.value), after.label(thing), tuple(_details(old, new)))


def _details(old: dict[str, frozenset[str]], new: dict[str, frozenset[str]]) -> Iterator[str]:
    for predicate in sorted(old.keys() | new.keys()):
        gone = sorted(old.get(predicate, frozenset()) - new.get(predicate, frozenset()))
        come = sorted(new.get(predicate, frozenset()) - old.get(predicate, frozenset()))
        if gone and come:
            yield f"{predicate}: {', '.join(gone)} -> {', '.join(come)}"
        elif gone or come:
            yield f"{predicate}: {'no longer ' if gone else ''}{', '.join(gone or come)}"


def _sorted(things: set[NamedNode]) -> list[NamedNode]:
    return sorted(things, key=lambda thing: thing.value)


_SECTIONS: Final = (
    ("claims", "Claims", _claims),
    ("positions", "Positions", _positions),
    ("disputes", "Disputes", _disputes),
    ("terms", "Terms of the ontology", _terms),
    ("things", "Other things", _things),
    ("vanished", "IRIs that vanish", _vanished),
    ("answers", "Canned answers", _answers),
)
