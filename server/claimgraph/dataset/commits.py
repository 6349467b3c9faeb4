"""Commits of the repository that a dataset lies in: which one the files are of, and the files of another one."""

from __future__ import annotations

import subprocess
import tarfile
from contextlib import contextmanager
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Final

from claimgraph.dataset.files import Layout
from claimgraph.errors import UnknownName, UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_PARTS: Final = ("ontology", "data", "queries")


@dataclass(frozen=True, slots=True)
class Commit:
    """Be a commit: its name, and the time when it was made."""

    name: str
    at: str


def commit_at(root: Path) -> Commit | None:
    """Return the commit that the files of a dataset are of; None where there is no git, or they have changed since."""
    found = _commit(root, "HEAD")
    # A file that git does not know yet is part of the dataset all the same.
    is_changed = found and _git(root, "status", "--porcelain", "--untracked-files=all", "--", *_PARTS)
    return None if is_changed else found


def _commit(root: Path, name: str) -> Commit | None:
    told = (
        _git(root, "show", "--no-patch", "--format=%H %cI", "--end-of-options", f"{name}^{{commit}}").decode().split()
    )
    return Commit(*told) if told else None


@contextmanager
def checked_out(layout: Layout, name: str) -> Iterator[tuple[Layout, Commit]]:
    """Give the dataset as it was at a commit, in a folder that vanishes when the block ends.

    Raises:
        UnknownName: there is no such commit.
        UsageError: the dataset did not lie in this folder then.
    """
    root = layout.root
    commit = _commit(root, name)
    if not commit:
        raise UnknownName(f"{name!r} is no commit of {root}")
    # Run in a folder below the top of the repository, git packs that folder alone.
    archive = _git(root, "archive", "--format=tar", commit.name)
    if not archive:
        raise UsageError(f"the commit {name!r} does not hold the folder of the dataset")
    with TemporaryDirectory(prefix="claimgraph-") as folder, tarfile.open(fileobj=BytesIO(archive)) as tar:
        tar.extractall(folder, members=_members(tar), filter="data")
        yield Layout(Path(folder), layout.base), commit


def _members(tar: tarfile.TarFile) -> Iterable[tarfile.TarInfo]:
    return (member for member in tar if member.name.partition("/")[0] in _PARTS)


def _git(folder: Path, *arguments: str) -> bytes:
    """Run git and return what it writes, nothing if it fails or is not installed."""
    try:
        return subprocess.run(["git", *arguments], cwd=folder, capture_output=True, check=True, timeout=60).stdout
    except (OSError, subprocess.SubprocessError):
        return b""
