"""The JSON-LD context of a snapshot: short names for what it uses, and how their values are written.

Names are those of our ontology; those of others go by their local name where no other has it, and by CURIE otherwise.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from claimgraph.sparql.prefixes import PREFIXES, expand, shorten

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from claimgraph.web.service import View
    from claimgraph.web.vocabulary import Vocabulary

_PREFERRED: Final = ("cg", "rdfs", "dcterms", "skos", "prov", "schema")
_STRING, _LANGUAGE_STRING = expand("xsd:string"), expand("rdf:langString")
_SINGLE: Final = "SELECT DISTINCT ?property { ?shape sh:path ?property ; sh:maxCount 1 FILTER(ISIRI(?property)) }"
_ONE_EACH: Final = frozenset(map(expand, ("rdfs:label", "dcterms:title", "dcterms:identifier")))
KEYWORDS: Final = {"id": "@id", "type": "@type"}
_TAKEN: Final = frozenset({*KEYWORDS, *PREFIXES})


@dataclass(frozen=True, slots=True)
class Name:
    """Be the short name of a property, and what its values are: things or literals, of what kind, and whether many."""

    name: str
    iri: str
    is_of_things: bool
    datatype: str | None
    is_english: bool
    is_many: bool

    def definition(self) -> dict[str, str] | str:
        """Write it as a context does."""
        told = {"@id": shorten(self.iri)}
        if self.is_of_things:
            told["@type"] = "@id"
        elif self.datatype:
            told["@type"] = shorten(self.datatype)
        elif self.is_english:
            told["@language"] = "en"
        if self.is_many:
            told["@container"] = "@set"
        return told if len(told) > 1 else told["@id"]


@dataclass(frozen=True, slots=True)
class Names:
    """Hold the short names of the properties and classes of a snapshot, by IRI."""

    properties: Mapping[str, Name]
    classes: Mapping[str, str]

    def context(self) -> dict[str, Any]:
        """Write the context."""
        spaces = {name: space for name, space in PREFIXES.items() if name not in KEYWORDS}
        classes = {name: shorten(iri) for iri, name in self.classes.items() if ":" not in name}
        terms = {one.name: one.definition() for one in self.properties.values()}
        return {"@context": {"@version": 1.1, **KEYWORDS, **spaces, **classes, **terms}}


def names_of(view: View, vocabulary: Vocabulary) -> Names:
    """Name what a snapshot uses."""
    single = _ONE_EACH | {row["property"].value for row in view.rows(_SINGLE)}
    found = {}
    for iri, name in _short(vocabulary.properties, frozenset()).items():
        datatypes = vocabulary.datatypes.get(iri, frozenset())
        is_of_things = iri in vocabulary.to_things and not datatypes
        only = next(iter(datatypes)) if len(datatypes) == 1 and iri not in vocabulary.to_things else None
        datatype = only if only not in {_STRING, _LANGUAGE_STRING} else None
        is_english = datatypes == {_LANGUAGE_STRING} and iri not in vocabulary.to_things
        found[iri] = Name(name, iri, is_of_things, datatype, is_english, iri not in single)
    classes = _short(vocabulary.classes, frozenset(one.name for one in found.values()))
    return Names(found, classes)


def _short(iris: Iterable[str], taken: frozenset[str]) -> dict[str, str]:
    """Give each IRI its local name, the preferred vocabularies first, and what comes too late its CURIE."""
    used = set(_TAKEN | taken)
    found = {}
    for iri in sorted(iris, key=_rank):
        local = shorten(iri).partition(":")[2]
        is_free = shorten(iri) != iri and local.isidentifier() and local not in used
        found[iri] = local if is_free else shorten(iri)
        used.add(found[iri])
    return found


def _rank(iri: str) -> tuple[int, str]:
    prefix = shorten(iri).partition(":")[0]
    return _PREFERRED.index(prefix) if prefix in _PREFERRED else len(_PREFERRED), iri
