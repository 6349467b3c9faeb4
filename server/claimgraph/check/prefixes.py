"""Prefixes mean the same in every file: a prefix of the project's table stands for the table's namespace."""

from __future__ import annotations

from typing import TYPE_CHECKING

from claimgraph.check.finding import Finding
from claimgraph.sparql.prefixes import PREFIXES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from claimgraph.check.corpus import Corpus


def rebound_prefixes(corpus: Corpus) -> Iterator[Finding]:
    """Find prefixes of the table that a file binds to another namespace."""
    for source in corpus.sources:
        declared = source.positions.namespaces
        if all(PREFIXES.get(name, namespace) == namespace for name, namespace in declared.items()):
            continue
        for prefix in source.positions.prefixes:
            wanted = PREFIXES.get(prefix.name, prefix.namespace)
            if prefix.namespace != wanted:
                message = f"the prefix {prefix.name}: stands for <{prefix.namespace}> here"
                yield Finding(prefix.place, "CG102", message, f"everywhere else it stands for <{wanted}>")
