"""OWL Lite on individuals: each has a declared class, and values of the kind its properties take."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from pyoxigraph import Literal, NamedNode

from claimgraph.check.names import RDF_TYPE, names
from claimgraph.check.owl.violation import Violation, show
from claimgraph.check.owl.vocabulary import BUILT_IN

if TYPE_CHECKING:
    from collections.abc import Iterator

    from claimgraph.check.owl.facts import Facts, Statement
    from claimgraph.dataset.positions import Term

_IDENTITY: Final = names("owl", "sameAs differentFrom")


def undeclared_classes(facts: Facts) -> Iterator[Violation]:
    """Find rdf:type statements towards something that is no declared class."""
    for statement in facts.statements:
        kind = statement.object
        if statement.predicate != RDF_TYPE or kind in facts.classes or kind in facts.restrictions:
            continue
        if not isinstance(kind, NamedNode) or not kind.value.startswith(BUILT_IN):
            message = f"{show(statement.subject)} is typed {show(kind)}, which is not declared to be a class"
            yield Violation("CG313", statement, message)


def untyped_subjects(facts: Facts) -> Iterator[Violation]:
    """Find names that are described and have no rdf:type at all."""
    for subject, statements in facts.by_subject.items():
        first = statements[0]
        if facts.types.get(subject) or subject in facts.schema or not isinstance(subject, NamedNode):
            continue
        if not subject.value.startswith(BUILT_IN) and _is_fact_or_annotation(facts, first):
            yield Violation("CG313", first, f"{show(subject)} has no rdf:type")


def _is_fact_or_annotation(facts: Facts, statement: Statement) -> bool:
    facts_about = facts.object_properties | facts.data_properties | facts.annotation_properties | _IDENTITY
    return statement.predicate in facts_about


def assertions(facts: Facts) -> Iterator[Violation]:
    """Find object properties with literals, data properties with things, and facts about classes and properties."""
    for statement in facts.statements:
        if statement.predicate in facts.object_properties or statement.predicate in _IDENTITY:
            if isinstance(statement.object, Literal):
                message = f"{show(statement.predicate)} takes a thing, not {show(statement.object)}"
                yield Violation("CG316", statement, message)
            else:
                yield from _ends(facts, statement, (statement.subject, statement.object))
        elif statement.predicate in facts.data_properties:
            if not isinstance(statement.object, Literal):
                message = f"{show(statement.predicate)} takes a literal, not {show(statement.object)}"
                yield Violation("CG316", statement, message)
            yield from _ends(facts, statement, (statement.subject,))


def _ends(facts: Facts, statement: Statement, ends: tuple[Term, ...]) -> Iterator[Violation]:
    for end in ends:
        if end in facts.schema:
            message = f"{show(statement.predicate)} says a fact about {show(end)}, which is no individual"
            yield Violation("CG316", statement, message)
        elif not facts.types.get(end) and end not in facts.by_subject:
            yield Violation("CG313", statement, f"{show(end)} has no rdf:type")
