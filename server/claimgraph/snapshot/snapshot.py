"""Snapshots on disk: immutable folders named by their digest, and the link to the current one."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pyoxigraph import Store

from claimgraph.errors import SnapshotError, UnknownName
from claimgraph.snapshot.manifest import NAME, Manifest, read_manifest
from claimgraph.snapshot.texts import TEXTS

if TYPE_CHECKING:
    from pathlib import Path

CURRENT = "current"
DUMP = "dataset.nq"
INDEX = "search.sqlite"
STORE = "store"
COUNTS = "counts.json"


@dataclass(frozen=True)
class Snapshot:
    """Be one complete snapshot: the folder, and the manifest that was read from it."""

    path: Path
    manifest: Manifest

    @property
    def digest(self) -> str:
        """Return the digest that names the snapshot."""
        return self.manifest.digest

    @property
    def dump(self) -> Path:
        """Return the file that holds every quad, as sorted N-Quads."""
        return self.path / DUMP

    @property
    def index(self) -> Path | None:
        """Return the file of the search index; None where the snapshot was built before there was one."""
        return self.path / INDEX if INDEX in self.manifest.parts else None

    @property
    def store(self) -> Path:
        """Return the folder of the Oxigraph store on disk."""
        return self.path / STORE

    def text(self, sha256: str) -> str | None:
        """Return the copy of a document by its hash; None where the snapshot keeps none."""
        part = f"{TEXTS}/{sha256}"
        return (self.path / part).read_bytes().decode("utf-8", "replace") if part in self.manifest.parts else None

    def open_store(self) -> Store:
        """Open the store for reading.

        Raises:
            SnapshotError: the store is damaged.
        """
        try:
            return Store.read_only(str(self.store))
        except OSError as error:
            raise SnapshotError(f"the store of the snapshot {self.digest[:12]} cannot be opened: {error}") from error

    def verify(self, *, content: bool = False) -> None:
        """Check that every file of the snapshot is there with its size, and with ``content`` dump and index by SHA-256.

        Raises:
            SnapshotError: a file is missing, cut short or altered; the message names it and says what to do.
        """
        for part, size in self.manifest.parts.items():
            path = self.path / part
            found = path.stat().st_size if path.is_file() else None
            if found != size:
                what = "is missing" if found is None else f"has {found:,} bytes instead of {size:,}"
                raise self._damaged(f"{part} {what}")
        if content:
            hashes = {DUMP: self.manifest.dump_sha256, INDEX: self.manifest.index_sha256}
            for part, known in hashes.items():
                if part in self.manifest.parts and sha256_of(self.path / part) != known:
                    raise self._damaged(f"{part} is not what was built")

    def _damaged(self, what: str) -> SnapshotError:
        return SnapshotError(f"the snapshot {self.digest[:12]} is damaged: {what}; run 'claimgraph build'")


def sha256_of(path: Path) -> str:
    """Return the SHA-256 of a file, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def read_snapshot(path: Path) -> Snapshot:
    """Open the snapshot in a folder and verify it.

    Raises:
        SnapshotError: it is not complete.
    """
    snapshot = Snapshot(path, read_manifest(path))
    snapshot.verify()
    return snapshot


def open_current(snapshots: Path) -> Snapshot:
    """Open the snapshot that is current.

    Raises:
        SnapshotError: none was built yet, or it is not complete.
    """
    link = snapshots / CURRENT
    if not link.is_symlink():
        raise SnapshotError(f"there is no snapshot in {snapshots}; run 'claimgraph build'")
    return read_snapshot(snapshots / link.readlink().name)


def open_snapshot(snapshots: Path, digest: str) -> Snapshot:
    """Open a snapshot by its digest or the beginning of it.

    Raises:
        UnknownName: none is kept, or several begin so.
        SnapshotError: it is not complete.
    """
    found = [path for path in kept(snapshots) if path.name.startswith(digest)] if digest else []
    if len(found) != 1:
        message = f"{'several snapshots begin' if found else 'no kept snapshot begins'} with {digest!r}"
        raise UnknownName(message)
    return read_snapshot(found[0])


def kept(snapshots: Path) -> list[Path]:
    """List the folders of the snapshots that are kept, the newest first."""
    if not snapshots.is_dir():
        return []
    found = [path for path in snapshots.iterdir() if not path.name.startswith(".") and (path / NAME).is_file()]
    real = [path for path in found if not path.is_symlink()]
    return sorted(real, key=lambda path: (path / NAME).stat().st_mtime_ns, reverse=True)
