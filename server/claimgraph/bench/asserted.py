"""What is asserted, without what rules derive: the data that a peer has, and the questions as it has to be asked."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from claimgraph.bench.meanings import PATHS, PATTERNS
from claimgraph.bench.unfold import NotExpressible, unfold
from claimgraph.sparql.prefixes import PREFIXES

if TYPE_CHECKING:
    from pathlib import Path

    from claimgraph.snapshot import Snapshot

_OURS: Final = PREFIXES["cg"]


def split(snapshot: Snapshot, asserted: Path) -> frozenset[str]:
    """Write the asserted part of a dump into a file, and return the properties that the other part has."""
    graphs = {file.graph.encode() for file in snapshot.manifest.files if file.graph}
    derived: set[bytes] = set()
    with snapshot.dump.open("rb") as quads, asserted.open("wb") as part:
        for line in quads:
            if line[line.rindex(b"<") + 1 : line.rindex(b">")] in graphs:
                part.write(line)
            else:
                derived.add(line.split(b" ", 2)[1])
    names = {name.decode()[1:-1] for name in derived}
    return frozenset(f"cg:{name.removeprefix(_OURS)}" for name in names if name.startswith(_OURS))


def as_asked_of_asserted(text: str, derived: frozenset[str]) -> str | None:
    """Write a question for who has no rules, or return None where this cannot be done."""
    try:
        return unfold(text, derived | PATTERNS.keys() | PATHS.keys())
    except NotExpressible:
        return None
