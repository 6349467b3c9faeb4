"""The texts of documents, as a snapshot keeps them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from claimgraph.snapshot import Snapshot

if TYPE_CHECKING:
    from claimgraph.web.service import View


def copy_of(view: View, sha256: str) -> str | None:
    """Return the evidentiary copy that has a hash; None where the snapshot keeps none."""
    return Snapshot(view.folder, view.manifest).text(sha256) if view.folder and sha256 else None
