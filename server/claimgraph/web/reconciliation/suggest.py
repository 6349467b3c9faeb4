"""Completions while somebody types: of things, of types and of properties, and what is shown beside each."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from flask import render_template

from claimgraph.search import Stage, find
from claimgraph.web.reconciliation.entities import description, id_of, is_entity, named

if TYPE_CHECKING:
    from collections.abc import Iterable

    from claimgraph.search import Thing
    from claimgraph.web.reconciliation.entities import Ground
    from claimgraph.web.vocabulary import Term

_SHOWN: Final = 20
_MOST: Final = 200


def entities(ground: Ground, prefix: str, types: Iterable[str], skipped: int) -> dict[str, Any]:
    """Suggest things that have an identifier, or words of a name, that begin so.

    Raises:
        BadParameter: the prefix is too long.
        UsageError: a type is not known.
    """
    groups = [frozenset({ground.kind(name).iri}) for name in types]
    known = ground.thing(prefix)
    found = [known] if known and is_entity(known) else []
    if any(map(str.isalnum, prefix)):
        hits = find(ground.view.index, prefix, groups, most=_MOST, stages=(Stage.BEGINNINGS, Stage.NAMES_SPELT)).hits
        found += [hit.thing for hit in hits if is_entity(hit.thing) and hit.thing != known]
    return {"result": [_suggested(ground, thing) for thing in found[skipped : skipped + _SHOWN]]}


def _suggested(ground: Ground, thing: Thing) -> dict[str, Any]:
    told = {"id": id_of(thing.iri), "name": thing.label, "notable": ground.types(thing)[:3]}
    said = description(thing)
    return told | {"description": said} if said and said != thing.label else told


def types(ground: Ground, prefix: str, skipped: int) -> dict[str, Any]:
    """Suggest types of which there are things, those with most things first, each with the types right above it."""
    vocabulary = ground.vocabulary
    return {
        "result": [
            {
                **_told(term),
                "broader": [
                    named(vocabulary.classes[iri])
                    for iri in vocabulary.above.get(term.iri, ())
                    if iri in vocabulary.classes
                ],
            }
            for term in _begun(vocabulary.classes.values(), prefix)[skipped : skipped + _SHOWN]
        ]
    }


def properties(ground: Ground, prefix: str, skipped: int) -> dict[str, Any]:
    """Suggest properties that are used, the most used first."""
    terms = _begun(ground.vocabulary.properties.values(), prefix)
    return {"result": [_told(term) for term in terms[skipped : skipped + _SHOWN]]}


def proposals(ground: Ground, kind: str, limit: int | None) -> dict[str, Any]:
    """Propose properties to fetch for things of a type, or of any where it is empty, those of most use first.

    Raises:
        UsageError: the type is not known.
    """
    vocabulary = ground.vocabulary
    if kind:
        counts = vocabulary.by_class.get(ground.kind(kind).iri, {})
        terms = sorted((vocabulary.properties[iri] for iri in counts), key=lambda term: (-counts[term.iri], term.id))
    else:
        terms = list(vocabulary.properties.values())
    told: dict[str, Any] = {"properties": [named(term) for term in terms[:limit]], "type": kind}
    return told if limit is None else told | {"limit": limit}


def _told(term: Term) -> dict[str, Any]:
    return {**named(term), "description": term.definition} if term.definition else named(term)


def _begun(terms: Iterable[Term], prefix: str) -> list[Term]:
    """List terms of whose identifier or name a word begins with the prefix, or which is the whole of it."""
    wanted = prefix.strip().casefold()

    def is_begun(term: Term) -> bool:
        texts = (term.id, term.iri, term.name, term.id.partition(":")[2])
        return any((" " + text.casefold()).find(" " + wanted) >= 0 for text in texts)

    return [term for term in terms if is_begun(term)]


def preview(ground: Ground, identifier: str) -> str:
    """Write the small page about a thing.

    Raises:
        UnknownName: there is none of that identifier.
    """
    return _card("reconcile-preview.html", ground, ground.thing_or_not(identifier))


def flyout(ground: Ground, identifier: str) -> dict[str, str]:
    """Write what is shown beside a suggested thing.

    Raises:
        UnknownName: there is none of that identifier.
    """
    return {"id": identifier, "html": _card("reconcile-card.html", ground, ground.thing_or_not(identifier))}


def flyout_of_term(term: Term, identifier: str) -> dict[str, str]:
    """Write what is shown beside a suggested type or property."""
    return {"id": identifier, "html": render_template("reconcile-term.html", term=term)}


def _card(template: str, ground: Ground, thing: Thing) -> str:
    others = [name for name in thing.names if name != thing.label]
    words = thing.words.replace("\n", " … ")
    return render_template(
        template, thing=thing, identifier=id_of(thing.iri), others=others, words=words, types=ground.types(thing)[:3]
    )
