"""Canned queries still answer: with their defaults, over the data with all that the rules derive, they find rows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from pyoxigraph import Quad, QueryBoolean, Store

from claimgraph.catalog.query import load_query
from claimgraph.check.finding import Finding
from claimgraph.check.names import name
from claimgraph.check.queries import refuse_misshapen
from claimgraph.errors import BadHeader, BadParameter, BadQuery, BadRule
from claimgraph.sparql.header import read_header
from claimgraph.sparql.query import parse

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from claimgraph.catalog.parameter import Resolver
    from claimgraph.check.corpus import Corpus
    from claimgraph.check.texts import SparqlText

_IDENTIFIER: Final = name("dcterms:identifier")
LARGEST: Final = 100_000
"""Triples up to which the answers are looked at; a build reasons over larger datasets, a check does not."""


def silent_queries(corpus: Corpus) -> Iterator[Finding]:
    """Find queries whose defaults give an empty answer although their header does not say ``empty: true``."""
    queries = [text for text in corpus.texts if text.kind == "query"]
    if not queries or sum(len(source.positions.triples) for source in corpus.sources) > LARGEST:
        return
    store = _reasoned(corpus)
    if store is not None:
        identified = {s.object.value: s.subject.value for s in corpus.with_predicate(_IDENTIFIER)}
        yield from silent_over(store, queries, identified.get)


def silent_over(store: Store, queries: Iterable[SparqlText], resolve: Resolver) -> Iterator[Finding]:
    """Find those of some queries that find nothing in a store that the rules have been run over."""
    for text in queries:
        if _is_silent(store, text, resolve):
            yield Finding(text.line("SELECT"), "CG606", "with its defaults the query finds nothing")


def _reasoned(corpus: Corpus) -> Store | None:
    rules, faults = corpus.loaded_rules
    if faults:
        return None
    from claimgraph.reason import reason  # noqa: PLC0415 - as in the corpus

    store = Store()
    for source in corpus.sources:
        store.extend(Quad(s, p, o, source.graph) for s, p, o in source.positions)
    try:
        reason(store, rules)
    except BadRule:
        return None  # reported by the check of the rules
    return store


def _is_silent(store: Store, text: SparqlText, resolve: Resolver) -> bool:
    try:
        header = read_header(text.text, text.file)
        refuse_misshapen(text, header)
        query = load_query(text.path, text.text)
        bound = query.bind({}, resolve)
        parse(bound)
    except (BadHeader, BadParameter, BadQuery):
        return False  # reported by the check of the queries
    if query.may_be_empty:
        return False
    answer = store.query(bound, use_default_graph_as_union=True)
    return not isinstance(answer, QueryBoolean) and next(iter(answer), None) is None
