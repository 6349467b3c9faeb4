"""The classes and properties that a snapshot uses, by name and number, as the snapshot describes itself."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from threading import Lock
from typing import TYPE_CHECKING, Final

from pyoxigraph import Literal, NamedNode

from claimgraph.snapshot.void import EXTENSION
from claimgraph.sparql.prefixes import BASE, PREFIXES, expand, shorten

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from claimgraph.web.service import Row, View

_SNAPSHOT: Final = NamedNode(BASE + "graph/snapshot")
_USED: Final = """SELECT ?class ?property ?triples { GRAPH ?graph {
  ?kind void:class ?class ; void:propertyPartition ?part . ?part void:property ?property ; void:triples ?triples } }"""
_USED_AT_ALL: Final = """SELECT ?property ?triples { GRAPH ?graph {
  ?all a sd:Graph ; void:propertyPartition ?part . ?part void:property ?property ; void:triples ?triples } }"""
_ENTITIES: Final = """SELECT ?class ?entities { GRAPH ?graph {
  ?all a sd:Graph ; void:classPartition ?part . ?part void:class ?class ; void:entities ?entities } }"""
_VALUES: Final = f"""SELECT DISTINCT ?property ?datatype ?class {{ GRAPH ?graph {{
  ?part void:property ?property .
  {{ ?part <{EXTENSION}datatypePartition> ?values . ?values <{EXTENSION}datatype> ?datatype }}
  UNION {{ ?part void:classPartition ?values . ?values void:class ?class }} }} }}"""
_SAID: Final = """SELECT ?term (MIN(?one) AS ?label) (MIN(?said) AS ?definition) {
  VALUES ?term { %s }
  OPTIONAL { ?term rdfs:label|skos:prefLabel ?one FILTER(LANG(?one) IN ("", "en")) }
  OPTIONAL { ?term skos:definition ?said FILTER(LANG(?said) IN ("", "en")) }
} GROUP BY ?term"""
_ABOVE: Final = """SELECT DISTINCT ?class ?parent { GRAPH ?graph { ?class rdfs:subClassOf ?parent }
  FILTER(ISIRI(?parent) && STRSTARTS(STR(?graph), ?graphs)) }"""


@dataclass(frozen=True, slots=True)
class Term:
    """Be a class or property: its IRI, short name, label and definition, and how many things or triples it has."""

    iri: str
    id: str
    name: str
    definition: str
    count: int


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """Hold the terms of a snapshot by IRI, those most used first.

    ``by_class`` counts the properties of the things of a class, ``above`` lists the classes that a class is directly a
    kind of, and ``datatypes`` the datatypes that a property's values have; nothing stands there for a thing.
    """

    classes: Mapping[str, Term]
    properties: Mapping[str, Term]
    by_class: Mapping[str, Mapping[str, int]]
    above: Mapping[str, tuple[str, ...]]
    datatypes: Mapping[str, frozenset[str]]
    to_things: frozenset[str]

    def property_named(self, name: str) -> Term | None:
        """Find a property by its IRI, CURIE, or the local name of one of ours."""
        return _named(self.properties, name)

    def class_named(self, name: str) -> Term | None:
        """Find a class by its IRI, CURIE, or the local name of one of ours in any case."""
        return _named(self.classes, name)


class Vocabularies:
    """Read the vocabulary of each snapshot once."""

    def __init__(self, most: int = 8) -> None:
        """Keep those of so many snapshots."""
        self._most = most
        self._known: dict[str, Vocabulary] = {}
        self._lock = Lock()

    def of(self, view: View) -> Vocabulary:
        """Return the vocabulary of a snapshot."""
        with self._lock:
            found = self._known.get(view.digest)
        if found is None:
            found = _read(view)
            with self._lock:
                while len(self._known) >= self._most:
                    del self._known[next(iter(self._known))]
                self._known[view.digest] = found
        return found


def _named(terms: Mapping[str, Term], name: str) -> Term | None:
    if name in terms:
        return terms[name]
    if name.partition(":")[0] in PREFIXES and ":" in name:
        return terms.get(expand(name))
    wanted = name.casefold()
    return next(
        (term for iri, term in terms.items() if iri.startswith(PREFIXES["cg"]) and term.id[3:].casefold() == wanted),
        None,
    )


def _read(view: View) -> Vocabulary:
    here = {"graph": _SNAPSHOT}
    classes = {row["class"].value: int(row["entities"].value) for row in view.rows(_ENTITIES, here)}
    properties = {row["property"].value: int(row["triples"].value) for row in view.rows(_USED_AT_ALL, here)}
    by_class: defaultdict[str, dict[str, int]] = defaultdict(dict)
    for row in view.rows(_USED, here):
        by_class[row["class"].value][row["property"].value] = int(row["triples"].value)
    datatypes: defaultdict[str, set[str]] = defaultdict(set)
    to_things = set()
    for row in view.rows(_VALUES, here):
        if "datatype" in row:
            datatypes[row["property"].value].add(row["datatype"].value)
        else:
            to_things.add(row["property"].value)
    above: defaultdict[str, list[str]] = defaultdict(list)
    for row in view.rows(_ABOVE, {"graphs": Literal(BASE + "graph/ontology/")}):
        above[row["class"].value].append(row["parent"].value)
    said = {row["term"].value: row for row in view.rows(_SAID % _written((*classes, *properties)))}
    return Vocabulary(
        _terms(classes, said),
        _terms(properties, said),
        by_class,
        {kind: tuple(sorted(parents)) for kind, parents in above.items()},
        {name: frozenset(kinds) for name, kinds in datatypes.items()},
        frozenset(to_things),
    )


def _written(iris: Iterable[str]) -> str:
    return " ".join(str(NamedNode(iri)) for iri in iris)


def _terms(counts: Mapping[str, int], said: Mapping[str, Row]) -> dict[str, Term]:
    ordered = sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))
    return {iri: _term(iri, count, said.get(iri, {})) for iri, count in ordered}


def _term(iri: str, count: int, row: Row) -> Term:
    short = shorten(iri)
    name = row["label"].value if "label" in row else short.partition(":")[2] or short
    return Term(iri, short, name, row["definition"].value if "definition" in row else "", count)
