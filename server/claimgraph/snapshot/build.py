"""The build: text files in, one immutable snapshot out."""

from __future__ import annotations

import datetime as dt
import hashlib
import subprocess
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

from pyoxigraph import RdfFormat, Store, serialize

from claimgraph import __version__
from claimgraph.dataset.turtle import load_into
from claimgraph.errors import SnapshotError
from claimgraph.reason import load_rules, reason
from claimgraph.snapshot.describe import describe
from claimgraph.snapshot.manifest import FileEntry, Manifest, RuleEntry
from claimgraph.snapshot.publish import make_current, one_build_at_a_time, prune, workplace
from claimgraph.snapshot.snapshot import DUMP, STORE, Snapshot, read_snapshot

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from pyoxigraph import NamedNode

    from claimgraph.dataset import Layout
    from claimgraph.reason import Rule

    Progress = Callable[[str, int, int], None]
    """Is told the stage, how much of it is done and how much there is."""


def digest_of(layout: Layout) -> str:
    """Compute the digest that a snapshot of a dataset has: of the program's version, the base, and every file.

    It is the SHA-256, in hexadecimal, of one line for each file (path and SHA-256), sorted by path.
    """
    lines = [f"claimgraph {__version__} {layout.base}\n"]
    lines += [f"{file.relative}\t{file.sha256}\n" for file in layout.files()]
    return hashlib.sha256("".join(lines).encode()).hexdigest()


def build(
    layout: Layout, snapshots: Path, keep: int = 3, progress: Progress = lambda _stage, _done, _all: None
) -> Snapshot:
    """Build the snapshot of a dataset and make it current; one that is there already is only made current.

    Raises:
        BadTurtle: a file does not parse.
        BadRule: a rule cannot be run.
        SnapshotError: the snapshot cannot be written. In every case the snapshot that was current stays so.
    """
    digest = digest_of(layout)
    with one_build_at_a_time(snapshots):
        snapshot = _complete(snapshots / digest)
        if snapshot is None:
            with workplace(snapshots, digest) as folder:
                _write(layout, digest, folder, progress)
            snapshot = read_snapshot(snapshots / digest)
        make_current(snapshots, digest)
        prune(snapshots, keep)
    return snapshot


def _complete(folder: Path) -> Snapshot | None:
    try:
        return read_snapshot(folder)
    except SnapshotError:
        return None


def _write(layout: Layout, digest: str, folder: Path, progress: Progress) -> None:
    store = Store()
    seconds: dict[str, float] = {}
    with _timed(seconds, "load"):
        files = _load(layout, store, progress)
    rules = load_rules(layout)
    with _timed(seconds, "reason"):
        progress("reason", 0, 1)
        derived = _derive(layout, store, rules)
        store.bulk_extend(describe(layout.base, files, derived, rules))
    with _timed(seconds, "dump"):
        progress("dump", 0, 1)
        dump_sha256 = _dump(store, folder / DUMP)
    with _timed(seconds, "store"):
        progress("store", 0, 1)
        on_disk = Store(str(folder / STORE))
        on_disk.bulk_load(path=folder / DUMP, format=RdfFormat.N_QUADS)
        on_disk.flush()
        del on_disk
    parts = {path.relative_to(folder).as_posix(): path.stat().st_size for path in _lasting(folder)}
    Manifest(
        digest=digest,
        version=__version__,
        commit=commit_of(layout.root),
        built_at=dt.datetime.now(dt.UTC).isoformat(timespec="seconds"),
        triples=len(store),
        seconds=seconds,
        files=tuple(files),
        rules=tuple(derived),
        dump_sha256=dump_sha256,
        parts=parts,
    ).write(folder)


def _lasting(folder: Path) -> list[Path]:
    """List the files of a snapshot that never change; the store may write its logs anew when it is opened."""
    return [folder / DUMP, *sorted((folder / STORE).glob("*.sst")), folder / STORE / "CURRENT"]


def _load(layout: Layout, store: Store, progress: Progress) -> list[FileEntry]:
    entries: list[FileEntry] = []
    files = layout.files()
    for number, file in enumerate(files):
        progress("load", number, len(files))
        if not file.is_graph:
            entries.append(FileEntry(file.relative, file.sha256))
            continue
        before = len(store)
        load_into(store, file)
        entries.append(FileEntry(file.relative, file.sha256, file.graph.value, len(store) - before))
    return entries


def _derive(layout: Layout, store: Store, rules: list[Rule]) -> list[RuleEntry]:
    seconds = reason(store, rules)
    graphs = {rule.name: layout.derived_graph(rule.name) for rule in rules}
    return [RuleEntry(name, graph.value, _count(store, graph), seconds[name]) for name, graph in graphs.items()]


def _count(store: Store, graph: NamedNode) -> int:
    return sum(1 for _ in store.quads_for_pattern(None, None, None, graph))


def _dump(store: Store, path: Path) -> str:
    """Write every quad, sorted within its graph, and return the SHA-256 of the file."""
    digest = hashlib.sha256()
    with path.open("wb") as file:
        for graph in sorted(store.named_graphs(), key=lambda graph: graph.value):
            text = serialize(store.quads_for_pattern(None, None, None, graph), format=RdfFormat.N_QUADS)
            lines = b"".join(sorted((text or b"").splitlines(keepends=True)))
            digest.update(lines)
            file.write(lines)
    return digest.hexdigest()


def commit_of(root: Path) -> str | None:
    """Return the git commit of a checkout, marked ``-dirty`` if the dataset has changes; None where there is no git."""
    try:
        run = subprocess.run(
            ["git", "describe", "--always", "--abbrev=40", "--dirty", "--exclude=*"],
            cwd=root, capture_output=True, text=True, check=True, timeout=10,
        )  # fmt: skip
    except (OSError, subprocess.SubprocessError):
        return None
    return run.stdout.strip() or None


@contextmanager
def _timed(seconds: dict[str, float], stage: str) -> Iterator[None]:
    start = time.perf_counter()
    yield
    seconds[stage] = round(time.perf_counter() - start, 3)
