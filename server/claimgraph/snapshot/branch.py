"""A snapshot made from another one: what has changed since is parsed and followed through the rules, the rest is kept.

It holds the same as one that is made whole. What cannot be told to lead to that is left to the other way.
"""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from shutil import copyfile
from typing import TYPE_CHECKING, Final

from pyoxigraph import NamedNode, Store

from claimgraph import __version__
from claimgraph.dataset import load_into
from claimgraph.dataset.program import program
from claimgraph.errors import SnapshotError
from claimgraph.reason import ON_DEMAND, load_rules
from claimgraph.reason.again import Change, TooMuch, renew
from claimgraph.search import NoRoom, named_otherwise, update_index
from claimgraph.snapshot.census import read_counts
from claimgraph.snapshot.describe import describe_questions
from claimgraph.snapshot.disk import branch_store, change_store
from claimgraph.snapshot.dump import Dump
from claimgraph.snapshot.recount import classes_now, recount
from claimgraph.snapshot.snapshot import COUNTS, DUMP, INDEX, open_current, sha256_of
from claimgraph.snapshot.splice import splice

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from pyoxigraph import Quad

    from claimgraph.dataset import Layout
    from claimgraph.snapshot.made import Description, Making
    from claimgraph.snapshot.manifest import Manifest
    from claimgraph.snapshot.snapshot import Snapshot

_MOST: Final = 100_000
"""Quads that may differ between the files."""


def base_of(snapshots: Path, layout: Layout) -> Snapshot:
    """Return the snapshot that the next one of a dataset can be made from: the current one.

    Raises:
        TooMuch: there is none, or it is of another program, or its rules are others.
    """
    try:
        base = open_current(snapshots)
    except SnapshotError as error:
        raise TooMuch(error.message) from error
    manifest = base.manifest
    if (manifest.version, manifest.program) != (__version__, program()) or COUNTS not in manifest.parts:
        raise TooMuch("another version of the program has built the current snapshot")
    known, files = {entry.path: entry for entry in manifest.files}, {file.relative: file for file in layout.files()}
    rules = layout.rules.relative_to(layout.root).as_posix() + "/"
    for path in sorted(known.keys() | files.keys()):
        is_rule = path.startswith(rules) and not path.startswith(f"{rules}{ON_DEMAND}/")
        if is_rule and (path not in known or path not in files or known[path].sha256 != files[path].sha256):
            raise TooMuch(f"the rule {path} has changed")
    graphs = {file.relative: file.graph.value for file in layout.graphs()}
    if len(set(graphs.values())) < len(graphs) or any(
        known[path].graph != graph for path, graph in graphs.items() if path in known
    ):
        raise TooMuch("graphs have other names")
    return base


def make_from(base: Snapshot, making: Making) -> None:
    """Write a snapshot into its folder.

    Raises:
        TooMuch: it has to be made whole.
        BadTurtle: a file does not parse.
    """
    with ThreadPoolExecutor(2) as beside:
        sound = beside.submit(_is_sound, base)
        store = base.open_store()
        with making.stage("load"):
            state = _changed(store, base.manifest, making.layout)
        with making.stage("reason"):
            rules = load_rules(making.layout)
            renew(state, store, rules)
        counts = recount(read_counts(base.path / COUNTS), state)
        counts.write(making.folder / COUNTS)
        triples = _triples(base.manifest, state)
        with Dump(making.folder / DUMP) as dump:
            spliced = beside.submit(splice, base.dump, dump, state.gone, state.new, state.described)
            with making.stage("index"):
                _update_index(base, making, state)
            with making.stage("store"):
                spent = {entry.name: entry.seconds for entry in base.manifest.rules}
                timed = {rule: spent[rule.name] for rule in rules}
                description = _write_store(
                    base,
                    making,
                    state,
                    lambda of: making.described(describe_questions(making.layout, of), counts, triples, timed),
                )
            with making.stage("dump"):
                spliced.result()
                dump.triples.update(triples)
                dump.add(description.quads, description.graph)
        if not sound.result():
            raise TooMuch("the current snapshot is damaged")
    making.after = base.digest
    making.finish(dump, description)


def _write_store(
    base: Snapshot, making: Making, state: Change, describe: Callable[[Store], Description]
) -> Description:
    """Write the store, with a description of what it holds; it is closed when that is done."""
    store = branch_store(base.path, making.folder)
    change_store(store, state.gone, state.new)
    description = describe(store)
    before, now = set(store.quads_for_pattern(None, None, None, state.described)), set(description.quads)
    change_store(store, before - now, now - before)
    return description


def _is_sound(base: Snapshot) -> bool:
    return sha256_of(base.dump) == base.manifest.dump_sha256


def _changed(store: Store, manifest: Manifest, layout: Layout) -> Change:
    """Find the quads that the files say otherwise than a store does.

    Raises:
        TooMuch: they are very many.
    """
    state = Change(store, layout.base)
    known = {entry.graph: entry for entry in manifest.files if entry.graph}
    files = {file.graph.value: file for file in layout.graphs()}
    for graph in sorted(known.keys() | files.keys()):
        file = files.get(graph)
        if file and graph in known and known[graph].sha256 == file.sha256:
            continue
        said = Store()
        if file:
            load_into(said, file)
        new, old = set(said), set(store.quads_for_pattern(None, None, None, NamedNode(graph)))
        if len(state.gone) + len(state.new) + len(new ^ old) > _MOST:
            raise TooMuch("more triples have changed than are quicker looked at one by one")
        for quad in old - new:
            state.remove(quad)
        for quad in new - old:
            state.add(quad)
    return state


def _triples(manifest: Manifest, state: Change) -> Counter[NamedNode]:
    """Count the triples of each graph."""
    found = Counter({NamedNode(entry.graph): entry.triples or 0 for entry in manifest.files if entry.graph})
    found.update({NamedNode(entry.graph): entry.triples for entry in manifest.rules})
    found.update(_graphs(state.new))
    found.subtract(_graphs(state.gone))
    return +found


def _graphs(quads: set[Quad]) -> Iterator[NamedNode]:
    return (quad.graph_name for quad in quads if isinstance(quad.graph_name, NamedNode))


def _update_index(base: Snapshot, making: Making, state: Change) -> None:
    copyfile(base.path / INDEX, making.folder / INDEX)
    things = named_otherwise((*state.gone, *state.new), state.was.quads, state.quads)
    try:
        update_index(making.folder / INDEX, state.quads, classes_now(state), making.layout.base, things)
    except NoRoom as error:
        raise TooMuch("the search index has no room for so many new things in one place") from error
