"""What follows from the files of a dataset, dumped by a process of its own: its memory is free at once when it ends.

A store in memory is taken apart triple by triple, which takes half a minute for thirty million.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Final, cast

from pyoxigraph import Store

from claimgraph.dataset import load_into
from claimgraph.reason import Spill, reason
from claimgraph.snapshot.blocks import Block
from claimgraph.snapshot.describe import describe_questions
from claimgraph.snapshot.dump import Dump
from claimgraph.snapshot.snapshot import DUMP

if TYPE_CHECKING:
    from collections import Counter
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from pyoxigraph import NamedNode, Quad

    from claimgraph.reason import Rule
    from claimgraph.snapshot.aside import Aside, Caller
    from claimgraph.snapshot.made import Making

    Ahead = Mapping[NamedNode, Path]
    """The graphs of which the lines are there already, each with the file that has them."""

_AHEAD: Final = "ahead"
"""What is asked when the dump begins: what was written ahead."""


@dataclass(frozen=True)
class Derived:
    """Be what is known of a dataset when all that follows from it is in the dump.

    ``triples`` counts those of each graph, ``spent`` are the seconds of each rule, by name, ``questions`` describe the
    canned queries, and ``seconds`` are those of the stages.
    """

    triples: Counter[NamedNode]
    spent: dict[str, float]
    questions: list[Quad]
    seconds: dict[str, float]


def derive(making: Making, rules: Sequence[Rule], aside: Path, caller: Caller) -> None:
    """Load the files of a dataset, run the rules, dump the graphs, and tell the caller of all that.

    Told are stages, blocks of the dump, and at last what is derived. ``aside`` is a folder for what does not fit into
    memory.

    Raises:
        BadTurtle: a file does not parse.
        BadRule: a rule cannot be run.
    """
    making = replace(making, progress=lambda *stage: caller.tell(stage), seconds={})
    store = Store()
    with making.stage("load"):
        graphs = making.layout.graphs()
        for number, file in enumerate(graphs):
            making.progress("load", number, len(graphs))
            load_into(store, file)
    spill = Spill(aside / "spill")
    with making.stage("reason"):
        spent = reason(store, rules, spill=spill, told=partial(making.progress, "reason"))
    with making.stage("dump"), Dump(making.folder / DUMP, caller.tell, is_followed=True) as dump:
        ahead = cast("Ahead", caller.ask(_AHEAD))
        dump.add_all(store, spill, aside, partial(making.progress, "dump"), ahead)
    questions = list(describe_questions(making.layout, store))
    caller.tell(Derived(dump.triples, spent, questions, making.seconds))  # before the store goes


def follow(deriving: Aside, making: Making, dump: Dump, ahead: Callable[[], Ahead]) -> Derived:
    """Wait until all is derived, with the progress told and the dump followed; then the process is ended.

    ``ahead`` is called when it is wanted what was written ahead.
    """
    while not isinstance(told := deriving.result(), Derived):
        if isinstance(told, Block):
            dump.follow(told)
        elif told == _AHEAD:
            deriving.answer(ahead())
        else:
            making.progress(*cast("tuple[str, int, int]", told))
    deriving.end()
    dump.triples.update(told.triples)
    making.seconds.update(told.seconds)
    return told
