"""The remote engine: any SPARQL 1.1 endpoint, asked through SPARQLWrapper (which lives here and nowhere else).

Rows are asked for as SPARQL JSON and graphs as Turtle, which every endpoint speaks; other formats are written here, so
answers look the same whoever computed them. Where ``claimgraph publish`` brought the data, queries and answers are
written in the names of one version; where somebody else did, the endpoint must take the union of all graphs for its
default graph.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from claimgraph.engine import WHOLE, Dataset, Limits
from claimgraph.engine.remote.answer import RemoteAnswer
from claimgraph.engine.remote.endpoint import Endpoint
from claimgraph.engine.remote.request import asking
from claimgraph.sparql.versioned import versioned

if TYPE_CHECKING:
    from claimgraph.engine import Answer
    from claimgraph.engine.embedded import Embedded
    from claimgraph.formats import Format
    from claimgraph.sparql.query import Query
    from claimgraph.sparql.version import Version

__all__ = ["Endpoint", "Remote", "RemoteAnswer"]


class Remote:
    """Ask a SPARQL endpoint, of one version of the dataset or of whatever it has."""

    def __init__(self, endpoint: Endpoint, reader: Embedded, version: Version | None = None) -> None:
        """Take the endpoint, of which nothing is asked yet, and workers that read texts."""
        self._endpoint = endpoint
        self._reader = reader
        self._version = version

    def answer(self, query: Query, format_: Format, limits: Limits, dataset: Dataset = WHOLE) -> RemoteAnswer:
        """Answer a query; see :class:`claimgraph.engine.Engine`."""
        if self._version:
            graphs = (dataset.default_graphs, dataset.named_graphs) if dataset else None
            request = asking(self._endpoint.url, query.form, versioned(query, self._version, graphs))
        else:
            request = asking(self._endpoint.url, query.form, query.text, dataset)
        is_boolean = query.form == "ASK"
        return RemoteAnswer(self._endpoint, request, format_, limits, self._version, is_boolean=is_boolean)

    def awaited(self, *_: object) -> None:
        """Say that this engine must be waited for in a thread."""

    def reading(self, text: str, limits: Limits) -> Answer:
        """Read a text; see :class:`claimgraph.engine.Engine`."""
        return self._reader.reading(text, limits)

    def close(self) -> None:
        """Let go of the workers; each answer has a connection of its own."""
        self._reader.close()
