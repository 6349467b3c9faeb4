"""OWL Lite on axioms: what may stand on either side of a class or property axiom."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from pyoxigraph import NamedNode

from claimgraph.check.names import DOMAIN, RANGE, RDF_TYPE, SUBCLASS, SUBPROPERTY, name, names
from claimgraph.check.owl.violation import Violation, show
from claimgraph.check.owl.vocabulary import NOT_LITE, NOT_OWL1

if TYPE_CHECKING:
    from collections.abc import Iterator

    from claimgraph.check.owl.facts import Facts, Statement
    from claimgraph.dataset.positions import Term

_CLASS_AXIOMS: Final = frozenset({SUBCLASS, name("owl:equivalentClass")})
_PROPERTY_AXIOMS: Final = frozenset({SUBPROPERTY, name("owl:equivalentProperty")})
_INTERSECTION: Final = name("owl:intersectionOf")
_INVERSE: Final = name("owl:inverseOf")
_OBJECT_TRAITS: Final = names("owl", "InverseFunctionalProperty TransitiveProperty SymmetricProperty")
_FEWEST: Final = 2


def class_axioms(facts: Facts) -> Iterator[Violation]:
    """Find sub- and equivalent-class axioms that are not about a named class, or not towards a class or restriction."""
    for statement in facts.statements:
        if statement.predicate not in _CLASS_AXIOMS:
            continue
        left = statement.subject
        if left in facts.restrictions or not (left in facts.classes or _is_reported(facts, left)):
            message = f"{show(left)} stands left of {show(statement.predicate)} and is no named class"
            yield Violation("CG305", statement, message)
        if not _is_class(facts, statement.object):
            right = show(statement.object)
            message = (
                f"{right} stands right of {show(statement.predicate)} and is neither a named class nor a restriction"
            )
            yield Violation("CG305", statement, message)


def _is_class(facts: Facts, term: Term) -> bool:
    return term in facts.classes or term in facts.restrictions or _is_reported(facts, term)


def _is_reported(facts: Facts, term: Term) -> bool:
    """Tell whether another rule names the node: a construct beyond OWL Lite, an intersection, a broken restriction."""
    reported = NOT_LITE | NOT_OWL1 | {_INTERSECTION, name("owl:onProperty")}
    return any(s.predicate in reported or s.object in reported for s in facts.by_subject.get(term, ()))


def anonymous_classes(facts: Facts) -> Iterator[Violation]:
    """Find blank nodes that are classes and not restrictions."""
    for node in facts.class_nodes - facts.restrictions:
        if not _is_reported(facts, node):
            where = facts.statement(node, {RDF_TYPE})[0]
            yield Violation("CG305", where, "an anonymous class that is no restriction")


def intersections(facts: Facts) -> Iterator[Violation]:
    """Find intersections without a name, of fewer than two members, or of other things than classes."""
    for statement in facts.statements:
        if statement.predicate != _INTERSECTION:
            continue
        if not isinstance(statement.subject, NamedNode):
            yield Violation("CG312", statement, "an intersection that has no name")
        items = facts.items(statement.object)
        if items is None or len(items) < _FEWEST:
            yield Violation("CG312", statement, "an intersection needs a list of at least two members")
        for item in items or ():
            if not _is_class(facts, item):
                message = f"{show(item)} is a member of an intersection and neither a named class nor a restriction"
                yield Violation("CG312", statement, message)


def domains_and_ranges(facts: Facts) -> Iterator[Violation]:
    """Find domains that are no named class and ranges that do not fit their property."""
    for statement in facts.statements:
        if statement.predicate not in {DOMAIN, RANGE} or (kind := _kind(facts, statement.subject)) is None:
            continue
        if statement.predicate == RANGE and kind == "data":
            fits, wanted = statement.object in facts.datatypes, "a datatype"
        else:
            fits, wanted = statement.object in facts.classes, "a named class"
        if not fits and statement.object not in NOT_LITE | NOT_OWL1:
            side = "domain" if statement.predicate == DOMAIN else "range"
            message = f"the {side} of {show(statement.subject)} is {show(statement.object)}, which is not {wanted}"
            yield Violation("CG311", statement, message)


def _kind(facts: Facts, term: Term) -> str | None:
    if term in facts.object_properties:
        return "object"
    return "data" if term in facts.data_properties else None


def property_axioms(facts: Facts) -> Iterator[Violation]:
    """Find property axioms on undeclared names, on annotation properties, and between kinds."""
    for statement in facts.statements:
        predicate = statement.predicate
        sides: tuple[Term, ...]
        if predicate in {DOMAIN, RANGE}:
            sides = (statement.subject,)
        elif predicate in _PROPERTY_AXIOMS or predicate == _INVERSE:
            sides = (statement.subject, statement.object)
        else:
            continue
        yield from _property_axiom(facts, statement, sides)


def _property_axiom(facts: Facts, statement: Statement, sides: tuple[Term, ...]) -> Iterator[Violation]:
    kinds = [_kind(facts, side) for side in sides]
    for side, kind in zip(sides, kinds, strict=True):
        if side in facts.annotation_properties:
            message = f"{show(side)} is an annotation property; it has no {show(statement.predicate)}"
            yield Violation("CG310", statement, message)
        elif kind is None:
            yield Violation("CG304", statement, f"{show(side)} is not declared to be a property")
    if None not in kinds and len(set(kinds)) > 1:
        message = f"{show(statement.predicate)} between an object property and a data property"
        yield Violation("CG309", statement, message)
    elif statement.predicate == _INVERSE and kinds == ["data", "data"]:
        yield Violation("CG309", statement, f"{show(statement.subject)} is a data property; it has no inverse")


def object_traits(facts: Facts) -> Iterator[Violation]:
    """Find data properties that are transitive, symmetric or inverse-functional."""
    for statement in facts.statements:
        if statement.predicate == RDF_TYPE and statement.object in _OBJECT_TRAITS:
            kinds = facts.types[statement.subject]
            if name("owl:DatatypeProperty") in kinds and name("owl:ObjectProperty") not in kinds:
                message = f"{show(statement.subject)} is a data property; it cannot be {show(statement.object)}"
                yield Violation("CG309", statement, message)
