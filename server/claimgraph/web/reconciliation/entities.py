"""Things as reconciliation speaks of them: by an identifier that is the end of their IRI, with name and types."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from claimgraph.errors import UnknownName, UsageError
from claimgraph.search import likeness
from claimgraph.sparql.prefixes import PREFIXES, expand, shorten

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from claimgraph.search import Thing
    from claimgraph.web.service import View
    from claimgraph.web.vocabulary import Term, Vocabulary

SPACE: Final = PREFIXES["id"]
"""What the identifiers of things are the ends of."""
_NEAR: Final = 60.0
_LONGEST_DESCRIPTION: Final = 200


@dataclass(frozen=True, slots=True)
class Ground:
    """Be what one request is answered from."""

    view: View
    vocabulary: Vocabulary

    def thing(self, identifier: str) -> Thing | None:
        """Find a thing by its identifier, CURIE or IRI."""
        iri = iri_of(identifier)
        return self.view.index.named([iri]).get(iri)

    def thing_or_not(self, identifier: str) -> Thing:
        """Find a thing by its identifier.

        Raises:
            UnknownName: there is none.
        """
        found = self.thing(identifier)
        if found is None:
            raise UnknownName(f"this snapshot has no thing with the identifier {identifier[:80]!r}")
        return found

    def kind(self, name: str) -> Term:
        """Find a type.

        Raises:
            UsageError: there is none; the message names one that is nearly called so.
        """
        return self.vocabulary.class_named(name) or _refuse("type", name, self.vocabulary.classes.values())

    def property(self, name: str) -> Term:
        """Find a property.

        Raises:
            UsageError: there is none; the message names one that is nearly called so.
        """
        return self.vocabulary.property_named(name) or _refuse("property", name, self.vocabulary.properties.values())

    def types(self, thing: Thing) -> list[dict[str, str]]:
        """List the types of a thing, the most particular first."""
        known = [self.vocabulary.classes[kind] for kind in thing.classes if kind in self.vocabulary.classes]
        return [named(term) for term in sorted(known, key=lambda term: (term.count, term.id))]


def _refuse(what: str, name: str, terms: Iterable[Term]) -> Term:
    near = sorted(terms, key=lambda term: -_like(name, term))[:1]
    hint = f"; did you mean {near[0].id}?" if near and _like(name, near[0]) >= _NEAR else ""
    raise UsageError(f"this snapshot has no {what} {name[:80]!r}{hint}")


def _like(name: str, term: Term) -> float:
    return max(likeness(name[:80], known) for known in (term.id, term.name, term.id.rpartition(":")[2]))


def iri_of(identifier: str) -> str:
    """Return the IRI of a thing: of its identifier, its CURIE, or the IRI itself."""
    if identifier.startswith(SPACE):
        return identifier
    if identifier.startswith("id:"):
        return expand(identifier)
    return SPACE + identifier


def id_of(iri: str) -> str:
    """Return the identifier of a thing."""
    return iri.removeprefix(SPACE)


def named(term: Term) -> dict[str, str]:
    """Write a type or property with its name."""
    return {"id": term.id, "name": term.name}


def description(thing: Thing) -> str:
    """Say briefly what a thing is, for who has only its name before him: its words, or its other names."""
    text = thing.words.partition("\n")[0] or ", ".join(name for name in thing.names if name != thing.label)
    return text if len(text) <= _LONGEST_DESCRIPTION else text[: _LONGEST_DESCRIPTION - 1] + "…"


def candidate(ground: Ground, thing: Thing) -> dict[str, Any]:
    """Write a thing as a candidate, less its score."""
    told = {"id": id_of(thing.iri), "name": thing.label, "type": ground.types(thing)}
    said = description(thing)
    return told | {"description": said} if said and said != thing.label else told


def is_entity(thing: Thing) -> bool:
    """Tell whether a thing is one of the dataset, and not a term of the ontology or a graph."""
    return thing.iri.startswith(SPACE)


def names_of(view: View, iris: Iterable[str]) -> Mapping[str, tuple[str, ...]]:
    """Return all names of things; what the index does not know goes by its short IRI."""
    wanted = list(dict.fromkeys(iris))
    known = view.index.named(wanted)
    return {iri: known[iri].names if iri in known else (shorten(iri),) for iri in wanted}
