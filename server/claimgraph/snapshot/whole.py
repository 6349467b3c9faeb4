"""A snapshot made whole: all files are loaded, and all rules run over them."""

from __future__ import annotations

import gc
import os
from contextlib import nullcontext
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from pyoxigraph import Store

from claimgraph.dataset import load_into
from claimgraph.reason import Spill, give_memory_back, load_rules, reason
from claimgraph.search import READ, write_index
from claimgraph.snapshot.ahead import Ahead
from claimgraph.snapshot.aside import Aside, Told
from claimgraph.snapshot.census import classes_in, count, read_counts
from claimgraph.snapshot.describe import describe_questions
from claimgraph.snapshot.downloads import write_downloads
from claimgraph.snapshot.dump import Dump
from claimgraph.snapshot.lines import Said
from claimgraph.snapshot.snapshot import COUNTS, DUMP, INDEX

if TYPE_CHECKING:
    from collections.abc import Iterator

    from claimgraph.snapshot.blocks import Block
    from claimgraph.snapshot.made import Making

_NICER = 19
"""How much nicer than the rest of a build is what nothing of it waits for: when the engine merges, with one thread,
there is time for that."""
_LATER = 5
"""How much nicer is what must be there before the store is put in order: of filling it, the last part is one thread."""


def make_whole(making: Making) -> None:
    """Write a snapshot into its folder.

    Raises:
        BadTurtle: a file does not parse.
        BadRule: a rule cannot be run.
    """
    layout, folder = making.layout, making.folder
    to_pack: Told[Block] = Told()
    to_see: Told[Block] = Told()
    pack = partial(_pack, folder, to_pack)
    look = partial(_look_through, folder, layout.base, to_see)
    # Processes aside are begun while the store is not there: else each would come to have a copy of it in the end,
    # since to read a store in memory writes into it.
    with (
        TemporaryDirectory(dir=folder) as aside,
        Aside(pack) if making.pack else nullcontext() as packed,
        Aside(look) as seen,
        Ahead(folder, layout.graphs(), Path(aside)) as written_ahead,
    ):
        store = Store()
        with making.stage("load"):
            graphs = layout.graphs()
            for number, file in enumerate(graphs):
                making.progress("load", number, len(graphs))
                load_into(store, file)
        with Dump(folder / DUMP, to_see.tell, *([to_pack.tell] if packed else [])) as dump:
            spill = Spill(Path(aside) / "spill")
            with making.stage("reason"):
                rules = load_rules(layout)
                spent = reason(store, rules, spill=spill, told=partial(making.progress, "reason"))
            with making.stage("dump"):
                derived = {rule.graph for rule in rules}
                stored, lines = written_ahead.result()
                stored = {graph: path for graph, path in stored.items() if graph not in derived}
                ahead = stored | {graph: path for graph, path in lines.items() if graph not in derived}
                dump.add_all(store, spill, Path(aside), partial(making.progress, "dump"), ahead)
            to_see.end()  # before the store goes, which takes a while
            questions = list(describe_questions(layout, store))
            del store
            give_memory_back()  # the store on disk needs as much
            with making.stage("store"):
                written_ahead.fill(stored)
                seen.result()  # the counts; the index is written while the engine works with one thread
                timed = {rule: spent[rule.name] for rule in rules}
                description = making.described(questions, read_counts(folder / COUNTS), dump.triples, timed)
                there = dump.triples.keys() - {description.graph}
                dump.add(description.quads, description.graph)
                written_ahead.fill(there)
                written_ahead.finish()
                seen.result()
        to_pack.end()
        if packed:
            with making.stage("pack"):  # what is left of it
                packed.result()
    making.finish(dump, description)


def _pack(folder: Path, blocks: Told[Block]) -> None:
    """Write files to take away while others leave the processor idle."""
    os.nice(_NICER)
    write_downloads(folder, folder / DUMP, blocks)


def _look_through(folder: Path, base: str, blocks: Told[Block]) -> Iterator[None]:
    """Find the classes of things while a dump is written, then count what it has, and then write its index."""
    gc.disable()  # nothing here goes in a circle, and there is much to look through
    dump, said = folder / DUMP, Said(READ)
    classes = classes_in(dump, blocks)
    os.nice(_LATER)
    count(dump, classes, said).write(folder / COUNTS)
    yield
    os.nice(_NICER - _LATER)
    write_index(folder / INDEX, said, classes, base)
