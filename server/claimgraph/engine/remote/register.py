"""The register in a remote store: which versions of the dataset it has, and which of them are whole.

It is a graph of its own. Of each version it says the digest, the graphs, since when it is being loaded, and, in one
triple that is written last, since when it is whole. Nobody reads a version that is not.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from pyoxigraph import QueryResultsFormat, QuerySolutions, parse_query_results

from claimgraph.engine import Limits
from claimgraph.engine.remote.answer import RemoteAnswer
from claimgraph.engine.remote.request import asking
from claimgraph.errors import EngineGarbled, NotPublished
from claimgraph.formats import by_name

if TYPE_CHECKING:
    from pyoxigraph import QuerySolution

    from claimgraph.engine.remote.endpoint import Endpoint
    from claimgraph.sparql.version import Version

REGISTER: Final = "urn:claimgraph:register"
"""The graph of the register; the names of what it says begin so as well."""
_VERSIONS: Final = f"""SELECT ?digest ?since ?whole {{ GRAPH <{REGISTER}> {{ ?version <{REGISTER}:digest> ?digest ;
  <{REGISTER}:since> ?since . OPTIONAL {{ ?version <{REGISTER}:whole> ?whole }} }} }}"""
_GRAPHS: Final = f"SELECT ?graph {{ GRAPH <{REGISTER}> {{ <%s> <{REGISTER}:graph> ?graph }} }}"
_SHORT: Final = 12


@dataclass(frozen=True, slots=True)
class Registered:
    """Be what the register says of a version: ``whole`` is since when it is, or empty where it is not."""

    digest: str
    since: str
    whole: str = ""


def registered(endpoint: Endpoint, seconds: float) -> list[Registered]:
    """Read the register, the newest version first; it is empty where there is none.

    Raises:
        BadQuery, EngineError: the endpoint fails.
    """
    found = [
        Registered(row["digest"].value, row["since"].value, row["whole"].value if row["whole"] else "")
        for row in rows(endpoint, _VERSIONS, seconds)
    ]
    return sorted(found, key=lambda version: (version.whole or version.since, version.digest), reverse=True)


def version_in(endpoint: Endpoint, version: Version, seconds: float) -> Version | None:
    """Return the version to ask an endpoint for, or None where it has no register: somebody else loaded the data.

    Raises:
        NotPublished: the endpoint has other versions, or this one is not whole.
        BadQuery, EngineError: the endpoint fails.
    """
    known = registered(endpoint, seconds)
    if not known or any(entry.digest == version.digest and entry.whole for entry in known):
        return version if known else None
    others = ", ".join(entry.digest[:_SHORT] for entry in known if entry.whole) or "none"
    raise NotPublished(
        f"the engine at {endpoint.shown} does not have the snapshot {version.digest[:_SHORT]} as a whole (it has: "
        f"{others}); run 'claimgraph publish'"
    )


def graphs_of(endpoint: Endpoint, digest: str, seconds: float) -> frozenset[str]:
    """Return the names, as clients know them, of the graphs that a version was begun with."""
    return frozenset(row["graph"].value for row in rows(endpoint, _GRAPHS % node(digest), seconds))


def node(digest: str) -> str:
    """Name a version in the register."""
    return f"{REGISTER}:{digest}"


def rows(endpoint: Endpoint, text: str, seconds: float) -> list[QuerySolution]:
    """Ask an endpoint a SELECT query, in the names of the store itself."""
    limits = Limits(seconds, 1 << 30, since=time.monotonic())
    request = asking(endpoint.url, "SELECT", text)
    body = b"".join(RemoteAnswer(endpoint, request, by_name("json"), limits, None))
    try:
        found = parse_query_results(body, QueryResultsFormat.JSON)
        if isinstance(found, QuerySolutions):
            return list(found)
    except (SyntaxError, ValueError) as error:
        raise EngineGarbled(f"the endpoint's answer cannot be read: {error}") from error
    raise EngineGarbled("the endpoint's answer is no rows")
