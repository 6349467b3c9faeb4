"""The build: text files in, one immutable snapshot out."""

from __future__ import annotations

import hashlib
import shutil
from typing import TYPE_CHECKING

from claimgraph import __version__
from claimgraph.dataset.commits import commit_at
from claimgraph.errors import SnapshotError
from claimgraph.reason.again import TooMuch
from claimgraph.snapshot.branch import base_of, make_from
from claimgraph.snapshot.downloads import read_downloads, write_downloads
from claimgraph.snapshot.made import Making
from claimgraph.snapshot.publish import date, keep_for_good, make_current, one_build_at_a_time, prune, workplace
from claimgraph.snapshot.snapshot import COUNTS, CURRENT, INDEX, Snapshot, read_snapshot
from claimgraph.snapshot.texts import text_part
from claimgraph.snapshot.whole import make_whole

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from claimgraph.dataset import Layout
    from claimgraph.dataset.commits import Commit
    from claimgraph.snapshot.made import Progress


def digest_of(layout: Layout) -> str:
    """Compute the digest that a snapshot of a dataset has: of the program's version, the base, and every file.

    It is the SHA-256, in hexadecimal, of one line for each file (path and SHA-256), sorted by path.
    """
    lines = [f"claimgraph {__version__} {layout.base}\n"]
    lines += [f"{file.relative}\t{file.sha256}\n" for file in layout.files()]
    return hashlib.sha256("".join(lines).encode()).hexdigest()


def build(  # noqa: PLR0913 - each is a choice of its own
    layout: Layout,
    snapshots: Path,
    keep: int = 3,
    progress: Progress = lambda _stage, _done, _all: None,
    approve: Callable[[], None] = lambda: None,
    *,
    full: bool = False,
    past: Commit | None = None,
    pack: bool = True,
) -> Snapshot:
    """Build the snapshot of a dataset and make it current; one that is there already is only made current.

    Where there is a current snapshot, the new one is made from that: only what has changed is parsed and reasoned over,
    with the same result. ``full`` has everything done anew, also where the snapshot is there already. ``approve`` is
    called when all is written and nothing is published; what it raises refuses the snapshot.

    A dataset of the ``past`` is of that commit; its snapshot is not made current, and stays until somebody removes it.
    Unless ``pack`` is false, files to take away are written: with a snapshot that is made whole, and after one that is
    made from another was published, so that nobody waits for them.

    Raises:
        BadTurtle: a file does not parse.
        BadRule: a rule cannot be run.
        SnapshotError: the snapshot cannot be written. In every case the snapshot that was current stays so.
    """
    digest = digest_of(layout)
    with one_build_at_a_time(snapshots):
        if full or not is_complete(snapshots, digest):
            with workplace(snapshots, digest) as folder:
                _make(Making(layout, digest, folder, progress, pack), snapshots, full=full)
                approve()
        else:
            approve()
        snapshot = date(snapshots / digest, past or commit_at(layout.root))
        if past:
            keep_for_good(snapshot.path)
        else:
            make_current(snapshots, digest)
            prune(snapshots, keep)
        if pack and not read_downloads(snapshot.path, content=True):
            progress("pack", 0, 1)
            write_downloads(snapshot.path, snapshot.dump)
    return snapshot


def is_complete(snapshots: Path, digest: str) -> bool:
    """Tell whether the snapshot of a digest is there and whole; one that lacks a part of later versions is not."""
    try:
        snapshot = read_snapshot(snapshots / digest)
        snapshot.verify(content=True)
    except SnapshotError:
        return False
    texts = {text_part(entry.path, entry.sha256) for entry in snapshot.manifest.files}
    return {INDEX, COUNTS, *filter(None, texts)} <= set(snapshot.manifest.parts)


def _make(making: Making, snapshots: Path, *, full: bool) -> None:
    """Make a snapshot from the current one, or whole where that cannot be or is asked for."""
    if not full and (snapshots / CURRENT).is_symlink():
        try:
            make_from(base_of(snapshots, making.layout), making)
        except TooMuch as reason:
            making.whole_because = str(reason)
            making.seconds.clear()
            for path in making.folder.iterdir():
                shutil.rmtree(path) if path.is_dir() else path.unlink()
        else:
            return
    make_whole(making)
