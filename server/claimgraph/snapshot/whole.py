"""A snapshot made whole: all files are loaded, and all rules run over them."""

from __future__ import annotations

import ctypes
from contextlib import nullcontext, suppress
from functools import partial
from typing import TYPE_CHECKING

from pyoxigraph import Store

from claimgraph.dataset import load_into
from claimgraph.reason import load_rules, reason
from claimgraph.search import write_index
from claimgraph.snapshot.aside import Aside, Told
from claimgraph.snapshot.census import classes_in, count
from claimgraph.snapshot.disk import write_store
from claimgraph.snapshot.downloads import write_downloads
from claimgraph.snapshot.dump import Dump
from claimgraph.snapshot.snapshot import COUNTS, DUMP, INDEX

if TYPE_CHECKING:
    from claimgraph.snapshot.blocks import Block
    from claimgraph.snapshot.made import Making


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
    # Index and files to take away are made beside the dump, which keeps one core busy; the store after it keeps all.
    classes = classes_in(store)
    index = partial(write_index, folder / INDEX, store.quads_for_pattern, classes, layout.base)
    blocks: Told[Block] = Told()
    pack = partial(write_downloads, folder, folder / DUMP, blocks)
    with Aside(index) as indexed, Aside(pack) if making.pack else nullcontext() as packed:
        with making.stage("dump"), Dump(folder / DUMP, blocks.tell if packed else None) as dump:
            dump.add_all(store)
            counts = count(folder / DUMP, classes)
            counts.write(folder / COUNTS)
            description = making.described(store, counts, dump.triples, {rule: spent[rule.name] for rule in rules})
            dump.add(description.quads, description.graph)
        blocks.end()
        del store, index
        _give_memory_back()
        with making.stage("store"):
            write_store(folder)
            making.seconds["index"] = round(indexed.result(), 3)
            if packed:
                making.seconds["pack"] = round(packed.result(), 3)
    making.finish(dump, description)


def _give_memory_back() -> None:
    """Have what is free taken from this process, where the C library can do that: the store on disk needs as much."""
    with suppress(OSError, AttributeError):
        ctypes.CDLL(None).malloc_trim(0)
