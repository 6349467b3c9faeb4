"""What people read: labels and identifiers of things, documentation of terms, licences of files."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from pyoxigraph import NamedNode

from claimgraph.check.finding import Finding
from claimgraph.check.names import LABEL, RDF_TYPE, name, names
from claimgraph.check.owl.vocabulary import PROPERTY_TYPES
from claimgraph.check.vocabulary import OURS
from claimgraph.errors import Place
from claimgraph.sparql.prefixes import PREFIXES, shorten

if TYPE_CHECKING:
    from collections.abc import Iterator

    from claimgraph.check.corpus import Corpus, Statement

_IDENTIFIER: Final = name("dcterms:identifier")
_LICENCE: Final = name("dcterms:license")
_LABELS: Final = (LABEL, name("skos:prefLabel"))
_DOCUMENTATION: Final = (LABEL, name("skos:definition"), name("skos:example"), name("rdfs:isDefinedBy"))
_TERM_TYPES: Final = PROPERTY_TYPES | names("owl", "Class DeprecatedClass DeprecatedProperty")
_RESOURCES: Final = PREFIXES["id"]


def missing_labels(corpus: Corpus) -> Iterator[Finding]:
    """Find typed resources of ours that have no label in any file."""
    labelled = {s.subject for s in corpus.statements("ontology") if s.predicate in _LABELS}
    labelled.update(s.subject for label in _LABELS for s in corpus.with_predicate(label))
    seen = set(labelled)
    for statement in corpus.with_predicate(RDF_TYPE):
        subject = statement.subject
        if subject in seen or not isinstance(subject, NamedNode):
            continue
        seen.add(subject)
        if subject.value.startswith(_RESOURCES):
            place = statement.at(statement.subject_at)
            yield Finding(place, "CG201", f"{shorten(subject.value)} has no rdfs:label")


def missing_licences(corpus: Corpus) -> Iterator[Finding]:
    """Find files that do not state the licence of their own graph."""
    for source in corpus.sources:
        if not any(p == _LICENCE and s == source.graph for s, p, _ in source.positions):
            place = source.positions.subject(source.graph) or Place(source.positions.file, 1, 1)
            hint = f"add <{source.graph.value}> dcterms:license <...> ."
            yield Finding(place, "CG202", "the file states no licence of its graph", hint)


def shared_identifiers(corpus: Corpus) -> Iterator[Finding]:
    """Find identifiers that two things have: commands and queries name things by them."""
    first: dict[str, Statement] = {}
    for statement in corpus.with_predicate(_IDENTIFIER):
        identifier = statement.object.value
        owner = first.setdefault(identifier, statement)
        if owner.subject != statement.subject:
            message = f"{identifier} is the identifier of another thing too"
            yield Finding(statement.at(statement.object_at), "CG204", message, f"see {owner.at(owner.object_at)}")


def undocumented_terms(corpus: Corpus) -> Iterator[Finding]:
    """Find classes and properties of ours that lack a label, definition, example or isDefinedBy."""
    for source in corpus.of("ontology"):
        for subject, triples in source.positions.subjects.items():
            is_term = any(t[1] == RDF_TYPE and t[2] in _TERM_TYPES for t in triples)
            if not is_term or not isinstance(subject, NamedNode) or not subject.value.startswith(OURS):
                continue
            said = {t[1] for t in triples}
            missing = [shorten(wanted.value) for wanted in _DOCUMENTATION if wanted not in said]
            if missing:
                place = source.positions.at(triples[0][3])
                yield Finding(place, "CG203", f"{shorten(subject.value)} has no {' and no '.join(missing)}")
