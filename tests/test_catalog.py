from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyoxigraph import QuerySolutions, Store
from rdflib.plugins.sparql import prepareQuery

from claimgraph.catalog import Catalog
from claimgraph.errors import BadParameter, UnknownName

QUERIES = Path(__file__).parent.parent / "queries"
CATALOG = Catalog.load(QUERIES)
NOTHING = {}.get


@pytest.mark.parametrize("query", list(CATALOG), ids=lambda query: query.name)
def test_a_canned_query_parses_as_it_stands_in_both_parsers(query):
    prepareQuery(query.text)
    assert isinstance(Store().query(query.text), QuerySolutions)


@pytest.mark.parametrize("query", list(CATALOG), ids=lambda query: query.name)
def test_a_canned_query_projects_the_columns_that_it_describes(query):
    answer = Store().query(query.example())
    assert [variable.value for variable in answer.variables] == list(query.columns)


@pytest.mark.parametrize("query", list(CATALOG), ids=lambda query: query.name)
def test_a_canned_query_leaves_no_required_parameter_unbound(query):
    bound = query.example()
    required = [p for p in query.parameters.values() if not p.optional]
    assert all(p.default is not None for p in required)
    assert not [p.variable for p in required if f"?{p.variable}" in bound.split("PREFIX", 1)[1]]


def test_takes_an_identifier_where_an_iri_is_asked_for():
    text = CATALOG["attribution-chain"].bind({"statement": "ST14"}, {"ST14": "https://example.org/st14"}.get)
    assert "<https://example.org/st14>" in text


def test_takes_a_curie_with_a_slash():
    text = CATALOG["contradictions"].bind({"weapon": "id:weapon/iskander-m"}, NOTHING)
    assert "<https://w3id.org/claimgraph/id/weapon/iskander-m>" in text


def test_takes_the_short_form_of_a_shared_resource():
    text = CATALOG["contradictions"].bind({"weapon": "weapon:iskander-m"}, NOTHING)
    assert "<https://w3id.org/claimgraph/id/weapon/iskander-m>" in text


def test_names_the_nearest_query_for_a_name_that_is_wrong():
    with pytest.raises(UnknownName, match="did you mean contradictions"):
        CATALOG["contradiction"]


def test_lists_the_parameters_of_a_query_for_a_name_that_is_wrong():
    with pytest.raises(UnknownName, match=r"no parameter 'wepon'; it has .*weapon.*kind"):
        CATALOG["contradictions"].bind({"wepon": "x"}, NOTHING)


@pytest.mark.parametrize(
    ("query", "values", "named"),
    [
        ("standing-as-of", {"as_of": "2021-02-30"}, "as_of"),
        ("standing-as-of", {"as_of": "in February"}, "as_of"),
        ("contradictions", {"kind": "loose"}, "kind"),
        ("contradictions", {"weapon": "ST999"}, "weapon"),
        ("contradictions", {"weapon": "http://example.org/a b"}, "weapon"),
        ("contradictions", {"weapon": "nope:iskander"}, "weapon"),
        ("contradictions", {"weapon": ""}, "weapon"),
    ],
)
def test_says_which_parameter_has_which_wrong_value(query, values, named):
    with pytest.raises(BadParameter) as caught:
        CATALOG[query].bind(values, NOTHING)
    assert caught.value.parameter == named
    assert repr(values[named]) in str(caught.value)


@given(st.text())
def test_no_text_given_for_an_iri_changes_the_query_around_it(text):
    before = CATALOG["contradictions"].bind({"weapon": "http://example.org/x"}, NOTHING)
    try:
        bound = CATALOG["contradictions"].bind({"weapon": "http://example.org/" + text}, NOTHING)
    except BadParameter:
        return
    assert bound == before.replace("http://example.org/x", "http://example.org/" + text.rstrip())


@given(st.text())
def test_no_text_given_for_a_choice_gets_into_the_query(text):
    if text not in {"strict", "tension", "all"}:
        with pytest.raises(BadParameter):
            CATALOG["contradictions"].bind({"kind": text}, NOTHING)


@given(st.text())
def test_no_text_given_for_a_date_gets_into_the_query_unless_it_is_one(text):
    try:
        bound = CATALOG["open-requests"].bind({"as_of": text}, NOTHING)
    except BadParameter:
        return
    Store().query(bound)
