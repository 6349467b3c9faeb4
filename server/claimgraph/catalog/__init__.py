"""The catalogue of canned queries: every ``queries/*.rq`` file by its name."""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING

from claimgraph.catalog.parameter import Parameter
from claimgraph.catalog.query import CannedQuery, load_query
from claimgraph.errors import UnknownName

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

__all__ = ["CannedQuery", "Catalog", "Parameter"]


class Catalog:
    """Look canned queries up by name, and list them in order."""

    def __init__(self, queries: list[CannedQuery]) -> None:
        """Keep the queries by name."""
        self._queries = {query.name: query for query in sorted(queries, key=lambda query: query.name)}

    @classmethod
    def load(cls, folder: Path) -> Catalog:
        """Read every query of a folder; a folder that is not there is an empty catalogue.

        Raises:
            BadHeader: a header cannot be read.
            BadQuery: a query does not tokenise.
        """
        return cls([load_query(path) for path in folder.glob("*.rq")])

    def __getitem__(self, name: str) -> CannedQuery:
        """Return the query of a name.

        Raises:
            UnknownName: there is none; the message names the nearest ones.
        """
        if name in self._queries:
            return self._queries[name]
        near = difflib.get_close_matches(name, self._queries, n=3)
        hint = f"; did you mean {' or '.join(near)}?" if near else "; 'claimgraph query --list' shows all of them"
        message = f"there is no query {name!r}{hint}"
        raise UnknownName(message)

    def __iter__(self) -> Iterator[CannedQuery]:
        """List the queries by name."""
        return iter(self._queries.values())

    def __len__(self) -> int:
        """Count the queries."""
        return len(self._queries)
