"""Ask a claimgraph service from Python: canned questions by name, and SPARQL.

>>> from claimgraph.client import Client
>>> answer = Client("http://127.0.0.1:8000").query("contradictions", weapon="Iskander", kind="strict")  # doctest: +SKIP
"""

from __future__ import annotations

import json
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, overload

from SPARQLWrapper import JSON, SPARQLWrapper
from SPARQLWrapper.SPARQLExceptions import SPARQLWrapperException

from claimgraph.errors import EngineError, UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd

    Row = Mapping[str, Any]

_AT_FAULT = 400  # statuses from here to 499 blame the request


class Answer(Sequence["Row"]):
    """Be the rows of an answer, each a mapping; ``<name>_label`` stands beside every IRI.

    ``columns`` says what each column means, ``snapshot`` is the digest of the snapshot that was asked.
    """

    def __init__(self, rows: Sequence[Row], columns: Mapping[str, str], snapshot: str) -> None:
        """Keep rows, meanings and digest."""
        self._rows = tuple(rows)
        self.columns = dict(columns)
        self.snapshot = snapshot

    @overload
    def __getitem__(self, index: int) -> Row: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[Row]: ...
    def __getitem__(self, index: int | slice) -> Row | Sequence[Row]:
        """Return a row, or several."""
        return self._rows[index]

    def __len__(self) -> int:
        """Count the rows."""
        return len(self._rows)

    def frame(self) -> pd.DataFrame:
        """Return the rows as a pandas DataFrame.

        Raises:
            UsageError: pandas is not installed.
        """
        try:
            import pandas as pd  # noqa: PLC0415 - optional
        except ImportError as error:
            raise UsageError("pandas is not installed: pip install pandas") from error
        return pd.DataFrame(list(self._rows), columns=list(self.columns))


class Client:
    """Ask one service."""

    def __init__(self, url: str, *, timeout: float = 60.0) -> None:
        """Take the address of the service, and the seconds after which to give up."""
        self.url = url.rstrip("/")
        self.timeout = timeout

    def query(self, name: str, **parameters: object) -> Answer:
        """Ask a canned question; a parameter that takes a resource takes its name, IRI, CURIE or identifier.

        Raises:
            UsageError: there is no such question or parameter, or a value is not of its type.
            EngineError: the service cannot be reached, or failed.
        """
        given = {key: str(value) for key, value in parameters.items() if value is not None}
        told = self._get(f"/queries/{urllib.parse.quote(name)}", {**given, "format": "records"})
        return Answer(told["rows"], told["columns"], told["snapshot"])

    def questions(self) -> dict[str, str]:
        """Map the name of each canned question to what it asks.

        Raises:
            EngineError: the service cannot be reached, or failed.
        """
        return {entry["name"]: entry["summary"] for entry in self._get("/queries/", {"format": "json"})}

    def sparql(self, text: str) -> list[dict[str, str]]:
        """Ask a SELECT query, and return each row as texts.

        Raises:
            EngineError: the service refused the query or failed.
        """
        endpoint = SPARQLWrapper(f"{self.url}/sparql", returnFormat=JSON)
        endpoint.setTimeout(int(self.timeout))
        endpoint.setQuery(text)
        try:
            answer: Any = endpoint.queryAndConvert()
        except (OSError, SPARQLWrapperException) as error:
            raise EngineError(f"{self.url}/sparql: {error}") from error
        return [{name: term["value"] for name, term in row.items()} for row in answer["results"]["bindings"]]

    def _get(self, path: str, parameters: Mapping[str, str]) -> Any:  # noqa: ANN401 - JSON
        request = urllib.request.Request(  # noqa: S310 - the address is the caller's own
            f"{self.url}{path}?{urllib.parse.urlencode(parameters)}", headers={"Accept": "application/json"}
        )
        try:
            with urllib.request.urlopen(request, timeout=self.timeout) as response:  # noqa: S310
                return json.load(response)
        except urllib.error.HTTPError as error:
            with error:
                message = _detail(error.read()) or str(error)
            kind = UsageError if _AT_FAULT <= error.code < _AT_FAULT + 100 else EngineError
            raise kind(message) from error
        except OSError as error:
            raise EngineError(f"{self.url} cannot be reached: {error}") from error


def _detail(body: bytes) -> str:
    """Read what problem details (RFC 9457) say."""
    try:
        return str(json.loads(body)["detail"])
    except (ValueError, KeyError, TypeError):
        return ""
