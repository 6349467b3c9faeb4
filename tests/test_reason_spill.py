"""Reasoning with much of it kept aside: each triple must be there as without, in the very same graph."""

import threading
import time
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import HealthCheck, given, settings
from pyoxigraph import NamedNode, RdfFormat, Store, parse

from claimgraph.dataset import Layout, load_into
from claimgraph.reason import Spill, beside, insert, load_rules, reason
from claimgraph.reason.schema import classes_of
from claimgraph.reason.shape import TYPE, Shape, reads
from claimgraph.reason.tree import read_tree
from claimgraph.reason.unit import QueryUnit
from claimgraph.snapshot.dump import Dump
from small_world import EX, graphs
from test_again import asserted, rules

ROOT = Path(__file__).parent.parent


@pytest.fixture(scope="module", autouse=True)
def few_are_many():
    """Have also few conclusions searched for as text, which is the way of those that may be kept aside."""
    before, insert._MANY = insert._MANY, 0
    yield
    insert._MANY = before


def whole(store, its_rules):
    """Return all quads after reasoning, and how many of them were kept aside."""
    with TemporaryDirectory() as folder:
        spill = Spill(Path(folder) / "spill")
        reason(store, its_rules, spill=spill)
        aside = {f"{quad.triple} {graph}" for graph in spill.graphs for quad in read(spill, graph)}
        return {f"{quad.triple} {quad.graph_name}" for quad in store} | aside, len(aside)


def read(spill, graph):
    return parse(kept(spill, graph), RdfFormat.N_TRIPLES)


def kept(spill, graph):
    return b"".join(path.read_bytes() for path in spill.files(graph))


@given(graphs)
@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_any_facts_lead_to_the_same_with_and_without(facts):
    one, other = asserted(facts), asserted(facts)
    reason(one, rules())
    found, _ = whole(other, rules())
    assert found == {f"{quad.triple} {quad.graph_name}" for quad in one}


def shipped():
    layout, store = Layout(ROOT), Store()
    for file in layout.graphs():
        load_into(store, file)
    return store, load_rules(layout)


def test_of_the_shipped_data_a_good_part_is_kept_aside_and_nothing_is_lost():
    store, its_rules = shipped()
    before = len(store)
    reason(store, its_rules)
    derived = len(store) - before
    found, aside = whole(shipped()[0], its_rules)
    assert found == {f"{quad.triple} {quad.graph_name}" for quad in store}
    assert aside > derived / 4


def test_a_dump_has_what_is_kept_aside_once_beside_what_is_in_the_store(tmp_path):
    graph, store, spill = NamedNode(EX + "g"), Store(), Spill(tmp_path / "spill")
    for text in (b"<x:b> <x:p> <x:c> .\n", b"<x:a> <x:p> <x:c> .\n<x:b> <x:p> <x:c> .\n"):
        assert spill.take(graph, text, [Shape(NamedNode("x:p"))], [Shape(NamedNode("x:p"))]) == b""
    store.load(b"<x:b> <x:p> <x:c> .\n<x:aa> <x:p> 1 .", RdfFormat.TURTLE, to_graph=graph)
    with Dump(tmp_path / "dump") as dump:
        dump.add_all(store, spill, tmp_path)
    subjects = [line.split()[0] for line in (tmp_path / "dump").read_bytes().splitlines()]
    assert subjects == [b"<x:a>", b"<x:aa>", b"<x:b>"]
    assert dump.triples == {graph: 3}


def test_lines_with_other_shapes_and_texts_with_literals_are_left(tmp_path):
    graph, spill = NamedNode(EX + "g"), Spill(tmp_path / "spill")
    kind, other, takes = Shape(TYPE, NamedNode("x:C")), Shape(TYPE, NamedNode("x:CC")), Shape(NamedNode("x:p"))
    text = f"<x:a> {TYPE} <x:C> .\n<x:a> {TYPE} <x:CC> .\n<x:a> <x:p> <x:b> .\n<x:a> <x:pp> <x:b> .\n".encode()
    left = spill.take(graph, text, [kind, other, takes, Shape(NamedNode("x:pp"))], [kind, takes])
    assert left.count(b"\n") == 2
    assert b"<x:CC>" in left
    assert b"<x:pp>" in left
    assert kept(spill, graph) == f"<x:a> {TYPE} <x:C> .\n<x:a> <x:p> <x:b> .\n".encode()
    literal = b'<x:a> <x:p> "b" .\n'
    assert spill.take(graph, literal, [takes], [takes]) == literal


SCOPES = """PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#> PREFIX x: <http://x.example/>
CONSTRUCT {{ ?x x:found true }} WHERE {{ {} }}"""


@pytest.mark.parametrize(
    ("where", "known"),
    [
        ("?x x:p ?y . ?c rdfs:subClassOf x:D . ?y a ?c", True),
        ("?c rdfs:subClassOf x:D . ?x x:p ?y FILTER NOT EXISTS { ?y a ?c }", True),
        ("?c rdfs:subClassOf x:D . ?x x:p ?y FILTER NOT EXISTS { ?y x:p ?z FILTER NOT EXISTS { ?z a ?c } }", True),
        ("?c rdfs:subClassOf x:D . ?x x:p ?y MINUS { ?y a ?c }", False),
        ("?c rdfs:subClassOf x:D . { ?x x:p ?y FILTER NOT EXISTS { ?y a ?c } }", False),
        ("?c rdfs:subClassOf x:D . ?x x:p ?y OPTIONAL { ?y a ?c }", False),
        ("BIND(EXISTS { ?y a ?c } AS ?b) ?c rdfs:subClassOf x:D . ?x x:p ?y", False),
        ("?c rdfs:subClassOf x:D . ?x a/rdfs:subClassOf ?c", False),
        ("?c rdfs:subClassOf x:D { SELECT ?x { ?x a ?c } }", False),
        ("?x a ?c", False),
    ],
)
def test_a_class_is_known_by_axioms_only_where_they_bind_its_variable(where, known):
    narrow = NamedNode("http://x.example/C")
    store = Store()
    store.load(
        b"@prefix x: <http://x.example/> . x:C <http://www.w3.org/2000/01/rdf-schema#subClassOf> x:D .",
        RdfFormat.TURTLE,
        to_graph=NamedNode("http://x.example/g"),
    )
    found = reads(read_tree(SCOPES.format(where)).where, {}, partial(classes_of, store))
    types = {shape for shape in found.positive | found.negative if shape.predicate == TYPE}
    assert types == ({Shape(TYPE, narrow)} if known else {Shape(TYPE)})


@pytest.mark.parametrize("held", [0, 1 << 60], ids=["enough", "short"])
def test_where_memory_is_short_one_question_is_asked_at_a_time_with_the_same_result(monkeypatch, held):
    expected, its_rules = shipped()
    reason(expected, its_rules)
    at_work, most, lock = 0, 0, threading.Lock()
    whole_ask = QueryUnit.ask

    def ask(unit, progress):
        question = whole_ask(unit, progress)

        def watched():
            nonlocal at_work, most
            with lock:
                at_work += 1
                most = max(most, at_work)
            try:
                time.sleep(0.01)  # so that two would meet
                return question()
            finally:
                with lock:
                    at_work -= 1

        return watched if question else None

    monkeypatch.setattr(QueryUnit, "ask", ask)
    monkeypatch.setattr(beside, "resident", lambda _process: held)
    store, its_rules = shipped()
    reason(store, its_rules)
    assert set(store) == set(expected)
    assert most == (1 if held else 2)
