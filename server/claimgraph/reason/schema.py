"""Which rules speak about any property or class, and which properties and classes of the ontology they mean.

The rules of OWL name no term of ours: ``?x a ?wide`` where ``?narrow rdfs:subClassOf ?wide``. Once axioms are known,
such a rule stands for one instance per axiom, and each reads and writes shapes that can be told apart.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from pyoxigraph import NamedNode
from rdflib import URIRef
from rdflib.namespace import OWL, RDF, RDFS
from rdflib.paths import Path as PropertyPath
from rdflib.term import Variable

from claimgraph.reason.shape import TYPE
from claimgraph.reason.tree import Node, Pattern, parts, triples_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from pyoxigraph import QuerySolutions, Store

    from claimgraph.reason.rule import Rule
    from claimgraph.reason.shape import Shape, Term

_AXIOMS = {
    *(RDFS.subClassOf, RDFS.subPropertyOf, RDFS.domain, RDFS.range, RDF.first, RDF.rest),
    *(
        OWL.equivalentClass,
        OWL.equivalentProperty,
        OWL.inverseOf,
        OWL.onProperty,
        OWL.allValuesFrom,
        OWL.intersectionOf,
    ),
}


def derives_axioms(rule: Rule) -> bool:
    """Tell whether a rule derives axioms rather than facts."""
    return any(predicate in _AXIOMS for _, predicate, _ in rule.tree.template)


def is_axiom(pattern: Pattern) -> bool:
    """Tell whether a triple pattern matches axioms of the ontology only."""
    _, predicate, value = pattern
    if isinstance(predicate, PropertyPath):
        return set(_leaves(predicate)) <= _AXIOMS
    return predicate in _AXIOMS or (predicate == RDF.type and isinstance(value, URIRef) and value in OWL)


def is_axiom_shape(shape: Shape) -> bool:
    """Tell whether triples of a shape are axioms."""
    if shape.predicate is None or shape.predicate == TYPE:
        return isinstance(shape.class_, NamedNode) and shape.class_.value.startswith(str(OWL))
    return URIRef(shape.predicate.value) in _AXIOMS


def patterns(rule: Rule) -> tuple[list[Pattern], list[Pattern]]:
    """Split the patterns that every solution of a rule must match into those of axioms and those of facts."""
    found = list(_required(rule.tree.where))
    return [one for one in found if is_axiom(one)], [one for one in found if not is_axiom(one)]


def instances(rule: Rule, store: Store) -> list[dict[str, Term]]:
    """List what the ontology says about the variables that stand for properties and classes in a rule.

    A rule without such variables has one instance, which binds nothing.
    """
    axioms, facts = patterns(rule)
    wanted = _term_variables([*facts, *rule.tree.template])
    free = sorted(wanted & {str(term) for pattern in axioms for term in pattern if isinstance(term, Variable)})
    if not free:
        return [{}]
    found = [{name: cast("Term", solution[name]) for name in free} for solution in _said(store, axioms, free)]
    return sorted(found, key=lambda binding: [str(binding[name]) for name in free])


def classes_of(store: Store, around: Sequence[Pattern], variable: str) -> set[Term] | None:
    """Tell which classes a variable can stand for by the axioms among the patterns around it; None if none says so.

    They are those of the whole ontology, of which an instance of the rule has a part.
    """
    axioms = [one for one in around if is_axiom(one)]
    if not any(isinstance(term, Variable) and str(term) == variable for one in axioms for term in one):
        return None
    return {cast("Term", solution[variable]) for solution in _said(store, axioms, [variable])}


def _said(store: Store, axioms: Sequence[Pattern], names: Sequence[str]) -> QuerySolutions:
    """Ask for what variables stand for in axioms."""
    where = " . ".join(" ".join(term.n3() for term in pattern) for pattern in axioms)
    query = f"SELECT DISTINCT {' '.join('?' + name for name in names)} WHERE {{ {where} }}"
    return cast("QuerySolutions", store.query(query, use_default_graph_as_union=True))


def _term_variables(found: list[Pattern]) -> set[str]:
    """Name the variables that stand where a property or a class stands."""
    names = {str(predicate) for _, predicate, _ in found if isinstance(predicate, Variable)}
    return names | {
        str(value) for _, predicate, value in found if predicate == RDF.type and isinstance(value, Variable)
    }


def _required(group: Node) -> Iterator[Pattern]:
    """List the triple patterns of a group outside of UNION, OPTIONAL, MINUS, EXISTS and sub-queries."""
    for part in parts(group):
        if part.name == "TriplesBlock":
            yield from triples_of(part)
        elif part.name == "GroupOrUnionGraphPattern" and len(part.graph) == 1:
            yield from _required(part.graph[0])


def _leaves(path: Any) -> Iterator[URIRef]:  # noqa: ANN401 - rdflib's paths have no types
    if isinstance(path, URIRef):
        yield path
    else:
        for part in getattr(path, "args", None) or [getattr(path, "arg", None) or path.path]:
            yield from _leaves(part)
