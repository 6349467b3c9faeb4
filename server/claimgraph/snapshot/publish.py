"""Publication of snapshots: written beside, flushed to disk, renamed, and only then made current."""

from __future__ import annotations

import fcntl
import os
import shutil
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from claimgraph.errors import SnapshotError
from claimgraph.snapshot.manifest import NAME
from claimgraph.snapshot.snapshot import CURRENT, Snapshot, kept, read_snapshot

if TYPE_CHECKING:
    from collections.abc import Iterator

    from claimgraph.dataset.commits import Commit

_BUILDING = ".building-"
_LEAVING = ".leaving-"
_KEPT = "kept"


@contextmanager
def one_build_at_a_time(snapshots: Path) -> Iterator[None]:
    """Wait until no other build writes into a folder of snapshots, and clear what killed builds left behind.

    Raises:
        SnapshotError: the folder cannot be written to.
    """
    try:
        snapshots.mkdir(parents=True, exist_ok=True)
        lock = (snapshots / ".lock").open("w")
    except OSError as error:
        raise SnapshotError(f"cannot write to {snapshots}: {error.strerror}") from error
    with lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        for left in (*snapshots.glob(_BUILDING + "*"), *snapshots.glob(_LEAVING + "*")):
            shutil.rmtree(left, ignore_errors=True)
        yield


@contextmanager
def workplace(snapshots: Path, digest: str) -> Iterator[Path]:
    """Give a folder to build in, which becomes ``snapshots/<digest>`` when the block ends well, and vanishes if not.

    Raises:
        SnapshotError: the disk is full or cannot be written to.
    """
    folder = snapshots / f"{_BUILDING}{digest}"
    try:
        folder.mkdir()
        yield folder
        _flush(folder)
        target = snapshots / digest
        replaced = _put_away(target) if target.exists() else None
        try:
            folder.rename(target)
        except OSError:
            if replaced:
                replaced.rename(target)
            raise
        _flush_folder(snapshots)
        if replaced:
            shutil.rmtree(replaced, ignore_errors=True)
    except OSError as error:
        raise SnapshotError(f"the snapshot could not be written: {error.strerror or error}") from error
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def make_current(snapshots: Path, digest: str) -> None:
    """Point the link ``current`` at a snapshot, in one step that no reader can see half done.

    Raises:
        SnapshotError: the link cannot be written.
    """
    link = snapshots / f"{_BUILDING}{CURRENT}"
    try:
        link.unlink(missing_ok=True)
        link.symlink_to(digest, target_is_directory=True)
        link.replace(snapshots / CURRENT)
        _flush_folder(snapshots)
    except OSError as error:
        raise SnapshotError(f"the snapshot could not be made current: {error.strerror}") from error


def date(path: Path, commit: Commit | None) -> Snapshot:
    """Open a snapshot; where it does not know the commit of its files, and that is known by now, write it down.

    Files are built, and committed, in either order.

    Raises:
        SnapshotError: it is not complete, or cannot be written to.
    """
    snapshot = read_snapshot(path)
    if not commit or snapshot.manifest.committed_at:
        return snapshot
    dated = replace(snapshot.manifest, commit=commit.name, committed_at=commit.at)
    beside = path / ".dated"
    try:
        beside.mkdir(exist_ok=True)
        dated.write(beside)
        _flush(beside)
        (beside / NAME).replace(path / NAME)
        beside.rmdir()
    except OSError as error:
        raise SnapshotError(f"the snapshot could not be dated: {error.strerror}") from error
    return Snapshot(path, dated)


def keep_for_good(snapshot: Path) -> None:
    """Mark a snapshot as one that no later build removes.

    Raises:
        SnapshotError: the mark cannot be written.
    """
    try:
        (snapshot / _KEPT).touch()
    except OSError as error:
        raise SnapshotError(f"the snapshot cannot be marked as kept: {error.strerror}") from error


def prune(snapshots: Path, keep: int) -> None:
    """Remove the oldest snapshots until ``keep`` are left; the current one and those marked as kept always stay."""
    current = (snapshots / CURRENT).readlink().name
    others = [path for path in kept(snapshots) if path.name != current and not (path / _KEPT).exists()]
    for path in others[max(0, keep - 1) :]:
        with suppress(OSError):  # one that cannot be removed stays whole
            shutil.rmtree(_put_away(path), ignore_errors=True)


def _put_away(snapshot: Path) -> Path:
    """Rename a snapshot that is to be removed, since nobody may take what is left of it halfway for a snapshot."""
    return snapshot.rename(snapshot.with_name(_LEAVING + snapshot.name))


def _flush(folder: Path) -> None:
    """Force every file below a folder, and the folders, onto the disk."""
    for parent, _, names in os.walk(folder):
        for name in names:
            with Path(parent, name).open("rb") as file:
                os.fsync(file.fileno())
        _flush_folder(Path(parent))


def _flush_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
