"""The steps of a check, in order: those that judge data, and those that judge everything else."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from claimgraph.check import (
    dangling,
    documentation,
    prefixes,
    profiles,
    queries,
    quotes,
    rules,
    shapes,
    terms,
    texts,
)
from claimgraph.check.house import chains, dossiers, leftovers, likeness, times
from claimgraph.check.house.answers import silent_queries

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from claimgraph.check.corpus import Corpus
    from claimgraph.check.finding import Finding

    Step = Callable[[Corpus], Iterator[Finding]]

ON_DATA: Final[tuple[Step, ...]] = (
    prefixes.rebound_prefixes,
    terms.undeclared_terms,
    terms.wrong_kinds,
    terms.wrong_values,
    terms.outside_domain_or_range,
    terms.deprecated_terms,
    terms.asserted_identities,
    dangling.dangling_iris,
    documentation.missing_labels,
    documentation.missing_licences,
    documentation.shared_identifiers,
    quotes.evidence,
    times.faulty_edtf,
    times.dates_after_the_record,
    times.effects_before_causes,
    chains.loops,
    likeness.labels_given_twice,
    likeness.near_duplicate_actors,
    leftovers.orphans,
    leftovers.items_without_custody,
    leftovers.unowned_readings,
    dossiers.claims_without_a_dossier,
    shapes.violated_shapes,
)
"""What judges data; some of these judge the ontology too."""

STEPS: Final[tuple[Step, ...]] = (
    *ON_DATA,
    documentation.undocumented_terms,
    profiles.owl_profiles,
    profiles.alignments,
    texts.rebound_names,
    texts.undeclared_names,
    queries.faulty_queries,
    rules.faulty_rules,
    silent_queries,
)
