"""A thing as JSON that a program can read without knowing RDF, and that is JSON-LD all the same.

The thing stands at the top, under short names; what it points to stands inside it, with kind, label and the other texts
and numbers that are said of it. The context tells what the names stand for.
"""

from __future__ import annotations

import json
from collections import defaultdict
from typing import TYPE_CHECKING, Any, Final

from pyoxigraph import BlankNode, Literal, NamedNode

from claimgraph.formats import Format
from claimgraph.sparql.prefixes import BASE, expand, shorten
from claimgraph.web.context import names_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from claimgraph.web.about import About
    from claimgraph.web.context import Name, Names
    from claimgraph.web.service import Term, View
    from claimgraph.web.vocabulary import Vocabulary

    Said = dict[str, list[Term]]
    """The values of each property, by IRI."""

COMPACT: Final = Format("json", "JSON", "application/json", "json", "graph")
_TYPE: Final = expand("rdf:type")
_INNER: Final = """SELECT ?s ?p ?o { VALUES ?s { %s } ?s ?p ?o
  FILTER(ISLITERAL(?o) || (?p = rdf:type && STRSTARTS(STR(?o), STR(cg:)))) }"""
_NATIVE: Final = {expand("xsd:boolean"): {"true": True, "false": False}}
_INTEGER, _STRING = expand("xsd:integer"), expand("xsd:string")
_DEEPEST: Final = 3


def write_compact(view: View, vocabulary: Vocabulary, about: About, host: str) -> str:
    """Write what the snapshot says of a thing."""
    said: defaultdict[Term, Said] = defaultdict(lambda: defaultdict(list))
    for stated in about.own:
        _add(said, stated.subject, stated.predicate.value, stated.object)
    inner = {stated.object for stated in about.own if _is_ours(stated.object)} - {NamedNode(about.iri)}
    if inner:
        for row in view.rows(_INNER % " ".join(sorted(map(str, inner)))):
            _add(said, row["s"], row["p"].value, row["o"])
    writer = _Writer(names_of(view, vocabulary), vocabulary, said)
    told = {"@context": f"{host}/context.jsonld", **writer.node(NamedNode(about.iri), 0)}
    return json.dumps(told, ensure_ascii=False, indent=1) + "\n"


def _add(said: dict[Term, Said], subject: Term, predicate: str, value: Term) -> None:
    if value not in said[subject][predicate]:
        said[subject][predicate].append(value)


def _is_ours(term: Term) -> bool:
    return isinstance(term, NamedNode) and term.value.startswith(BASE)


class _Writer:
    """Write nodes, each with what is said of it."""

    def __init__(self, names: Names, vocabulary: Vocabulary, said: Mapping[Term, Said]) -> None:
        self._names = names
        self._counts = {iri: term.count for iri, term in vocabulary.classes.items()}
        self._said = said

    def node(self, term: Term, depth: int) -> dict[str, Any]:
        """Write a node: its name, its kinds with the most particular first, and its properties by name."""
        own = self._said.get(term, {}) if depth < _DEEPEST else {}
        told: dict[str, Any] = {} if isinstance(term, BlankNode) else {"id": term.value}
        kinds = [kind.value for kind in own.get(_TYPE, ()) if _is_ours(kind)]
        if kinds:
            ordered = sorted(kinds, key=lambda kind: (self._counts.get(kind, 0), kind))
            told["type"] = [self._names.classes.get(kind, shorten(kind)) for kind in ordered]
        known = [(self._names.properties[iri], values) for iri, values in own.items() if iri in self._names.properties]
        for name, values in sorted(known, key=lambda pair: (pair[0].name != "label", pair[0].name)):
            if name.iri != _TYPE:
                told[name.name] = self._values(name, values, depth)
        return told

    def _values(self, name: Name, values: Sequence[Term], depth: int) -> Any:  # noqa: ANN401 - JSON
        written = [self._value(name, value, depth) for value in _in_order(values)]
        return written if name.is_many or len(written) > 1 else written[0]

    def _value(self, name: Name, value: Term, depth: int) -> Any:  # noqa: ANN401 - JSON
        if not isinstance(value, Literal):
            return self.node(value, depth + 1)
        return _literal(name, value)


def _in_order(values: Iterable[Term]) -> list[Term]:
    """Put English before other languages, and the rest in an order that does not depend on the engine."""
    return sorted(values, key=lambda value: (getattr(value, "language", None) not in {None, "en"}, str(value)))


def _literal(name: Name, value: Literal) -> Any:  # noqa: ANN401 - JSON
    """Write a literal as the context says it stands, or else with its language or datatype beside it."""
    if value.language:
        is_told = name.is_english and value.language == "en"
        return value.value if is_told else {"@value": value.value, "@language": value.language}
    datatype = value.datatype.value
    if datatype == _STRING:
        return {"@value": value.value} if name.is_english or name.datatype else value.value
    if name.datatype != datatype:
        return {"@value": value.value, "@type": shorten(datatype)}
    if datatype == _INTEGER and value.value == str(_whole(value.value)):
        return int(value.value)
    return _NATIVE.get(datatype, {}).get(value.value, value.value)


def _whole(text: str) -> int | None:
    return int(text) if text.lstrip("-").isdecimal() else None
