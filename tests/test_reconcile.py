"""The reconciliation service, asked as OpenRefine asks it; its answers fit schemas of the specification."""

import json
import re
from urllib.parse import quote, urlsplit

import jsonschema
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import reconciliation_schemas as schemas

ID = "https://w3id.org/claimgraph/id/"


def ask(web, **form):
    form = {name: value if isinstance(value, str) else json.dumps(value) for name, value in form.items()}
    return web.post("/reconcile", data=form)


def candidates(web, query="", **fields):
    asked = {"query": query, **fields} if query else fields
    response = ask(web, queries={"q0": asked})
    assert response.status_code == 200, response.text
    jsonschema.validate(response.get_json(), schemas.RESULTS)
    return response.get_json()["q0"]["result"]


def best(web, query="", **fields):
    return candidates(web, query, **fields)[0]


@pytest.fixture(scope="session")
def manifest(shipped_app):
    return shipped_app.test_client().get("/reconcile").get_json()


def path_of(address):
    found = urlsplit(address)
    return found.path + ("?" + found.query if found.query else "")


# Manifest


def test_describes_itself_as_the_specification_says(manifest):
    jsonschema.validate(manifest, schemas.MANIFEST)


def test_every_address_in_the_manifest_answers(web, manifest):
    assert web.get(path_of(manifest["documentation"])).status_code == 200
    someone = quote("actor/ilham-aliyev", safe="")
    for template in (manifest["view"]["url"], manifest["preview"]["url"]):
        assert web.get(path_of(template.replace("{{id}}", someone))).status_code == 200
    for what, id_ in (("entity", someone), ("type", "cg:Actor"), ("property", "cg:heldBy")):
        offered = manifest["suggest"][what]
        assert web.get(path_of(offered["service_url"] + offered["service_path"]) + "?prefix=a").status_code == 200
        beside = path_of(offered["flyout_service_url"] + offered["flyout_service_path"])
        jsonschema.validate(web.get(beside.replace("${id}", id_)).get_json(), schemas.FLYOUT)
    proposed = manifest["extend"]["propose_properties"]
    assert web.get(path_of(proposed["service_url"] + proposed["service_path"]) + "?type=cg:Actor").status_code == 200


def test_identifiers_are_the_ends_of_iris_below_the_identifier_space(web, manifest, shipped):
    found = best(web, "Ilham Aliyev")
    assert shipped.is_known(manifest["identifierSpace"] + found["id"])


def test_any_site_may_read_every_answer(web):
    for path in ("/reconcile", "/reconcile/suggest/entity?prefix=a", "/reconcile/preview?id=actor/ilham-aliyev"):
        assert web.get(path).headers["Access-Control-Allow-Origin"] == "*"


# Queries


@pytest.mark.parametrize(
    ("name", "kind", "identifier"),
    [
        ("Ilham Aliyev", "cg:Person", "actor/ilham-aliyev"),
        ("Алиев Ильхам", "cg:Person", "actor/ilham-aliyev"),
        ("Əliyev", "cg:Person", "actor/ilham-aliyev"),
        ("Shushi", "cg:Place", "place/shusha"),
        ("Şuşa", "cg:Place", "place/shusha"),
        ("Iskander-M missile system", "cg:WeaponModel", "weapon/iskander-m"),
    ],
)
def test_finds_what_a_name_means(web, name, kind, identifier):
    assert best(web, name, type=kind)["id"] == identifier


def test_a_name_that_one_thing_alone_has_is_a_match(web):
    found = best(web, "Shushi", type="cg:Place")
    assert (found["match"], found["score"]) == (True, 100.0)


def test_a_name_with_a_slip_is_no_match_but_a_candidate(web):
    found = best(web, "Ilham Alyev", type="cg:Person")
    assert found["id"] == "actor/ilham-aliyev"
    assert not found["match"]
    assert 80 < found["score"] < 100


