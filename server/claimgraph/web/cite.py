"""How to cite an answer: the query, its parameters, the snapshot and the commit, and an address that stays."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from claimgraph.errors import UnknownName
from claimgraph.sparql.prefixes import shorten

if TYPE_CHECKING:
    from collections.abc import Mapping

    from claimgraph.catalog import CannedQuery
    from claimgraph.snapshot import Manifest
    from claimgraph.web.service import View

_SHORT = 16


@dataclass(frozen=True, slots=True)
class Citation:
    """Be what is needed to ask again and to get the same answer."""

    text: str
    address: str
    manifest: Manifest
    parameters: Mapping[str, str]


def cite(canned: CannedQuery, values: Mapping[str, str], manifest: Manifest, host: str) -> Citation:
    """Cite the answer of a canned query to some values (IRIs or literals, defaults included).

    The address names the snapshot and every parameter, so that a changed default changes nothing; one that was left
    empty against its default is named too.
    """
    told = {name: shorten(value) for name, value in values.items() if value or canned.parameters[name].default}
    where = f"{host}/versions/{manifest.digest}/queries/{canned.name}"
    if told:
        where += "?" + urlencode(told, safe=":/")
    asked = ", ".join(f"{name} = {value or 'all'}" for name, value in told.items()) or "no parameters"
    data = f"data at commit {manifest.commit}, " if manifest.commit else ""
    text = (
        f"claimgraph: “{canned.summary}” (query {canned.name}; {asked}). "
        f"Snapshot {manifest.digest}, {data}built {manifest.built_at[:10]}. {where}"
    )
    return Citation(text, where, manifest, told)


def require_version(view: View, version: str | None) -> None:
    """Refuse to answer from another snapshot than the one asked for.

    Raises:
        UnknownName: it is not the one in service; the message says how to get it.
    """
    if version and not (view.digest.startswith(version) and version.isascii()):
        now = f"the snapshot in service is {view.digest[:_SHORT]}"
        message = f"the snapshot {version!r} is not in service here ({now}); build it from the commit that was cited"
        raise UnknownName(message)
