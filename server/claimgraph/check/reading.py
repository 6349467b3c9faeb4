"""Read the files of a dataset for the checks."""

from __future__ import annotations

from hashlib import blake2b
from typing import TYPE_CHECKING

from claimgraph.check import syntax
from claimgraph.check.corpus import Role, Source
from claimgraph.check.finding import Finding
from claimgraph.check.texts import SparqlText

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from claimgraph.dataset import Layout, SourceFile
    from claimgraph.dataset.positions import Term


def parse(
    layout: Layout,
    files: Iterable[SourceFile],
    progress: Callable[[int], None] = lambda _done: None,
    known: dict[Term, Term] | None = None,
) -> tuple[list[Source], list[Finding]]:
    """Parse some Turtle files of a dataset; ``progress`` is told the number of each before it is read.

    ``known`` holds the terms of what was parsed before, so that each is kept once.
    """
    sources: list[Source] = []
    faults: list[Finding] = []
    known = {} if known is None else known
    for number, file in enumerate(files):
        progress(number)
        scope = "f" + blake2b(file.relative.encode(), digest_size=6).hexdigest()
        found = syntax.read(file, scope=scope, known=known)
        if isinstance(found, Finding):
            faults.append(found)
        else:
            sources.append(Source(file.path, file.graph, role(layout, file), found))
    return sources, faults


def read_texts(layout: Layout) -> tuple[list[SparqlText], list[Finding]]:
    """Read the queries and rules of a dataset."""
    found: list[SparqlText] = []
    faults: list[Finding] = []
    for file in layout.files():
        is_rule = file.path.is_relative_to(layout.rules)
        if file.path.suffix != ".rq" or not (is_rule or file.path.is_relative_to(layout.queries)):
            continue
        text = syntax.decoded(file)
        if isinstance(text, Finding):
            faults.append(text)
        else:
            found.append(SparqlText(file.path, file.relative, "rule" if is_rule else "query", text))
    return found, faults


def role(layout: Layout, file: SourceFile) -> Role:
    """Tell what a Turtle file of a dataset is for."""
    if file.path.is_relative_to(layout.shapes):
        return "shapes"
    if file.path.is_relative_to(layout.ontology):
        return "alignments" if file.path.stem == "alignments" else "ontology"
    return "data"