def test_a_name_of_which_some_words_are_known_has_candidates(web):
    names = [found["id"] for found in candidates(web, "President Ilham Heydar oglu Aliyev", type="cg:Person")]
    assert "actor/ilham-aliyev" in names


@pytest.mark.parametrize("identifier", ["actor/ilham-aliyev", "id:actor/ilham-aliyev", ID + "actor/ilham-aliyev"])
def test_an_identifier_finds_its_thing(web, identifier):
    found = best(web, identifier)
    assert (found["id"], found["match"]) == ("actor/ilham-aliyev", True)


def test_the_identifier_of_a_statement_finds_it(web):
    assert best(web, "ST34")["id"] == "iskander-shusha/st34"


def test_what_no_name_is_like_has_no_candidates(web):
    assert candidates(web, "Qqzzxy Wvvkj") == []
    assert candidates(web, "—") == []


@pytest.mark.parametrize("kind", ["cg:WeaponModel", "WeaponModel", "weaponmodel"])
def test_a_type_is_named_by_its_short_name(web, kind):
    found = candidates(web, "Iskander", type=kind)
    assert found
    assert all("cg:WeaponModel" in [one["id"] for one in thing["type"]] for thing in found)


def test_types_are_alternatives_unless_all_are_asked_for(web):
    types = ["cg:Place", "cg:WeaponModel"]
    assert candidates(web, "Iskander", type=types, type_strict="any")
    assert candidates(web, "Iskander", type=types, type_strict="all") == []


def test_a_type_that_should_fit_lowers_what_does_not(web):
    found = {thing["id"]: thing for thing in candidates(web, "Iskander", type="cg:Place", type_strict="should")}
    assert found["weapon/iskander"]["score"] == 80.0
    assert {"id": "type", "value": False} in found["weapon/iskander"]["features"]


def test_a_limit_is_kept(web):
    assert len(candidates(web, "Iskander", limit=2)) == 2


def test_candidates_come_best_first_and_say_what_their_score_is_made_of(web):
    found = candidates(web, "Iskander")
    assert [one["score"] for one in found] == sorted((one["score"] for one in found), reverse=True)
    assert all(one["features"][0]["id"] == "name" for one in found)


def test_a_property_tells_namesakes_apart(web, shipped):
    row = shipped.rows("SELECT ?c ?h { ?c a cg:Claim ; dcterms:identifier 'ST49' ; cg:heldBy ?h }")[0]
    holder = {"id": row["h"].value.removeprefix(ID)}
    found = candidates(web, "ST49", properties=[{"pid": "cg:heldBy", "v": holder}])
    assert (found[0]["id"], found[0]["match"]) == (row["c"].value.removeprefix(ID), True)
    other = candidates(web, "ST49", properties=[{"pid": "cg:heldBy", "v": {"id": "actor/ilham-aliyev"}}])
    assert not other[0]["match"]
    assert other[0]["score"] < found[0]["score"]


@pytest.mark.parametrize(
    "value", ["Igor Konashenkov", {"id": "actor/igor-konashenkov"}, ["nobody", "Igor Konashenkov"]]
)
def test_properties_alone_find_things(web, shipped, value):
    held = shipped.rows(f"SELECT ?c {{ ?c a cg:Claim ; cg:heldBy <{ID}actor/igor-konashenkov> }}")
    found = candidates(web, properties=[{"pid": "cg:heldBy", "v": value}], type="cg:Claim", limit=100)
    assert {one["id"] for one in found} == {row["c"].value.removeprefix(ID) for row in held}


def test_numbers_and_days_agree_only_if_they_are_the_same(web, shipped):
    row = shipped.rows("SELECT ?p ?n { ?p cg:startOffset ?n FILTER(?n > 100) } ORDER BY ?n LIMIT 1")[0]
    identifier, number = row["p"].value.removeprefix(ID), int(row["n"].value)
    for value, wanted in ((number, 100), (float(number), 100), (str(number), 100), (number + 1, 0)):
        found = best(web, identifier, properties=[{"pid": "cg:startOffset", "v": value}])
        assert {"id": "property:cg:startOffset", "value": wanted} in found["features"]


