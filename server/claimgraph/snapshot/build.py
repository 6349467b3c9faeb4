"""The build: text files in, one immutable snapshot out."""

from __future__ import annotations

import datetime as dt
import hashlib
import subprocess
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import TYPE_CHECKING

from pyoxigraph import NamedNode, RdfFormat, Store

from claimgraph import __version__
from claimgraph.dataset import description_graph, load_into
from claimgraph.dataset.commits import commit_at
from claimgraph.errors import SnapshotError
from claimgraph.reason import load_rules, reason
from claimgraph.search import write_index
from claimgraph.snapshot.census import classes_in
from claimgraph.snapshot.describe import describe_content, describe_graphs
from claimgraph.snapshot.downloads import read_downloads, write_downloads
from claimgraph.snapshot.dump import Dump
from claimgraph.snapshot.manifest import FileEntry, Manifest, RuleEntry
from claimgraph.snapshot.publish import date, keep_for_good, make_current, one_build_at_a_time, prune, workplace
from claimgraph.snapshot.snapshot import DUMP, INDEX, STORE, Snapshot, read_snapshot, sha256_of
from claimgraph.snapshot.texts import TEXTS, text_part, write_texts

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from claimgraph.dataset import Layout
    from claimgraph.dataset.commits import Commit

    Progress = Callable[[str, int, int], None]
    """Is told the stage, how much of it is done and how much there is."""


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
    past: Commit | None = None,
    pack: bool = True,
) -> Snapshot:
    """Build the snapshot of a dataset and make it current; one that is there already is only made current.

    ``approve`` is called when all is written and nothing is published; what it raises refuses the snapshot.

    A dataset of the ``past`` is of that commit; its snapshot is not made current, and stays until somebody removes it.
    Unless ``pack`` is false, files to take away are written once the snapshot is published.

    Raises:
        BadTurtle: a file does not parse.
        BadRule: a rule cannot be run.
        SnapshotError: the snapshot cannot be written. In every case the snapshot that was current stays so.
    """
    digest = digest_of(layout)
    with one_build_at_a_time(snapshots):
        if not is_complete(snapshots, digest):
            with workplace(snapshots, digest) as folder:
                _write(layout, digest, folder, progress)
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
    """Tell whether the snapshot of a digest is there and whole; one from before there were index and texts is not."""
    try:
        snapshot = read_snapshot(snapshots / digest)
        snapshot.verify(content=True)
    except SnapshotError:
        return False
    texts = {text_part(entry.path, entry.sha256) for entry in snapshot.manifest.files}
    return {INDEX, *filter(None, texts)} <= set(snapshot.manifest.parts)


def _write(layout: Layout, digest: str, folder: Path, progress: Progress) -> None:
    store = Store()
    seconds: dict[str, float] = {}
    with _timed(seconds, "load"):
        _load(layout, store, progress)
    with _timed(seconds, "reason"):
        progress("reason", 0, 1)
        rules = load_rules(layout)
        spent = reason(store, rules)
    with _timed(seconds, "dump"), Dump(folder / DUMP) as dump:
        progress("dump", 0, 1)
        dump.add(store, *(graph for graph in store.named_graphs() if isinstance(graph, NamedNode)))
        files = [
            FileEntry(file.relative, file.sha256, file.graph.value, dump.triples.get(file.graph, 0))
            if file.is_graph
            else FileEntry(file.relative, file.sha256)
            for file in layout.files()
        ]
        derived = [
            RuleEntry(rule.name, rule.graph.value, dump.triples.get(rule.graph, 0), spent[rule.name]) for rule in rules
        ]
        dump.flush()
        classes = classes_in(folder / DUMP)
        store.bulk_extend(describe_content(layout, store, folder / DUMP, classes))
        store.bulk_extend(describe_graphs(layout.base, files, derived, rules))
        dump.add(store, description_graph(layout.base))
    with _timed(seconds, "store"), ThreadPoolExecutor(1) as beside:
        progress("store", 0, 1)
        stored = beside.submit(_write_store, folder)  # the engine works without Python, so the index costs little time
        with _timed(seconds, "index"):
            write_index(folder / INDEX, store, classes, layout.base)
        write_texts(folder, layout.files())
        stored.result()
    parts = {path.relative_to(folder).as_posix(): path.stat().st_size for path in _lasting(folder)}
    Manifest(
        digest=digest,
        version=__version__,
        commit=commit_of(layout.root),
        built_at=dt.datetime.now(dt.UTC).isoformat(timespec="seconds"),
        triples=sum(dump.triples.values()),
        seconds=seconds,
        files=tuple(files),
        rules=tuple(derived),
        dump_sha256=dump.sha256,
        index_sha256=sha256_of(folder / INDEX),
        parts=parts,
    ).write(folder)


def _write_store(folder: Path) -> None:
    on_disk = Store(str(folder / STORE))
    on_disk.bulk_load(path=folder / DUMP, format=RdfFormat.N_QUADS)
    on_disk.flush()
    del on_disk


def _lasting(folder: Path) -> list[Path]:
    """List the files of a snapshot that never change; the store may write its logs anew when it is opened."""
    found = [*sorted((folder / STORE).glob("*.sst")), folder / STORE / "CURRENT", *sorted((folder / TEXTS).iterdir())]
    return [folder / DUMP, folder / INDEX, *found]


def _load(layout: Layout, store: Store, progress: Progress) -> None:
    graphs = layout.graphs()
    for number, file in enumerate(graphs):
        progress("load", number, len(graphs))
        load_into(store, file)


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
