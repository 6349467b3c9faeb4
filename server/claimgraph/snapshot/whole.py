"""A snapshot made whole: all files are loaded, and all rules run over them."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Final

from pyoxigraph import NamedNode, Store

from claimgraph.dataset import load_into
from claimgraph.reason import load_rules, reason
from claimgraph.search import write_index
from claimgraph.snapshot.aside import Aside
from claimgraph.snapshot.census import classes_in, classes_of, count
from claimgraph.snapshot.disk import write_store
from claimgraph.snapshot.downloads import write_downloads
from claimgraph.snapshot.dump import Dump
from claimgraph.snapshot.snapshot import COUNTS, DUMP, INDEX
from claimgraph.sparql.prefixes import expand

if TYPE_CHECKING:
    from pathlib import Path

    from claimgraph.snapshot.made import Making

_TYPE: Final = NamedNode(expand("rdf:type"))


def make_whole(making: Making) -> None:
    """Write a snapshot into its folder.

    Raises:
        BadTurtle: a file does not parse.
        BadRule: a rule cannot be run.
    """
    layout, folder, store = making.layout, making.folder, Store()
    with making.stage("load"):
        graphs = layout.graphs()
        for number, file in enumerate(graphs):
            making.progress("load", number, len(graphs))
            load_into(store, file)
    with making.stage("reason"):
        rules = load_rules(layout)
        spent = reason(store, rules)
    # The index is made beside the dump, which keeps one core busy; the store after it keeps all.
    with Aside(lambda: _write_index(store, folder, layout.base)) as indexed:
        with making.stage("dump"), Dump(folder / DUMP) as dump:
            dump.add(store, *(graph for graph in store.named_graphs() if isinstance(graph, NamedNode)))
            dump.flush()
            counts = count(folder / DUMP, classes_in(folder / DUMP))
            counts.write(folder / COUNTS)
            description = making.described(store, counts, dump.triples, {rule: spent[rule.name] for rule in rules})
            dump.add(description.quads, description.graph)
        with making.stage("store"), ThreadPoolExecutor(1) as beside:
            packed = beside.submit(write_downloads, folder, folder / DUMP) if making.pack else None
            write_store(folder)
            if packed:
                packed.result()
        making.seconds["index"] = round(indexed.result(), 3)
    making.finish(dump, description)


def _write_index(store: Store, folder: Path, base: str) -> None:
    classes = classes_of(store.quads_for_pattern(None, _TYPE, None))
    write_index(folder / INDEX, store.quads_for_pattern, classes, base)