def test_answers_a_batch_under_its_own_keys_by_get_and_by_post(web):
    batch = {"a": {"query": "Shusha"}, "b": {"query": "Baku"}, "": {"query": "x"}}
    posted = ask(web, queries=batch).get_json()
    assert posted == web.get("/reconcile", query_string={"queries": json.dumps(batch)}).get_json()
    assert posted.keys() == batch.keys()


def test_a_name_is_answered_alike_alone_and_in_a_batch(web):
    names = ["Shusha", "Iskander", "ST34", "Ilham Aliyev", "Armenia"]
    whole = ask(web, queries={name: {"query": name} for name in names}).get_json()
    assert all(whole[name]["result"] == candidates(web, name) for name in names)


def test_a_client_of_the_first_version_may_send_one_name(web):
    response = web.get("/reconcile", query_string={"query": "Shushi"})
    jsonschema.validate(response.get_json(), schemas.RESULT)
    assert response.get_json()["result"][0]["id"] == "place/shusha"


def test_terms_of_the_ontology_are_no_candidates(web):
    assert all(not one["id"].startswith("http") for one in candidates(web, "Claim", limit=100))


def test_confirms_an_unchanged_answer_by_its_etag(web):
    etag = web.get("/reconcile?query=Shushi").headers["ETag"]
    assert web.get("/reconcile?query=Shushi", headers={"If-None-Match": etag}).status_code == 304


# Suggestions


def suggested(web, what, prefix, schema, **more):
    response = web.get(f"/reconcile/suggest/{what}", query_string={"prefix": prefix, **more})
    assert response.status_code == 200
    jsonschema.validate(response.get_json(), schema)
    return [one["id"] for one in response.get_json()["result"]]


@pytest.mark.parametrize("prefix", ["Ilham Aliyev", "Ilh", "ali", "Али", "actor/ilham-aliyev"])
def test_suggests_a_thing_while_its_name_is_typed(web, prefix):
    assert "actor/ilham-aliyev" in suggested(web, "entity", prefix, schemas.ENTITIES, type="cg:Person")


def test_suggests_more_when_asked_to_go_on(web):
    first = suggested(web, "entity", "s", schemas.ENTITIES)
    more = suggested(web, "entity", "s", schemas.ENTITIES, cursor=len(first))
    assert more
    assert not set(first) & set(more)


@pytest.mark.parametrize("prefix", ["cg:Weapon", "weapon", "WeaponM"])
def test_suggests_a_type(web, prefix):
    assert "cg:WeaponModel" in suggested(web, "type", prefix, schemas.TYPES)


def test_a_suggested_type_names_those_above_it(web):
    found = web.get("/reconcile/suggest/type?prefix=cg:Person").get_json()["result"]
    assert "cg:Actor" in [kind["id"] for kind in found[0]["broader"]]


@pytest.mark.parametrize("prefix", ["cg:held", "held", "heldBy"])
def test_suggests_a_property(web, prefix):
    assert "cg:heldBy" in suggested(web, "property", prefix, schemas.PROPERTIES)


# Preview


def test_previews_a_thing_in_the_frame_of_another_site(web):
    response = web.get("/reconcile/preview?id=actor%2Filham-aliyev")
    assert "Ilham Aliyev" in response.text
    assert "frame-ancestors *" in response.headers["Content-Security-Policy"]
    assert "X-Frame-Options" not in response.headers
    assert "X-Frame-Options" in web.get("/reconcile").headers


# Extension


