"""Explanations over HTTP, through Flask's test client."""

import json
from html.parser import HTMLParser
from pathlib import Path

import pytest
from pyoxigraph import RdfFormat, Store

from claimgraph.catalog import Catalog
from claimgraph.dataset import Layout
from claimgraph.settings import Settings
from claimgraph.snapshot import build
from claimgraph.web.app import create_app
from claimgraph.web.explain import address_of
from claimgraph.web.service import View

ROOT = Path(__file__).parent.parent
BROWSER = {"Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"}
WHY = {"s": "ST34", "p": "cg:contradicts", "o": "ST49"}


class Fixed:
    def __init__(self, view):
        self.view = view

    def current(self):
        return self.view


class Tags(HTMLParser):
    """Collect the addresses of a page, and find tags that are left open."""

    def __init__(self, page):
        super().__init__()
        self.open, self.hrefs, self.ids = [], [], set()
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        found = dict(attrs)
        self.hrefs += [found["href"]] if "href" in found else []
        self.ids |= {found["id"]} if "id" in found else set()
        if tag not in {"meta", "link", "br", "input"}:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag


@pytest.fixture(scope="module")
def client(tmp_path_factory):
    snapshots = tmp_path_factory.mktemp("snapshots")
    snapshot = build(Layout(ROOT), snapshots)
    view = View(snapshot.manifest, None, Catalog([]))
    return create_app(Fixed(view), Settings(snapshots=snapshots, dataset=ROOT)).test_client()


def test_draws_the_tree_without_a_script(client):
    page = client.get("/explain", query_string=WHY, headers=BROWSER).text
    tags = Tags(page)
    assert tags.open == []
    assert "<script" not in page
    assert "<h1>Why: ST34 contradicts ST49</h1>" in page
    assert "data/ttl/iskander-shusha/claims.ttl:" in page
    assert "CONSTRUCT { ?affirming cg:contradicts ?denying }" in page
    assert "/page/iskander-shusha/st49" in tags.hrefs
    assert all(href[1:] in tags.ids for href in tags.hrefs if href.startswith("#"))


@pytest.mark.parametrize(
    ("wish", "media_type"),
    [
        ("application/json", "application/json"),
        ("text/turtle", "text/turtle"),
        ("application/ld+json", "application/ld+json"),
        ("text/html", "text/html"),
        ("*/*", "text/html"),
    ],
)
def test_gives_the_form_that_is_asked_for(client, wish, media_type):
    response = client.get("/explain", query_string=WHY, headers={"Accept": wish})
    assert (response.status_code, response.mimetype) == (200, media_type)


def test_json_and_turtle_parse(client):
    assert json.loads(client.get("/explain", query_string=WHY | {"format": "json"}).data)["premises"]
    Store().load(client.get("/explain", query_string=WHY | {"format": "ttl"}).data, RdfFormat.TURTLE)


def test_says_that_nothing_says_so(client):
    response = client.get("/explain", query_string=WHY | {"o": "ST50"}, headers={"Accept": "application/json"})
    assert (response.status_code, response.json["detail"]) == (404, "nothing says that ST34 contradicts ST50")


@pytest.mark.parametrize("change", [{"s": ""}, {"o": "nix:da"}, {"p": "ST99"}, {"o": '"open'}])
def test_refuses_what_is_no_triple(client, change):
    assert client.get("/explain", query_string=WHY | change).status_code in {400, 404}


def test_offers_a_form_where_nothing_is_asked(client):
    assert "<form" in client.get("/explain", headers=BROWSER).text


def test_answers_304_to_whoever_has_it(client):
    tag = client.get("/explain", query_string=WHY).headers["ETag"]
    assert client.get("/explain", query_string=WHY, headers={"If-None-Match": tag}).status_code == 304


def test_the_address_of_a_triple_leads_to_its_explanation(client):
    tree = client.get("/explain", query_string=WHY | {"format": "json"}).json
    for step in tree["premises"]:
        store = Store()
        store.load(
            " ".join(f"<{step[place]['value']}>" for place in ("subject", "predicate", "object")).encode() + b" .",
            RdfFormat.N_TRIPLES,
        )
        (quad,) = store
        assert client.get(address_of(quad.subject, quad.predicate, quad.object)).status_code == 200
