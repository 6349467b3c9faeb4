"""The ontology keeps to OWL Lite and OWL 2 RL, and the alignments beside it to plain mappings."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from pyoxigraph import NamedNode

from claimgraph.check.codes import CODES
from claimgraph.check.finding import Finding
from claimgraph.check.names import names
from claimgraph.check.owl import lite, rl
from claimgraph.sparql.prefixes import PREFIXES, shorten

if TYPE_CHECKING:
    from collections.abc import Iterator

    from claimgraph.check.corpus import Corpus
    from claimgraph.check.owl.facts import Statement
    from claimgraph.check.owl.violation import Violation

_MAPPINGS: Final = names("skos", "closeMatch exactMatch broadMatch narrowMatch relatedMatch")
_NOTES: Final = names("rdfs", "label comment seeAlso")
_DESCRIPTIONS: Final = PREFIXES["dcterms"]


def owl_profiles(corpus: Corpus) -> Iterator[Finding]:
    """Check the modules of the ontology, taken together, for OWL Lite, and what remains for OWL 2 RL.

    A statement that breaks both profiles is one fault and gives one finding.
    """
    documents = [source.positions for source in corpus.of("ontology")]
    reported: set[Statement] = set()
    for violation in lite.violations(documents):
        reported.add(violation.statement)
        yield _finding(violation)
    for violation in rl.violations(documents):
        if violation.statement not in reported:
            yield _finding(violation)


def _finding(violation: Violation) -> Finding:
    source = CODES[violation.code].source
    return Finding(violation.statement.place, violation.code, violation.message, f"see {source}" if source else "")


def alignments(corpus: Corpus) -> Iterator[Finding]:
    """Check that the alignments, which are outside OWL Lite, hold annotations and mappings alone."""
    for statement in corpus.statements("alignments"):
        allowed = statement.predicate in _MAPPINGS | _NOTES or statement.predicate.value.startswith(_DESCRIPTIONS)
        is_graph = statement.subject == statement.source.graph
        if not allowed and not is_graph:
            message = f"{shorten(statement.predicate.value)} is no mapping"
            yield Finding(statement.at(statement.predicate_at), "CG320", message)
        elif statement.predicate in _MAPPINGS and not isinstance(statement.object, NamedNode):
            yield Finding(statement.at(statement.object_at), "CG320", "a mapping leads to an IRI")
