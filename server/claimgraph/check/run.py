"""The check in one pass: parse every file once, run every step over the result, sort what they find."""

from __future__ import annotations

import gc
import itertools
import os
from contextlib import contextmanager
from functools import cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, Final

from claimgraph.check import neighbours
from claimgraph.check.corpus import Corpus
from claimgraph.check.mappings import at_their_mappings, empty_mappings, prepare
from claimgraph.check.reading import parse, read_texts, role
from claimgraph.check.steps import ON_DATA, STEPS
from claimgraph.sources import NONE

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Sequence

    from claimgraph.check.corpus import Source
    from claimgraph.check.finding import Finding
    from claimgraph.check.texts import SparqlText
    from claimgraph.dataset import Layout, SourceFile

    Progress = Callable[[int, int], None]
    """Is told how much is done and how much there is."""

_SHAPES: Final = "shapes"


def check(
    layout: Layout,
    paths: Collection[Path] | None = None,
    progress: Progress = lambda _done, _all: None,
    grain: str = NONE,
) -> list[Finding]:
    """Check a dataset and return what is wrong with it, sorted by place.

    With ``paths`` (files or folders) only the findings in these are returned. A file is judged by what the others say,
    so the whole dataset is read all the same; of a large one that was checked before, only what bears on these files.
    Where a file does not parse, only faults of syntax are reported, because what it would have said is missing
    everywhere else.

    ``grain`` says which rows of the data of others are mapped and judged with the rest; what is found in the graphs
    that are made of them is told at the mapping. ``progress`` is told how much of the work is done, and how much there
    is.
    """
    with _uncollected():
        layout, mappings, faults = prepare(layout, grain)
        found = _found_in_part(layout, paths) if paths is not None else None
        told = _without_echoes(_found(layout, progress, mappings) if found is None else found)
        told = at_their_mappings(layout, mappings, itertools.chain(faults, told))
        wanted = cache(partial(_is_wanted, layout, paths))
        return sorted(finding for finding in told if wanted(finding.place.file))


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


def _found(layout: Layout, progress: Progress, mappings: Sequence[SparqlText] = ()) -> set[Finding]:
    """Run every step over every file."""
    files = layout.graphs()
    total = len(files) + len(STEPS)
    sources, faults = parse(layout, files, lambda done: progress(done, total))
    sparql, unreadable = read_texts(layout)
    findings = {*faults, *unreadable}
    if not findings:
        _remember(layout, files, sources)
        corpus = Corpus(layout, sources, [*sparql, *mappings])
        findings.update(empty_mappings(layout, mappings))
        for number, step in enumerate(STEPS):
            progress(len(files) + number, total)
            findings.update(step(corpus))
    progress(total, total)
    return findings


def _remember(layout: Layout, files: Sequence[SourceFile], sources: Sequence[Source]) -> None:
    """Keep for the next time what each file of a large dataset is about."""
    if sum(len(source.positions.triples) for source in sources) >= neighbours.SMALLEST:
        data = [file for file in files if role(layout, file) == "data"]
        neighbours.keep(layout.root, data, {source.path: source for source in sources}, neighbours.recall(layout.root))


def _found_in_part(layout: Layout, paths: Collection[Path]) -> set[Finding] | None:
    """Judge some files of data by what bears on them; None where more is asked for, or too little is remembered."""
    known = neighbours.recall(layout.root)
    graphs = layout.graphs()
    data = {file.relative: file for file in graphs if role(layout, file) == "data"}
    wanted = {file.relative for file in layout.files() if _is_wanted(layout, paths, file.relative)}
    new = {name for name, file in data.items() if name not in known or known[name].sha256 != file.sha256}
    if not known or not wanted or not wanted <= data.keys() or len(new | wanted) * 2 > len(data):
        return None
    sources, faults = parse(layout, [data[name] for name in sorted(new)])
    if faults:
        return set(faults)
    neighbours.keep(layout.root, data.values(), {source.path: source for source in sources}, known)
    about = {name: told for name, told in known.items() if name in data} | {
        name: neighbours.summary(source, data[name].sha256)
        for name, source in ((source.positions.file, source) for source in sources)
    }
    chosen = neighbours.neighbours(wanted, about)
    around, faults = parse(layout, [file for file in graphs if file.relative in chosen])
    rest, more = parse(layout, [file for file in graphs if file.relative not in data])
    if faults or more:
        return {*faults, *more}
    sources = neighbours.pruned(around, wanted, about)
    order = {file.path: number for number, file in enumerate(graphs)}
    sources = sorted((*sources, *rest), key=lambda source: order[source.path])
    corpus = Corpus(layout, sources, [], frozenset(wanted))
    corpus.spelt.update(subject for source in around for subject in source.positions.subjects)
    return {finding for step in ON_DATA for finding in step(corpus)}


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
