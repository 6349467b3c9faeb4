"""What is gone: a name that the snapshot at hand does not know, but a kept one did."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from claimgraph.errors import RemovedName, SnapshotError
from claimgraph.search import Index
from claimgraph.snapshot import kept, read_snapshot
from claimgraph.sparql.prefixes import BASE

if TYPE_CHECKING:
    from pathlib import Path

    from claimgraph.snapshot import Manifest
    from claimgraph.web.service import View

_OPEN = 16  # kept snapshots whose index stays open
_SHOWN = 16  # hexadecimal digits of a digest


def raise_removed(view: View, iri: str) -> None:
    """Tell of a name that a kept snapshot had, the newest of those that had it; return where none had it.

    Raises:
        RemovedName: one had it.
    """
    for folder in kept(view.folder.resolve().parent) if view.folder else ():
        if folder.name == view.digest:
            continue
        try:
            manifest, index = _open(folder)
        except (SnapshotError, OSError):  # it is being removed, or is damaged: it tells nothing
            continue
        label = _label(manifest, index, iri)
        if label is not None:
            raise RemovedName(
                iri,
                label=label,
                digest=manifest.digest,
                commit=manifest.commit,
                built_at=manifest.built_at,
                see=_address(folder, iri),
            )


@lru_cache(maxsize=_OPEN)
def _open(folder: Path) -> tuple[Manifest, Index | None]:
    snapshot = read_snapshot(folder)
    return snapshot.manifest, Index(snapshot.index) if snapshot.index else None


def _label(manifest: Manifest, index: Index | None, iri: str) -> str | None:
    """Return the label that a name had in a kept snapshot; None where it had none."""
    graphs = {entry.graph for entry in manifest.files} | {entry.graph for entry in manifest.rules}
    if iri in graphs:
        return iri.removeprefix(BASE)
    things = index.named([iri]) if index else {}
    return things[iri].label if iri in things else None


def _address(folder: Path, iri: str) -> str:
    """Return where on this host the kept snapshot still says what it said."""
    path = iri.removeprefix(BASE)
    return f"/versions/{folder.name[:_SHOWN]}/" + (f"data/{path.removeprefix('id/')}" if path[:3] == "id/" else path)
