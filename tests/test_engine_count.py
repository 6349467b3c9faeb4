"""Counting rows in their serialised form agrees with counting them one by one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyoxigraph import Literal, NamedNode, Quad, Store

from claimgraph.engine.count import Count
from claimgraph.formats import GRAPHS, ROWS

PARTS = ['"', "\\", "\r\n", "\n", "}},{", '"}},{"', "</result>", " .", "a", "é"]
VALUES = st.lists(st.sampled_from(PARTS), max_size=5).map("".join)


def store_of(values):
    store = Store()
    store.extend(Quad(NamedNode(f"http://e/{n}"), NamedNode("http://e/p"), Literal(v)) for n, v in enumerate(values))
    return store


def past_at(format_, body, rows, size):
    """Return whether an answer is past a limit of as many rows as it has, and of one row less."""
    found = []
    for limit in (rows, rows - 1):
        count = Count(format_.name, limit)
        found.append(any(count.is_past(body[start : start + size]) for start in range(0, len(body), size)))
    return found


@pytest.mark.parametrize("format_", ROWS, ids=lambda format_: format_.name)
@given(values=st.lists(VALUES, min_size=1, max_size=6, unique=True), size=st.integers(1, 40))
def test_counts_the_rows_of_every_format_whatever_the_values_hold(format_, values, size):
    store = store_of(values)
    body = store.query("SELECT * { ?s ?p ?o }").serialize(format=format_.results)
    assert past_at(format_, body, len(values), size) == [False, True]


@pytest.mark.parametrize("format_", [f for f in GRAPHS if Count(f.name, 1).reads_bytes], ids=lambda f: f.name)
@given(values=st.lists(VALUES, min_size=1, max_size=6, unique=True), size=st.integers(1, 40))
def test_counts_the_triples_of_formats_with_one_on_each_line(format_, values, size):
    store = store_of(values)
    body = store.query("CONSTRUCT WHERE { ?s ?p ?o }").serialize(format=format_.rdf)
    assert past_at(format_, body, len(values), size) == [False, True]
