"""Read property paths from rdflib's, and spread them into plain patterns where that can be done."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pyoxigraph import NamedNode
from rdflib.paths import AlternativePath, InvPath, MulPath, NegatedPath, SequencePath
from rdflib.term import URIRef

from claimgraph.reason.backward.arrange import group_of
from claimgraph.reason.backward.path import Either, Except, Inverse, Repeat, Sequence
from claimgraph.reason.backward.pattern import Triple, Union, Walk

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from pyoxigraph import Variable

    from claimgraph.reason.backward.path import Path
    from claimgraph.reason.backward.pattern import Part, Slot


def read_path(path: Any, slot: Callable[[Any], Slot]) -> Path | Slot:  # noqa: ANN401 - rdflib's paths and terms
    """Read a path of rdflib's; what is a plain predicate or a variable is returned as a term."""
    return slot(path) if isinstance(path, URIRef | str) else _read(path)


def _read(path: Any) -> Path:  # noqa: ANN401 - rdflib's paths
    match path:
        case URIRef():
            return NamedNode(str(path))
        case InvPath():
            return Inverse(_read(path.arg))
        case SequencePath():
            return Sequence(tuple(_read(part) for part in path.args))
        case AlternativePath():
            return Either(tuple(_read(part) for part in path.args))
        case MulPath():
            return Repeat(_read(path.path), int(not path.zero), bool(path.more))
        case NegatedPath():
            forward = {NamedNode(str(part)) for part in path.args if isinstance(part, URIRef)}
            backward = {NamedNode(str(part.arg)) for part in path.args if isinstance(part, InvPath)}
            return Except(frozenset(forward), frozenset(backward))
        case _:
            raise TypeError(type(path))


def spread(subject: Slot, path: Path | Slot, value: Slot, fresh: Callable[[], Variable]) -> Iterator[Part]:
    """Write a path as plain patterns, as far as it has a fixed length; ``fresh`` makes the variables in between."""
    match path:
        case Inverse():
            yield from spread(value, path.path, subject, fresh)
        case Sequence():
            nodes = [subject, *(fresh() for _ in path.paths[1:]), value]
            for part, start, end in zip(path.paths, nodes, nodes[1:], strict=False):
                yield from spread(start, part, end, fresh)
        case Either():
            yield Union(tuple(group_of(spread(subject, part, value, fresh), ()) for part in path.paths))
        case Repeat() | Except():
            yield Walk(subject, path, value)
        case _:
            yield Triple(subject, path, value)
