"""Requests of the SPARQL Protocol; those for queries are as SPARQLWrapper makes them."""

from __future__ import annotations

import urllib.request
from typing import Final

from SPARQLWrapper import JSON, POST, TURTLE, SPARQLWrapper

from claimgraph.engine import WHOLE, Dataset
from claimgraph.sparql.prefixes import BASE

ACCEPTED: Final = {"rows": "application/sparql-results+json", "graph": "text/turtle"}
"""The media type that is asked for, by what is answered: of several ones Virtuoso takes one that nobody knows."""
_ROWS: Final = frozenset({"SELECT", "ASK"})


def asking(url: str, form: str, text: str, dataset: Dataset = WHOLE) -> urllib.request.Request:
    """Make the request for a query."""
    wrapper = SPARQLWrapper(url, returnFormat=JSON if form in _ROWS else TURTLE)
    wrapper.setMethod(POST)
    wrapper.setOnlyConneg(True)
    wrapper.setQuery(f"BASE <{BASE}> {text}")
    wrapper.queryType = form
    for graph in dataset.default_graphs:
        wrapper.addParameter("default-graph-uri", graph)
    for graph in dataset.named_graphs:
        wrapper.addParameter("named-graph-uri", graph)
    # It would send the request without our trust and credentials, and with no limit to slow answers.
    made: urllib.request.Request = wrapper._createRequest()  # noqa: SLF001 - there is no other way to have it
    made.add_header("Accept", ACCEPTED["rows" if form in _ROWS else "graph"])
    return made


def updating(url: str, text: str) -> urllib.request.Request:
    """Make the request for an update."""
    kind = {"Content-Type": "application/sparql-update; charset=utf-8"}
    return urllib.request.Request(url, text.encode(), kind, method="POST")  # noqa: S310 - of the settings
