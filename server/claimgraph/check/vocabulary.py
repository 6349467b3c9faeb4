"""What the ontology declares, as the data checks ask for it: kinds, classes above classes, domains and ranges."""

from __future__ import annotations

from collections import defaultdict
from difflib import get_close_matches
from functools import cached_property
from typing import TYPE_CHECKING, Final

from pyoxigraph import NamedNode

from claimgraph.check.names import DOMAIN, RANGE, SUBCLASS, name
from claimgraph.check.owl.facts import Facts
from claimgraph.sparql.prefixes import PREFIXES, shorten

if TYPE_CHECKING:
    from collections.abc import Iterable

    from claimgraph.check.corpus import Corpus
    from claimgraph.dataset.positions import Term

OURS: Final = PREFIXES["cg"]
_EQUIVALENT: Final = name("owl:equivalentClass")
_SURE: Final = 0.6


class Vocabulary:
    """Answer which terms exist and how they hang together."""

    def __init__(self, corpus: Corpus) -> None:
        """Read the modules of the ontology."""
        self.facts = Facts([source.positions for source in corpus.of("ontology")])

    @cached_property
    def properties(self) -> set[Term]:
        """Every declared property, annotation properties among them."""
        facts = self.facts
        return facts.object_properties | facts.data_properties | facts.annotation_properties

    @cached_property
    def declared(self) -> set[Term]:
        """Every name that the ontology describes."""
        return {subject for subject in self.facts.by_subject if isinstance(subject, NamedNode)}

    @cached_property
    def deprecated(self) -> set[Term]:
        """Classes and properties that are declared to be deprecated."""
        gone = {name("owl:DeprecatedClass"), name("owl:DeprecatedProperty")}
        return {term for term, types in self.facts.types.items() if types & gone}

    @cached_property
    def _above(self) -> dict[Term, set[Term]]:
        direct: defaultdict[Term, set[Term]] = defaultdict(set)
        for statement in self.facts.statements:
            if statement.predicate in {SUBCLASS, _EQUIVALENT}:
                direct[statement.subject].add(statement.object)
            if statement.predicate == _EQUIVALENT:
                direct[statement.object].add(statement.subject)
        return {term: _closure(term, direct) for term in self.facts.classes}

    def above(self, class_: Term) -> set[Term]:
        """Return a class and everything above it."""
        return self._above.get(class_, {class_})

    @cached_property
    def domains(self) -> dict[Term, set[Term]]:
        """The classes that each property's subjects belong to."""
        return self._by_property(DOMAIN)

    @cached_property
    def ranges(self) -> dict[Term, set[Term]]:
        """The classes or datatypes that each property's values belong to."""
        return self._by_property(RANGE)

    def _by_property(self, axiom: NamedNode) -> dict[Term, set[Term]]:
        found: defaultdict[Term, set[Term]] = defaultdict(set)
        for statement in self.facts.statements:
            if statement.predicate == axiom:
                found[statement.subject].add(statement.object)
        return dict(found)

    def suggestion(self, term: NamedNode) -> str:
        """Say which declared name of the same namespace is spelt most like the term, or nothing."""
        known = {shorten(other.value): other for other in self.declared if isinstance(other, NamedNode)}
        return did_you_mean(shorten(term.value), known)


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """Ask whether the nearest of some known words was meant; empty when none is near."""
    prefix, _, local = word.rpartition(":")
    locals_ = {k.rpartition(":")[2]: k for k in known if k.rpartition(":")[0] == prefix}
    lower = {key.lower(): key for key in locals_}
    near = get_close_matches(local.lower(), lower, n=1, cutoff=_SURE)
    return f"did you mean {locals_[lower[near[0]]]}?" if near else ""


def _closure(term: Term, direct: dict[Term, set[Term]]) -> set[Term]:
    found = {term}
    waiting = [term]
    while waiting:
        new = direct.get(waiting.pop(), set()) - found
        found |= new
        waiting.extend(new)
    return found
