"""A query that is refused in a browser: the text comes back, with the fault marked."""

import json
import re
from html import unescape

import pytest

from claimgraph.web.refusal import Fault, find_fault

BROWSER = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}
TEXT = "SELECT * {\n  ?s ?p ?o FILTR(?o > 1)\n}"


@pytest.mark.parametrize("method", ["get", "post"])
def test_gives_the_text_back_with_the_fault_marked(web, method):
    given = {"query_string": {"query": TEXT}} if method == "get" else {"data": {"query": TEXT}}
    response = getattr(web, method)("/sparql", headers=BROWSER, **given)
    assert response.status_code == 400
    assert response.headers["Cache-Control"] == "no-store"
    written = unescape(re.search(r"<textarea[^>]*>(.*?)</textarea>", response.text, re.DOTALL)[1])
    assert written.replace("\r\n", "\n") == TEXT
    marked = re.search(r"<pre[^>]*>2: (.*?)<mark>(.*?)</mark>", response.text)
    assert (marked[1], marked[2]) == ("  ?s ?p ?o ", "FILTR(?o")
    assert "did you mean FILTER" in response.text


def test_gives_the_text_back_where_a_query_is_refused_for_what_it_asks(web):
    response = web.get("/sparql", query_string={"query": "CLEAR ALL"}, headers=BROWSER)
    assert response.status_code == 403
    assert "CLEAR ALL</textarea>" in response.text


def test_tells_programs_as_before(web):
    response = web.get("/sparql", query_string={"query": TEXT})
    assert response.mimetype == "application/problem+json"
    assert response.get_json()["line"] == 2


def test_hands_the_problem_to_the_editor_in_a_form_that_ends_no_script(full_web):
    text = "SELECT * { </script><script>alert(1)</script> }"
    response = full_web.get("/sparql", query_string={"query": text}, headers=BROWSER)
    held = re.search(r'<script type="application/json" id="problem">(.*?)</script>', response.text, re.DOTALL)
    assert json.loads(held[1])["status"] == 400


@pytest.mark.parametrize(
    ("line", "column", "fault"),
    [
        (1, 1, Fault(1, "", "ab", " cd")),
        (1, 4, Fault(1, "ab ", "cd", "")),
        (1, 3, Fault(1, "ab", " ", "cd")),
        (1, 99, Fault(1, "ab cd", " ", "")),
        (2, 1, Fault(2, "", " ", "")),
        (9, 1, None),
    ],
)
def test_marks_the_word_at_the_place(line, column, fault):
    assert find_fault("ab cd\n\n", line, column) == fault
