"""Rules: each parses, says what it derives and why, and all of them can be put in an order."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pyoxigraph import Quad, Store

from claimgraph.check.finding import Finding
from claimgraph.errors import BadHeader, BadRule, Place
from claimgraph.reason import load_rule, reason

if TYPE_CHECKING:
    from collections.abc import Iterator

    from claimgraph.check.corpus import Corpus
    from claimgraph.reason import Rule


def faulty_rules(corpus: Corpus) -> Iterator[Finding]:
    """Load every rule, then run all of them over the ontology alone, which shows whether they have an order."""
    rules: list[Rule] = []
    faults: list[Finding] = []
    for text in corpus.texts:
        if text.kind != "rule":
            continue
        try:
            rules.append(load_rule(corpus.layout, text.path))
        except BadHeader as error:
            faults.append(Finding(error.place or text.at(0), "CG702", error.message))
        except BadRule as error:
            faults.append(Finding(error.place or text.at(0), "CG701", error.message))
    yield from faults or _disorder(corpus, rules)


def _disorder(corpus: Corpus, rules: list[Rule]) -> Iterator[Finding]:
    store = Store()
    for source in corpus.of("ontology"):
        store.extend(Quad(s, p, o, source.graph) for s, p, o in source.positions)
    try:
        reason(store, rules)
    except BadRule as error:
        yield Finding(error.place or Place("ontology/rules", 1, 1), "CG703", error.message)
