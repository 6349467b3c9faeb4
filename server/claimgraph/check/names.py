"""The terms of standard vocabularies that checks speak of, by their short names."""

from __future__ import annotations

from functools import cache

from pyoxigraph import NamedNode

from claimgraph.sparql.prefixes import expand


@cache
def name(curie: str) -> NamedNode:
    """Return the IRI of a CURIE such as ``owl:Class``."""
    return NamedNode(expand(curie))


def names(prefix: str, locals_: str) -> frozenset[NamedNode]:
    """Return the IRIs of several local names, separated by spaces, under one prefix."""
    return frozenset(name(f"{prefix}:{local}") for local in locals_.split())


def folder_of(iri: str) -> str:
    """Return what an IRI has before its last slash: things in one folder of names have to be told apart by them."""
    return iri.rpartition("/")[0]


RDF_TYPE = name("rdf:type")
LABEL = name("rdfs:label")
SUBCLASS = name("rdfs:subClassOf")
SUBPROPERTY = name("rdfs:subPropertyOf")
DOMAIN = name("rdfs:domain")
RANGE = name("rdfs:range")
