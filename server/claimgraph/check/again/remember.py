"""Put down what a check of everything has seen and found, for the next time."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from pyoxigraph import NamedNode

from claimgraph.catalog.query import load_query
from claimgraph.check.again.memory import begun
from claimgraph.check.again.numbers import Said, name_number, number, said_in
from claimgraph.check.finding import Edit, Finding
from claimgraph.check.reading import role
from claimgraph.errors import BadHeader, BadParameter, BadQuery, Place

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from claimgraph.catalog.parameter import Parameter
    from claimgraph.check.corpus import Corpus, Source
    from claimgraph.check.texts import SparqlText
    from claimgraph.dataset import Layout

OF_FILES: Final = frozenset({"CG102", "CG202", "CG812"})
"""What is found of a file as a whole, wherever it stands in it."""
FLEETING: Final = frozenset({"CG606", "CG905"})
"""What is looked at anew each time, or not at all."""
UNREAD: Final = "CG002"
"""What says that something could not be read, or not as it was listed: what else is found may not last either."""
_MOST: Final = 20_000
"""Findings that are remembered; where there are more, everything is judged each time."""


def remember(layout: Layout, grain: str, corpus: Corpus, findings: Iterable[Finding]) -> None:
    """Put down what every file says, and what was found before echoes are left out."""
    lasting = [finding for finding in findings if finding.code not in FLEETING]
    sources = {source.path: source for source in corpus.sources}
    if len(lasting) > _MOST or any(finding.code == UNREAD for finding in lasting):
        return
    several = corpus.described_severally
    asked = {text.file: _asked(text) for text in corpus.texts if text.kind == "query"}
    with begun(layout, grain) as memory:
        if memory is None:
            return
        for file in layout.files():
            is_data = file.is_graph and role(layout, file) == "data"
            said = said_in(sources[file.path].positions, several) if file.is_graph else asked.get(file.relative, Said())
            # Beside the data, names of queries alone can be taken for names of things.
            names = said.names if is_data or file.relative in asked else frozenset[tuple[int, int]]()
            memory.put(file.relative, file.sha256, replace(said, names=names), leans=not is_data)
        by_name = {source.positions.file: source for source in corpus.sources}
        memory.keep_findings(told(finding, subjects_at(finding.place, by_name)) for finding in lasting)


def _asked(text: SparqlText) -> Said:
    """Say what the defaults of a query lean on; a query that cannot be read leans on nothing."""
    try:
        parameters = load_query(text.path, text.text).parameters.values()
    except (BadHeader, BadQuery):
        return Said()
    found = [_leaned_on(parameter) for parameter in parameters if parameter.default]
    mentions = frozenset((number(term), 0, 0) for term, _ in found if isinstance(term, NamedNode))
    return Said(mentions, names=frozenset((name_number(f"identifier {word}"), 0) for _, word in found if word))


def _leaned_on(parameter: Parameter) -> tuple[object, str]:
    """Give the term that a default means, or the identifier that it names."""
    named: list[str] = []
    try:
        term = parameter.term(parameter.default or "", named.append)
    except BadParameter:
        return None, "".join(named)
    return term, ""


def subjects_at(place: Place, sources: Mapping[str, Source]) -> set[int]:
    """Return the numbers of what stands at a place; none in a file that is no source."""
    source = sources.get(place.file)
    return {number(subject) for subject in source.positions.subjects_at(place)} if source else set()


def told(finding: Finding, subjects: Iterable[int]) -> list[Any]:
    """Write down a finding with the numbers of what it may be about."""
    place = finding.place
    fix = [[edit.place.file, edit.place.line, edit.place.column, edit.old, edit.new] for edit in finding.fix]
    return [place.file, place.line, place.column, finding.code, finding.message, finding.hint, fix, sorted(subjects)]


def read_finding(written: Sequence[Any]) -> tuple[Finding, set[int]]:
    """Turn what was put down into the finding and the numbers of what it may be about."""
    file, line, column, code, message, hint, fix, subjects = written
    edits = tuple(Edit(Place(*at), old, new) for *at, old, new in fix)
    return replace(Finding(Place(file, line, column), code, message, hint), fix=edits), set(subjects)