def test_fetches_the_values_of_properties(web, shipped):
    asked = {
        "ids": ["iskander-shusha/st34", "actor/ilham-aliyev"],
        "properties": [
            {"id": "cg:heldBy"},
            {"id": "dcterms:identifier"},
            {"id": "rdf:type", "settings": {"limit": "1"}},
        ],
    }
    told = ask(web, extend=asked).get_json()
    jsonschema.validate(told, schemas.EXTENDED)
    assert [column["id"] for column in told["meta"]] == ["cg:heldBy", "dcterms:identifier", "rdf:type"]
    row = told["rows"]["iskander-shusha/st34"]
    assert row["dcterms:identifier"] == [{"str": "ST34"}]
    assert shipped.is_known(ID + row["cg:heldBy"][0]["id"])
    assert len(row["rdf:type"]) == 1
    assert told["rows"]["actor/ilham-aliyev"]["cg:heldBy"] == []


def test_fetched_numbers_are_numbers(web, shipped):
    passage = shipped.rows("SELECT ?p ?n { ?p cg:startOffset ?n } LIMIT 1")[0]
    identifier = passage["p"].value.removeprefix(ID)
    told = ask(web, extend={"ids": [identifier], "properties": [{"id": "cg:startOffset"}]}).get_json()
    assert told["rows"][identifier]["cg:startOffset"] == [{"int": int(passage["n"].value)}]


def test_proposes_the_properties_that_things_of_a_type_have(web):
    told = web.get("/reconcile/properties?type=cg:Claim&limit=5").get_json()
    jsonschema.validate(told, schemas.PROPOSALS)
    assert len(told["properties"]) == told["limit"] == 5
    every = web.get("/reconcile/properties?type=cg:Claim").get_json()
    assert "cg:heldBy" in [one["id"] for one in every["properties"]]


# What is not in order


@pytest.mark.parametrize(
    ("form", "word"),
    [
        ({"queries": "{"}, "no JSON"),
        ({"queries": "[" * 100_000}, "nested too deep"),
        ({"queries": '{"q": {"query": NaN}}'}, "no number"),
        ({"queries": "[]"}, "no JSON object"),
        ({"queries": {"q0": []}}, "q0 is no JSON object"),
        ({"queries": {"q0": {}}}, "needs a query"),
        ({"queries": {"q0": {"query": " "}}}, "needs a query"),
        ({"queries": {"q0": {"query": 7}}}, "q0: query is no text"),
        ({"queries": {"q0": {"query": "x" * 100_000}}}, "at most 500"),
        ({"queries": {"q0": {"query": "x", "colour": 1}}}, "'colour'"),
        ({"queries": {"q0": {"query": "x", "limit": 0}}}, "limit is no whole number"),
        ({"queries": {"q0": {"query": "x", "limit": 1e400}}}, "limit"),
        ({"queries": '{"q0": {"query": "x", "limit": 1e999}}'}, "limit is no whole number"),
        ({"queries": {"q0": {"query": "x", "type": "cg:Weapn"}}}, "did you mean cg:Weapon"),
        ({"queries": {"q0": {"query": "x", "type": {"id": "cg:Actor"}}}}, "type is no JSON array"),
        ({"queries": {"q0": {"query": "x", "type_strict": "maybe"}}}, "type_strict"),
        ({"queries": {"q0": {"query": "x", "properties": [{"pid": "cg:heldBy"}]}}}, "needs a value"),
        ({"queries": {"q0": {"query": "x", "properties": [{"pid": "cg:holdBy", "v": 1}]}}}, "did you mean cg:heldBy"),
        ({"queries": {str(n): {"query": "x"} for n in range(1001)}}, "at most 1,000"),
        ({"queries": '{"q0": {"query": "\\ud800"}}'}, "is no text"),
        ({"queries": '{"\\ud800": {"query": "x"}}'}, "no text"),
        ({"extend": {}}, "ids is no JSON array"),
        ({"extend": {"ids": ["actor/ilham-aliyev"], "properties": ["cg:heldBy"]}}, "no JSON object"),
        ({"extend": {"ids": ["actor/ilham-aliyev"], "properties": [{"id": "cg:nothing"}]}}, "no property 'cg:nothing'"),
        ({"extend": {"ids": ["nobody"], "properties": []}}, "'nobody'"),
        ({"query": "{"}, "no JSON"),
        ({"nonsense": "1"}, "queries, extend, query"),
    ],
)
def test_says_what_is_not_in_order(web, form, word):
    response = ask(web, **form)
    assert response.status_code in {400, 404}
    assert word in response.get_json()["detail"]
    assert len(response.data) < 1000


