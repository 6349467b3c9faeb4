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


# Names, where there are too many to list


@pytest.fixture
def crowded(monkeypatch, full_web):
    monkeypatch.setattr("claimgraph.web.names._MOST", 3)
    return full_web


@pytest.mark.parametrize("name", ["Nikol Pashinyan", "nikol pashinyan", "Nikol Pashinyán"])
def test_finds_a_name_that_is_not_listed(crowded, name):
    rows = crowded.get("/queries/positions-of-actor.records", query_string={"actor": name}).get_json()["rows"]
    assert {row["claim_label"][:4] for row in rows} >= {"ST38", "ST44"}


def test_writes_the_name_of_what_is_not_listed_and_has_it_completed_as_it_is_typed(crowded):
    page = crowded.get("/queries/positions-of-actor", headers=BROWSER).text
    field = re.search(r'<input name="actor"[^>]*>', page)[0]
    assert 'value="Ilham Aliyev"' in field
    assert 'data-kind="cg:Actor"' in field
    assert "<option" not in re.search(r'<datalist id="actor-names">(.*?)</datalist>', page)[1]


def test_writes_the_identifier_of_a_statement_that_is_not_listed(crowded):
    page = crowded.get("/queries/attribution-chain", headers=BROWSER).text
    assert re.search(r'<input name="statement" value="ST14"', page)


@pytest.mark.parametrize(("name", "said"), [("Nikol Pashinian", "did you mean Nikol Pashinyan"), ("xyzzy", "nothing")])
def test_says_what_may_be_meant_by_a_name_that_nothing_has(crowded, name, said):
    response = crowded.get("/queries/positions-of-actor.csv", query_string={"actor": name})
    assert response.status_code == 400
    assert said in response.get_json()["detail"]
    assert response.get_json()["parameter"] == "actor"


# Values that are wrong


@pytest.mark.parametrize(
    ("parameter", "value"),
    [("weapon", "Iskandr"), ("as_of", "27.2.2021"), ("kind", "loose"), ("dossier", "id:nowhere")],
)
def test_gives_the_form_back_as_it_was_filled_in_with_what_is_wrong(web, parameter, value):
    given = {"weapon": "Iskander-M", "kind": "strict", parameter: value}
    response = web.get("/queries/contradictions", query_string=given, headers=BROWSER)
    assert response.status_code == 400
    assert response.headers["Cache-Control"] == "no-store"
    alert = unescape(re.search(r'role="alert">(.*?)</p>', response.text)[1])
    assert parameter in alert
    assert value in alert
    for name, kept in given.items():
        if name in {"weapon", "as_of"}:
            assert re.search(rf'<input name="{name}" value="{kept}"', response.text)
    assert "<table" not in response.text
    assert "application/problem+json" in web.get("/queries/contradictions.csv", query_string=given).content_type


# Dossiers


def test_asks_one_dossier_unless_all_are_asked_for(web):
    def pairs(address):
        return {(row["id_a"], row["id_b"]) for row in web.get(address).get_json()["rows"]}

    assert pairs("/queries/contradictions.records?kind=strict") == {("ST34", "ST49")}
    assert pairs("/queries/contradictions.records?kind=strict&dossier=") > {("ST34", "ST49")}


def test_offers_all_dossiers_in_the_form(web):
    options = r'<select name="dossier">\s*<option value="">all</option>(.*?)</select>'
    first, second = (
        re.search(options, web.get(f"/queries/contradictions{end}", headers=BROWSER).text, re.DOTALL)[1]
        for end in ("", "?dossier=")
    )
    assert '<option value="id:dossier/iskander-shusha" selected>The Iskander missiles of Shusha' in first
    assert "selected" not in second
    assert first.count("<option") == second.count("<option") > 1


# Columns


def test_writes_the_same_header_where_there_are_no_rows(web, shipped):
    for query in shipped.catalog:
        if {"as_of", "dossier"} <= set(query.parameters):
            some, none = (
                web.get(f"/queries/{query.name}.csv", query_string={"dossier": "", "as_of": day}).text.split("\r\n")
                for day in ("2100-01-01", "1900-01-01")
            )
            assert some[0] == none[0]
    (header, *rows) = web.get("/queries/circular-reporting.csv").text.splitlines()
    assert header == "report,report_label,reported_by,reported_by_label,act,act_label"
    assert rows == []


def test_holds_no_more_rows_in_memory_than_it_may_and_gives_the_rest_by_pages(web, monkeypatch):
    monkeypatch.setattr("claimgraph.web.queries._MOST_LABELLED", 50)
    whole = web.get("/queries/claims-in-document.csv")
    assert whole.status_code == 507
    assert whole.get_json()["limit"] == 50
    assert web.get("/queries/claims-in-document.csv?page_size=50").status_code == 200
    assert web.get("/queries/claims-in-document.json").status_code == 200


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
    where, _, asked = link.partition("?")
    assert where == f"http://localhost/versions/{shipped.digest}/queries/contradictions"
    assert asked == "weapon=id:weapon/iskander&kind=strict&dossier=id:dossier/iskander-shusha"
    again = web.get(link, headers=BROWSER)
    assert again.text.count("<tr>") == page.count("<tr>") == 2


def test_cites_what_was_left_empty_against_its_default(web):
    page = web.get("/queries/contradictions?kind=strict&dossier=", headers=BROWSER).text
    link = unescape(re.search(r'rel="bookmark" href="([^"]+)"', page)[1])
    assert link.endswith("?weapon=id:weapon/iskander&kind=strict&dossier=")
    assert "dossier = all" in page
    assert web.get(link, headers=BROWSER).text.count("<tr>") == page.count("<tr>") > 2


def test_answers_the_same_by_a_version_as_by_a_permanent_link(web, shipped):
    for end in ("", "?kind=strict&dossier="):
        asked = f"{end}{'&' if end else '?'}version={shipped.digest[:12]}"
        by_version = web.get(f"/queries/contradictions.csv{asked}")
        by_link = web.get(f"/versions/{shipped.digest}/queries/contradictions.csv{end}")
        assert by_version.text == by_link.text
        assert by_version.headers["ETag"] == by_link.headers["ETag"]


def test_stays_with_the_snapshot_that_the_address_names(web, shipped):
    start = f"/versions/{shipped.digest}"
    page = web.get(f"{start}/queries/claims-in-document?page_size=10", headers=BROWSER).text
    assert f'action="{start}/queries/claims-in-document"' in page
    assert f'href="{start}/queries/claims-in-document.csv?page_size=10"' in page
    assert f'href="{start}/queries/claims-in-document?page_size=10&amp;page=2"' in page
    assert f'href="{start}/sparql?query=' in page
    assert '<a href="/queries/claims-in-document?page_size=10">Ask the snapshot in service</a>' in page
    by_version = web.get(f"/queries/claims-in-document?version={shipped.digest}", headers=BROWSER).text
    assert f'<input type="hidden" name="version" value="{shipped.digest}">' in by_version


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
