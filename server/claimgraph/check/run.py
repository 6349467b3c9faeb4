"""The check in one pass: parse every file once, run every step over the result, sort what they find."""

from __future__ import annotations

import os
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Final

from claimgraph.check import (
    dangling,
    documentation,
    prefixes,
    profiles,
    queries,
    quotes,
    rules,
    shapes,
    syntax,
    terms,
    texts,
)
from claimgraph.check.corpus import Corpus, Role, Source
from claimgraph.check.finding import Finding
from claimgraph.check.house import answers, chains, leftovers, likeness, times

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator

    from claimgraph.dataset import Layout, SourceFile
    from claimgraph.dataset.positions import Term

STEPS: Final[tuple[Callable[[Corpus], Iterator[Finding]], ...]] = (
    prefixes.rebound_prefixes,
    terms.undeclared_terms,
    terms.wrong_kinds,
    terms.wrong_values,
    terms.outside_domain_or_range,
    terms.deprecated_terms,
    terms.asserted_identities,
    dangling.dangling_iris,
    documentation.missing_labels,
    documentation.missing_licences,
    documentation.shared_identifiers,
    documentation.undocumented_terms,
    profiles.owl_profiles,
    profiles.alignments,
    quotes.evidence,
    times.faulty_edtf,
    times.dates_after_the_record,
    times.effects_before_causes,
    chains.loops,
    likeness.labels_given_twice,
    likeness.near_duplicate_actors,
    leftovers.orphans,
    leftovers.items_without_custody,
    leftovers.unowned_readings,
    shapes.violated_shapes,
    texts.rebound_names,
    texts.undeclared_names,
    queries.faulty_queries,
    rules.faulty_rules,
    answers.silent_queries,
)


_SHAPES: Final = "shapes"


def check(layout: Layout, paths: Collection[Path] | None = None) -> list[Finding]:
    """Check a dataset and return what is wrong with it, sorted by place.

    With ``paths`` (files or folders) only the findings in these are returned; the whole dataset is read all the same,
    since a file is judged by what the others say. Where a file does not parse, only faults of syntax are reported,
    because what it would have said is missing everywhere else.
    """
    sources, faults = _parse(layout)
    sparql, unreadable = _texts(layout)
    findings = {*faults, *unreadable}
    if not findings:
        corpus = Corpus(layout, sources, sparql)
        findings.update(chain.from_iterable(step(corpus) for step in STEPS))
    told = _without_echoes(findings)
    return sorted(finding for finding in told if _is_wanted(layout, paths, finding.place.file))


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
        }
        if not is_echo.get(finding.code):
            yield finding


def _parse(layout: Layout) -> tuple[list[Source], list[Finding]]:
    sources: list[Source] = []
    faults: list[Finding] = []
    known: dict[Term, Term] = {}
    for number, file in enumerate(layout.graphs()):
        found = syntax.read(file.path, file.relative, scope=f"f{number}", known=known)
        if isinstance(found, Finding):
            faults.append(found)
        else:
            sources.append(Source(file.path, file.graph, _role(layout, file), found))
    return sources, faults


def _texts(layout: Layout) -> tuple[list[texts.SparqlText], list[Finding]]:
    found: list[texts.SparqlText] = []
    faults: list[Finding] = []
    for file in layout.files():
        is_rule = file.path.is_relative_to(layout.rules)
        if file.path.suffix != ".rq" or not (is_rule or file.path.is_relative_to(layout.queries)):
            continue
        text = syntax.decoded(file.path, file.relative)
        if isinstance(text, Finding):
            faults.append(text)
        else:
            found.append(texts.SparqlText(file.path, file.relative, "rule" if is_rule else "query", text))
    return found, faults


def _role(layout: Layout, file: SourceFile) -> Role:
    if file.path.is_relative_to(layout.shapes):
        return "shapes"
    if file.path.is_relative_to(layout.ontology):
        return "alignments" if file.path.stem == "alignments" else "ontology"
    return "data"


def _is_wanted(layout: Layout, paths: Collection[Path] | None, relative: str) -> bool:
    if paths is None:
        return True
    file = os.path.realpath(layout.root / relative)  # unlike Path.resolve, it bears links in a circle
    return any(Path(file).is_relative_to(os.path.realpath(path)) for path in paths)
