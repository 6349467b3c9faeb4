"""The rules of OWL against owlrl, an independent implementation of OWL 2 RL."""

from pathlib import Path

import owlrl
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pyoxigraph import BlankNode, Literal, NamedNode, Quad, RdfFormat, Store, serialize
from rdflib import OWL, RDF, RDFS, Graph
from rdflib import Literal as RdflibLiteral

from claimgraph.dataset import Layout, load_into
from claimgraph.reason import load_rules, reason

ROOT = Path(__file__).parent.parent
RULES = [rule for rule in load_rules(Layout(ROOT)) if rule.is_owl]
EX = "http://x.example/"
ASSERTED = NamedNode(EX + "graph")

# What owlrl adds whatever the data say, or says of a term because it is one (OWL 2 RL rules eq-ref, scm-cls, scm-op,
# scm-dp, cls-thing, dt-type and the axiomatic triples of RDFS and of datatypes).
TRIVIAL_PREDICATES = {OWL.sameAs, OWL.differentFrom}
TRIVIAL_AXIOMS = {RDFS.domain, RDFS.range}
REFLEXIVE = {RDFS.subClassOf, RDFS.subPropertyOf, OWL.equivalentClass, OWL.equivalentProperty}
TOP = {OWL.Thing, OWL.Nothing, RDFS.Resource, RDFS.Literal, RDFS.Datatype}
TRIVIAL_CLASSES = {*TOP, OWL.Class, RDFS.Class, RDF.Property, OWL.AnnotationProperty, OWL.DatatypeProperty}


def is_trivial(subject, predicate, value):
    if isinstance(subject, RdflibLiteral) or predicate in TRIVIAL_PREDICATES:
        return True
    if predicate in REFLEXIVE and (subject == value or subject in TOP or value in TOP):
        return True
    if predicate in TRIVIAL_AXIOMS and value in TOP:
        return True
    if predicate == RDF.type and value in TRIVIAL_CLASSES:
        return True
    return str(subject).startswith(("http://www.w3.org/2001/XMLSchema#", str(RDF), str(RDFS), str(OWL)))


def meaning(graph):
    return {triple for triple in graph if not is_trivial(*triple)}


def skolemised(store):
    """Give blank nodes names, so that the two closures can be compared triple by triple."""

    def name(term):
        return NamedNode(EX + "blank/" + term.value) if isinstance(term, BlankNode) else term

    found = Store()
    found.extend(Quad(name(quad.subject), quad.predicate, name(quad.object), quad.graph_name) for quad in store)
    return found


def as_rdflib(store):
    return Graph().parse(
        data=serialize((quad.triple for quad in store), format=RdfFormat.N_TRIPLES).decode(), format="nt"
    )


def both_closures(store):
    theirs = as_rdflib(store)
    owlrl.DeductiveClosure(owlrl.OWLRL_Semantics, axiomatic_triples=False, datatype_axioms=False).expand(theirs)
    reason(store, RULES)
    return meaning(as_rdflib(store)), meaning(theirs)


def test_the_shipped_dataset_has_the_closure_that_owlrl_finds():
    store = Store()
    layout = Layout(ROOT)
    for file in layout.graphs():
        if "/shapes/" not in file.relative:
            load_into(store, file)
    ours, theirs = both_closures(skolemised(store))
    assert (ours - theirs, theirs - ours) == (set(), set())


