"""The one table of prefixes, used for reading CURIEs, for writing Turtle and for the SPARQL editor."""

from __future__ import annotations

import re

from claimgraph import BASE as BASE  # noqa: PLC0414 - other modules ask for it here, beside the prefixes
from claimgraph.errors import UnknownName

PREFIXES: dict[str, str] = {
    "cg": BASE + "ontology#",
    "id": BASE + "id/",
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
    "owl": "http://www.w3.org/2002/07/owl#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
    "skos": "http://www.w3.org/2004/02/skos/core#",
    "dcterms": "http://purl.org/dc/terms/",
    "prov": "http://www.w3.org/ns/prov#",
    "org": "http://www.w3.org/ns/org#",
    "foaf": "http://xmlns.com/foaf/0.1/",
    "schema": "https://schema.org/",
    "sem": "http://semanticweb.cs.vu.nl/2009/11/sem/",
    "oa": "http://www.w3.org/ns/oa#",
    "time": "http://www.w3.org/2006/time#",
    "geo": "http://www.opengis.net/ont/geosparql#",
    "sh": "http://www.w3.org/ns/shacl#",
    "void": "http://rdfs.org/ns/void#",
    "dcat": "http://www.w3.org/ns/dcat#",
    "sd": "http://www.w3.org/ns/sparql-service-description#",
    "formats": "http://www.w3.org/ns/formats/",
}

_LONGEST_FIRST = sorted(PREFIXES.items(), key=lambda item: -len(item[1]))
# The part of a local name that needs no escape in SPARQL or Turtle (PN_LOCAL less its rarer characters).
_PLAIN_LOCAL = re.compile(r"[A-Za-z0-9_](?:[A-Za-z0-9_.-]*[A-Za-z0-9_-])?\Z")


def expand(curie: str) -> str:
    """Turn ``cg:Claim`` into the IRI it stands for.

    Local names may hold slashes here (``id:weapon/iskander``), as people write them on a command line.

    Raises:
        UnknownName: the prefix is not in the table, or the text has no colon.
    """
    prefix, colon, local = curie.partition(":")
    if not colon or prefix not in PREFIXES:
        message = f"unknown prefix in {curie!r}; known are {', '.join(PREFIXES)}"
        raise UnknownName(message)
    return PREFIXES[prefix] + local


def compact(iri: str) -> str | None:
    """Turn an IRI into a CURIE that Turtle and SPARQL accept, or return None when there is none."""
    for prefix, namespace in _LONGEST_FIRST:
        if iri.startswith(namespace):
            local = iri[len(namespace) :]
            return f"{prefix}:{local}" if _PLAIN_LOCAL.match(local) else None
    return None


def shorten(iri: str) -> str:
    """Write an IRI for people: as a CURIE where a prefix fits (slashes allowed), otherwise as it is."""
    for prefix, namespace in _LONGEST_FIRST:
        if iri.startswith(namespace):
            return f"{prefix}:{iri[len(namespace) :]}"
    return iri


def declarations() -> str:
    """Return the table as SPARQL PREFIX declarations, one a line."""
    return "".join(f"PREFIX {prefix}: <{namespace}>\n" for prefix, namespace in PREFIXES.items())
