"""Candidates for the names of a batch, each with a score and what it is made of."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from pyoxigraph import NamedNode

from claimgraph.search import match
from claimgraph.sparql.prefixes import expand
from claimgraph.web.reconciliation.entities import candidate, iri_of, is_entity, names_of
from claimgraph.web.reconciliation.values import agreement, things_with, values_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from claimgraph.search import Thing
    from claimgraph.web.reconciliation.asked import Wish
    from claimgraph.web.reconciliation.entities import Ground
    from claimgraph.web.reconciliation.values import Found

    Groups = Sequence[frozenset[str]]
    """Groups of classes, of each of which a thing has one."""

_UNMEANT: Final = frozenset({expand("cg:Mention")})
"""Classes whose things no table speaks of, unless they are asked for: words for somebody in a text."""
_CERTAIN: Final = 100.0
_NAME_WEIGHT: Final = 2.0  # a name counts as much as two properties
_WRONG_TYPE: Final = 0.8


@dataclass(slots=True)
class _Sought:
    """A wish, its types and properties as the snapshot names them, and the things that may be meant, with how well."""

    wish: Wish
    groups: Groups
    properties: tuple[str, ...]
    scores: dict[str, float] = field(default_factory=dict)
    things: dict[str, Thing] = field(default_factory=dict)


def answer(ground: Ground, batch: Mapping[str, Wish]) -> dict[str, dict[str, Any]]:
    """Answer a reconciliation query batch.

    Raises:
        UsageError: a type or a property is not known.
    """
    by_id = ground.view.index.named([iri_of(wish.name) for wish in batch.values() if wish.name])
    sought = {key: _seek(ground, wish, by_id) for key, wish in batch.items()}
    things = [iri for one in sought.values() if one.properties for iri in one.things]
    properties = {iri for one in sought.values() for iri in one.properties}
    values = values_of(ground.view, things, properties)
    named = [
        term.value
        for of_thing in values.values()
        for terms in of_thing.values()
        for term in terms
        if isinstance(term, NamedNode)
    ]
    names = names_of(ground.view, named)
    return {key: {"result": _result(ground, one, values, names)} for key, one in sought.items()}


def _seek(ground: Ground, wish: Wish, by_id: Mapping[str, Thing]) -> _Sought:
    types = frozenset(ground.kind(name).iri for name in wish.types)
    groups: Groups = [frozenset({kind}) for kind in types] if wish.strictness == "all" else [types] if types else []
    found = _Sought(wish, groups, tuple(ground.property(name).iri for name, _ in wish.properties))
    hard = groups if wish.strictness != "should" else []
    if wish.name.strip():
        known = by_id.get(iri_of(wish.name))
        if known and is_entity(known):
            found.scores[known.iri], found.things[known.iri] = _CERTAIN, known
        hits = match(ground.view.index, wish.name, hard, without=_UNMEANT - types)
        for hit in hits[: 2 * wish.limit]:  # properties are looked up for these alone
            if is_entity(hit.thing):
                found.scores.setdefault(hit.thing.iri, hit.score)
                found.things[hit.thing.iri] = hit.thing
    else:
        for iri, (_, values) in zip(found.properties, wish.properties, strict=True):
            having = [thing for thing in things_with(ground, iri, values) if _fits(thing, hard)]
            unmeant = _UNMEANT - types
            found.things |= {thing.iri: thing for thing in having if not unmeant.intersection(thing.classes)}
    return found


def _fits(thing: Thing, groups: Groups) -> bool:
    return all(group.intersection(thing.classes) for group in groups)


def _result(
    ground: Ground, sought: _Sought, values: Found, names: Mapping[str, tuple[str, ...]]
) -> list[dict[str, Any]]:
    scored = [(*_score(sought, thing, values, names), thing) for thing in sought.things.values()]
    scored.sort(key=lambda one: (-one[0], one[2].number))
    certain = [thing.iri for score, _, thing in scored if score >= _CERTAIN]
    return [
        {
            **candidate(ground, thing),
            "score": score,
            "match": certain == [thing.iri],
            "features": [{"id": name, "value": value} for name, value in features.items()],
        }
        for score, features, thing in scored[: sought.wish.limit]
    ]


def _score(
    sought: _Sought, thing: Thing, values: Found, names: Mapping[str, tuple[str, ...]]
) -> tuple[float, dict[str, float | bool]]:
    """Score a thing from 0 to 100, and say what by: the name, each property, and the type where it need not fit."""
    features: dict[str, float | bool] = {}
    if thing.iri in sought.scores:
        features["name"] = sought.scores[thing.iri]
    own = values.get(thing.iri, {})
    for iri, (name, wanted) in zip(sought.properties, sought.wish.properties, strict=True):
        features[f"property:{name}"] = round(agreement(wanted, own.get(iri, ()), names), 1)
    weight = sum(_NAME_WEIGHT if name == "name" else 1.0 for name in features)
    score = sum(value * (_NAME_WEIGHT if name == "name" else 1.0) for name, value in features.items()) / weight
    if sought.groups:
        features["type"] = _fits(thing, sought.groups)
        score *= 1.0 if features["type"] else _WRONG_TYPE
    return round(score, 1), features
