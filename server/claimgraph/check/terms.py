"""Terms that data use: declared, of the right kind, with values of the right sort."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from pyoxigraph import Literal, NamedNode

from claimgraph.check.finding import Finding
from claimgraph.check.literals import is_valid
from claimgraph.check.names import RDF_TYPE, name
from claimgraph.check.owl.vocabulary import BUILT_IN
from claimgraph.check.vocabulary import OURS, Vocabulary
from claimgraph.sparql.prefixes import shorten

if TYPE_CHECKING:
    from collections.abc import Iterator

    from claimgraph.check.corpus import Corpus, Statement
    from claimgraph.dataset.positions import Term

_SAME_AS: Final = name("owl:sameAs")
_ANY_LITERAL: Final = name("rdfs:Literal")


def undeclared_terms(corpus: Corpus) -> Iterator[Finding]:
    """Find terms that no module declares: ours anywhere, and any property or class that data use.

    Inside the modules the profile of OWL Lite finds them.
    """
    vocabulary = Vocabulary(corpus)
    declared = vocabulary.declared
    for statement in corpus.statements("data", "shapes", "alignments"):
        for term, offset in _used(statement):
            if term not in declared and _must_be_declared(term, statement):
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
    for predicate in corpus.predicates & classes:
        message = f"{shorten(predicate.value)} is a class and cannot stand as a property"
        for statement in corpus.with_predicate(predicate):
            yield Finding(statement.at(statement.predicate_at), "CG105", message)
    for statement in corpus.with_predicate(RDF_TYPE):
        term = statement.object
        if term in vocabulary.declared and term not in classes:
            message = f"{shorten(term.value)} is no class and cannot stand after 'a'"
            yield Finding(statement.at(statement.object_at), "CG105", message)
    no_things = classes | properties
    for predicate in corpus.predicates & vocabulary.facts.object_properties:
        for statement in corpus.with_predicate(predicate):
            if statement.object in no_things:
                kind = "class" if statement.object in classes else "property"
                message = f"{shorten(statement.object.value)} is a {kind} and cannot stand as a value"
                yield Finding(statement.at(statement.object_at), "CG105", message)


def wrong_values(corpus: Corpus) -> Iterator[Finding]:
    """Find literals where a thing is wanted, things where a literal is, and literals of the wrong datatype."""
    vocabulary = Vocabulary(corpus)
    facts = vocabulary.facts
    for predicate in corpus.predicates:
        shown = shorten(predicate.value)
        wanted = vocabulary.ranges.get(predicate, set()) & facts.datatypes
        for statement in corpus.with_predicate(predicate):
            value = statement.object
            if not isinstance(value, Literal):
                if predicate in facts.data_properties:
                    place = statement.at(statement.object_at)
                    yield Finding(place, "CG106", f"{shown} takes a literal, not a thing")
            elif predicate in facts.object_properties:
                yield Finding(statement.at(statement.object_at), "CG106", f"{shown} takes a thing, not a literal")
            else:
                yield from _wrong_datatype(wanted, statement, value)


def _wrong_datatype(wanted: set[Term], statement: Statement, value: Literal) -> Iterator[Finding]:
    for datatype in wanted - {value.datatype, _ANY_LITERAL} if wanted else ():
        if isinstance(datatype, NamedNode):
            takes = f"{shorten(statement.predicate.value)} takes {shorten(datatype.value)}"
            place = statement.at(statement.object_at)
            yield Finding(place, "CG107", f"{takes}, not {shorten(value.datatype.value)}")
    if not is_valid(value):
        message = f'"{value.value}" is no {shorten(value.datatype.value)}'
        yield Finding(statement.at(statement.object_at), "CG107", message)


def outside_domain_or_range(corpus: Corpus) -> Iterator[Finding]:
    """Find typed things whose classes do not fit the domain or range of a property of ours."""
    vocabulary = Vocabulary(corpus)
    for predicate in corpus.predicates:
        if not predicate.value.startswith(OURS):
            continue
        for wanted in vocabulary.domains.get(predicate, ()):
            yield from _unfit(corpus, vocabulary, predicate, wanted, side="domain")
        if predicate in vocabulary.facts.object_properties:
            for wanted in vocabulary.ranges.get(predicate, ()):
                yield from _unfit(corpus, vocabulary, predicate, wanted, side="range")


def _unfit(
    corpus: Corpus, vocabulary: Vocabulary, predicate: NamedNode, wanted: Term, *, side: str
) -> Iterator[Finding]:
    if wanted not in vocabulary.facts.classes or not isinstance(wanted, NamedNode):
        return
    is_subject = side == "domain"
    fits = {class_ for class_ in vocabulary.facts.classes if wanted in vocabulary.above(class_)}
    for statement in corpus.with_predicate(predicate):
        thing = statement.subject if is_subject else statement.object
        own = corpus.types.get(thing)
        # A class that is not declared has a finding of its own.
        if not own or not own.isdisjoint(fits) or own.isdisjoint(vocabulary.facts.classes):
            continue
        if thing in vocabulary.facts.schema or not isinstance(thing, NamedNode):
            continue
        types = own & vocabulary.facts.classes
        kinds = " and ".join(sorted(shorten(t.value) for t in types if isinstance(t, NamedNode)))
        asked = f"the {side} of {shorten(predicate.value)} is {shorten(wanted.value)}"
        offset = statement.predicate_at if is_subject else statement.object_at
        yield Finding(statement.at(offset), "CG108", f"{shorten(thing.value)} is {kinds}, but {asked}")


def deprecated_terms(corpus: Corpus) -> Iterator[Finding]:
    """Find terms that the ontology has declared deprecated."""
    gone = Vocabulary(corpus).deprecated
    if not gone:
        return
    for statement in corpus.statements("data"):
        for term, offset in _used(statement):
            if term in gone:
                yield Finding(statement.at(offset), "CG104", f"{shorten(term.value)} is deprecated")


def asserted_identities(corpus: Corpus) -> Iterator[Finding]:
    """Find owl:sameAs, which would merge two mentions that only an assessor holds to be one."""
    in_ontology = (statement for statement in corpus.statements("ontology") if statement.predicate == _SAME_AS)
    for statement in (*corpus.with_predicate(_SAME_AS), *in_ontology):
        yield Finding(statement.at(statement.predicate_at), "CG110", "owl:sameAs asserts an identity")
