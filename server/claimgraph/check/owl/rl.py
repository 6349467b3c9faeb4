"""The OWL 2 RL checker: which class expressions stand where, and which datatypes are used.

Source: OWL 2 Profiles, section 4.2 (https://www.w3.org/TR/owl2-profiles/#Feature_Overview_3). The three kinds of class
expression of that grammar are ``sub`` (left of an axiom), ``super`` (right of one) and ``equivalent`` (both).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from pyoxigraph import BlankNode, Literal, NamedNode

from claimgraph.check.names import DOMAIN, RANGE, RDF_TYPE, SUBCLASS, name, names
from claimgraph.check.owl.facts import Facts
from claimgraph.check.owl.violation import Violation, show
from claimgraph.check.owl.vocabulary import BUILT_IN, RL_DATATYPES

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from claimgraph.check.owl.facts import Statement
    from claimgraph.dataset.positions import Positions, Term

_THING: Final = name("owl:Thing")
_SIDES: Final[dict[NamedNode, tuple[str, str]]] = {
    SUBCLASS: ("sub", "super"),
    name("owl:equivalentClass"): ("equivalent", "equivalent"),
    name("owl:disjointWith"): ("sub", "sub"),
    DOMAIN: ("", "super"),
    RANGE: ("", "super"),
    RDF_TYPE: ("", "super"),
    name("owl:hasKey"): ("sub", ""),
}
"""Which kind of class expression stands left and right of each axiom (OWL 2 Profiles 4.2.3)."""

_PARTS: Final[dict[NamedNode, dict[str, str]]] = {
    name("owl:intersectionOf"): {"sub": "sub", "super": "super", "equivalent": "equivalent"},
    name("owl:unionOf"): {"sub": "sub"},
    name("owl:complementOf"): {"super": "sub"},
    name("owl:oneOf"): {"sub": "any"},
    name("owl:hasValue"): {"sub": "any", "super": "any", "equivalent": "any"},
    name("owl:someValuesFrom"): {"sub": "sub or Thing"},
    name("owl:allValuesFrom"): {"super": "super"},
    name("owl:maxCardinality"): {"super": "any"},
    name("owl:maxQualifiedCardinality"): {"super": "any"},
    name("owl:onClass"): {"super": "sub or Thing"},
    name("owl:onDataRange"): {"super": "any"},
    name("owl:minCardinality"): {},
    name("owl:cardinality"): {},
    name("owl:minQualifiedCardinality"): {},
    name("owl:qualifiedCardinality"): {},
    name("owl:hasSelf"): {},
}
"""Where each class constructor may stand, and which kind its parts are then (OWL 2 Profiles 4.2.2)."""

_LISTS: Final = names("owl", "intersectionOf unionOf")
_COUNTS: Final = names("owl", "maxCardinality maxQualifiedCardinality")
_AXIOMS_OUTSIDE: Final = frozenset({name("owl:disjointUnionOf")})
_TRAITS_OUTSIDE: Final = frozenset({name("owl:ReflexiveProperty")})
_SIDE_WORDS: Final = {
    "sub": "left of a subclass axiom",
    "super": "right of a subclass axiom, as a type, a domain or a range",
    "equivalent": "in an equivalence",
}


def violations(documents: Sequence[Positions]) -> Iterator[Violation]:
    """Report every statement that keeps the modules, taken together, from being OWL 2 RL."""
    facts = Facts(documents)
    for statement in facts.statements:
        yield from _axiom(facts, statement)
        yield from _datatypes(facts, statement)


def _axiom(facts: Facts, statement: Statement) -> Iterator[Violation]:
    predicate = statement.predicate
    if predicate in _AXIOMS_OUTSIDE or (predicate == RDF_TYPE and statement.object in _TRAITS_OUTSIDE):
        term = predicate if predicate in _AXIOMS_OUTSIDE else statement.object
        yield Violation("CG351", statement, f"{show(term)} is not in OWL 2 RL")
        return
    left, right = _SIDES.get(predicate, ("", ""))
    if left:
        yield from _expression(facts, statement, statement.subject, left)
    if right and not _is_declaration(statement):
        yield from _expression(facts, statement, statement.object, right)
    if isinstance(statement.subject, NamedNode) and predicate in _PARTS:
        # A named class with a constructor of its own is an equivalence in the RDF mapping.
        yield from _constructor(facts, statement, statement, "equivalent")


def _is_declaration(statement: Statement) -> bool:
    kind = statement.object
    if statement.predicate != RDF_TYPE or not isinstance(kind, NamedNode):
        return False
    return kind.value.startswith(BUILT_IN) and kind != _THING


def _expression(facts: Facts, where: Statement, term: Term, side: str) -> Iterator[Violation]:
    if side == "any" or term in facts.datatypes:
        return
    if term == _THING and side != "sub or Thing" and where.predicate != RDF_TYPE:
        yield Violation("CG351", where, f"owl:Thing may not stand {_SIDE_WORDS[side]} in OWL 2 RL")
    if isinstance(term, BlankNode):
        for part in facts.by_subject.get(term, ()):
            if part.predicate in _PARTS:
                yield from _constructor(facts, where, part, side.removesuffix(" or Thing"))


def _constructor(facts: Facts, where: Statement, part: Statement, side: str) -> Iterator[Violation]:
    inner = _PARTS[part.predicate].get(side)
    if inner is None:
        message = f"{show(part.predicate)} may not stand {_SIDE_WORDS[side]} in OWL 2 RL"
        yield Violation("CG351", part, message)
        return
    if part.predicate in _COUNTS and not (isinstance(part.object, Literal) and part.object.value in {"0", "1"}):
        yield Violation("CG351", part, f"{show(part.predicate)} is {show(part.object)}; OWL 2 RL counts 0 or 1")
    if inner == "any" or _is_data_range(facts, part):
        return
    members = facts.items(part.object) if part.predicate in _LISTS else [part.object]
    for member in members or ():
        yield from _expression(facts, part if member == part.object else where, member, inner)


def _is_data_range(facts: Facts, part: Statement) -> bool:
    on = facts.objects(part.subject, name("owl:onProperty"))
    return any(property_ in facts.data_properties for property_ in on)


def _datatypes(facts: Facts, statement: Statement) -> Iterator[Violation]:
    """Find datatypes beyond the profile's, in axioms and in facts; annotations may hold any literal."""
    term = statement.object
    if isinstance(term, Literal) and statement.predicate in facts.data_properties:
        if term.datatype not in RL_DATATYPES and term.datatype not in facts.types:
            yield Violation("CG352", statement, f"the datatype {show(term.datatype)} is not in OWL 2 RL")
    elif isinstance(term, NamedNode) and statement.predicate in _DATATYPE_PLACES:
        outside = term in facts.datatypes or term.value.startswith(_XSD) or term in _REALS
        if outside and term not in RL_DATATYPES and not facts.types.get(term):
            yield Violation("CG352", statement, f"the datatype {show(term)} is not in OWL 2 RL")
    elif statement.predicate in _DATA_RANGES and name("rdfs:Datatype") in facts.types[statement.subject]:
        yield Violation("CG352", statement, f"{show(statement.predicate)} builds a data range that OWL 2 RL has not")


_XSD: Final = name("xsd:a").value[:-1]
_REALS: Final = names("owl", "real rational")
_DATATYPE_PLACES: Final = frozenset({RANGE}) | names("owl", "allValuesFrom someValuesFrom onDataRange hasValue")
_DATA_RANGES: Final = names("owl", "onDatatype unionOf oneOf datatypeComplementOf")
