"""What a rule constructs is the same whether the engine is asked for triples or for rows."""

import dataclasses
from pathlib import Path
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyoxigraph import BlankNode, Literal, NamedNode, Quad, RdfFormat, Store

from claimgraph.dataset import Layout, load_into
from claimgraph.reason import load_rules, reason
from claimgraph.reason.rows import Construction
from claimgraph.reason.tree import read_tree

ROOT = Path(__file__).parent.parent
X = "http://x.example/"
DATE = NamedNode("http://www.w3.org/2001/XMLSchema#date")
P, Q, G = NamedNode(X + "p"), NamedNode(X + "q"), NamedNode(X + "g")
COPY = f"PREFIX x: <{X}> CONSTRUCT {{ ?a x:q ?b }} WHERE {{ ?a x:p ?b }}"


def rule(text):
    return SimpleNamespace(text=text, tree=read_tree(text))


def holding(*quads):
    store = Store()
    store.extend(quads)
    return store


def lines(answer):
    return set(answer.splitlines())


def constructed(store, construction):
    return lines(dataclasses.replace(construction, rows=None).answer(store))


@pytest.fixture(scope="module")
def reasoned():
    layout, store = Layout(ROOT), Store()
    for file in layout.graphs():
        load_into(store, file)
    rules = load_rules(layout)
    reason(store, rules)
    return store, [rule for rule in rules if not rule.is_owl]


def test_every_rule_about_claims_answers_alike_in_rows(reasoned):
    store, rules = reasoned
    asked = {rule.name: Construction.of(rule, {}) for rule in rules}
    assert len([one for one in asked.values() if one.rows]) > len(rules) / 2
    for name, construction in asked.items():
        assert lines(construction.answer(store)) == constructed(store, construction), name


terms = st.one_of(
    st.sampled_from([NamedNode(X + "ä_:b"), BlankNode("b1")]),
    st.text(st.characters(exclude_categories=["Cs"])).map(Literal),
    st.text("ab\t\n\r\"'\\<_:.").map(lambda text: Literal(text, language="en")),
    st.integers(-3, 3).map(Literal),
    st.booleans().map(Literal),
    st.dates().map(lambda day: Literal(str(day), datatype=DATE)),
    st.floats(allow_nan=False).map(Literal),
)


@given(st.lists(terms, max_size=4))
def test_any_terms_come_out_as_they_are(values):
    store = holding(*(Quad(NamedNode(X + "s"), P, value, G) for value in values))
    got = Construction.of(rule(COPY), {}).answer(store)
    back = Store()
    back.load(got, RdfFormat.N_TRIPLES)
    wanted = holding(*(Quad(NamedNode(X + "s"), Q, value) for value in values))
    if not any(isinstance(value, BlankNode) for value in values):  # loading renames them
        assert set(back) == set(wanted)
    assert len(back) == len(wanted)


@pytest.mark.parametrize(
    "text",
    [
        "CONSTRUCT { ?a x:q ?b } WHERE { ?a x:p ?o OPTIONAL { ?a x:none ?b } }",
        "CONSTRUCT { ?b x:q ?a } WHERE { ?a x:p ?b }",
        "CONSTRUCT { ?a a x:C } WHERE { ?a x:p ?b }",
        "CONSTRUCT { x:s x:q ?b } WHERE { ?a x:p ?b }",
        "CONSTRUCT { ?a x:q ?a } WHERE { ?a x:p ?b }",
        "CONSTRUCT { ?a ?p ?b } WHERE { ?a ?p ?b }",
        'CONSTRUCT { ?a x:q "}"@en } WHERE { ?a x:p ?b FILTER(?b != "{") }',
        "CONSTRUCT { ?a x:q ?b } WHERE { ?a x:p ?b } ORDER BY ?b LIMIT 1",
        "CONSTRUCT { ?a x:q ?b . ?b x:q ?a } WHERE { ?a x:p ?b }",
        "CONSTRUCT { ?a x:q ?b } { { SELECT ?a ?b WHERE { ?a x:p ?b } } }",
    ],
)
def test_so_do_queries_of_any_form(text):
    store = holding(
        *(Quad(NamedNode(X + "s"), P, value, G) for value in (Literal("b\t"), NamedNode(X + "o"), Literal(5)))
    )
    construction = Construction.of(rule(f"PREFIX x: <{X}> {text}"), {})
    assert lines(construction.answer(store)) == constructed(store, construction)


@pytest.mark.parametrize("value", [NamedNode(X + "o"), BlankNode("b1")])
def test_variables_can_be_bound(value):
    store = holding(Quad(NamedNode(X + "s"), P, value, G), Quad(NamedNode(X + "s"), P, NamedNode(X + "other"), G))
    got = Construction.of(rule(COPY.replace("?a x:q ?b", "?a x:q x:o")), {"b": value}).answer(store)
    assert got == f"<{X}s> <{X}q> <{X}o> .\n".encode()
