"""What is written about things: their names, and the other words by which they are found."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any, Final, Protocol

from pyoxigraph import Literal, NamedNode

from claimgraph.sparql.prefixes import expand

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from pyoxigraph import Quad

    Texts = dict[str, list[str]]

_LANGUAGES: Final = frozenset({None, "en"})
_NAMES: Final = tuple(
    NamedNode(expand(name))
    for name in ("rdfs:label", "skos:prefLabel", "dcterms:title", "skos:altLabel", "dcterms:identifier")
)
_WORDS: Final = tuple(
    NamedNode(expand(name))
    for name in ("cg:canonicalText", "cg:quotedText", "cg:textAsGiven", "dcterms:description", "skos:definition")
)
_GROUNDED: Final = NamedNode(expand("cg:groundedIn"))
READ: Final = (*_NAMES, *_WORDS, _GROUNDED)
"""The properties by which it is gathered what is written about things."""
_TYPE: Final = NamedNode(expand("rdf:type"))


class Find(Protocol):
    """Find the quads that match a subject, a property and a value, any of which may be open (None)."""

    def __call__(self, subject: Any, predicate: Any, value: Any, /) -> Iterable[Quad]:  # noqa: ANN401 - terms
        """Find them."""


def gather(find: Find, base: str, things: Iterable[NamedNode | None] = (None,)) -> tuple[Texts, Texts]:
    """Return names and words of some things of a base (None: of all), each text once and in a stable order.

    The words of a passage are those of the claim that is grounded in it, too.
    """
    asked = list(things)
    names, own = _texts(find, _NAMES, base, asked), _texts(find, _WORDS, base, asked)
    passages: defaultdict[str, set[NamedNode]] = defaultdict(set)
    for thing in asked:
        for quad in find(thing, _GROUNDED, None):
            if isinstance(quad.subject, NamedNode) and isinstance(quad.object, NamedNode):
                passages[quad.subject.value].add(quad.object)
    passed = own
    if asked != [None]:
        passed = _texts(find, _WORDS, base, {passage for found in passages.values() for passage in found})
    words = dict(own)
    for claim, found in passages.items():
        said = (text for passage in sorted(found, key=str) for text in passed.get(passage.value, ()))
        both = list(dict.fromkeys((*own.get(claim, ()), *said)))
        if both:
            words[claim] = both
    return names, words


def named_otherwise(changed: Iterable[Quad], find_before: Find, find_now: Find) -> set[NamedNode]:
    """Name the things whose texts or classes may be others, where some quads are gone or new."""
    found: set[NamedNode] = set()
    for quad in changed:
        if not isinstance(quad.subject, NamedNode):
            continue
        if quad.predicate in {_GROUNDED, _TYPE, *_NAMES, *_WORDS}:
            found.add(quad.subject)
        if quad.predicate in _WORDS:
            grounded = (*find_before(None, _GROUNDED, quad.subject), *find_now(None, _GROUNDED, quad.subject))
            found.update(other.subject for other in grounded if isinstance(other.subject, NamedNode))
    return found


def _texts(find: Find, properties: Iterable[NamedNode], base: str, things: Iterable[NamedNode | None]) -> Texts:
    """Gather the texts of some properties, those of the first property first."""
    asked = list(things)
    found: defaultdict[str, dict[str, None]] = defaultdict(dict)
    for predicate in properties:
        for subject, text in sorted(said for thing in asked for said in _said(find(thing, predicate, None), base)):
            found[subject][text] = None
    return {subject: list(texts) for subject, texts in found.items()}


def _said(quads: Iterable[Quad], base: str) -> Iterator[tuple[str, str]]:
    for quad in quads:
        subject, value = quad.subject, quad.object
        if not isinstance(value, Literal) or value.language not in _LANGUAGES:
            continue
        if isinstance(subject, NamedNode) and subject.value.startswith(base):
            yield subject.value, value.value
