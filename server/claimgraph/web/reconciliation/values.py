"""The values that properties of things have: as they are fetched, and as they are held against what a client gives."""

from __future__ import annotations

import math
from collections import defaultdict
from typing import TYPE_CHECKING, Any, Final

from pyoxigraph import BlankNode, Literal, NamedNode

from claimgraph.search import likeness, match
from claimgraph.sparql.prefixes import expand, shorten
from claimgraph.web.reconciliation.entities import id_of, iri_of, is_entity, names_of

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

    from claimgraph.search import Thing
    from claimgraph.web.reconciliation.asked import Extension, Value
    from claimgraph.web.reconciliation.entities import Ground
    from claimgraph.web.service import Term, View

    Found = dict[str, dict[str, list[Term]]]
    """The values of each property of each thing, both by IRI."""

# One VALUES of pairs: the engine joins two of them with each other first, and then with all triples there are.
_OF: Final = "SELECT DISTINCT ?thing ?property ?value { VALUES (?thing ?property) { %s } ?thing ?property ?value }"
_WITH: Final = "SELECT DISTINCT ?thing { VALUES ?value { %s } ?thing ?property ?value } LIMIT 500"
_AT_ONCE: Final = 4000  # properties of things in one query
_SAME: Final = 99.0
_TEXTS: Final = frozenset({expand("xsd:string"), expand("rdf:langString")})
_INTEGERS: Final = frozenset(expand("xsd:" + name) for name in ("integer", "int", "long", "nonNegativeInteger"))
_NUMBERS: Final = frozenset(expand("xsd:" + name) for name in ("decimal", "double", "float"))
_GUESSED: Final = tuple(NamedNode(expand("xsd:" + name)) for name in ("integer", "decimal", "date", "boolean", "gYear"))


def values_of(view: View, things: Collection[str], properties: Collection[str]) -> Found:
    """Look up the values of properties of things, all of them by IRI; sorted, and without blank nodes."""
    found: Found = defaultdict(lambda: defaultdict(list))
    pairs = [f"({NamedNode(thing)} {NamedNode(of)})" for thing in dict.fromkeys(things) for of in properties]
    for start in range(0, len(pairs), _AT_ONCE):
        for row in view.rows(_OF % " ".join(pairs[start : start + _AT_ONCE])):
            if not isinstance(row["value"], BlankNode):
                found[row["thing"].value][row["property"].value].append(row["value"])
    for of_thing in found.values():
        for values in of_thing.values():
            values.sort(key=str)
    return found


def things_with(ground: Ground, iri: str, values: Iterable[Value]) -> list[Thing]:
    """Find things whose property has one of some values: the thing of an identifier or a name, or a literal."""
    terms: list[NamedNode | Literal] = []
    for value in values:
        if value.id:
            terms.append(NamedNode(_safe(iri_of(value.id))))
            continue
        terms += [Literal(value.text), Literal(value.text, language="en")]
        terms += [Literal(value.text, datatype=kind) for kind in _GUESSED]
        hits = match(ground.view.index, value.text, most=20)
        terms += [NamedNode(hit.thing.iri) for hit in hits if hit.score >= _SAME]
    rows = ground.view.rows(_WITH % " ".join(map(str, terms)), {"property": NamedNode(iri)})
    known = ground.view.index.named([row["thing"].value for row in rows])
    return [thing for thing in known.values() if is_entity(thing)]


def agreement(wanted: Sequence[Value], values: Iterable[Term], names: Mapping[str, tuple[str, ...]]) -> float:
    """Say, from 0 to 100, how well the best of some values agrees with one of those that are wanted."""
    return max((_agreement(one, term, names) for one in wanted for term in values), default=0.0)


def _agreement(wanted: Value, term: Term, names: Mapping[str, tuple[str, ...]]) -> float:
    if wanted.id or isinstance(term, NamedNode):
        if term.value == iri_of(wanted.id or wanted.text):
            return 100.0
        own = names.get(term.value, ()) if not wanted.id else ()
        return max((likeness(wanted.text, name) for name in own), default=0.0)
    if isinstance(term, Literal) and term.datatype.value not in _TEXTS:
        return 100.0 * (term.value == wanted.text or _number(term.value) == _number(wanted.text) is not None)
    return likeness(wanted.text, term.value)


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None


def extend(ground: Ground, asked: Extension) -> dict[str, Any]:
    """Answer a data extension query.

    Raises:
        UnknownName: there is no thing of an identifier.
        UsageError: there is no property of a name.
    """
    things = {name: ground.thing_or_not(name).iri for name in asked.ids}
    properties = [(name, ground.property(name), most) for name, most in asked.properties]
    found = values_of(ground.view, things.values(), [term.iri for _, term, _ in properties])
    values = (term for of_thing in found.values() for terms in of_thing.values() for term in terms)
    names = names_of(ground.view, (term.value for term in values if isinstance(term, NamedNode)))
    rows = {
        name: {
            wanted: [_cell(term, names) for term in found.get(iri, {}).get(known.iri, ())[:most]]
            for wanted, known, most in properties
        }
        for name, iri in things.items()
    }
    return {"meta": [{"id": wanted, "name": known.name} for wanted, known, _ in properties], "rows": rows}


def _cell(term: Term, names: Mapping[str, tuple[str, ...]]) -> dict[str, Any]:
    """Write a value; a day stays a text, for the specification's dates have a time of day that nobody stated."""
    if isinstance(term, NamedNode):
        id_ = id_of(term.value)
        return {"id": id_, "name": names[term.value][0]} if id_ != term.value else {"str": shorten(term.value)}
    kind = term.datatype.value if isinstance(term, Literal) else ""
    number = _number(term.value)
    if number is not None and math.isfinite(number) and kind in _INTEGERS | _NUMBERS:
        return {"int": int(term.value)} if kind in _INTEGERS else {"float": number}
    return {"date": term.value} if kind == expand("xsd:dateTime") else {"str": term.value}


def _safe(iri: str) -> str:
    """Return an IRI, or one that names nothing where the text is none."""
    try:
        return NamedNode(iri).value
    except ValueError:
        return iri_of("")
