"""What is gone: a name that the snapshot at hand does not know, but a kept one did."""

from __future__ import annotations

from typing import TYPE_CHECKING

from claimgraph.errors import RemovedName
from claimgraph.sparql.prefixes import BASE
from claimgraph.web.kept import kept_with

if TYPE_CHECKING:
    from claimgraph.web.service import View


def raise_removed(view: View, iri: str) -> None:
    """Tell of a name that a kept snapshot had, the last of those that had it; return where none had it.

    Raises:
        RemovedName: one had it.
    """
    for kept in reversed(kept_with(view)):
        label = kept.label(iri) if kept.digest != view.digest else None
        if label is not None:
            manifest, path = kept.manifest, iri.removeprefix(BASE)
            raise RemovedName(
                iri,
                label=label,
                digest=manifest.digest,
                commit=manifest.commit,
                built_at=manifest.built_at,
                see=f"{kept.address}/" + (f"data/{path.removeprefix('id/')}" if path.startswith("id/") else path),
            )
