"""Defaults of the canned queries that exist in a synthetic dataset: the busiest actor, weapon, event and place of all.

The proposition is one that is much talked of and not the very busiest, on which thousands of claims bear.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from claimgraph.sparql.prefixes import PREFIXES

if TYPE_CHECKING:
    from pathlib import Path

_CHOSEN: Final = {
    "actor": "actor/ministry-1-of-state-01",
    "document": "synth-00001/document-1",
    "dossier": "dossier/synth-00001",
    "event": "event/conflict-0001",
    "place": "place/region-0001",
    "proposition": "matter/that-00002-20",
    "statement": "synth-00001/sy0000001",
    "weapon": "weapon/family-0001",
}
_DAY: Final = "1701-06-30"

_DEFAULT: Final = re.compile(r'^(#\+ +- (?P<name>\w+): )"(?P<value>[^"]*)"$', re.MULTILINE)
_IRI: Final = re.compile(r"https?://")
_DATE: Final = re.compile(r"\d{4}-\d\d-\d\d")


def adapt(queries: Path) -> None:
    """Give every canned query in a folder defaults that name something there is; the queries themselves stay."""
    for path in sorted(queries.glob("*.rq")):
        text = path.read_bytes().decode()
        path.write_bytes(_DEFAULT.sub(_replaced, text).encode())


def _replaced(match: re.Match[str]) -> str:
    name, value = match["name"], match["value"]
    if _IRI.match(value) and name in _CHOSEN:
        value = PREFIXES["id"] + _CHOSEN[name]
    elif _DATE.fullmatch(value):
        value = _DAY
    return f'{match[1]}"{value}"'
