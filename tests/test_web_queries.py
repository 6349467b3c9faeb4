"""Canned queries over HTTP: pages of rows, names instead of IRIs, plain JSON, permanent links."""

import re
from html import unescape

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyoxigraph import Store

from claimgraph.sparql.query import parse
from claimgraph.web.paging import Page, count, cut

BROWSER = {"Accept": "text/html"}
STATEMENTS = "/queries/claims-in-document"


def links(response):
    return {name: target for target, name in re.findall(r'<([^>]*)>; rel="(\w+)"', response.headers["Link"])}


# Paging


def test_walks_all_pages_by_their_links_and_meets_every_row_once(web):
    whole = web.get(STATEMENTS + ".records").get_json()["rows"]
    rows, address = [], STATEMENTS + ".records?page_size=17"
    while address:
        response = web.get(address)
        rows += response.get_json()["rows"]
        address = links(response).get("next")
    assert rows == whole


def test_says_the_true_total_on_every_page(web):
    whole = len(web.get(STATEMENTS + ".records").get_json()["rows"])
    totals = [web.get(f"{STATEMENTS}.{end}?page={page}&page_size=7").headers["Claimgraph-Total"]
              for end in ("csv", "json", "xml", "records") for page in (1, 2, 500)]  # fmt: skip
    assert set(totals) == {str(whole)}


def test_links_to_the_pages_on_either_side(web):
    response = web.get(STATEMENTS + ".csv?page=2&page_size=10")
    assert {"first", "prev", "next", "last"} == set(links(response))
    assert links(response)["prev"].endswith("?page=1&page_size=10")


def test_gives_programs_all_rows_unless_they_ask_for_a_page(web):
    response = web.get(STATEMENTS + ".csv")
    assert "Link" not in response.headers
    assert int(response.headers["Claimgraph-Total"]) == response.text.count("\r\n") - 1


def test_shows_people_where_they_are_among_the_pages(web):
    page = web.get(STATEMENTS + "?page=2&page_size=10", headers=BROWSER).text
    assert re.search(r"rows 11 to 20 of \d+", page)
    assert 'rel="next"' in page


@pytest.mark.parametrize("value", ["0", "-1", "x", "1.5", "", "٣", "9" * 30])
def test_refuses_what_is_no_page(web, value):
    response = web.get(STATEMENTS, query_string={"page": value, "format": "csv"})
    assert response.status_code == 400
    assert response.get_json()["parameter"] == "page"


@given(
    st.sampled_from(["", "LIMIT 13", "OFFSET 3 LIMIT 9", "VALUES ?x { 1 2 3 }"]),
    st.integers(1, 6),
    st.integers(1, 30),
)
def test_cuts_pages_that_together_are_the_answer(tail, number, size):
    values = " ".join(map(str, range(20)))
    text = f"PREFIX select: <http://x/>\nSELECT ?x {{ VALUES ?x {{ {values} }} }} ORDER BY DESC(?x) # end\n{tail}"
    query = parse(text.replace("ORDER BY DESC(?x)", "") if "VALUES ?x { 1 2" in tail else text)
    whole = [row["x"].value for row in Store().query(query.text)]
    (row,) = Store().query(count(query).text)
    page = Page(number, size)
    assert int(row["total"].value) == len(whole)
    assert [row["x"].value for row in Store().query(cut(query, page).text)] == whole[page.offset : page.offset + size]


# Names


@pytest.mark.parametrize(
    "name", ["Iskander-M", "iskander-m missile system", "id:weapon/iskander-m", "weapon:iskander-m"]
)
def test_takes_a_label_an_alternative_label_or_an_iri(web, name):
    rows = web.get("/queries/claims-about-weapon.records", query_string={"weapon": name}).get_json()["rows"]
    assert {row["weapon_label"] for row in rows} >= {"Iskander-M"}
    assert "Iskander-E" not in {row["weapon_label"] for row in rows}


def test_completes_names_without_javascript(web):
    page = web.get("/queries/positions-of-actor", headers=BROWSER).text
    assert 'list="actor-names"' in page
    assert '<option value="Nikol Pashinyan"' in page
    assert 'value="Ilham Aliyev"' in page  # the default, by its name


def test_offers_alternative_labels_with_the_name_that_they_stand_for(web):
    page = unescape(web.get("/queries/claims-about-weapon", headers=BROWSER).text)
    assert '<option value="Iskander-M missile system" label="Iskander-M missile system: Iskander-M">' in page


def test_offers_statements_by_identifier_with_their_text(web):
    page = web.get("/queries/attribution-chain", headers=BROWSER).text
    assert '<option value="ST14" label="ST14: ' in page


def test_has_a_field_for_dates(web):
    assert 'name="as_of" value="2021-02-27" type="date"' in web.get("/queries/standing-as-of", headers=BROWSER).text


# Plain JSON


def test_answers_plain_json_with_labels_beside_iris(web, shipped):
    answer = web.get("/queries/open-requests", headers={"Accept": "application/json"}).get_json()
    assert answer["snapshot"] == shipped.digest
    assert answer["total"] == len(answer["rows"])
    assert {row["addressee_label"] for row in answer["rows"]} == {"Armenia"}
    assert set(answer["rows"][0]) <= set(answer["columns"])


def test_answers_sparql_json_to_those_who_name_it(web):
    accept = "application/sparql-results+json,application/json,text/javascript"
    assert "head" in web.get("/queries/open-requests", headers={"Accept": accept}).get_json()


# Citation


def test_cites_an_answer_by_a_link_that_gives_it_again(web, shipped):
    page = web.get("/queries/contradictions?kind=strict", headers=BROWSER).text
    link = unescape(re.search(r'rel="bookmark" href="([^"]+)"', page)[1])
    assert link.startswith("http://localhost/queries/contradictions?weapon=id:weapon/iskander&kind=strict&version=")
    assert shipped.digest in page
    again = web.get(link, headers=BROWSER)
    assert again.text.count("<tr>") == page.count("<tr>")


def test_does_not_answer_for_a_snapshot_that_it_does_not_hold(web):
    response = web.get("/queries/contradictions.csv?version=0123456789abcdef")
    assert response.status_code == 404
    assert "0123456789abcdef" in response.get_json()["detail"]


def test_leads_to_the_editor_with_the_query_filled_in(web):
    page = web.get("/queries/contradictions", headers=BROWSER).text
    link = unescape(re.search(r'href="(/sparql\?query=[^"]+)"', page)[1])
    assert "&lt;https://w3id.org/claimgraph/id/weapon/iskander&gt;" in web.get(link, headers=BROWSER).text


# As of a day


def test_leaves_out_what_was_said_after_the_day_asked_for(web):
    def pairs(**given):
        rows = web.get("/queries/contradictions.records", query_string=given).get_json()["rows"]
        return {(row["id_a"], row["id_b"]) for row in rows}

    early, late = pairs(as_of="2021-02-25"), pairs(as_of="2021-12-31")
    assert early < late == pairs()
    assert not any("ST49" in pair for pair in early)


def test_every_question_about_when_things_were_said_takes_a_day(shipped):
    assert sum("as_of" in query.parameters for query in shipped.catalog) >= 16
