"""``explain=true``: the algebra, and where the time goes."""

import time

import pytest

from claimgraph.catalog import Catalog
from claimgraph.engine.algebra import algebra_of
from claimgraph.engine.embedded import Embedded, KeeperProcess
from claimgraph.settings import Settings
from claimgraph.snapshot import Manifest
from claimgraph.web.app import create_app
from claimgraph.web.service import View

QUERY = "SELECT ?s (COUNT(*) AS ?n) { ?s ?p ?o OPTIONAL { ?o a ?c FILTER(?c > 3) } } GROUP BY ?s LIMIT 2"


class Fixed:
    def __init__(self, view):
        self.view = view

    def current(self):
        return self.view


@pytest.fixture(scope="module")
def client(tmp_path_factory):
    dump = tmp_path_factory.mktemp("dump") / "dataset.nq"
    dump.write_text("<http://e/s> <http://e/p> <http://e/o> <http://e/g> .\n")
    settings = Settings(query_timeout=5)
    with KeeperProcess(dump, None, settings) as keeper:
        engine = Embedded(keeper.socket, settings)
        manifest = Manifest("0" * 64, "0", None, "2026-01-01T00:00:00+00:00", 1, {})
        yield create_app(Fixed(View(manifest, engine, Catalog([]))), settings).test_client()
        engine.close()


def explain(client, query=QUERY, **headers):
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return client.get("/sparql", query_string={"query": query, "explain": "true"}, headers=named)


def test_shows_the_algebra_as_a_tree():
    lines = [line.strip() for line in algebra_of(QUERY).splitlines()]
    assert [line for line in lines if line[0].isupper()][:3] == ["SelectQuery", "Slice", "Project"]
    assert "LeftJoin" in lines
    assert "?o <http://www.w3.org/1999/02/22-rdf-syntax-ns#type> ?c" in lines


def test_says_where_the_time_goes(client):
    told = explain(client).get_json()
    assert set(told["milliseconds"]) == {"parse", "wait", "evaluate", "serialise", "total"}
    assert told["form"] == "SELECT"
    assert "LeftJoin" in told["algebra"]
    assert told["bytes"] > 0


def test_shows_a_page_to_a_browser(client):
    page = explain(client, accept="text/html")
    assert page.content_type.startswith("text/html")
    assert "LeftJoin" in page.text


@pytest.mark.parametrize("query", ["CONSTRUCT WHERE { ?s ?p ?o }", "ASK {}", "DESCRIBE <http://e/s>"])
def test_explains_every_form(client, query):
    assert explain(client, query).get_json()["algebra"]


def test_explains_what_rdflib_does_not_know_without_its_algebra(client):
    told = explain(client, "SELECT * { ?s ?p ?o LATERAL { SELECT * { ?s ?q ?r } LIMIT 1 } }").get_json()
    assert told["algebra"] is None
    assert told["bytes"] > 0


@pytest.mark.parametrize("nested", ["{" * 190 + "}" * 190, "{ FILTER(" + "(" * 190 + "1" + ")" * 190 + ") }"])
def test_spends_no_more_than_a_moment_on_an_algebra(nested):
    start = time.monotonic()
    algebra_of("SELECT * " + nested)
    assert time.monotonic() - start < 6


@pytest.mark.parametrize(("query", "status"), [("SELECT * {", 400), ("SELECT * { SERVICE <http://e/> {} }", 403)])
def test_explains_nothing_that_is_refused(client, query, status):
    assert explain(client, query).status_code == status


def test_is_never_kept(client):
    assert explain(client).headers["Cache-Control"] == "no-store"
