"""Names to pick from: the things that a parameter can stand for, by label, alternative label and identifier.

Where there are few of a kind, all of them stand in the page. Of others the page asks while somebody types, and what was
typed is looked up in the search index.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from threading import Lock
from typing import TYPE_CHECKING

from claimgraph.errors import BadParameter, SnapshotError
from claimgraph.search import LONGEST, find
from claimgraph.sparql.prefixes import expand, shorten

if TYPE_CHECKING:
    from collections.abc import Mapping

    from claimgraph.catalog import CannedQuery, Parameter
    from claimgraph.search import Hit, Thing
    from claimgraph.web.service import Row, View

KINDS = {
    "actor": "cg:Actor",
    "weapon": "cg:WeaponModel",
    "event": "cg:WorldEvent",
    "place": "cg:Place",
    "document": "cg:Document",
    "dossier": "cg:Dossier",
    "statement": "cg:Claim",
    "proposition": "cg:Proposition",
}
"""The class of the things that a parameter of a name stands for."""

_MENTION = expand("cg:Mention")
_MOST = 500
_FEW = 12
_TOLD = 3
_SAME = 100.0  # the score of a name that is the very one
_NAMES = f"""SELECT ?thing (MIN(?one) AS ?label) (GROUP_CONCAT(DISTINCT ?other; separator="\\n") AS ?others)
  (MIN(?id) AS ?identifier) {{
  {{ SELECT DISTINCT ?thing {{ ?thing a %s FILTER NOT EXISTS {{ ?thing a cg:Mention }} }} LIMIT {_MOST + 1} }}
  ?thing rdfs:label|cg:canonicalText ?one FILTER(LANG(?one) IN ("", "en"))
  OPTIONAL {{ ?thing skos:altLabel ?other }} OPTIONAL {{ ?thing dcterms:identifier ?id }}
}} GROUP BY ?thing"""


@dataclass(frozen=True, slots=True)
class Choice:
    """Be one thing to pick: what is written into the field, and what is said of it beside."""

    value: str
    note: str


@dataclass(frozen=True, slots=True)
class Names:
    """Hold the choices of one kind, the IRI of each value (in small letters), and the value of each IRI.

    Where the things are too many to be listed, ``kind`` is their class, by which they are found.
    """

    choices: tuple[Choice, ...]
    iris: Mapping[str, str]
    values: Mapping[str, str]
    kind: str = ""

    @property
    def few(self) -> tuple[Choice, ...]:
        """Return the choices where there are so few things, each with one name, that people see all of them at once."""
        return self.choices if len(self.choices) == len(self.values) <= _FEW else ()


_NONE = Names((), {}, {})


class Directory:
    """Know the names in the snapshot in service; they are read once for each snapshot."""

    def __init__(self) -> None:
        """Begin with nothing read."""
        self._digest = ""
        self._names: dict[str, Names] = {}
        self._lock = Lock()

    def names(self, view: View, parameter: Parameter) -> Names:
        """Return the names for a parameter: none where it takes no thing; where there are many, only their kind."""
        kind = KINDS.get(parameter.name) if parameter.type == "iri" else None
        if kind is None:
            return _NONE
        with self._lock:
            if view.digest != self._digest:
                self._digest, self._names = view.digest, {}
            known = self._names.get(kind)
        if known is None:
            known = _read(view, kind)
            with self._lock:
                if view.digest == self._digest:
                    self._names[kind] = known
        return known

    def resolve(self, view: View, canned: CannedQuery, given: Mapping[str, str]) -> dict[str, str]:
        """Return the value of each parameter, defaults included, with IRIs in the place of names.

        What is left empty, or is written with a colon, stays as it is: no name with a colon is listed.

        Raises:
            BadParameter: a name is that of several things, or of none.
        """
        values: dict[str, str] = {}
        for parameter in canned.parameters.values():
            value = given.get(parameter.name, parameter.default)
            if value is None:
                continue
            is_name = ":" not in value and parameter.name in KINDS and parameter.type == "iri"
            values[parameter.name] = self._thing(view, parameter, value) if is_name and value.strip() else value
        return {**given, **values} if set(given) - set(values) else values

    def written(self, view: View, parameter: Parameter, value: str) -> str:
        """Return what stands in the field of a parameter for a value: a name that leads back to it, if there is one."""
        names = self.names(view, parameter)
        if value in names.values:
            return names.values[value]
        thing = view.index.named([value]).get(value) if names.kind and value else None
        found = (name for name in _plain_names(thing) if self._found(view, parameter, name) == [value]) if thing else ()
        return next(iter(found), shorten(value))

    def _thing(self, view: View, parameter: Parameter, value: str) -> str:
        """Return the IRI of what is called so, or the value itself where it is an identifier."""
        known = self.names(view, parameter).iris.get(value.strip().casefold())
        if known or view.resolve(value):
            return known or value
        found = self._found(view, parameter, value)
        if len(found) == 1:
            return found[0]
        called = ", ".join(map(shorten, found[:_TOLD]))
        near = " or ".join(hit.name for hit in _search(view, parameter, value)[:_TOLD])
        hint = f"several are called so: {called}" if called else "nothing is called so"
        hint += f"; did you mean {near}?" if near and not called else ""
        raise BadParameter(parameter.name, f"a name, {parameter.spoken_type}", value, hint=hint)

    def _found(self, view: View, parameter: Parameter, name: str) -> list[str]:
        """List what has a name, whatever its accents and capitals."""
        return [hit.thing.iri for hit in _search(view, parameter, name) if hit.score == _SAME]


def _search(view: View, parameter: Parameter, name: str) -> list[Hit]:
    """Search the things that a parameter takes; a snapshot of an older version has nothing to search in."""
    if len(name) > LONGEST or not any(map(str.isalnum, name)):
        return []
    try:
        hits = find(view.index, name, [frozenset({expand(KINDS[parameter.name])})]).hits
    except SnapshotError:
        return []
    return [hit for hit in hits if _MENTION not in hit.thing.classes]


def _plain_names(thing: Thing) -> list[str]:
    """List the names of a thing that can be told from a CURIE, the shortest first where its label cannot."""
    names = [name for name in sorted(thing.names, key=len) if ":" not in name]
    return [thing.label, *names] if ":" not in thing.label else names


def _read(view: View, kind: str) -> Names:
    rows = view.rows(_NAMES % kind)
    if len(rows) > _MOST:
        return Names((), {}, {}, kind)
    labels = Counter(row["label"].value.casefold() for row in rows)
    choices: list[Choice] = []
    iris: dict[str, str] = {}
    values: dict[str, str] = {}
    for row in sorted(rows, key=lambda row: row["label"].value.casefold()):
        iri, label = row["thing"].value, row["label"].value
        is_plain = labels[label.casefold()] == 1 and ":" not in label
        value = _text(row, "identifier") or (label if is_plain else shorten(iri))
        values[iri] = value
        iris[value.casefold()] = iri
        choices.append(Choice(value, label if value != label else ""))
        others = [other for other in _text(row, "others").split("\n") if other and ":" not in other]
        choices += [Choice(other, label) for other in others if _is_free(other.casefold(), labels, iris)]
        iris.update((other.casefold(), iri) for other in others if _is_free(other.casefold(), labels, iris))
    return Names(tuple(choices), iris, values)


def _text(row: Row, name: str) -> str:
    return row[name].value if name in row else ""


def _is_free(name: str, labels: Mapping[str, int], iris: Mapping[str, str]) -> bool:
    return name not in labels and name not in iris
