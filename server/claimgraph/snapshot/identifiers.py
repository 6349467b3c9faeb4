"""Which resource an identifier such as ``ST14`` stands for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pyoxigraph import Literal, NamedNode

from claimgraph.errors import UsageError
from claimgraph.sparql.prefixes import expand, shorten

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pyoxigraph import Store

_IDENTIFIER = NamedNode(expand("dcterms:identifier"))


def the_one(identifier: str, iris: Iterable[str]) -> str | None:
    """Return the one thing that has an identifier, or None where nothing has it.

    Raises:
        UsageError: several things have it; the message lists them.
    """
    found = sorted(set(iris))
    if len(found) > 1:
        names = ", ".join(shorten(iri) for iri in found)
        message = f"several things have the identifier {identifier!r}: {names}; give the IRI or CURIE of one"
        raise UsageError(message)
    return found[0] if found else None


class Identifiers:
    """Look up resources by their ``dcterms:identifier`` in a store."""

    def __init__(self, store: Store) -> None:
        """Keep the store."""
        self._store = store

    def resolve(self, identifier: str) -> str | None:
        """Return the IRI of what has an identifier, or None if nothing has it.

        Raises:
            UsageError: several things have it; the message lists them.
        """
        quads = self._store.quads_for_pattern(None, _IDENTIFIER, Literal(identifier))
        return the_one(identifier, (quad.subject.value for quad in quads if isinstance(quad.subject, NamedNode)))

    def is_known(self, iri: str) -> bool:
        """Tell whether the store says anything of an IRI."""
        node = NamedNode(iri)
        return any(True for _ in self._store.quads_for_pattern(node, None, None, None))
