"""Put the canned queries and the prefixes into the snapshot, as editors and clients look for them.

A query is a ``sh:SPARQLExecutable`` with its text at ``sh:select`` (or ask, construct; ``spex:describe`` for want of
one in SHACL); the prefixes are ``sh:declare``. Sources: SHACL, sections 5.1 and 5.2; the same guidelines as in
:mod:`claimgraph.snapshot.void`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pyoxigraph import Literal, NamedNode, Triple

from claimgraph.catalog import Catalog
from claimgraph.errors import BadParameter
from claimgraph.snapshot.void import part, say
from claimgraph.sparql.prefixes import PREFIXES, expand
from claimgraph.sparql.query import read

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from claimgraph.catalog import CannedQuery
    from claimgraph.dataset import Layout

_SPEX = "https://purl.expasy.org/sparql-examples/ontology#"
_SHOWN_BY = {"SELECT": "sh:select", "ASK": "sh:ask", "CONSTRUCT": "sh:construct"}


def describe_prefixes(graph: NamedNode, base: str) -> Iterator[Triple]:
    """Declare every prefix of the table."""
    for prefix, namespace in PREFIXES.items():
        declaration = part(graph, f"prefix-{prefix}")
        yield say(NamedNode(base + "ontology"), "sh:declare", declaration)
        yield say(declaration, "rdf:type", NamedNode(expand("sh:PrefixDeclaration")))
        yield say(declaration, "sh:prefix", Literal(prefix))
        yield say(declaration, "sh:namespace", Literal(namespace, datatype=NamedNode(expand("xsd:anyURI"))))


def describe_queries(graph: NamedNode, layout: Layout, resolve: Callable[[str], str | None]) -> Iterator[Triple]:
    """Describe every canned query of a dataset, with its defaults in place.

    Raises:
        BadHeader: the header of a query cannot be read.
        BadQuery: a query does not tokenise.
    """
    for query in Catalog.load(layout.queries):
        node = part(graph, f"query-{query.name}")
        text = _text(query, resolve)
        form = read(text).form
        yield say(node, "rdf:type", NamedNode(expand("sh:SPARQLExecutable")))
        if form == "SELECT":
            yield say(node, "rdf:type", NamedNode(expand("sh:SPARQLSelectExecutable")))
        yield say(node, "rdfs:label", Literal(query.name))
        yield say(node, "rdfs:comment", Literal(query.summary, language="en"))
        if query.description:
            yield say(node, "dcterms:description", Literal(query.description, language="en"))
        for tag in query.tags:
            yield say(node, "schema:keywords", Literal(tag))
        yield say(node, "sh:prefixes", NamedNode(layout.base + "ontology"))
        written = expand(_SHOWN_BY[form]) if form in _SHOWN_BY else _SPEX + "describe"
        yield Triple(node, NamedNode(written), Literal(text))


def _text(query: CannedQuery, resolve: Callable[[str], str | None]) -> str:
    """Return the query without its header and with its defaults in place; as it is where the dataset lacks one."""
    try:
        text = query.bind({}, resolve)
    except BadParameter:
        text = query.text
    lines = text.splitlines(keepends=True)
    return "".join(line for line in lines if not line.startswith("#+")).strip() + "\n"
