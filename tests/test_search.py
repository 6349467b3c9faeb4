"""Search: names in every script, quoted words, beginnings, spellings, kinds; bad input; snapshots without an index."""

import dataclasses

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from claimgraph.search import Stage, find
from claimgraph.settings import Settings
from claimgraph.web.app import create_app
from claimgraph.web.service import View

ID = "https://w3id.org/claimgraph/id/"
CG = "https://w3id.org/claimgraph/ontology#"
COMMANDS = ['" OR names:a', "NEAR(a b)", "a* AND NOT b", "{names}: x", "^a", "a + b", "a'; DROP TABLE things; --"]
BROWSER = {"Accept": "text/html"}


def ask(web, q, **parameters):
    return web.get("/search", query_string={"q": q, **parameters}, headers={"Accept": "application/json"})


def iris(web, q, **parameters):
    return [result["iri"].removeprefix(ID) for result in ask(web, q, **parameters).get_json()["results"]]


@pytest.mark.parametrize("name", ["Shusha", "Shushi", "SHUSHA", "Şuşa", "Шуша", "Շուշի", "Shúsha", "Shusa"])
def test_finds_a_place_by_its_name_in_any_script_and_spelling(web, name):
    assert iris(web, name, type="Place")[0] == "place/shusha"


@pytest.mark.parametrize("name", ["Ilham Aliyev", "Əliyev", "Алиев", "aliyev ilham", "Alyev"])
def test_finds_a_person_by_his_name_in_any_script_and_order(web, name):
    assert iris(web, name, type="Person")[0] == "actor/ilham-aliyev"


def test_puts_the_thing_of_that_very_name_first(web):
    assert iris(web, "Iskander")[0] == "weapon/iskander"
    assert iris(web, "Iskander-M")[0] == "weapon/iskander-m"


def test_finds_a_thing_by_its_identifier(web):
    assert "iskander-shusha/st34" in iris(web, "ST34")


def test_finds_quoted_words_only_in_that_order(web):
    assert "iskander-shusha/st01" in iris(web, '"is President of Azerbaijan"', page_size=100)
    assert iris(web, '"Azerbaijan of President is"') == []


def test_finds_a_claim_by_the_words_of_its_passage(web, shipped):
    words = shipped.rows("SELECT ?c ?w { ?c a cg:Claim ; dcterms:identifier 'ST34' ; cg:groundedIn/cg:quotedText ?w }")
    passage = " ".join(words[0]["w"].value.split()[:6])
    assert "iskander-shusha/st34" in iris(web, f'"{passage}"')


def test_says_when_only_beginnings_or_other_spellings_were_found(shipped):
    assert find(shipped.index, "Shush").stage is Stage.BEGINNINGS
    assert find(shipped.index, "Shishi").stage is Stage.SPELLINGS
    assert find(shipped.index, "Shus*").stage is Stage.WORDS


@pytest.mark.parametrize("kind", ["WeaponModel", "weaponmodel", "cg:WeaponModel", CG + "WeaponModel"])
def test_finds_only_things_of_the_class_asked_for(web, kind):
    found = ask(web, "Iskander", type=kind, page_size=100).get_json()["results"]
    assert found
    assert all("cg:WeaponModel" in result["types"] for result in found)


def test_tells_how_many_were_found_and_links_to_the_other_pages(web):
    response = ask(web, "Iskander", page_size=5)
    assert len(response.get_json()["results"]) == 5 < response.get_json()["total"]
    assert 'rel="next"' in response.headers["Link"]


def test_shows_what_it_found_on_a_page_with_what_was_typed_in_the_field(web):
    page = web.get("/search", query_string={"q": 'Shushi "<b>'}, headers=BROWSER).text
    assert 'value="Shushi &#34;&lt;b&gt;"' in page
    assert 'href="/page/place/shusha"' in web.get("/search?q=Shushi", headers=BROWSER).text


def test_has_a_search_box_on_every_page(web):
    for path in ("/", "/queries/", "/sparql", "/versions", "/page/weapon/iskander", "/nowhere"):
        assert 'action="/search"' in web.get(path, headers=BROWSER).text


@pytest.mark.parametrize(
    ("parameters", "word"),
    [
        ({"q": "x" * 100_000}, "500 characters"),
        ({"q": "a " * 100}, "32 words"),
        ({"q": "... ()"}, "no letter or digit"),
        ({"q": ""}, "words"),
        ({"q": "Iskander", "type": "Unicorn"}, "a class of which there are things"),
        ({"q": "Iskander", "page": "x"}, "whole number"),
        ({"q": "Iskander", "page_size": "0"}, "whole number"),
    ],
)
def test_explains_a_search_that_is_not_in_order(web, parameters, word):
    response = ask(web, **parameters)
    assert response.status_code == 400
    assert word in response.get_json()["detail"]
    assert len(response.data) < 1000


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    text=st.text(max_size=60)
    | st.sampled_from(['" OR names:a', "NEAR(a b)", "a* AND NOT b", "{names}: x", "^a", "a + b"])
)
def test_takes_nothing_that_is_typed_for_a_command_of_the_index(shipped_app, text):
    assert ask(shipped_app.test_client(), text).status_code in {200, 400}


def test_words_of_the_index_language_are_words(web):
    assert iris(web, "Iskander NOT weapon") == []


def test_tells_in_one_line_that_an_old_snapshot_has_no_index(shipped):
    parts = {name: size for name, size in shipped.manifest.parts.items() if name != "search.sqlite"}
    old = View(dataclasses.replace(shipped.manifest, parts=parts), shipped.engine, shipped.catalog, shipped.folder)

    class Old:
        def current(self):
            return old

    response = ask(create_app(Old(), Settings()).test_client(), "Iskander")
    assert response.status_code == 503
    assert "has no search index" in response.get_json()["detail"]


def test_confirms_an_unchanged_answer_by_its_etag(web):
    etag = ask(web, "Iskander").headers["ETag"]
    again = web.get("/search?q=Iskander", headers={"Accept": "application/json", "If-None-Match": etag})
    assert again.status_code == 304
