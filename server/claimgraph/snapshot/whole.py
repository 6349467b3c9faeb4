"""A snapshot made whole: all files are loaded, and all rules run over them."""

from __future__ import annotations

import gc
import os
from contextlib import nullcontext
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from claimgraph.reason import load_rules
from claimgraph.search import READ, write_index
from claimgraph.snapshot.ahead import Ahead
from claimgraph.snapshot.aside import Aside, Told
from claimgraph.snapshot.census import classes_in, count, read_counts
from claimgraph.snapshot.derive import derive, follow
from claimgraph.snapshot.downloads import write_downloads
from claimgraph.snapshot.dump import Dump
from claimgraph.snapshot.lines import Said
from claimgraph.snapshot.snapshot import COUNTS, DUMP, INDEX

if TYPE_CHECKING:
    from claimgraph.snapshot.aside import Caller
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
    rules = load_rules(layout)
    known = {rule.graph for rule in rules}
    to_pack: Told[Block] = Told()
    to_see: Told[Block] = Told()
    pack = partial(_pack, folder, to_pack)
    look = partial(_look_through, folder, layout.base, to_see)
    with (
        TemporaryDirectory(dir=folder) as aside,
        Aside(pack) if making.pack else nullcontext() as packed,
        Aside(look) as seen,
        Dump(folder / DUMP, to_see.tell, *([to_pack.tell] if packed else [])) as dump,
        Aside(partial(derive, making, rules, Path(aside))) as deriving,
        Ahead(
            folder, [file for file in layout.graphs() if file.graph not in known], Path(aside), deriving.process
        ) as written_ahead,
    ):
        derived = follow(deriving, making, dump, written_ahead.result)
        to_see.end()
        with making.stage("store"):
            written_ahead.fill(written_ahead.stored)
            seen.result()  # the counts; the index is written while the engine works with one thread
            timed = {rule: derived.spent[rule.name] for rule in rules}
            description = making.described(derived.questions, read_counts(folder / COUNTS), dump.triples, timed)
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


def _pack(folder: Path, blocks: Told[Block], _caller: Caller) -> None:
    """Write files to take away while others leave the processor idle."""
    os.nice(_NICER)
    write_downloads(folder, folder / DUMP, blocks)


def _look_through(folder: Path, base: str, blocks: Told[Block], caller: Caller) -> None:
    """Find the classes of things while a dump is written, then count what it has, and then write its index."""
    gc.disable()  # nothing here goes in a circle, and there is much to look through
    dump, said = folder / DUMP, Said(READ)
    classes = classes_in(dump, blocks)
    os.nice(_LATER)
    count(dump, classes, said).write(folder / COUNTS)
    caller.tell(None)
    os.nice(_NICER - _LATER)
    write_index(folder / INDEX, said, classes, base)
