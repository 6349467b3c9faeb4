"""The check in one pass: parse every file once, run every step over the result, sort what they find.

Where what the files said before is remembered, only what a change bears on is judged, which finds the same.
"""

from __future__ import annotations

import gc
import itertools
import os
import sqlite3
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, Final

from claimgraph.check.again import Everything, judge_again, recalled, remember
from claimgraph.check.corpus import Corpus
from claimgraph.check.house.answers import LARGEST, silent_over, silent_queries
from claimgraph.check.mappings import at_their_mappings, empty_mappings, prepare
from claimgraph.check.reading import parse, read_texts, role
from claimgraph.check.steps import STEPS
from claimgraph.sources import NONE

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator

    from claimgraph.check.finding import Finding
    from claimgraph.dataset import Layout
    from claimgraph.snapshot import Snapshot

    Progress = Callable[[int, int], None]
    """Is told how much is done and how much there is."""

_SHAPES: Final = "shapes"
SMALLEST: Final = 10_000
"""Triples from which on a check is remembered; a smaller dataset is checked as a whole in a moment."""


@dataclass(frozen=True)
class Checked:
    """Hold what was found, sorted by place; and where everything was judged although a change was to be, why."""

    findings: list[Finding]
    whole_because: str = ""


def check(
    layout: Layout,
    paths: Collection[Path] | None = None,
    progress: Progress = lambda _done, _all: None,
    grain: str = NONE,
) -> list[Finding]:
    """Check a dataset and return what is wrong with it, sorted by place.

    With ``paths`` (files or folders) only the findings in these are returned. A file is judged by what the others say,
    so the whole dataset is read all the same; of one that was checked before, only what has changed since and what that
    bears on. Where a file does not parse, only faults of syntax are reported, because what it would have said is
    missing everywhere else.

    ``grain`` says which rows of the data of others are mapped and judged with the rest; what is found in the graphs
    that are made of them is told at the mapping. ``progress`` is told how much of the work is done, and how much there
    is.
    """
    with _uncollected():
        prepared = _Prepared(layout, grain, progress)
        is_part = paths is not None and all(
            map(prepared.is_of_data, filter(partial(_is_wanted, layout, paths), prepared.names))
        )
        found, _ = prepared.found_again() if is_part else (None, "")
        told = prepared.told(prepared.found(SMALLEST) if found is None else found)
        wanted = cache(partial(_is_wanted, layout, paths))
        return sorted(finding for finding in told if wanted(finding.place.file))


def check_again(
    layout: Layout, progress: Progress = lambda _done, _all: None, grain: str = NONE, smallest: int = SMALLEST
) -> Checked:
    """Check a dataset that may have been checked before, as :func:`check` does; but whether queries answer is not seen.

    What is found is remembered for the next time if the dataset has as many triples as ``smallest``.
    """
    with _uncollected():
        prepared = _Prepared(layout, grain, progress)
        found, reason = prepared.found_again()
        return Checked(
            sorted(prepared.told(prepared.found(smallest, answers=False) if found is None else found)), reason
        )


def unanswered(layout: Layout, snapshot: Snapshot) -> list[Finding]:
    """Find the queries of a dataset without an answer by the snapshot that was built of it, as :func:`check` does."""
    from claimgraph.snapshot import Identifiers  # noqa: PLC0415 - it brings the build, which a check need not wait for

    sparql, _ = read_texts(layout)
    if sum(entry.triples or 0 for entry in snapshot.manifest.files) > LARGEST:
        return []
    store = snapshot.open_store()
    queries = [text for text in sparql if text.kind == "query"]
    return sorted(silent_over(store, queries, Identifiers(store).resolve))


@contextmanager
def _uncollected() -> Iterator[None]:
    """Keep Python from looking for cycles among millions of terms again and again: a third of the time (measured)."""
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.enable()


class _Prepared:
    """Be a dataset with what mappings make, ready to be judged."""

    def __init__(self, layout: Layout, grain: str, progress: Progress) -> None:
        self.layout, self.mappings, self.faults = prepare(layout, grain)
        self._grain = grain if self.layout.made else NONE
        self._progress = progress
        self._data = {file.relative for file in self.layout.graphs() if role(self.layout, file) == "data"}
        self.names = [file.relative for file in self.layout.files()]

    def is_of_data(self, name: str) -> bool:
        """Tell whether a file is Turtle of the data."""
        return name in self._data

    def found_again(self) -> tuple[set[Finding] | None, str]:
        """Judge what has changed; None where that cannot be done, with the reason."""
        if self.faults:
            return None, "a mapping has a fault"
        try:
            with recalled(self.layout, self._grain) as memory:
                if memory is None:
                    return None, "nothing is remembered of it"
                found = judge_again(self.layout, memory)
        except Everything as reason:
            return None, str(reason)
        except sqlite3.Error:
            return None, "what is remembered of it is damaged"
        is_read = all(not finding.code.startswith("CG0") for finding in found)
        return found | set(empty_mappings(self.layout, self.mappings) if is_read else ()), ""

    def found(self, smallest: int, *, answers: bool = True) -> set[Finding]:
        """Run every step over every file, and remember what was found."""
        files = self.layout.graphs()
        total = len(files) + len(STEPS)
        sources, faults = parse(self.layout, files, lambda done: self._progress(done, total))
        sparql, unreadable = read_texts(self.layout)
        findings = {*faults, *unreadable}
        if not findings:
            corpus = Corpus(self.layout, sources, [*sparql, *self.mappings])
            for number, step in enumerate(STEPS):
                self._progress(len(files) + number, total)
                findings.update(step(corpus) if answers or step is not silent_queries else ())
            if not self.faults and sum(len(source.positions.triples) for source in sources) >= smallest:
                remember(self.layout, self._grain, corpus, findings)
            findings.update(empty_mappings(self.layout, self.mappings))
        self._progress(total, total)
        return findings

    def told(self, found: set[Finding]) -> Iterator[Finding]:
        """Leave out echoes, and tell what mappings have made where it can be mended."""
        return at_their_mappings(self.layout, self.mappings, itertools.chain(self.faults, _without_echoes(found)))


def _without_echoes(findings: set[Finding]) -> Iterator[Finding]:
    """Leave out what only follows from another finding: one fault, one finding.

    Shapes say again what another check found at the same place, and mean nothing where a shape has a wrong name. A
    name that is wrong leaves what it should have named without a use, and queries without an answer; and a faulty query
    need not answer.
    """
    found_at = {finding.place for finding in findings if finding.code.startswith(("CG1", "CG2"))}
    shaped_at = {finding.place for finding in findings if finding.code == "CG401"}
    wrong_names = [finding for finding in findings if finding.code.startswith("CG1")]
    wrong_shapes = any(f"/{_SHAPES}/" in finding.place.file for finding in wrong_names)
    faulty_files = {finding.place.file for finding in findings if finding.code != "CG606"}
    for finding in findings:
        is_echo = {
            "CG401": finding.place in found_at or wrong_shapes,
            "CG402": wrong_shapes,
            "CG606": bool(wrong_names) or finding.place.file in faulty_files,
            "CG809": bool(wrong_names),
            "CG811": finding.place in shaped_at,
            "CG812": bool(wrong_names),
        }
        if not is_echo.get(finding.code):
            yield finding


def _is_wanted(layout: Layout, paths: Collection[Path] | None, relative: str) -> bool:
    if paths is None:
        return True
    file = os.path.realpath(layout.root / relative)  # unlike Path.resolve, it bears links in a circle
    return any(Path(file).is_relative_to(os.path.realpath(path)) for path in paths)
