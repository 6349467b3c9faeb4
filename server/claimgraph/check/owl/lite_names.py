"""OWL Lite on names: no construct of a richer language, one kind of thing a name, every property declared."""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING, Final

from pyoxigraph import NamedNode

from claimgraph.check.names import DOMAIN, LABEL, RANGE, RDF_TYPE, SUBCLASS, SUBPROPERTY, name, names
from claimgraph.check.owl.violation import Violation, show
from claimgraph.check.owl.vocabulary import (
    ANNOTATIONS,
    BUILT_IN,
    CLASS_TYPES,
    DATATYPES,
    EXTREMES,
    NOT_LITE,
    NOT_OWL1,
    ONTOLOGY_PROPERTIES,
    PROPERTY_TYPES,
    STRUCTURE,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from claimgraph.check.owl.facts import Facts, Statement
    from claimgraph.dataset.positions import Term

_AXIOMS: Final = (
    {RDF_TYPE, SUBCLASS, SUBPROPERTY, DOMAIN, RANGE}
    | STRUCTURE
    | names("owl", "equivalentClass equivalentProperty inverseOf intersectionOf sameAs differentFrom")
)
_META_TYPES: Final = (
    CLASS_TYPES
    | PROPERTY_TYPES
    | names("owl", "FunctionalProperty DeprecatedProperty Ontology AllDifferent Thing Nothing")
    | {name("rdf:Property"), name("rdf:List"), name("rdfs:Datatype")}
)
_RDFS_ONLY: Final[dict[Term, tuple[frozenset[NamedNode], str]]] = {
    name("rdfs:Class"): (names("owl", "Class Restriction DeprecatedClass"), "owl:Class"),
    name("rdf:Property"): (PROPERTY_TYPES, "a property of OWL"),
    name("owl:FunctionalProperty"): (PROPERTY_TYPES, "owl:ObjectProperty or owl:DatatypeProperty"),
    name("owl:DeprecatedProperty"): (PROPERTY_TYPES, "a property of OWL"),
}


def richer_constructs(facts: Facts) -> Iterator[Violation]:
    """Find the vocabulary of OWL DL and of OWL 2 that OWL Lite does not have."""
    for statement in facts.statements:
        for term in (statement.predicate, statement.object):
            if term in NOT_LITE:
                yield Violation("CG301", statement, f"{show(term)} is not in OWL Lite")
            elif term in NOT_OWL1:
                yield Violation("CG302", statement, f"{show(term)} came with OWL 2 and is not in OWL Lite")


def two_kinds(facts: Facts) -> Iterator[Violation]:
    """Find names that are two kinds of thing at once."""
    kinds: list[tuple[str, set[Term]]] = [
        ("a class", facts.classes - EXTREMES),
        ("a datatype", facts.datatypes),
        ("an object property", facts.object_properties),
        ("a data property", facts.data_properties),
        ("an annotation property", facts.annotation_properties),
        ("an ontology property", facts.ontology_properties),
        ("an ontology", facts.ontologies),
        (
            "an individual",
            {term for term, types in facts.types.items() if types & (facts.classes | facts.restrictions)},
        ),
    ]
    for term in dict.fromkeys(chain.from_iterable(found for _, found in kinds)):
        mine = [kind for kind, found in kinds if term in found]
        if len(mine) > 1 and not _is_data_property_with_object_traits(facts, term):
            where = facts.statement(term, {RDF_TYPE})
            if where:
                yield Violation("CG303", where[-1], f"{show(term)} is both {' and '.join(mine)}")


def _is_data_property_with_object_traits(facts: Facts, term: Term) -> bool:
    # Reported as CG309, which names the trait.
    return name("owl:DatatypeProperty") in facts.types[term] and name("owl:ObjectProperty") not in facts.types[term]


def undeclared_properties(facts: Facts) -> Iterator[Violation]:
    """Find properties that are used and not declared, annotation properties among them."""
    known = (
        facts.object_properties
        | facts.data_properties
        | facts.annotation_properties
        | facts.ontology_properties
        | _AXIOMS
        | NOT_LITE
        | NOT_OWL1
    )
    for statement in facts.statements:
        if statement.predicate not in known:
            message = f"the property {show(statement.predicate)} is used and not declared"
            yield Violation("CG304", statement, message)


def built_in_subjects(facts: Facts) -> Iterator[Violation]:
    """Find statements about terms of OWL, RDF, RDFS and XSD."""
    declarable = ANNOTATIONS | ONTOLOGY_PROPERTIES | EXTREMES | DATATYPES
    sayable = {SUBCLASS, name("owl:equivalentClass"), LABEL, name("rdfs:comment")}
    for statement in facts.statements:
        subject = statement.subject
        if not isinstance(subject, NamedNode) or not subject.value.startswith(BUILT_IN):
            continue
        declares = statement.predicate == RDF_TYPE and subject in declarable
        if not declares and not (subject in EXTREMES and statement.predicate in sayable):
            yield Violation("CG315", statement, f"says something about the built-in term {show(subject)}")


def undeclared_the_owl_way(facts: Facts) -> Iterator[Violation]:
    """Find names typed by RDF Schema alone, or by a term of OWL that is no type."""
    for statement in facts.statements:
        if statement.predicate != RDF_TYPE:
            continue
        enough, wanted = _RDFS_ONLY.get(statement.object, (frozenset(), ""))
        if wanted and not facts.types[statement.subject] & enough:
            message = f"{show(statement.subject)} is only {show(statement.object)}; declare it as {wanted} too"
            yield Violation("CG317", statement, message)
        elif _is_odd_type(statement):
            yield Violation("CG317", statement, f"{show(statement.object)} is no type that OWL Lite knows")


def _is_odd_type(statement: Statement) -> bool:
    kind = statement.object
    known = _META_TYPES | NOT_LITE | NOT_OWL1
    return isinstance(kind, NamedNode) and kind.value.startswith(BUILT_IN) and kind not in known


def unchecked_imports(facts: Facts) -> Iterator[Violation]:
    """Find imports of documents that are not among the modules: OWL Lite may import nothing that is not OWL Lite."""
    here = {term for term, types in facts.types.items() if name("owl:Ontology") in types}
    for statement in facts.statements:
        if statement.predicate == name("owl:imports") and statement.object not in here:
            message = f"imports {show(statement.object)}, which is not among the checked modules"
            yield Violation("CG318", statement, message)