CLASSES = [f"<{EX}C{number}>" for number in range(4)]
PROPERTIES = [f"<{EX}p{number}>" for number in range(3)]
THINGS = [f"<{EX}i{number}>" for number in range(4)]
# Values are kept to properties of their own: owlrl would draw conclusions by way of a literal as a subject.
DATA_PROPERTIES = [f"<{EX}d{number}>" for number in range(3)]
one_class, one_property, thing = (st.sampled_from(names) for names in (CLASSES, PROPERTIES, THINGS))
data_property = st.sampled_from(DATA_PROPERTIES)
AXIOMS = {
    "subclass": (f"{{}} <{RDFS.subClassOf}> {{}} .", one_class, one_class),
    "equivalent classes": (f"{{}} <{OWL.equivalentClass}> {{}} .", one_class, one_class),
    "subproperty": (f"{{}} <{RDFS.subPropertyOf}> {{}} .", one_property, one_property),
    "equivalent properties": (f"{{}} <{OWL.equivalentProperty}> {{}} .", one_property, one_property),
    "domain": (f"{{}} <{RDFS.domain}> {{}} .", one_property, one_class),
    "range": (f"{{}} <{RDFS.range}> {{}} .", one_property, one_class),
    "inverse": (f"{{}} <{OWL.inverseOf}> {{}} .", one_property, one_property),
    "symmetric": (f"{{}} a <{OWL.SymmetricProperty}> .", one_property),
    "transitive": (f"{{}} a <{OWL.TransitiveProperty}> .", one_property),
    "type": ("{} a {} .", thing, one_class),
    "relation": ("{} {} {} .", thing, one_property, thing),
    "value": ('{} {} "text" .', thing, data_property),
    "data subproperty": (f"{{}} <{RDFS.subPropertyOf}> {{}} .", data_property, data_property),
    "data domain": (f"{{}} <{RDFS.domain}> {{}} .", data_property, one_class),
    "data range": (f"{{}} <{RDFS.range}> {{}} .", data_property, one_class),
}
RESTRICTION = (
    f"{{}} <{RDFS.subClassOf}> <{EX}all@> . <{EX}all@> a <{OWL.Restriction}> ;"
    f" <{OWL.onProperty}> {{}} ; <{OWL.allValuesFrom}> {{}} ."
)
INTERSECTION = (
    f"{{}} <{OWL.intersectionOf}> <{EX}l@> . <{EX}l@> <{RDF.first}> {{}} ; <{RDF.rest}> <{EX}m@> ."
    f" <{EX}m@> <{RDF.first}> {{}} ; <{RDF.rest}> <{RDF.nil}> ."
)
AXIOMS["all values from"] = (RESTRICTION, one_class, one_property, one_class)
AXIOMS["intersection"] = (INTERSECTION, one_class, one_class, one_class)
statement = st.one_of([st.builds(template.format, *parts) for template, *parts in AXIOMS.values()])
small_graph = st.lists(statement, min_size=1, max_size=14).map(
    lambda found: "\n".join(text.replace("@", str(number)) for number, text in enumerate(found))
)


@given(small_graph)
@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_any_small_graph_has_the_closure_that_owlrl_finds(turtle):
    store = Store()
    store.load(turtle.encode(), RdfFormat.TURTLE, to_graph=ASSERTED)
    ours, theirs = both_closures(store)
    assert (ours - theirs, theirs - ours) == (set(), set())


@given(small_graph)
@settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_nothing_is_derived_twice_nor_what_is_asserted(turtle):
    store = Store()
    store.load(turtle.encode(), RdfFormat.TURTLE, to_graph=ASSERTED)
    reason(store, RULES)
    triples = [str(quad.triple) for quad in store]
    assert len(triples) == len(set(triples))


def test_a_literal_never_becomes_a_subject_nor_keeps_the_other_conclusions_away():
    store = Store()
    turtle = (
        f"<{EX}p> <{RDFS.range}> <{EX}C> ; <{OWL.inverseOf}> <{EX}q> ; <{RDFS.subPropertyOf}> <{EX}r> ;"
        f' <{RDFS.domain}> <{EX}D> ; a <{OWL.SymmetricProperty}> . <{EX}i> <{EX}p> "text" .'
    )
    store.load(turtle.encode(), RdfFormat.TURTLE, to_graph=ASSERTED)
    asserted = len(store)
    reason(store, RULES)
    assert not any(isinstance(quad.subject, Literal) for quad in store)
    assert len(store) == asserted + 2
