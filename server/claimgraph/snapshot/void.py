"""Describe a snapshot by VoID: its size, its named graphs, and which classes have which properties.

The partitions are nested as the editors of SIB and other clients read them for completion: a class partition has
property partitions, these have the classes (``void:classPartition``) or datatypes (``void-ext:datatypePartition``) of
their values. Sources: VoID, section 4.5; https://github.com/sib-swiss/sparql-guidelines.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from pyoxigraph import Literal, NamedNode, Triple

from claimgraph.sparql.prefixes import PREFIXES, compact, expand

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from claimgraph.snapshot.census import Census, Tally

EXTENSION = "http://ldf.fi/void-ext#"
"""Namespace of the extension of VoID that has partitions by datatype."""


def say(subject: NamedNode, predicate: str, value: NamedNode | Literal | int) -> Triple:
    """Make a triple of a subject, a property by CURIE, and a value."""
    term = Literal(str(value), datatype=NamedNode(expand("xsd:integer"))) if isinstance(value, int) else value
    return Triple(subject, NamedNode(expand(predicate)), term)


def part(graph: NamedNode, name: str) -> NamedNode:
    """Name a part of the description: a fragment of the graph that it stands in, so that a dump has no blank nodes."""
    return NamedNode(f"{graph.value}#{name}")


def slug(iri: str) -> str:
    """Write an IRI as a piece of a fragment: its CURIE, or a hash where it has none."""
    return (compact(iri) or hashlib.sha256(iri.encode()).hexdigest()[:16]).replace(":", "_")


def describe_dataset(graph: NamedNode, census: Census) -> Iterator[Triple]:
    """Describe the dataset, its default graph, which is the union of all, and the partitions of that."""
    dataset, union = part(graph, "dataset"), part(graph, "default-graph")
    yield say(dataset, "rdf:type", NamedNode(expand("sd:Dataset")))
    yield say(dataset, "rdfs:label", Literal("All graphs of this snapshot, asserted and derived", language="en"))
    yield say(dataset, "sd:defaultGraph", union)
    for name in sorted(census.graphs):
        yield say(dataset, "sd:namedGraph", NamedNode(name))
    for kind in ("sd:Graph", "void:Dataset"):
        yield say(union, "rdf:type", NamedNode(expand(kind)))
    yield say(union, "void:triples", census.triples)
    yield say(union, "void:distinctSubjects", census.subjects)
    yield say(union, "void:distinctObjects", census.objects)
    yield say(union, "void:classes", len(census.entities))
    yield say(union, "void:properties", len(census.properties))
    for namespace in _vocabularies([*census.entities, *census.properties]):
        yield say(union, "void:vocabulary", NamedNode(namespace))
    for iri, count in sorted(census.properties.items()):
        yield from _property(union, part(graph, f"any-{slug(iri)}"), iri, count)
    for kind, entities in sorted(census.entities.items()):
        partition = part(graph, slug(kind))
        yield say(union, "void:classPartition", partition)
        yield say(partition, "void:class", NamedNode(kind))
        yield say(partition, "void:entities", entities)
        for iri, tally in sorted(census.by_class[kind].items()):
            property_partition = part(graph, f"{slug(kind)}-{slug(iri)}")
            yield from _property(partition, property_partition, iri, tally.triples)
            yield from _values(property_partition, tally)


def _property(owner: NamedNode, partition: NamedNode, iri: str, triples: int) -> Iterator[Triple]:
    yield say(owner, "void:propertyPartition", partition)
    yield say(partition, "void:property", NamedNode(iri))
    yield say(partition, "void:triples", triples)


def _values(partition: NamedNode, tally: Tally) -> Iterator[Triple]:
    for kind, count in sorted(tally.classes.items()):
        values = NamedNode(f"{partition.value}-{slug(kind)}")
        yield say(partition, "void:classPartition", values)
        yield say(values, "void:class", NamedNode(kind))
        yield say(values, "void:triples", count)
    for datatype, count in sorted(tally.datatypes.items()):
        values = NamedNode(f"{partition.value}-{slug(datatype)}")
        yield Triple(partition, NamedNode(EXTENSION + "datatypePartition"), values)
        yield Triple(values, NamedNode(EXTENSION + "datatype"), NamedNode(datatype))
        yield say(values, "void:triples", count)


def _vocabularies(names: Iterable[str]) -> list[str]:
    """List the namespaces of our table that classes or properties are from."""
    used = set(names)
    return sorted(space for space in PREFIXES.values() if any(name.startswith(space) for name in used))
