"""The lexical grammar of SPARQL, token by token."""

import contextlib
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from claimgraph.errors import BadQuery
from claimgraph.sparql.tokens import tokenise, unescape


def texts(query):
    return [token.text for token in tokenise(query)]


def kinds(query):
    return [token.kind for token in tokenise(query)]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("SELECT*{?s a<p>.}", ["SELECT", "*", "{", "?s", "a", "<p>", ".", "}"]),
        ("ex:a.b. $x", ["ex:a.b", ".", "$x"]),
        (r"ex:a\' 'b'", [r"ex:a\'", "'b'"]),
        ("?a<?b && ?c>3", ["?a", "<", "?b", "&&", "?c", ">", "3"]),
        ("1. 1.5 .5 1.e5 2E-3", ["1", ".", "1.5", ".5", "1.e5", "2E-3"]),
        ("'''a'b''c''' ''", ["'''a'b''c'''", "''"]),
        ('"a\\"b"@en-GB^^xsd:x', ['"a\\"b"', "@en-GB", "^^", "xsd:x"]),
        ("_:b1.2 :x : é:ß", ["_:b1.2", ":x", ":", "é:ß"]),
        ("ex:p?/^ex:q+", ["ex:p", "?", "/", "^", "ex:q", "+"]),
        ("ASK # no ' string\n{}", ["ASK", "{", "}"]),
        ("a#b\rc", ["a", "c"]),
    ],
)
def test_splits_a_query_into_tokens(query, expected):
    assert texts(query) == expected


def test_tells_the_kinds_of_tokens_apart():
    assert kinds("SELECT ?x <i> a:b _:c 'd'@en 1 {") == [
        "word",
        "variable",
        "iri",
        "name",
        "blank",
        "string",
        "language",
        "number",
        "punctuation",
    ]


@pytest.mark.parametrize("query", ["'open", "'''open''", "'new\nline'", "'\\x'", "\x0b", "{ \u00a0 }", "\x00"])
def test_refuses_what_begins_no_token(query):
    with pytest.raises(BadQuery) as caught:
        tokenise(query)
    assert caught.value.line is not None


def test_says_line_and_column_of_what_it_refuses():
    with pytest.raises(BadQuery) as caught:
        tokenise("ASK {\n  ?s ?p 'open }")
    assert (caught.value.line, caught.value.column) == (2, 9)


def test_replaces_codepoint_escapes_before_tokens_are_read():
    assert unescape(r"\u0053ERVICE \U0001F600 \\u0053") == "SERVICE \U0001f600 \\\\u0053"


@pytest.mark.parametrize("escape", [r"\uD800", r"\U00110000"])
def test_refuses_codepoint_escapes_that_name_no_character(escape):
    with pytest.raises(BadQuery):
        unescape(escape)


@pytest.mark.parametrize("piece", ["a.b.", "''a", "1.1", "<a", "@a-", "?a", "_:a.", "{", "#\n", "a:a."])
def test_takes_time_in_proportion_to_the_length(piece):
    start = time.perf_counter()
    with contextlib.suppress(BadQuery):
        tokenise(piece * (200_000 // len(piece)))
    assert time.perf_counter() - start < 3


@given(st.text())
def test_tokens_stand_in_the_text_where_they_say(text):
    try:
        tokens = tokenise(text)
    except BadQuery:
        return
    assert all(text[token.start : token.end] == token.text for token in tokens)


@given(st.text(alphabet="'\"\\abn \n{}<>?:#", max_size=40))
def test_what_stands_between_tokens_is_space_or_comment(text):
    try:
        tokens = tokenise(text)
    except BadQuery:
        return
    position = 0
    for token in tokens:
        gap = text[position : token.start]
        assert all(not line.strip() or line.strip().startswith("#") for line in gap.splitlines())
        position = token.end
