"""Terms that data use: declared, of the right kind, with values of the right sort."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from pyoxigraph import Literal, NamedNode

from claimgraph.check.finding import Finding
from claimgraph.check.literals import is_valid
from claimgraph.check.names import RDF_TYPE, name
from claimgraph.check.owl.vocabulary import BUILT_IN
from claimgraph.check.vocabulary import OURS, Vocabulary
from claimgraph.sparql.prefixes import PREFIXES, shorten

if TYPE_CHECKING:
    from collections.abc import Iterator

    from claimgraph.check.corpus import Corpus, Statement
    from claimgraph.dataset.positions import Term

_SAME_AS: Final = name("owl:sameAs")
_SHACL: Final = PREFIXES["sh"]


def undeclared_terms(corpus: Corpus) -> Iterator[Finding]:
    """Find terms that no module declares: ours anywhere, and any property or class that data use.

    Inside the modules the profile of OWL Lite finds them.
    """
    vocabulary = Vocabulary(corpus)
    for statement in corpus.statements("data", "shapes", "alignments"):
        for term, offset in _used(statement):
            if term not in vocabulary.declared and _must_be_declared(term, statement):
                message = f"{shorten(term.value)} is not declared"
                yield Finding(statement.at(offset), "CG103", message, vocabulary.suggestion(term))


def _used(statement: Statement) -> Iterator[tuple[NamedNode, int]]:
    yield statement.predicate, statement.predicate_at
    if isinstance(statement.object, NamedNode):
        yield statement.object, statement.object_at
    if isinstance(statement.subject, NamedNode) and statement.source.role in {"data", "alignments"}:
        yield statement.subject, statement.subject_at


def _must_be_declared(term: NamedNode, statement: Statement) -> bool:
    if term.value.startswith(OURS):
        return True
    in_use = term == (statement.object if statement.predicate == RDF_TYPE else statement.predicate)
    return in_use and statement.source.role == "data" and not term.value.startswith(BUILT_IN)


def wrong_kinds(corpus: Corpus) -> Iterator[Finding]:
    """Find classes used as properties, properties used as classes, and either used as things."""
    vocabulary = Vocabulary(corpus)
    classes, properties = vocabulary.facts.classes, vocabulary.properties
    for statement in corpus.statements("data"):
        term, place = statement.object, statement.at(statement.object_at)
        if statement.predicate in classes:
            message = f"{shorten(statement.predicate.value)} is a class and cannot stand as a property"
            yield Finding(statement.at(statement.predicate_at), "CG105", message)
        if not isinstance(term, NamedNode) or term not in vocabulary.declared:
            continue
        shown = shorten(term.value)
        if statement.predicate == RDF_TYPE:
            if term not in classes:
                yield Finding(place, "CG105", f"{shown} is no class and cannot stand after 'a'")
        elif statement.predicate in vocabulary.facts.object_properties and term in classes | properties:
            kind = "class" if term in classes else "property"
            yield Finding(place, "CG105", f"{shown} is a {kind} and cannot stand as a value")


def wrong_values(corpus: Corpus) -> Iterator[Finding]:
    """Find literals where a thing is wanted, things where a literal is, and literals of the wrong datatype."""
    vocabulary = Vocabulary(corpus)
    for statement in corpus.statements("data"):
        shown, value = shorten(statement.predicate.value), statement.object
        place = statement.at(statement.object_at) if isinstance(value, Literal) else None
        if place is not None and statement.predicate in vocabulary.facts.object_properties:
            yield Finding(place, "CG106", f"{shown} takes a thing, not a literal")
        elif place is None and statement.predicate in vocabulary.facts.data_properties:
            yield Finding(statement.at(statement.object_at), "CG106", f"{shown} takes a literal, not a thing")
        elif place is not None and isinstance(value, Literal):
            yield from _wrong_datatype(vocabulary, statement, value)


def _wrong_datatype(vocabulary: Vocabulary, statement: Statement, value: Literal) -> Iterator[Finding]:
    wanted = vocabulary.ranges.get(statement.predicate, set()) & vocabulary.facts.datatypes
    place = statement.at(statement.object_at)
    for datatype in wanted - {value.datatype, name("rdfs:Literal")}:
        if isinstance(datatype, NamedNode):
            takes = f"{shorten(statement.predicate.value)} takes {shorten(datatype.value)}"
            yield Finding(place, "CG107", f"{takes}, not {shorten(value.datatype.value)}")
    if not is_valid(value):
        message = f'"{value.value}" is no {shorten(value.datatype.value)}'
        yield Finding(place, "CG107", message)


def outside_domain_or_range(corpus: Corpus) -> Iterator[Finding]:
    """Find typed things whose classes do not fit the domain or range of a property of ours."""
    vocabulary = Vocabulary(corpus)
    for statement in corpus.statements("data"):
        if not statement.predicate.value.startswith(OURS):
            continue
        for wanted in vocabulary.domains.get(statement.predicate, ()):
            yield from _unfit(corpus, vocabulary, statement, wanted, side="domain")
        if statement.predicate in vocabulary.facts.object_properties:
            for wanted in vocabulary.ranges.get(statement.predicate, ()):
                yield from _unfit(corpus, vocabulary, statement, wanted, side="range")


def _unfit(
    corpus: Corpus, vocabulary: Vocabulary, statement: Statement, wanted: Term, *, side: str
) -> Iterator[Finding]:
    thing = statement.subject if side == "domain" else statement.object
    # A class that is not declared has a finding of its own.
    types = corpus.types.get(thing, set()) & vocabulary.facts.classes
    if not types or thing in vocabulary.facts.schema or wanted not in vocabulary.facts.classes:
        return
    if not isinstance(wanted, NamedNode) or not isinstance(thing, NamedNode):
        return
    if not any(wanted in vocabulary.above(type_) for type_ in types):
        kinds = " and ".join(sorted(shorten(t.value) for t in types if isinstance(t, NamedNode)))
        message = (
            f"{shorten(thing.value)} is {kinds}, but the {side} of {shorten(statement.predicate.value)} "
            f"is {shorten(wanted.value)}"
        )
        offset = statement.subject_at if side == "domain" else statement.object_at
        offset = statement.predicate_at if side == "domain" else offset
        yield Finding(statement.at(offset), "CG108", message)


def deprecated_terms(corpus: Corpus) -> Iterator[Finding]:
    """Find terms that the ontology has declared deprecated."""
    gone = Vocabulary(corpus).deprecated
    for statement in corpus.statements("data"):
        for term, offset in _used(statement):
            if term in gone:
                yield Finding(statement.at(offset), "CG104", f"{shorten(term.value)} is deprecated")


def asserted_identities(corpus: Corpus) -> Iterator[Finding]:
    """Find owl:sameAs, which would merge two mentions that only an assessor holds to be one."""
    for statement in corpus.statements("data", "ontology"):
        if statement.predicate == _SAME_AS:
            yield Finding(statement.at(statement.predicate_at), "CG110", "owl:sameAs asserts an identity")
