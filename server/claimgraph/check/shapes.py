"""SHACL over the whole dataset, with each result brought back to the line that it speaks of.

The validator is the package ``shacl``; a test holds what it finds against pySHACL, the reference, which takes some
fifty times as long.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from pyoxigraph import BlankNode, Literal, NamedNode, RdfFormat, parse
from shacl import Shapes

from claimgraph.check.finding import Finding
from claimgraph.check.literals import is_valid
from claimgraph.check.names import name
from claimgraph.errors import Place

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from shacl import Result

    from claimgraph.check.corpus import Corpus, Source
    from claimgraph.dataset.positions import Term

_CODES: Final = {"Violation": "CG401", "Warning": "CG402", "Info": "CG402"}
_BLANK: Final = "urn:claimgraph:blank:"
"""Begins the IRIs that stand for blank nodes: the validator gives them labels of its own, which have no place."""
_PATH: Final = name("sh:path")
_PROPERTY: Final = name("sh:property")
_COMPARISONS: Final = (name("sh:lessThan"), name("sh:lessThanOrEquals"))


def violated_shapes(corpus: Corpus) -> Iterator[Finding]:
    """Validate ontology and data, merged, against every shape."""
    shapes = list(corpus.of("shapes"))
    broken = [finding for source in shapes for finding in _without_path(source)]
    if broken or not shapes:
        yield from broken
        return
    try:
        compiled = _compiled(shapes)
    except ValueError as error:
        yield _broken(shapes, " ".join(str(error).split()))
        return
    report = compiled.validate_text(_as_text(corpus.of("ontology", "data")), format="ntriples")
    compared = _compared(shapes)
    for result in report.results:
        if not _compares_unlike(corpus, compared, result):
            yield _finding(corpus, result)


def _compiled(shapes: Iterable[Source]) -> Shapes:
    """Make the shapes ready for use.

    Raises:
        ValueError: one of them is broken.
    """
    text = "\n".join(f"{s} {p} {o} ." for source in shapes for s, p, o in source.positions)
    return Shapes.from_text(text, format="ntriples")


def _broken(shapes: list[Source], reason: str) -> Finding:
    """Report a shape that cannot be used; the fault names no file, the shapes of each file alone tell whose it is."""
    file = shapes[0].positions.file
    for source in shapes:
        try:
            _compiled([source])
        except ValueError:
            file = source.positions.file
            break
    return Finding(Place(file, 1, 1), "CG403", f"a shape cannot be used: {reason}")


def _without_path(source: Source) -> Iterator[Finding]:
    """Find property shapes without a path, which the validator would pass over."""
    for _, predicate, value, _, _, value_at in source.positions.triples:
        if predicate == _PROPERTY and not isinstance(value, Literal):
            described = source.positions.subjects.get(value, [])
            if described and not any(triple[1] == _PATH for triple in described):
                place = source.positions.at(value_at)
                yield Finding(place, "CG403", "a shape cannot be used: a property shape has no sh:path")


def _as_text(sources: Iterable[Source]) -> str:
    """Write triples as N-Triples; a literal that is none of its datatype has a finding of its own and is left out."""
    return "".join(
        f"{_plain(s)} {p} {_plain(o)} .\n"
        for source in sources
        for s, p, o in source.positions
        if not isinstance(o, Literal) or is_valid(o)
    )


def _plain(term: Term) -> Term | str:
    return f"<{_BLANK}{term.value}>" if isinstance(term, BlankNode) else term


def _term(written: str | None) -> Term | None:
    """Read a term that the validator has written."""
    if not written:
        return None
    triple = next(iter(parse(f"<x:s> <x:p> {written} .", format=RdfFormat.N_TRIPLES)))
    found = triple.object
    if isinstance(found, NamedNode) and found.value.startswith(_BLANK):
        return BlankNode(found.value.removeprefix(_BLANK))
    return found if isinstance(found, NamedNode | BlankNode | Literal) else None


def _compared(shapes: Iterable[Source]) -> dict[str, set[Term]]:
    """Map each path, as results write it, to the properties whose values its own are compared with."""
    found: dict[str, set[Term]] = {}
    for source in shapes:
        for triples in source.positions.subjects.values():
            others = {triple[2] for triple in triples if triple[1] in _COMPARISONS}
            for triple in triples:
                if others and triple[1] == _PATH:
                    found.setdefault(str(triple[2]), set()).update(others)
    return found


def _compares_unlike(corpus: Corpus, compared: dict[str, set[Term]], result: Result) -> bool:
    """Tell whether a result only says that two values of different datatypes cannot be compared.

    One of them is not of the datatype that it should have, and has a finding for that.
    """
    if not result.component.startswith("LessThan"):
        return False
    focus, value = _term(result.focus_node), _term(result.value)
    others = [
        triple[2]
        for source in corpus.of("data", "ontology")
        if isinstance(focus, NamedNode | BlankNode)
        for triple in source.positions.subjects.get(focus, ())
        if triple[1] in compared.get(result.path or "", ())
    ]
    kind = value.datatype if isinstance(value, Literal) else None
    return any(not isinstance(other, Literal) or other.datatype != kind for other in others)


def _finding(corpus: Corpus, result: Result) -> Finding:
    focus, path, value = (_term(written) for written in (result.focus_node, result.path, result.value))
    message = " ".join(" ".join(sorted(result.messages)).split()) or f"the shape asks for {result.component}"
    return Finding(_place(corpus, focus, path, value), _CODES.get(result.severity, "CG401"), message)


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
