"""The dataset in RDF: as a catalogue of it (DCAT 3) and as a description of what is in it (VoID).

Sources: https://www.w3.org/TR/vocab-dcat-3/, https://www.w3.org/TR/void/, and SPDX for checksums.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from pyoxigraph import Literal, NamedNode, Triple

from claimgraph.formats import GRAPHS, by_name
from claimgraph.snapshot.void import EXTENSION, part, say, slug
from claimgraph.sparql.prefixes import BASE, PREFIXES, expand
from claimgraph.web.description import FORMAT_NAMES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from claimgraph.snapshot import Download
    from claimgraph.web.kept import Kept
    from claimgraph.web.overview import Overview
    from claimgraph.web.vocabulary import Vocabulary

CATALOG: Final = NamedNode(BASE + "catalog")
DATASET: Final = NamedNode(BASE + "catalog#dataset")
SPDX: Final = "http://spdx.org/rdf/terms#"
ADMS: Final = "http://www.w3.org/ns/adms#"
_SNAPSHOT: Final = NamedNode(BASE + "graph/snapshot")
_MEDIA: Final = "https://www.iana.org/assignments/media-types/"
PACKED: Final = {"gzip": "application/gzip", "zstd": "application/zstd"}
"""The media type of each packing."""
_TITLE: Final = "claimgraph: who said what about which weapon, and who denied it"
_ABOUT: Final = (
    "Contested claims about weapons: each with its holder, speaker, exact words, chain of transmission, basis and "
    "date, and with what contradicts it. Nothing that is merely claimed is stated as a fact."
)
WRITTEN_WITH: Final = {
    **{name: PREFIXES[name] for name in ("dcat", "dcterms", "void", "foaf", "xsd", "rdf", "rdfs", "sd", "formats")},
    "spdx": SPDX,
    "adms": ADMS,
    "void-ext": EXTENSION,
}


def as_dcat(overview: Overview) -> Iterator[Triple]:
    """Describe the catalogue, the dataset with its files and versions, and the services that answer from it."""
    host = overview.host
    yield from _is(CATALOG, "dcat:Catalog")
    yield say(CATALOG, "dcterms:title", _english("The catalogue of this service"))
    yield say(CATALOG, "dcterms:language", NamedNode("http://publications.europa.eu/resource/authority/language/ENG"))
    yield say(CATALOG, "foaf:homepage", NamedNode(host + "/"))
    yield say(CATALOG, "dcterms:modified", _typed(overview.view.manifest.built_at, "xsd:dateTime"))
    yield say(CATALOG, "dcat:dataset", DATASET)
    yield from _dataset(overview)
    for download in overview.downloads:
        yield from _distribution(overview, download)
    for name, endpoint, description in (
        ("sparql", "/sparql", "/sparql"),
        ("questions", "/queries/", "/openapi.json"),
        ("search", "/search", "/openapi.json"),
        ("reconciliation", "/reconcile", "/reconcile"),
    ):
        service = NamedNode(f"{CATALOG.value}#{name}")
        yield say(CATALOG, "dcat:service", service)
        yield from _is(service, "dcat:DataService")
        yield say(service, "dcterms:title", _english(_SERVICES[name]))
        yield say(service, "dcat:endpointURL", NamedNode(host + endpoint))
        yield say(service, "dcat:endpointDescription", NamedNode(host + description))
        yield say(service, "dcat:servesDataset", DATASET)


_SERVICES: Final = {
    "sparql": "SPARQL 1.1 endpoint",
    "questions": "Canned questions",
    "search": "Search by names and words",
    "reconciliation": "Reconciliation of names (OpenRefine)",
}


def _dataset(overview: Overview) -> Iterator[Triple]:
    manifest = overview.view.manifest
    yield from _is(DATASET, "dcat:Dataset", "void:Dataset")
    yield say(DATASET, "dcterms:title", _english(_TITLE))
    yield say(DATASET, "dcterms:description", _english(_ABOUT))
    for iri in overview.licenses:
        yield say(DATASET, "dcterms:license", NamedNode(iri))
    yield say(DATASET, "dcterms:identifier", Literal(manifest.digest))
    yield say(DATASET, "dcat:version", Literal(manifest.digest[:16]))
    yield say(DATASET, "dcterms:modified", _typed(manifest.built_at, "xsd:dateTime"))
    yield say(DATASET, "dcat:landingPage", NamedNode(overview.host + "/catalog"))
    for version in overview.versions:
        yield say(DATASET, "dcat:hasVersion", _version(overview, version))
    if overview.since:
        yield say(DATASET, "dcat:previousVersion", _version(overview, overview.since))
        yield Triple(DATASET, NamedNode(ADMS + "versionNotes"), _english(f"Since then: {overview.changes}."))


def _version(overview: Overview, version: Kept) -> NamedNode:
    return NamedNode(f"{overview.host}{version.address}/catalog")


def _distribution(overview: Overview, download: Download) -> Iterator[Triple]:
    name = name_of(download)
    here = NamedNode(f"{CATALOG.value}#{name}")
    format_ = by_name(download.format)
    checksum = NamedNode(f"{here.value}-sha256")
    yield say(DATASET, "dcat:distribution", here)
    yield from _is(here, "dcat:Distribution")
    yield say(here, "dcterms:title", _english(f"Everything as {format_.label}, packed by {download.packing}"))
    yield say(here, "dcat:accessURL", NamedNode(overview.host + "/dump"))
    yield say(here, "dcat:downloadURL", NamedNode(f"{overview.host}/dump/{name}"))
    yield say(here, "dcat:mediaType", NamedNode(_MEDIA + format_.media_type))
    yield say(here, "dcat:compressFormat", NamedNode(_MEDIA + PACKED[download.packing]))
    yield say(here, "dcat:byteSize", _typed(download.bytes, "xsd:nonNegativeInteger"))
    yield Triple(here, NamedNode(SPDX + "checksum"), checksum)
    yield say(checksum, "rdf:type", NamedNode(SPDX + "Checksum"))
    yield Triple(checksum, NamedNode(SPDX + "algorithm"), NamedNode(SPDX + "checksumAlgorithm_sha256"))
    yield Triple(checksum, NamedNode(SPDX + "checksumValue"), _typed(download.sha256, "xsd:hexBinary"))
    for iri in overview.licenses:
        yield say(here, "dcterms:license", NamedNode(iri))


def as_void(overview: Overview) -> Iterator[Triple]:
    """Describe the dataset: how it is reached, its sizes, its graphs and their licences, its classes and properties."""
    host, vocabulary = overview.host, overview.vocabulary
    document = NamedNode(BASE + ".well-known/void")
    yield from _is(document, "void:DatasetDescription")
    yield say(document, "dcterms:title", _english("What is in the dataset of this service"))
    yield say(document, "foaf:primaryTopic", DATASET)
    yield from _dataset(overview)
    yield say(DATASET, "foaf:homepage", NamedNode(host + "/"))
    yield say(DATASET, "void:sparqlEndpoint", NamedNode(host + "/sparql"))
    yield say(DATASET, "void:uriLookupEndpoint", NamedNode(host + "/search?q="))
    yield say(DATASET, "void:uriSpace", Literal(PREFIXES["id"]))
    for iri in overview.examples:
        yield say(DATASET, "void:exampleResource", NamedNode(iri))
    for download in overview.downloads:
        yield say(DATASET, "void:dataDump", NamedNode(f"{host}/dump/{name_of(download)}"))
    for format_ in GRAPHS:
        yield say(DATASET, "void:feature", NamedNode(expand("formats:" + FORMAT_NAMES[format_.name])))
    for name, count in overview.figures.items():
        yield say(DATASET, name, count)
    used = (*vocabulary.classes, *vocabulary.properties)
    for namespace in sorted({space for space in PREFIXES.values() if any(iri.startswith(space) for iri in used)}):
        yield say(DATASET, "void:vocabulary", NamedNode(namespace))
    for graph in overview.graphs:
        here = NamedNode(graph.iri)
        yield say(DATASET, "void:subset", here)
        yield from _is(here, "void:Dataset", "sd:NamedGraph")
        yield say(here, "dcterms:title", Literal(graph.name))
        yield say(here, "void:triples", graph.triples)
        for iri in graph.licenses:
            yield say(here, "dcterms:license", NamedNode(iri))
    yield from _partitions(vocabulary)


def _partitions(vocabulary: Vocabulary) -> Iterator[Triple]:
    """Count classes and properties; the parts are those that the snapshot itself describes, and says more of."""
    for kind in vocabulary.classes.values():
        here = part(_SNAPSHOT, slug(kind.iri))
        yield say(DATASET, "void:classPartition", here)
        yield say(here, "void:class", NamedNode(kind.iri))
        yield say(here, "void:entities", kind.count)
    for property_ in vocabulary.properties.values():
        here = part(_SNAPSHOT, f"any-{slug(property_.iri)}")
        yield say(DATASET, "void:propertyPartition", here)
        yield say(here, "void:property", NamedNode(property_.iri))
        yield say(here, "void:triples", property_.count)


def name_of(download: Download) -> str:
    """Return the last part of the address of a file."""
    return download.path.rpartition("/")[2]


def _is(subject: NamedNode, *kinds: str) -> Iterator[Triple]:
    for kind in kinds:
        yield say(subject, "rdf:type", NamedNode(expand(kind)))


def _english(text: str) -> Literal:
    return Literal(text, language="en")


def _typed(value: object, kind: str) -> Literal:
    return Literal(str(value), datatype=NamedNode(expand(kind)))
