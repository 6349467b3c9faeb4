"""IRIs of ours that are used and that nothing describes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from pyoxigraph import NamedNode

from claimgraph.check.finding import Finding
from claimgraph.check.names import folder_of
from claimgraph.check.vocabulary import did_you_mean
from claimgraph.sparql.prefixes import PREFIXES, shorten

if TYPE_CHECKING:
    from collections.abc import Iterator

    from claimgraph.check.corpus import Corpus

_RESOURCES: Final = PREFIXES["id"]


def dangling_iris(corpus: Corpus) -> Iterator[Finding]:
    """Find objects among our resources that are the subject of no triple."""
    described = corpus.described
    for statement in corpus.statements("data", "ontology"):
        target = statement.object
        is_ours = isinstance(target, NamedNode) and target.value.startswith(_RESOURCES)
        if is_ours and target not in described and corpus.judges(statement.subject):
            near = sorted(shorten(known.value) for known in corpus.in_folder(folder_of(target.value)))
            message = f"nothing describes {shorten(target.value)}"
            yield Finding(
                statement.at(statement.object_at), "CG109", message, did_you_mean(shorten(target.value), near)
            )
