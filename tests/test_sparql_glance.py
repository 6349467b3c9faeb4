"""Reading a query by a glance: the same as by its tokens, and never where a token could be dangerous."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from claimgraph.errors import BadQuery, ServiceRefused, UpdateRefused
from claimgraph.sparql.query import read, read_quickly, refusal

QUERIES = [
    "SELECT * { ?s ?p ?o }",
    "  PREFIX cg: <https://e/#>\nprefix a.b: <x>\n\tselect ?s { ?s a cg:Claim }",
    "ASK{}",
    "CONSTRUCT WHERE { ?s ?p ?o } LIMIT 3",
    "DESCRIBE <http://e/>",
    "SELECT * FROM <http://e/g> { ?s ?p ?o }",
    "SELECT (NOW() AS ?n) {}",
    "SELECT (STRUUID() AS ?n) {}",
    "# SELECT\nASK {}",
    "BASE <http://e/> SELECT * { <a> ?p ?o }",
    "SELECT * { ?s ?p '''SERVICE''' }",
    "SELECT * { ?s ?p '\\u0041' }",
    "SELECT * { ?known ?p ?o }",
]


@pytest.mark.parametrize("text", QUERIES)
def test_reads_the_same_as_by_tokens(text):
    assert read_quickly(text) == read(text)


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("SELECT * { SERVICE <http://e/> {} }", ServiceRefused),
        ("SELECT * { sErViCe <http://e/> {} }", ServiceRefused),
        ("SELECT * { \\u0053ERVICE <http://e/> {} }", ServiceRefused),
        ("SELECT * { ?s ?p true\\U00000053ervice<http://e/>{} }", ServiceRefused),
        ("INSERT DATA { <a> <b> <c> }", UpdateRefused),
        ("PREFIX a: <b> DELETE WHERE { ?s ?p ?o }", UpdateRefused),
        ("", BadQuery),
        ("SELECT * " + "{" * 300 + "}" * 300, BadQuery),
    ],
)
def test_refuses_the_same_as_by_tokens(text, error):
    with pytest.raises(error) as quick:
        read_quickly(text)
    with pytest.raises(error) as slow:
        read(text)
    assert quick.value.message == slow.value.message


@given(parts=st.lists(st.sampled_from([*"{}()[]'\"\\#?:<> \n", "SERVICE", "service", "\\u0053", "SELECT", "a", "ASK"])))
def test_lets_no_call_pass_that_tokens_would_refuse(parts):
    text = "SELECT * " + "".join(parts)
    try:
        read(text)
    except ServiceRefused:
        with pytest.raises(ServiceRefused):
            read_quickly(text)
    except BadQuery:
        pass


def test_says_in_our_words_what_the_worker_found():
    error = refusal("SELECT * { ?s rdfs:lable ?o FLITER(?s) }", "error at 1:30: expected x")
    assert "FILTER" in error.message or "rdfs" in error.message
    assert error.line == 1
