"""IRIs of ours that are used and that nothing describes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from pyoxigraph import NamedNode

from claimgraph.check.finding import Finding
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
        if isinstance(target, NamedNode) and target not in described and target.value.startswith(_RESOURCES):
            known = sorted(s.value for s in described | corpus.spelt if isinstance(s, NamedNode))
            near = [shorten(iri) for iri in known if iri.rpartition("/")[0] == target.value.rpartition("/")[0]]
            message = f"nothing describes {shorten(target.value)}"
            yield Finding(
                statement.at(statement.object_at), "CG109", message, did_you_mean(shorten(target.value), near)
            )
