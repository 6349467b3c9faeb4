"""The snapshots that are kept beside the one at hand: what each has, and what changed between two of them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING, Final

from claimgraph.compare import compare_dumps, difference_of
from claimgraph.errors import SnapshotError, UnknownName
from claimgraph.search import Index
from claimgraph.snapshot import kept as folders
from claimgraph.snapshot import read_snapshot
from claimgraph.sparql.prefixes import BASE

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Sequence
    from pathlib import Path

    from claimgraph.compare import Changed, Difference
    from claimgraph.snapshot import Manifest, Snapshot
    from claimgraph.web.service import View

_OPEN: Final = 64  # kept snapshots whose index stays open
_COMPARED: Final = 64  # pairs of snapshots whose changes are counted and remembered
_TOLD: Final = 8  # pairs of which each change is remembered
SHORT: Final = 16
"""Hexadecimal digits of a digest in an address."""
_LEAST: Final = 4  # those by which somebody may name one


@dataclass(frozen=True, slots=True)
class Kept:
    """Be a kept snapshot, and its search index, if it has one."""

    snapshot: Snapshot
    index: Index | None

    @property
    def manifest(self) -> Manifest:
        """Return what it is made of."""
        return self.snapshot.manifest

    @property
    def digest(self) -> str:
        """Return the digest that names it."""
        return self.snapshot.digest

    @property
    def address(self) -> str:
        """Return the path below which it is asked."""
        return f"/versions/{self.digest[:SHORT]}"

    @property
    def recorded(self) -> dt.datetime:
        """Return when what it holds entered the graph."""
        return self.manifest.recorded

    def label(self, iri: str) -> str | None:
        """Return the name of a thing or a graph in it; None where it has none of that IRI."""
        if iri in self.manifest.graphs:
            return iri.removeprefix(BASE)
        things = self.index.named([iri]) if self.index else {}
        return things[iri].label if iri in things else None


def kept_with(view: View) -> list[Kept]:
    """List the kept snapshots, that of the view among them, from the first state of the data to the last.

    One that is damaged, or is being removed, is left out.
    """
    found = []
    for folder in folders(view.folder.resolve().parent) if view.folder else ():
        try:
            found.append(_open(folder))
        except (SnapshotError, OSError):
            continue
    return sorted(found, key=lambda one: (one.recorded, one.manifest.built_at))


@lru_cache(maxsize=_OPEN)
def _open(folder: Path) -> Kept:
    snapshot = read_snapshot(folder)
    return Kept(snapshot, Index(snapshot.index) if snapshot.index else None)


def before(kept: Sequence[Kept], digest: str) -> Kept | None:
    """Return the state before that of a digest, if it is kept."""
    return next((one for one, after in pairwise(kept) if after.digest == digest), None)


def named(view: View, name: str) -> Kept:
    """Find a kept snapshot by the beginning of its digest or of its commit.

    Raises:
        UnknownName: none is kept, or several begin so.
    """
    found = [
        one
        for one in kept_with(view)
        if len(name) >= _LEAST and (one.digest.startswith(name) or (one.manifest.commit or "").startswith(name))
    ]
    if len(found) != 1:
        what = "several kept snapshots begin" if found else "no kept snapshot begins"
        raise UnknownName(f"{what} with {name[:80]!r}; /versions lists those that are kept")
    return found[0]


@lru_cache(maxsize=_COMPARED)
def changed(before: Path, after: Path) -> Changed:
    """Count what changed from one dump to another; they never change, so this is found out once."""
    return compare_dumps(before, after)


def difference(before: Kept, after: Kept) -> Difference | None:
    """Tell what changed from one snapshot to another; None where that is too much to be told one by one.

    Raises:
        SnapshotError: one cannot be opened.
    """
    is_whole = changed(before.snapshot.dump, after.snapshot.dump).is_whole
    return _difference(before.snapshot.path, after.snapshot.path) if is_whole else None


@lru_cache(maxsize=_TOLD)
def _difference(before: Path, after: Path) -> Difference:
    old, new = _open(before).snapshot, _open(after).snapshot
    return difference_of(old, new, changed(old.dump, new.dump))