@pytest.mark.parametrize("what", ["preview", "flyout/entity", "flyout/type", "flyout/property"])
def test_says_that_an_identifier_is_not_known(web, what):
    response = web.get(f"/reconcile/{what}", query_string={"id": 'nobody"><script>'})
    assert response.status_code in {400, 404}
    assert "nobody" in response.get_json()["detail"]
    assert web.get(f"/reconcile/{what}").status_code == 400


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/reconcile/suggest/entity", 400),
        ("/reconcile/suggest/entity?prefix=a&cursor=-1", 400),
        ("/reconcile/suggest/entity?prefix=a&type=Nothing", 400),
        ("/reconcile/suggest/entity?prefix=" + "a" * 501, 400),
        ("/reconcile/properties?type=Nothing", 400),
        ("/reconcile/properties?type=cg:Actor&limit=x", 400),
    ],
)
def test_says_which_parameter_is_not_in_order(web, path, status):
    assert web.get(path).status_code == status


def test_takes_forms_and_says_so_to_whom_sends_something_else(web):
    response = web.post("/reconcile", json={"q0": {"query": "x"}})
    assert response.status_code == 415
    assert "x-www-form-urlencoded" in response.get_json()["detail"]


def test_a_body_of_more_than_is_read_is_refused(web):
    assert ask(web, queries="x" * (3 << 20)).status_code == 413


ANYTHING = st.text(max_size=40) | st.sampled_from(
    [
        '" OR names:a',
        "NEAR(a b)",
        "} } UNION { ?s ?p ?o",
        "> . ?x ?y ?z . <",
        "'; DROP TABLE things; --",
        "\x00",
        "a\nb",
    ]
)
JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | ANYTHING,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(ANYTHING, inner, max_size=3),
    max_leaves=8,
)
HARD = settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))


@HARD
@given(name=ANYTHING, value=ANYTHING, thing=ANYTHING, kind=st.sampled_from(["cg:Claim", "cg:Actor"]))
def test_nothing_in_a_query_means_anything_to_the_index_or_the_engine(shipped_app, name, value, thing, kind):
    properties = [{"pid": "cg:heldBy", "v": [value, {"id": thing}]}, {"pid": "rdfs:label", "v": value}]
    for asked in ({"query": name, "type": kind}, {"query": name, "properties": properties}, {"properties": properties}):
        response = ask(shipped_app.test_client(), queries={"q": asked})
        assert response.status_code in {200, 400}
        if response.status_code == 200:
            jsonschema.validate(response.get_json(), schemas.RESULTS)


@HARD
@given(
    batch=JSON, extension=JSON, more=st.dictionaries(st.sampled_from(["query", "limit", "type", "properties"]), JSON)
)
def test_whatever_json_is_sent_gets_an_answer_or_an_explanation(shipped_app, batch, extension, more):
    web = shipped_app.test_client()
    for form in ({"queries": batch}, {"queries": {"q": more}}, {"extend": extension}):
        assert ask(web, **form).status_code in {200, 400, 404}


@HARD
@given(text=ANYTHING)
def test_whatever_is_typed_gets_suggestions_or_an_explanation(shipped_app, text):
    web = shipped_app.test_client()
    for what in ("entity", "type", "property"):
        assert web.get(f"/reconcile/suggest/{what}", query_string={"prefix": text}).status_code in {200, 400}
    for path in ("preview", "flyout/entity", "flyout/type"):
        response = web.get(f"/reconcile/{path}", query_string={"id": text})
        assert response.status_code in {200, 400, 404}
        assert not re.search(r"<script", response.text)
