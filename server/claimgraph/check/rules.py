"""Rules: each parses, says what it derives and why, and all of them can be put in an order."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pyoxigraph import Quad, Store

from claimgraph.check.finding import Finding
from claimgraph.errors import BadHeader, BadRule, Place

if TYPE_CHECKING:
    from collections.abc import Iterator

    from claimgraph.check.corpus import Corpus
    from claimgraph.reason import Rule


def faulty_rules(corpus: Corpus) -> Iterator[Finding]:
    """Load every rule, then run all of them over the ontology alone, which shows whether they have an order."""
    rules, faults = corpus.loaded_rules
    for fault in faults:
        place = fault.place or Place("ontology/rules", 1, 1)
        yield Finding(place, "CG702" if isinstance(fault, BadHeader) else "CG701", fault.message)
    if not faults:
        yield from _disorder(corpus, rules)


def _disorder(corpus: Corpus, rules: list[Rule]) -> Iterator[Finding]:
    from claimgraph.reason import reason  # noqa: PLC0415 - as in the corpus

    store = Store()
    for source in corpus.of("ontology"):
        store.extend(Quad(s, p, o, source.graph) for s, p, o in source.positions)
    try:
        reason(store, rules)
    except BadRule as error:
        yield Finding(error.place or Place("ontology/rules", 1, 1), "CG703", error.message)
