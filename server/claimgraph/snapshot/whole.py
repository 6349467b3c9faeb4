"""A snapshot made whole: all files are loaded, and all rules run over them."""

from __future__ import annotations

import ctypes
from contextlib import nullcontext, suppress
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from pyoxigraph import Store

from claimgraph.dataset import load_into
from claimgraph.reason import Spill, load_rules, reason
from claimgraph.search import READ, write_index
from claimgraph.snapshot.aside import Aside, Told
from claimgraph.snapshot.census import classes_in, count, read_counts
from claimgraph.snapshot.describe import describe_questions
from claimgraph.snapshot.disk import change_store, write_store
from claimgraph.snapshot.downloads import write_downloads
from claimgraph.snapshot.dump import Dump
from claimgraph.snapshot.lines import Said
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
    layout, folder = making.layout, making.folder
    blocks: Told[Block] = Told()
    dumped: Told[None] = Told()
    pack = partial(write_downloads, folder, folder / DUMP, blocks)
    look = partial(_look_through, folder, layout.base, dumped)
    # Processes aside are begun while the store is not there: else each would come to have a copy of it in the end,
    # since to read a store in memory writes into it.
    with Aside(pack) if making.pack else nullcontext() as packed, Aside(look) as seen:
        store = Store()
        with making.stage("load"):
            graphs = layout.graphs()
            for number, file in enumerate(graphs):
                making.progress("load", number, len(graphs))
                load_into(store, file)
        with Dump(folder / DUMP, blocks.tell if packed else None) as dump:
            with TemporaryDirectory(dir=folder) as aside:
                spill = Spill(Path(aside) / "spill")
                with making.stage("reason"):
                    rules = load_rules(layout)
                    spent = reason(store, rules, spill=spill, told=partial(making.progress, "reason"))
                with making.stage("dump"):
                    dump.add_all(store, spill, Path(aside), partial(making.progress, "dump"))
            questions = list(describe_questions(layout, store))
            del store
            _give_memory_back()
            dumped.end()
            with making.stage("store"):
                written = write_store(folder)
                seen.result()
                timed = {rule: spent[rule.name] for rule in rules}
                description = making.described(questions, read_counts(folder / COUNTS), dump.triples, timed)
                dump.add(description.quads, description.graph)
                change_store(written, (), description.quads)
                del written
        blocks.end()
        if packed:
            with making.stage("pack"):  # what is left of it
                packed.result()
    making.finish(dump, description)


def _look_through(folder: Path, base: str, dumped: Told[None]) -> None:
    """Count what a dump has, and write its index, once it is there."""
    dumped.wait()
    dump = folder / DUMP
    classes = classes_in(dump)
    count(dump, classes).write(folder / COUNTS)
    write_index(folder / INDEX, Said(dump, READ), classes, base)


def _give_memory_back() -> None:
    """Have what is free taken from this process, where the C library can do that: the store on disk needs as much."""
    with suppress(OSError, AttributeError):
        ctypes.CDLL(None).malloc_trim(0)
