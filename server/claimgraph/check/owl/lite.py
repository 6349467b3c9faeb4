"""The OWL Lite checker: every rule of the profile over the modules of one ontology.

It works on triples, as OWL Semantics and Abstract Syntax section 4 defines which graphs are OWL Lite
(https://www.w3.org/TR/owl-semantics/mapping.html). No other tool tests OWL Lite.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from claimgraph.check.owl import lite_axioms, lite_individuals, lite_names, lite_restrictions
from claimgraph.check.owl.facts import Facts

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from claimgraph.check.owl.violation import Violation
    from claimgraph.dataset.positions import Positions

RULES: Final[tuple[Callable[[Facts], Iterator[Violation]], ...]] = (
    lite_names.richer_constructs,
    lite_names.two_kinds,
    lite_names.undeclared_properties,
    lite_names.built_in_subjects,
    lite_names.undeclared_the_owl_way,
    lite_names.unchecked_imports,
    lite_axioms.class_axioms,
    lite_axioms.anonymous_classes,
    lite_axioms.intersections,
    lite_axioms.domains_and_ranges,
    lite_axioms.property_axioms,
    lite_axioms.object_traits,
    lite_restrictions.restriction_form,
    lite_restrictions.untyped_restrictions,
    lite_restrictions.fillers,
    lite_restrictions.cardinalities,
    lite_restrictions.counted_transitives,
    lite_individuals.undeclared_classes,
    lite_individuals.untyped_subjects,
    lite_individuals.assertions,
)


def violations(documents: Sequence[Positions]) -> Iterator[Violation]:
    """Report every statement that keeps the modules, taken together, from being OWL Lite."""
    facts = Facts(documents)
    for rule in RULES:
        yield from rule(facts)
