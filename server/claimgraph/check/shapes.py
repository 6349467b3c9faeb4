"""SHACL over the whole dataset, with each result brought back to the line that it speaks of."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import rdflib
from pyoxigraph import BlankNode, Literal, NamedNode
from rdflib.namespace import RDF, SH

from claimgraph.check.finding import Finding
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
    # Importing pySHACL takes longer than all other checks together; a dataset without shapes does not wait for it.
    from pyshacl import validate  # noqa: PLC0415
    from pyshacl.errors import ConstraintLoadError, ReportableRuntimeError, ShapeLoadError  # noqa: PLC0415

    data = _merged(corpus.of("ontology", "data"))
    try:
        _, report, _ = validate(data, shacl_graph=_merged(shapes), inference="none", do_owl_imports=False)
    except (ShapeLoadError, ConstraintLoadError, ReportableRuntimeError) as error:
        reason = " ".join(str(error).split())
        yield Finding(Place(shapes[0].positions.file, 1, 1), "CG403", f"a shape cannot be used: {reason}")
        return
    for result in report.subjects(RDF.type, SH.ValidationResult):
        yield _finding(corpus, report, result)


def _merged(sources: Iterable[Source]) -> rdflib.Graph:
    graph = rdflib.Graph()
    known: dict[Term, rdflib.term.Node] = {}

    def turned(term: Term) -> rdflib.term.Node:
        found = known.get(term)
        if found is None:
            found = known[term] = _to_rdflib(term)
        return found

    graph.addN((turned(s), turned(p), turned(o), graph) for source in sources for s, p, o in source.positions)
    return graph


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
