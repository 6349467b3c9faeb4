"""Canned queries written for who has no rules: they find the same as ours, in what is asserted alone."""

import pytest
from pyoxigraph import QueryResultsFormat, RdfFormat, Store

from claimgraph.bench.asserted import as_asked_of_asserted, split
from claimgraph.bench.meanings import PATHS, PATTERNS
from claimgraph.bench.unfold import NotExpressible, unfold
from claimgraph.catalog import Catalog
from claimgraph.dataset import Layout, root
from claimgraph.snapshot import Snapshot

DERIVED = PATHS.keys() | PATTERNS.keys() | {"cg:hasOrigin"}
QUERIES = {query.name: query for query in Catalog.load(Layout(root()).queries)}


@pytest.fixture(scope="module")
def stores(shipped, tmp_path_factory):
    """Hold the shipped dataset with and without derived facts, and the names of derived properties."""
    asserted = tmp_path_factory.mktemp("asserted") / "asserted.nq"
    snapshot = Snapshot(shipped.folder, shipped.manifest)
    derived = split(snapshot, asserted)
    whole, part = Store(), Store()
    whole.bulk_load(path=str(snapshot.dump), format=RdfFormat.N_QUADS)
    part.bulk_load(path=str(asserted), format=RdfFormat.N_QUADS)
    return whole, part, derived


def rows(store, text):
    answer = store.query(text, use_default_graph_as_union=True)
    return set(answer.serialize(format=QueryResultsFormat.TSV).splitlines())


def test_the_asserted_part_has_no_derived_fact(stores):
    whole, part, derived = stores
    assert len(part) < len(whole)
    assert {"cg:holder", "cg:partOfDossier", "cg:entails"} <= derived
    holders = "ASK { ?s <https://w3id.org/claimgraph/ontology#holder> ?o }"
    assert not part.query(holders, use_default_graph_as_union=True)
    assert whole.query(holders, use_default_graph_as_union=True)


@pytest.mark.parametrize("name", sorted(QUERIES))
def test_finds_the_same_in_what_is_asserted_where_it_can_be_written(stores, shipped, name):
    whole, part, derived = stores
    text = QUERIES[name].bind({}, shipped.resolve)
    written = as_asked_of_asserted(text, derived)
    assert written is None or rows(part, written) == rows(whole, text)


def test_can_write_most_questions_and_leaves_what_needs_the_rules(stores, shipped):
    written = {
        name: as_asked_of_asserted(query.bind({}, shipped.resolve), stores[2]) for name, query in QUERIES.items()
    }
    assert sum(text is not None for text in written.values()) > 0.7 * len(written)
    assert written["agreements"] is None


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("SELECT * { ?a ?b 'a (b) {c}'@en , 1 ; a <x:C> }", "?a a <x:C> ."),
        ("SELECT * { ?c cg:claimedIn/cg:x ?d }", "?c (cg:groundedIn/cg:inDocument)/(cg:x) ?d ."),
        ("SELECT * { ?d ^cg:claimedIn ?c }", "?d ^(cg:groundedIn/cg:inDocument) ?c ."),
        ("SELECT * { GRAPH ?g { ?a cg:holder ?b } }", "GRAPH ?g { ?a cg:holder ?b }"),
        ("SELECT * { VALUES (?x) { (1) (2) } }", "VALUES ( ?x ) { ( 1 ) ( 2 ) }"),
        ("SELECT * { ?a ?b 'a (b) {c}'@en , 1 }", "?a ?b 'a (b) {c}'@en ."),
        ('SELECT * { ?a ?b "1"^^<x:int> . FILTER(COALESCE(?a, 1) = 1) }', "FILTER ( COALESCE( ?a , 1 ) = 1 )"),
        ("SELECT * { ?a cg:withdrawnInEffectBy|cg:x ?b }", "} UNION { ?a cg:x ?b . }"),
        ("SELECT * { ?p cg:hasProposition/cg:entails? ?q }", "{ ?p cg:hasProposition ?q . } UNION {"),
    ],
)
def test_writes(text, written):
    assert written in unfold(text, DERIVED)


@pytest.mark.parametrize("path", ["cg:hasOrigin", "cg:holder+", "cg:holder*", "(cg:x|cg:holder)*"])
def test_says_what_cannot_be_written(path):
    with pytest.raises(NotExpressible):
        unfold(f"SELECT * {{ ?a {path} ?b }}", DERIVED)


def test_takes_new_variables_each_time():
    written = unfold("SELECT * { ?a cg:holder ?b . ?c cg:holder ?d }", DERIVED)
    assert {"?meantn1", "?meantn2"} <= set(written.split())
