"""Names to pick from: the things that a parameter can stand for, by label, alternative label and identifier."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from threading import Lock
from typing import TYPE_CHECKING

from claimgraph.sparql.prefixes import shorten

if TYPE_CHECKING:
    from collections.abc import Mapping

    from claimgraph.catalog import CannedQuery, Parameter
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

_MOST = 500
_FEW = 12
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
    """Hold the choices of one kind, the IRI of each value (in small letters), and the value of each IRI."""

    choices: tuple[Choice, ...]
    iris: Mapping[str, str]
    values: Mapping[str, str]

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
        """Return the names for a parameter: none where it takes no such thing, or where there are too many to list."""
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

        What is left empty, or names nothing here, stays as it is.
        """
        values: dict[str, str] = {}
        for parameter in canned.parameters.values():
            value = given.get(parameter.name, parameter.default)
            if value is None:
                continue
            known = {} if ":" in value else self.names(view, parameter).iris  # names with a colon are not listed
            values[parameter.name] = known.get(value.strip().casefold(), value)
        return {**given, **values} if set(given) - set(values) else values


def _read(view: View, kind: str) -> Names:
    rows = view.rows(_NAMES % kind)
    if len(rows) > _MOST:
        return _NONE
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
