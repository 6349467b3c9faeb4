"""SHACL over the whole dataset, with each result brought back to the line that it speaks of."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Final

import rdflib
from pyoxigraph import BlankNode, Literal, NamedNode
from rdflib.namespace import RDF, SH

from claimgraph.check.finding import Finding
from claimgraph.check.literals import is_valid
from claimgraph.check.quiet import quiet_rdflib
from claimgraph.errors import Place

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from claimgraph.check.corpus import Corpus, Source
    from claimgraph.dataset.positions import Term

_CODES: Final[dict[object, str]] = {SH.Violation: "CG401", SH.Warning: "CG402", SH.Info: "CG402"}


def violated_shapes(corpus: Corpus) -> Iterator[Finding]:
    """Validate ontology and data, merged, against every shape."""
    shapes = list(corpus.of("shapes"))
    if not shapes:
        return
    with quiet_rdflib():
        data, wanted = _merged(corpus.of("ontology", "data")), _merged(shapes)
        _leave_out_incomparable(data, wanted)
        report = _validated(data, wanted)
    if isinstance(report, rdflib.Graph):
        for result in report.subjects(RDF.type, SH.ValidationResult):
            yield _finding(corpus, report, result)
        return
    # The fault names no file; the shapes of each alone over no data tell whose it is.
    broken = (source for source in shapes if isinstance(_validated(rdflib.Graph(), _merged([source])), str))
    file = next(broken, shapes[0]).positions.file
    yield Finding(Place(file, 1, 1), "CG403", f"a shape cannot be used: {report}")


def _validated(data: rdflib.Graph, shapes: rdflib.Graph) -> rdflib.Graph | str:
    """Return the report of a validation, or why the shapes cannot be used."""
    # Importing pySHACL takes longer than most other checks; a dataset without shapes does not wait for it.
    from pyshacl import validate  # noqa: PLC0415
    from pyshacl.errors import ReportableRuntimeError  # noqa: PLC0415

    logging.getLogger("pyshacl-validate").addFilter(_nothing)
    try:
        _, report, _ = validate(data, shacl_graph=shapes, inference="none", do_owl_imports=False)
    except ReportableRuntimeError as error:
        return " ".join(error.message.split())
    return report if isinstance(report, rdflib.Graph) else " ".join(str(report).split())


def _nothing(_record: logging.LogRecord) -> bool:
    """Keep pySHACL from writing on the terminal what is reported as a finding."""
    return False


def _merged(sources: Iterable[Source]) -> rdflib.Graph:
    graph = rdflib.Graph()
    known: dict[Term, rdflib.term.Node] = {}

    def turned(term: Term) -> rdflib.term.Node:
        found = known.get(term)
        if found is None:
            found = known[term] = _to_rdflib(term)
        return found

    # A literal that is none of its datatype has a finding of its own, and pySHACL fails when it compares one.
    graph.addN(
        (turned(s), turned(p), turned(o), graph)
        for source in sources
        for s, p, o in source.positions
        if not isinstance(o, Literal) or is_valid(o)
    )
    return graph


def _leave_out_incomparable(data: rdflib.Graph, shapes: rdflib.Graph) -> None:
    """Leave out one of two values that a shape compares and that have different datatypes, which pySHACL fails on.

    The one that has the datatype asked for goes; the other stays to be found.
    """
    for comparison in (SH.lessThan, SH.lessThanOrEquals):
        for shape, second in shapes.subject_objects(comparison):
            first, wanted = shapes.value(shape, SH.path), shapes.value(shape, SH.datatype)
            pairs = [(s, a, b) for s, a in data.subject_objects(first) for b in data.objects(s, second)]
            for subject, a, b in pairs:
                kind = getattr(a, "datatype", None)
                if kind != getattr(b, "datatype", None):
                    data.remove((subject, first, a) if kind == wanted else (subject, second, b))


def _to_rdflib(term: Term) -> rdflib.term.Node:
    if isinstance(term, NamedNode):
        return rdflib.URIRef(term.value)
    if isinstance(term, BlankNode):
        return rdflib.BNode(term.value)
    if term.language:
        return rdflib.Literal(term.value, lang=term.language)
    if term.datatype == _STRING:
        # A plain literal and an xsd:string are one in RDF 1.1, but not to rdflib.
        return rdflib.Literal(term.value)
    return rdflib.Literal(term.value, datatype=rdflib.URIRef(term.datatype.value), normalize=False)


_STRING: Final = Literal("").datatype


def _from_rdflib(term: rdflib.term.Node | None) -> Term | None:
    if isinstance(term, rdflib.URIRef):
        return NamedNode(str(term))
    if isinstance(term, rdflib.BNode):
        return BlankNode(str(term))
    if isinstance(term, rdflib.Literal):
        if term.language:
            return Literal(str(term), language=term.language)
        return Literal(str(term), datatype=NamedNode(str(term.datatype)) if term.datatype else None)
    return None


def _finding(corpus: Corpus, report: rdflib.Graph, result: rdflib.term.Node) -> Finding:
    focus = _from_rdflib(report.value(result, SH.focusNode))
    path = _from_rdflib(report.value(result, SH.resultPath))
    value = _from_rdflib(report.value(result, SH.value))
    messages = sorted(str(message) for message in report.objects(result, SH.resultMessage))
    code = _CODES.get(report.value(result, SH.resultSeverity), "CG401")
    place = _place(corpus, focus, path, value)
    return Finding(place, code, " ".join(" ".join(messages).split()))


def _place(corpus: Corpus, focus: Term | None, path: Term | None, value: Term | None) -> Place:
    """Find the triple, else the predicate, else the subject; of several, the first in the order of the files."""
    if focus is None or isinstance(focus, Literal):
        return _anywhere(corpus)
    holders = [source for source in corpus.of("data", "ontology") if focus in source.positions.subjects]
    if isinstance(path, NamedNode):
        exact = [at for h in holders if value is not None for at in h.positions.triple(focus, path, value)]
        places = exact or [at for holder in holders for at in holder.positions.pair(focus, path)]
        if places:
            return places[0]
    for source in holders:
        place = source.positions.subject(focus)
        if place is not None:
            return place
    return _anywhere(corpus)


def _anywhere(corpus: Corpus) -> Place:
    first = next(corpus.of("shapes"))
    return Place(first.positions.file, 1, 1)
