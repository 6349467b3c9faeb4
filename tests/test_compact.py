"""JSON that needs no RDF and is JSON-LD all the same, its context, and what crawlers look for."""

import json
import xml.etree.ElementTree as ET

import pytest
from flask import Flask
from pyoxigraph import RdfFormat, Triple, parse

from claimgraph.settings import Settings
from claimgraph.web import sitemap

BASE = "https://w3id.org/claimgraph/"
CG = BASE + "ontology#"
THINGS = (
    "iskander-shusha/st34", "iskander-shusha/st44", "iskander-shusha/article", "actor/ilham-aliyev",
    "weapon/iskander-m", "place/shusha", "iskander-shusha/that-m-missiles-used", "iskander-shusha/st34-words",
    "dossier/iskander-shusha",
)  # fmt: skip


@pytest.fixture(scope="session")
def context(shipped_app):
    return json.loads(shipped_app.test_client().get("/context.jsonld").data)


def ask(web, name):
    response = web.get(f"/data/{name}.json")
    assert (response.status_code, response.content_type) == (200, "application/json")
    return response.get_json()


@pytest.mark.parametrize("name", THINGS)
def test_means_as_json_ld_what_the_snapshot_says(web, shipped, context, name):
    told = ask(web, name)
    assert told["@context"] == "http://localhost/context.jsonld"
    meant = {quad.triple for quad in parse(json.dumps({**told, **context}), RdfFormat.JSON_LD)}
    subjects = " ".join(sorted({str(triple.subject) for triple in meant}))
    rows = shipped.rows(f"SELECT ?s ?p ?o {{ VALUES ?s {{ {subjects} }} ?s ?p ?o }}")
    known = {Triple(row["s"], row["p"], row["o"]) for row in rows}
    assert meant <= known
    own = {triple for triple in known if triple.subject.value == f"{BASE}id/{name}"}
    assert {triple for triple in own if "#type" not in triple.predicate.value or CG in str(triple.object)} <= meant


def test_can_be_read_without_knowing_rdf(web):
    told = ask(web, "iskander-shusha/st34")
    assert told["id"] == BASE + "id/iskander-shusha/st34"
    assert told["type"] == ["Claim"]
    assert told["identifier"] == "ST34"
    assert told["heldBy"]["type"][0] == "UnidentifiedSource"
    assert told["groundedIn"][0]["quotedText"].startswith("the conclusion was made")
    assert isinstance(told["groundedIn"][0]["startOffset"], int)
    assert not any("@" in key for key in told if key != "@context")


def test_a_property_has_one_shape_wherever_it_stands(web):
    shapes = {}
    for name in ("iskander-shusha/st34", "iskander-shusha/st44", "iskander-shusha/st49", "iskander-shusha/st01"):
        for key, value in ask(web, name).items():
            shapes.setdefault(key, set()).add(type(value))
    assert all(len(kinds) == 1 for kinds in shapes.values())


def test_the_context_gives_each_name_one_meaning(context):
    terms = context["@context"]
    meanings = [value if isinstance(value, str) else value["@id"] for value in terms.values() if value != 1.1]
    assert len(meanings) == len(set(meanings))
    assert terms["heldBy"] == {"@id": "cg:heldBy", "@type": "@id"}
    assert terms["label"] == {"@id": "rdfs:label", "@language": "en"}
    assert terms["startOffset"]["@type"] == "xsd:integer"
    assert terms["Claim"] == "cg:Claim"


def test_json_is_given_to_who_asks_for_json(web):
    response = web.get("/id/weapon/iskander", headers={"Accept": "application/json"})
    assert response.location == "/data/weapon/iskander.json"
    assert web.get("/data/weapon/iskander", headers={"Accept": "application/json"}).content_type == "application/json"
    assert web.get("/data/weapon/iskander?format=json").get_json()["label"] == "Iskander"
    assert (
        web.get("/data/weapon/iskander", headers={"Accept": "application/ld+json"}).content_type
        == "application/ld+json"
    )


@pytest.mark.parametrize(
    ("accept", "media_type"),
    [
        ("application/n-quads,application/ld+json;q=0.9,text/turtle;q=0.6", "application/ld+json"),
        ("application/trig, application/n-quads;q=0.9", "application/trig"),
        ("application/n-quads, text/turtle;q=0.4", "application/n-quads"),
        ("application/n-quads, */*;q=0.1", "application/n-quads"),
    ],
)
def test_who_would_take_triples_too_gets_no_named_graphs(web, accept, media_type):
    assert web.get("/data/weapon/iskander", headers={"Accept": accept}).content_type == media_type


def test_confirms_unchanged_json_and_leads_through_its_pages(web):
    response = web.get("/data/actor/ilham-aliyev.json?page_size=5")
    assert 'rel="next"' in response.headers["Link"]
    etag = response.headers["ETag"]
    again = web.get("/data/actor/ilham-aliyev.json?page_size=5", headers={"If-None-Match": etag})
    assert again.status_code == 304


# Crawlers


def locations(web, path):
    response = web.get(path)
    assert (response.status_code, response.content_type) == (200, "application/xml")
    return [element.text for element in ET.fromstring(response.data).iter() if element.tag.endswith("}loc")]  # noqa: S314


def test_robots_are_told_of_the_sitemap(web):
    robots = web.get("/robots.txt")
    assert robots.content_type.startswith("text/plain")
    assert "Sitemap: http://localhost/sitemap.xml" in robots.text


def test_the_sitemap_has_every_thing_and_every_address_answers(web, shipped):
    found = locations(web, "/sitemap.xml")
    assert len(found) == len(set(found))
    pages = {location.removeprefix("http://localhost/page/") for location in found if "/page/" in location}
    assert pages == {thing.iri.removeprefix(BASE + "id/") for thing in every(shipped)}
    for location in found[:: max(1, len(found) // 40)]:
        assert web.get(location.removeprefix("http://localhost")).status_code == 200


def every(view):
    return [thing for thing in view.index.part(1, view.index.size) if thing.iri.startswith(BASE + "id/")]


def test_a_long_sitemap_is_an_index_of_parts(shipped, web):
    class Fixed:
        def current(self):
            return shipped

    app = Flask(__name__)
    app.register_blueprint(sitemap.blueprint(Fixed(), Settings(), most=100))
    short = app.test_client()
    parts = locations(short, "/sitemap.xml")
    assert len(parts) > 5
    listed = [location for part in parts for location in locations(short, part.removeprefix("http://localhost"))]
    assert listed == locations(web, "/sitemap.xml")
    assert all(len(locations(short, part.removeprefix("http://localhost"))) <= 100 for part in parts)


def test_a_part_of_the_sitemap_that_is_not_there_is_told(web):
    for number in (0, 2, 10**9):
        assert web.get(f"/sitemap/{number}.xml").status_code == 404
