"""Triples, and the absence of triples, as sentences."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from pyoxigraph import Literal, NamedNode

from claimgraph.explain.sentence import Sentence, counted
from claimgraph.reason.backward.expression import Scalar
from claimgraph.sparql.prefixes import expand, shorten

if TYPE_CHECKING:
    from pyoxigraph import Store

    from claimgraph.reason.backward.fact import Fact
    from claimgraph.reason.backward.pattern import Term
    from claimgraph.reason.backward.solution import Absence

_NAMES = tuple(NamedNode(expand(name)) for name in ("dcterms:identifier", "rdfs:label", "skos:prefLabel"))
_VERBS: dict[Term, str] = {
    NamedNode(expand(predicate)): verb
    for predicate, verb in {
        "rdf:type": "is of the class",
        "rdfs:label": "has the label",
        "rdfs:subClassOf": "is narrower than",
        "rdfs:subPropertyOf": "is narrower than",
        "rdfs:domain": "is said only of members of",
        "rdfs:range": "has as values only members of",
        "owl:inverseOf": "is the inverse of",
        "owl:equivalentClass": "is equivalent to",
        "owl:equivalentProperty": "is equivalent to",
        "owl:onProperty": "restricts the property",
        "owl:allValuesFrom": "allows only values of the class",
    }.items()
}
_KEPT = 100_000


class Words:
    """Name things as people do: by their identifier or their label, and otherwise by their short IRI."""

    def __init__(self, store: Store) -> None:
        """Keep the store that has the labels."""
        self._store = store
        self._known: dict[Term, str] = {}

    def name(self, term: Term) -> str:
        """Name a term."""
        if isinstance(term, Literal):
            return f'"{" ".join(term.value.split())}"'
        label = self._label(term)
        return f"\u201c{label}\u201d" if " " in label else label

    def verb(self, predicate: Term) -> str:
        """Name a property as it stands between its two ends."""
        return _VERBS.get(predicate) or self._label(predicate)

    def sentence(self, fact: Fact) -> str:
        """Say a fact."""
        return f"{self.name(fact.subject)} {self.verb(fact.predicate)} {self.name(fact.value)}"

    def absence(self, absence: Absence) -> str:
        """Say that patterns match nothing."""
        group = absence.group
        if not absence.besides:
            # Where not even the patterns match, it does not matter what would take a match away.
            group = replace(group, filters=tuple(test for test in group.filters if isinstance(test, Scalar)))
        sentence = Sentence(self, absence.binding, counted(group))
        return ("nothing else says that " if absence.besides else "nothing says that ") + sentence.group(group)

    def _label(self, term: Term) -> str:
        if term not in self._known:
            if len(self._known) > _KEPT:
                self._known.clear()
            self._known[term] = self._look_up(term)
        return self._known[term]

    def _look_up(self, term: Term) -> str:
        if isinstance(term, Literal):
            return term.value
        for predicate in _NAMES:
            labels = [quad.object for quad in self._store.quads_for_pattern(term, predicate, None)]
            plain = sorted(one.value for one in labels if isinstance(one, Literal) and one.language in {None, "en"})
            if plain:
                return plain[0]
        return shorten(term.value) if isinstance(term, NamedNode) else "something without a name"
