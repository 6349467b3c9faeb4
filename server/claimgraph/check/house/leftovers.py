"""Nothing is left over: nodes that nothing leads to, items without custody, readings that nobody answers for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from pyoxigraph import NamedNode

from claimgraph.check.finding import Finding
from claimgraph.check.names import RDF_TYPE, name, names
from claimgraph.sparql.prefixes import PREFIXES, shorten

if TYPE_CHECKING:
    from collections.abc import Iterator

    from claimgraph.check.corpus import Corpus

_DEPENDENT: Final = names(
    "cg",
    "Proposition OccurrenceProposition MetaProposition Passage Note Basis StatedBasis BasisReportedUnspecified "
    "BasisNotReported BasisNotApplicable TimeSpan Mention UnidentifiedSource Narrator",
)
"""What exists only because something else speaks of it."""
_ITEM: Final = name("cg:EvidenceItem")
_CUSTODY: Final = name("cg:custodyItem")
_ADDRESS: Final = name("cg:evidenceUrl")
_READING_GRAPH: Final = name("cg:ReadingGraph")
_ANSWERED_FOR: Final = names("cg", "restsOn assessedBy")
_RESOURCES: Final = PREFIXES["id"]


def orphans(corpus: Corpus) -> Iterator[Finding]:
    """Find propositions, passages, bases, times and mentions that nothing leads to."""
    used = {s.object for predicate in corpus.predicates - {RDF_TYPE} for s in corpus.with_predicate(predicate)}
    used.update(corpus.led_to)
    for statement in corpus.with_predicate(RDF_TYPE):
        is_dependent = statement.object in _DEPENDENT and corpus.judges(statement.subject)
        if is_dependent and statement.subject not in used:
            message = f"nothing leads to {shorten(statement.subject.value)}"
            yield Finding(statement.at(statement.subject_at), "CG809", message)


def items_without_custody(corpus: Corpus) -> Iterator[Finding]:
    """Find items of evidence of which no step of custody tells; a picture at an address is in nobody's custody."""
    kept = {statement.object for statement in corpus.with_predicate(_CUSTODY)}
    kept |= {statement.subject for statement in corpus.with_predicate(_ADDRESS)}
    for statement in corpus.with_predicate(RDF_TYPE):
        if statement.object == _ITEM and statement.subject not in kept and corpus.judges(statement.subject):
            message = f"no step of custody tells of {shorten(statement.subject.value)}"
            yield Finding(statement.at(statement.subject_at), "CG810", message)


def unowned_readings(corpus: Corpus) -> Iterator[Finding]:
    """Find what a file of readings says without an assessor and without a reading that it rests on."""
    for source in corpus.of("data"):
        own = source.positions.subjects.get(source.graph, ())
        if not any(triple[2] == _READING_GRAPH for triple in own):
            continue
        for subject, triples in source.positions.subjects.items():
            is_ours = isinstance(subject, NamedNode) and subject.value.startswith(_RESOURCES)
            if is_ours and not any(triple[1] in _ANSWERED_FOR for triple in triples):
                message = f"{shorten(subject.value)} stands among readings, but nobody answers for it"
                yield Finding(source.positions.at(triples[0][3]), "CG811", message)
