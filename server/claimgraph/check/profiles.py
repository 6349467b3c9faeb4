"""The ontology keeps to OWL Lite and OWL 2 RL, and the alignments beside it to plain mappings."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from pyoxigraph import NamedNode

from claimgraph.check.codes import CODES
from claimgraph.check.finding import Finding
from claimgraph.check.names import LABEL, name, names
from claimgraph.check.owl import lite, rl
from claimgraph.sparql.prefixes import PREFIXES, shorten

if TYPE_CHECKING:
    from collections.abc import Iterator

    from claimgraph.check.corpus import Corpus
    from claimgraph.check.owl.violation import Violation

_MAPPINGS: Final = names("skos", "closeMatch exactMatch broadMatch narrowMatch relatedMatch") | {
    LABEL,
    name("rdfs:comment"),
    name("rdfs:seeAlso"),
}
_DESCRIPTIONS: Final = PREFIXES["dcterms"]


def owl_lite(corpus: Corpus) -> Iterator[Finding]:
    """Check the modules of the ontology, taken together, for OWL Lite."""
    for violation in lite.violations([source.positions for source in corpus.of("ontology")]):
        yield _finding(violation)


def owl_rl(corpus: Corpus) -> Iterator[Finding]:
    """Check the modules of the ontology, taken together, for OWL 2 RL."""
    for violation in rl.violations([source.positions for source in corpus.of("ontology")]):
        yield _finding(violation)


def _finding(violation: Violation) -> Finding:
    source = CODES[violation.code].source
    return Finding(violation.statement.place, violation.code, violation.message, f"see {source}" if source else "")


def alignments(corpus: Corpus) -> Iterator[Finding]:
    """Check that the alignments, which are outside OWL Lite, hold annotations and mappings alone."""
    for statement in corpus.statements("alignments"):
        allowed = statement.predicate in _MAPPINGS or statement.predicate.value.startswith(_DESCRIPTIONS)
        is_graph = statement.subject == statement.source.graph
        if not allowed and not is_graph:
            message = f"{shorten(statement.predicate.value)} is no mapping"
            yield Finding(statement.at(statement.predicate_at), "CG320", message)
        elif statement.predicate in _MAPPINGS - {LABEL} and not isinstance(statement.object, NamedNode):
            if statement.predicate.value.startswith(PREFIXES["skos"]):
                yield Finding(statement.at(statement.object_at), "CG320", "a mapping leads to an IRI")
