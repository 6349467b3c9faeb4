"""How far shapes look: a thing can be judged by itself where they look no further than at the classes of its values."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from pyoxigraph import NamedNode

from claimgraph.check.names import name, names
from claimgraph.sparql.prefixes import PREFIXES, shorten

if TYPE_CHECKING:
    from collections.abc import Iterable

    from claimgraph.check.corpus import Source

_SHACL: Final = PREFIXES["sh"]
_PATH: Final = name("sh:path")
_OF_A_THING: Final = names(
    "sh",
    "targetClass targetSubjectsOf property path class datatype nodeKind minCount maxCount minInclusive maxInclusive "
    "minExclusive maxExclusive minLength maxLength pattern flags languageIn uniqueLang in hasValue equals disjoint "
    "lessThan lessThanOrEquals closed ignoredProperties and or not xone node deactivated severity message name "
    "description order group defaultValue",
)
_OF_SHAPES: Final = names("sh", "property and or not xone node")
"""What leads, of a property shape, to what its values must be like."""


def looks_further(shapes: Iterable[Source]) -> str:
    """Say which shape looks further, and by what; nothing where none does."""
    for source in shapes:
        for triples in source.positions.subjects.values():
            is_of_property = any(triple[1] == _PATH for triple in triples)
            for _, p, o, _, p_at, _ in triples:
                is_plain = p in _OF_A_THING and not (is_of_property and p in _OF_SHAPES)
                if p.value.startswith(_SHACL) and (not is_plain or (p == _PATH and not isinstance(o, NamedNode))):
                    return (
                        f"a shape looks further than at one thing ({shorten(p.value)} at {source.positions.at(p_at)})"
                    )
    return ""
