"""Proofs in PROV-O: triples are entities, and a rule that derives one is the plan of an activity.

Source: PROV-O, W3C Recommendation 30 April 2013 (https://www.w3.org/TR/prov-o/).
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from pyoxigraph import BlankNode, Literal, NamedNode, RdfFormat, Triple, serialize

from claimgraph.explain.proof import Leaf, steps
from claimgraph.snapshot.describe import rule_name
from claimgraph.sparql.prefixes import BASE, PREFIXES, expand

if TYPE_CHECKING:
    from collections.abc import Iterator

    from claimgraph.explain.proof import Node, Proof, Source
    from claimgraph.explain.words import Words
    from claimgraph.reason.backward.fact import Fact
    from claimgraph.reason.backward.pattern import Term

_PROGRAM = NamedNode("urn:claimgraph:program")
_USED = ("cg", "id", "rdf", "rdfs", "xsd", "prov", "foaf", "skos")


def as_prov(proof: Proof, words: Words, base: str = BASE, format_: RdfFormat = RdfFormat.TURTLE) -> bytes:
    """Write a proof as RDF; ``base`` is the IRI that the names of rules start with."""
    about: dict[object, dict[Triple, None]] = {}
    for one in steps(proof):
        for triple in _step(one, words, base):
            about.setdefault(triple.subject, {})[triple] = None
    triples = [triple for group in about.values() for triple in group]
    prefixes = {prefix: PREFIXES[prefix] for prefix in _USED}
    return serialize(triples, format=format_, prefixes=prefixes) or b""


def _step(proof: Proof, words: Words, base: str) -> Iterator[Triple]:
    entity = entity_of(proof.fact)
    yield _say(entity, "rdf:type", _iri("prov:Entity"))
    yield _say(entity, "rdfs:label", Literal(words.sentence(proof.fact), language="en"))
    for name, term in zip(("rdf:subject", "rdf:predicate", "rdf:object"), proof.fact[:3], strict=True):
        yield _say(entity, name, term)
    if isinstance(proof, Leaf):
        for number, source in enumerate(proof.sources):
            yield from _asserted(entity, source, number)
    else:
        yield from _derived(entity, proof, base)


def _asserted(entity: NamedNode, source: Source, number: int) -> Iterator[Triple]:
    """Say where a triple is asserted: the graph is its primary source, the line its location."""
    yield _say(entity, "prov:hadPrimarySource", source.graph)
    yield _say(source.graph, "rdf:type", _iri("prov:Entity"))
    place = BlankNode(f"place{_digest(entity.value)}n{number}")
    yield _say(entity, "prov:atLocation", place)
    yield _say(place, "rdf:type", _iri("prov:Location"))
    yield _say(place, "rdfs:label", Literal(source.place))
    if source.note:
        yield _say(place, "rdfs:comment", Literal(source.note, language="en"))
    if source.commit and source.author and source.date:
        commit = NamedNode(f"urn:claimgraph:commit:{source.commit}")
        author = BlankNode("author" + _digest(source.author))
        yield _say(entity, "prov:wasGeneratedBy", commit)
        yield _say(commit, "rdf:type", _iri("prov:Activity"))
        yield _say(commit, "rdfs:label", Literal(f"commit {source.commit}"))
        yield _say(commit, "prov:endedAtTime", Literal(source.date, datatype=_iri("xsd:dateTime")))
        yield _say(commit, "prov:wasAssociatedWith", author)
        yield _say(author, "rdf:type", _iri("prov:Agent"))
        yield _say(author, "foaf:name", Literal(source.author))


def _derived(entity: NamedNode, proof: Node, base: str) -> Iterator[Triple]:
    activity = NamedNode(f"urn:claimgraph:derivation:{_digest(entity.value)}")
    association = BlankNode("association" + _digest(entity.value))
    rule = rule_name(base, proof.rule.name)
    yield _say(entity, "prov:wasGeneratedBy", activity)
    yield _say(activity, "rdf:type", _iri("prov:Activity"))
    yield _say(activity, "rdfs:label", Literal(proof.rule.label, language="en"))
    for premise in proof.premises:
        yield _say(activity, "prov:used", entity_of(premise.fact))
        yield _say(entity, "prov:wasDerivedFrom", entity_of(premise.fact))
    for absence in proof.absences:
        yield _say(activity, "rdfs:comment", Literal(absence, language="en"))
    yield _say(activity, "prov:qualifiedAssociation", association)
    yield _say(association, "rdf:type", _iri("prov:Association"))
    yield _say(association, "prov:agent", _PROGRAM)
    yield _say(association, "prov:hadPlan", rule)
    yield _say(_PROGRAM, "rdf:type", _iri("prov:SoftwareAgent"))
    yield _say(_PROGRAM, "rdfs:label", Literal("claimgraph"))
    yield _say(rule, "rdf:type", _iri("prov:Plan"))
    yield _say(rule, "rdfs:label", Literal(proof.rule.label, language="en"))
    yield _say(rule, "skos:definition", Literal(proof.rule.why, language="en"))


def entity_of(fact: Fact) -> NamedNode:
    """Name a triple: by a digest of it, so that it has one name in every explanation."""
    return NamedNode(f"urn:claimgraph:triple:{_digest(' '.join(str(term) for term in fact[:3]))}")


def _say(subject: NamedNode | BlankNode, predicate: str, value: Term) -> Triple:
    return Triple(subject, _iri(predicate), value)


def _iri(curie: str) -> NamedNode:
    return NamedNode(expand(curie))


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:24]
