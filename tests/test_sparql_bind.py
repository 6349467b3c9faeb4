"""Parameters are bound by tokens: typed, escaped, and nowhere else."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyoxigraph import Literal, NamedNode, Store

from claimgraph.errors import BadQuery
from claimgraph.sparql.bind import bind, variables

X = NamedNode("http://example.org/x")


def test_replaces_a_variable_by_a_term():
    assert bind("SELECT ?s { ?s ?p ?x }", {"x": X}).split() == ["SELECT", "?s", "{", "?s", "?p", str(X), "}"]


def test_leaves_strings_comments_and_longer_names_alone():
    text = "SELECT ?s { ?s ?xx '?x' } # ?x"
    assert bind(text, {"x": X}) == text


def test_binds_inside_subselects_and_filters():
    text = "SELECT ?a { { SELECT ?a { ?a ?p ?x FILTER(?x > 1) } } }"
    assert "?x" not in bind(text, {"x": Literal(3)})


def test_never_lets_a_value_melt_into_its_neighbours():
    query = bind("SELECT ?a { ?a <http://p> ?x.?a <http://q> ?y }", {"x": Literal(3)})
    assert list(Store().query(query)) == []


@pytest.mark.parametrize(
    "text",
    [
        "SELECT ?x { ?x ?p ?o }",
        "SELECT DISTINCT ?s ?x WHERE { ?s ?p ?x }",
        "SELECT ?s { { SELECT ?x { ?x ?p ?o } } }",
        "SELECT (1 AS ?x) {}",
        "SELECT ?s { BIND(1 AS ?x) }",
        "SELECT (COUNT(*) AS ?n) { ?x ?p ?o } GROUP BY ?x",
        "SELECT ?s { VALUES ?x { 1 } }",
        "SELECT ?s { VALUES (?s ?x) { (1 2) } }",
    ],
)
def test_refuses_a_parameter_where_only_a_variable_may_stand(text):
    with pytest.raises(BadQuery, match="parameter"):
        bind(text, {"x": X})


@pytest.mark.parametrize(
    "text",
    [
        "SELECT (STR(?x) AS ?n) { ?s ?p ?x }",
        "SELECT ?s { ?s ?p ?o } GROUP BY ?s HAVING (COUNT(*) > ?x)",
        "SELECT ?s { BIND(?x AS ?y) ?s ?p ?o }",
        "SELECT (GROUP_CONCAT(DISTINCT ?o; separator=' ') AS ?n) { ?s ?p ?o FILTER(?o != ?x) }",
        "CONSTRUCT { ?s ?p ?x } WHERE { ?s ?p ?x }",
        "DESCRIBE ?x",
        "SELECT ?s { ?s ?p ?o FILTER(?o IN (?x, 2)) } ORDER BY ?s LIMIT 3",
    ],
)
def test_binds_a_parameter_inside_expressions(text):
    assert "?x" not in bind(text, {"x": X})


def test_lists_the_variables_once_each():
    assert variables("SELECT ?a { ?a $b '?c' FILTER(?a > ?d) }") == ["a", "b", "d"]


@given(st.text())
def test_a_text_comes_back_as_it_went_in(value):
    query = bind("SELECT (?x AS ?y) {}", {"x": Literal(value)})
    assert [row["y"].value for row in Store().query(query)] == [value]


@given(st.text(), st.text(alphabet="abc-", min_size=1))
def test_no_value_adds_a_token_to_the_query(value, other):
    plain = bind("ASK { ?s ?p ?x, ?y }", {"x": Literal("v"), "y": Literal("w")})
    query = bind("ASK { ?s ?p ?x, ?y }", {"x": Literal(value), "y": Literal(other)})
    assert variables(query) == variables(plain) == ["s", "p"]
    Store().query(query)
