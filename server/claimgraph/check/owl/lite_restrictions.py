"""OWL Lite on restrictions: their form, their fillers, and what may be counted."""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import TYPE_CHECKING, Final

from pyoxigraph import BlankNode, Literal

from claimgraph.check.names import RDF_TYPE, SUBCLASS, SUBPROPERTY, name, names
from claimgraph.check.owl.violation import Violation, show
from claimgraph.check.owl.vocabulary import CARDINALITIES, CONSTRAINTS, DATATYPES, FILLERS, NOT_LITE, NOT_OWL1

if TYPE_CHECKING:
    from collections.abc import Iterator

    from claimgraph.check.owl.facts import Facts, Statement
    from claimgraph.dataset.positions import Term

_ON_PROPERTY: Final = name("owl:onProperty")
_IS_COMPLEX: Final = "is transitive or above a transitive property; it cannot"
_TRANSITIVE: Final = name("owl:TransitiveProperty")
_AXIOMS: Final = frozenset({RDF_TYPE, _ON_PROPERTY, SUBCLASS, name("owl:equivalentClass")})
"""What may be said of a restriction here; an axiom that begins with one is reported as CG305."""
_COUNTED: Final = names("owl", "FunctionalProperty InverseFunctionalProperty")


def restriction_form(facts: Facts) -> Iterator[Violation]:
    """Find restrictions that are named, used not exactly once, or without exactly one property and one constraint."""
    uses = Counter(s.object for s in facts.statements if isinstance(s.object, BlankNode))
    for node in facts.restrictions:
        parts = facts.by_subject[node]
        where = next(s for s in parts if s.predicate == RDF_TYPE)
        if not isinstance(node, BlankNode):
            yield Violation("CG306", where, f"the restriction {show(node)} has a name")
        elif uses[node] != 1:
            yield Violation("CG306", where, f"a restriction is used {uses[node]} times instead of once")
        if sum(s.predicate == _ON_PROPERTY for s in parts) != 1:
            yield Violation("CG306", where, "a restriction needs exactly one owl:onProperty")
        if sum(s.predicate in CONSTRAINTS | NOT_OWL1 for s in parts) != 1:
            yield Violation("CG306", where, "a restriction needs exactly one constraint")
        yield from _other_parts(facts, node)


def _other_parts(facts: Facts, node: Term) -> Iterator[Violation]:
    allowed = CONSTRAINTS | NOT_OWL1 | NOT_LITE | _AXIOMS
    for statement in facts.by_subject[node]:
        if statement.predicate not in allowed:
            yield Violation("CG306", statement, f"a restriction has no {show(statement.predicate)}")


def untyped_restrictions(facts: Facts) -> Iterator[Violation]:
    """Find nodes with owl:onProperty that are not declared to be restrictions, and properties that are not declared."""
    properties = facts.object_properties | facts.data_properties
    for statement in facts.statements:
        if statement.predicate != _ON_PROPERTY:
            continue
        if statement.subject not in facts.restrictions:
            yield Violation("CG306", statement, "a node with owl:onProperty is not typed owl:Restriction")
        if statement.object in facts.annotation_properties:
            message = f"{show(statement.object)} is an annotation property; it cannot be restricted"
            yield Violation("CG310", statement, message)
        elif statement.object not in properties:
            yield Violation("CG304", statement, f"{show(statement.object)} is not declared to be a property")


def fillers(facts: Facts) -> Iterator[Violation]:
    """Find values-from constraints whose filler is no name or of the wrong kind."""
    for statement in facts.statements:
        if statement.predicate not in FILLERS:
            continue
        for property_ in facts.objects(statement.subject, _ON_PROPERTY):
            if property_ in facts.data_properties:
                fits, wanted = statement.object in facts.datatypes, "a datatype"
            else:
                fits, wanted = statement.object in facts.classes, "a named class"
            if not fits:
                message = (
                    f"{show(statement.predicate)} on {show(property_)} wants {wanted}, not {show(statement.object)}"
                )
                yield Violation("CG308", statement, message)


def cardinalities(facts: Facts) -> Iterator[Violation]:
    """Find counts other than 0 and 1."""
    for statement in facts.statements:
        if statement.predicate in CARDINALITIES and not _is_zero_or_one(statement.object):
            message = f"{show(statement.predicate)} is {show(statement.object)}; OWL Lite counts 0 or 1"
            yield Violation("CG307", statement, message)


def _is_zero_or_one(term: Term) -> bool:
    # W3C tests labelled Lite count with xsd:short, xsd:byte and xsd:decimal too.
    return isinstance(term, Literal) and term.datatype in DATATYPES and term.value.strip() in {"0", "1"}


def counted_transitives(facts: Facts) -> Iterator[Violation]:
    """Find transitive properties, or those above or inverse to one, that are counted."""
    complex_ = _complex_properties(facts)
    for statement in facts.statements:
        if statement.predicate == RDF_TYPE and statement.object in _COUNTED and statement.subject in complex_:
            message = f"{show(statement.subject)} {_IS_COMPLEX} be {show(statement.object)}"
            yield Violation("CG314", statement, message)
        elif statement.predicate in CARDINALITIES:
            yield from _counted(facts, statement, complex_)


def _counted(facts: Facts, statement: Statement, complex_: set[Term]) -> Iterator[Violation]:
    for property_ in facts.objects(statement.subject, _ON_PROPERTY):
        if property_ in complex_:
            message = f"{show(property_)} {_IS_COMPLEX} be counted"
            yield Violation("CG314", statement, message)


def _complex_properties(facts: Facts) -> set[Term]:
    above: defaultdict[Term, set[Term]] = defaultdict(set)
    for statement in facts.statements:
        if statement.predicate in {SUBPROPERTY, name("owl:equivalentProperty"), name("owl:inverseOf")}:
            above[statement.subject].add(statement.object)
        if statement.predicate in {name("owl:equivalentProperty"), name("owl:inverseOf")}:
            above[statement.object].add(statement.subject)
    found = {term for term, types in facts.types.items() if _TRANSITIVE in types}
    waiting = list(found)
    while waiting:
        new = above[waiting.pop()] - found
        found |= new
        waiting.extend(new)
    return found
