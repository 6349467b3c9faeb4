"""Linked data over HTTP: every IRI answers, in the form that a client likes, and says what belongs to it."""

import json
import re
from urllib.parse import quote

import pytest
import rdflib
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from pyoxigraph import NamedNode, RdfFormat, Store, parse

from claimgraph.formats import GRAPHS, HTML
from comunica import ask_comunica

BASE = "https://w3id.org/claimgraph/"
CLAIM = "iskander-shusha/st34"
BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,*/*;q=0.8"
HOST = "http://localhost"


def link(response, relation, **wanted):
    """Return the targets of a relation in the Link header."""
    found = re.findall(r'<([^>]*)>; rel="([^"]*)"(?:; type="([^"]*)")?', response.headers["Link"])
    return [
        one for one, relations, type_ in found if relation in relations.split() and wanted.get("type", type_) == type_
    ]


# Negotiation: each format, asked for in each way, at each kind of address

WAYS = {
    "exact": lambda media: media,
    "list": lambda media: f"application/pdf, {media}, image/png",
    "q": lambda media: f"image/png;q=1, {media};q=0.8, */*;q=0.1",
    "parameter": lambda media: f"{media}; charset=utf-8",
    "capitals": lambda media: media.upper(),
}


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("format_", [*GRAPHS, HTML], ids=lambda format_: format_.name)
def test_leads_to_the_format_that_is_asked_for(web, format_, way):
    response = web.get(f"/id/{CLAIM}", headers={"Accept": WAYS[way](format_.media_type)})
    wanted = f"/page/{CLAIM}" if format_ is HTML else f"/data/{CLAIM}.{format_.extension}"
    assert (response.status_code, response.headers["Location"]) == (303, wanted)
    assert "Accept" in response.headers["Vary"]


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("format_", GRAPHS, ids=lambda format_: format_.name)
@pytest.mark.parametrize("path", [f"/data/{CLAIM}", "/ontology", "/graph/iskander-shusha/claims"])
def test_answers_at_one_address_in_the_format_that_is_asked_for(web, path, format_, way):
    with web.get(path, headers={"Accept": WAYS[way](format_.media_type)}) as response:
        assert response.status_code == 200
        assert response.mimetype == format_.media_type
        assert "Accept" in response.headers["Vary"]


@pytest.mark.parametrize("format_", [*GRAPHS, HTML], ids=lambda format_: format_.name)
def test_lets_format_and_extension_settle_the_matter(web, format_):
    accept = {"Accept": "application/rdf+xml" if format_.name != "rdf" else "text/turtle"}
    target = f"/page/{CLAIM}" if format_ is HTML else f"/data/{CLAIM}.{format_.extension}"
    assert web.get(f"/id/{CLAIM}?format={format_.name}", headers=accept).headers["Location"] == target
    assert web.get(f"/id/{CLAIM}.{format_.extension}", headers=accept).headers["Location"] == target
    for path in ("/ontology", "/graph/iskander-shusha/claims"):
        for asked in (f"{path}.{format_.extension}", f"{path}?format={format_.name}"):
            assert web.get(asked, headers=accept).mimetype == format_.media_type


@pytest.mark.parametrize(
    ("accept", "target"),
    [("*/*", f"/page/{CLAIM}"), (None, f"/page/{CLAIM}"), ("", f"/page/{CLAIM}"), (BROWSER, f"/page/{CLAIM}")],
)
def test_shows_a_page_to_whoever_has_no_wish(web, accept, target):
    headers = {} if accept is None else {"Accept": accept}
    assert web.get(f"/id/{CLAIM}", headers=headers).headers["Location"] == target


@pytest.mark.parametrize(
    "accept", ["image/png", "nonsense", ";;;,,,q=", "text/turtle;q=0", "*/*;q=0", "text/turtle;q=x"]
)
@pytest.mark.parametrize("path", [f"/id/{CLAIM}", f"/data/{CLAIM}", "/ontology", "/graph/iskander-shusha/claims"])
def test_says_what_there_is_to_whoever_wants_something_else(web, path, accept):
    response = web.get(path, headers={"Accept": accept})
    assert response.status_code == 406
    assert "text/turtle" in response.get_json()["offered"]


# What the data hold


@pytest.fixture(params=GRAPHS, ids=lambda format_: format_.name)
def described(request, web):
    response = web.get(f"/data/{CLAIM}.{request.param.extension}")
    store = Store()
    store.load(response.data, request.param.rdf)
    return store


def ask(store, pattern):
    prefixes = (
        f"PREFIX cg: <{BASE}ontology#> PREFIX id: <{BASE}id/> PREFIX dcterms: <http://purl.org/dc/terms/> "
        "PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#> PREFIX foaf: <http://xmlns.com/foaf/0.1/> "
    )
    return bool(store.query(f"{prefixes} ASK {{ {pattern} }}", use_default_graph_as_union=True))


@pytest.mark.parametrize(
    "pattern",
    [
        f"<{BASE}id/{CLAIM}> cg:hasProposition ?p . ?p rdfs:label ?name",
        f"<{BASE}id/{CLAIM}> cg:polarity ?sign . ?sign rdfs:label ?name . cg:polarity rdfs:label ?said",
        f"?judgement cg:relationTarget <{BASE}id/{CLAIM}> ; rdfs:label ?name",
        f'<{BASE}graph/iskander-shusha/claims> a cg:SourceGraph ; dcterms:source "data/ttl/iskander-shusha/claims.ttl"',
        f"<{BASE}graph/derived/holder> cg:byRule ?rule",
        f"<{BASE}data/{CLAIM}> foaf:primaryTopic <{BASE}id/{CLAIM}> ; dcterms:license ?license",
        f"<{BASE}data/{CLAIM}> dcterms:source <{BASE}graph/iskander-shusha/claims>",
    ],
)
def test_has_what_a_reader_needs_in_every_format(described, pattern):
    assert ask(described, pattern)


def test_says_nothing_that_the_snapshot_does_not_say_but_for_the_document_itself(web, shipped):
    whole = Store()
    whole.bulk_load(path=str(shipped.folder / "dataset.nq"), format=RdfFormat.N_QUADS)
    quads = list(parse(web.get(f"/data/{CLAIM}.nq").data, RdfFormat.N_QUADS))
    added = {quad.subject for quad in quads if quad not in whole}
    assert len(quads) > 100
    assert added == {NamedNode(f"{BASE}data/{CLAIM}")}


def test_has_every_statement_about_a_thing_in_its_graph(web, shipped):
    whole = Store()
    whole.bulk_load(path=str(shipped.folder / "dataset.nq"), format=RdfFormat.N_QUADS)
    thing = NamedNode(f"{BASE}id/{CLAIM}")
    wanted = {*whole.quads_for_pattern(thing, None, None), *whole.quads_for_pattern(None, None, thing)}
    for format_ in (RdfFormat.N_QUADS, RdfFormat.TRIG):
        assert wanted <= set(parse(web.get(f"/data/{CLAIM}.{format_.file_extension}").data, format_))


@pytest.mark.parametrize("extension", ["ttl", "nt"])
def test_names_graph_and_file_of_each_triple_in_comments(web, extension):
    text = web.get(f"/data/{CLAIM}.{extension}").text
    stated, _, derived = text.partition("# <https://w3id.org/claimgraph/graph/derived/")
    place = stated.index(
        "# <https://w3id.org/claimgraph/graph/iskander-shusha/claims> file data/ttl/iskander-shusha/claims.ttl"
    )
    assert place < stated.index("groundedIn") < text.index("derived by the rule holder")
    assert "groundedIn" not in derived.partition("# names of")[0]


def test_keeps_the_names_in_rdf_whatever_host_serves_them(web):
    for format_ in GRAPHS:
        assert HOST not in web.get(f"/data/{CLAIM}.{format_.extension}").text


def test_cuts_what_is_much_into_pages_that_together_are_everything(web):
    first = web.get("/data/iskander-shusha/narrator.nq?page_size=40")
    pages, address = [], "/data/iskander-shusha/narrator.nq?page_size=40"
    while address:
        response = web.get(address)
        pages.append(response)
        address = next(iter(link(response, "next")), None)
    seen = {quad for page in pages for quad in parse(page.data, RdfFormat.N_QUADS)}
    whole = set(parse(web.get("/data/iskander-shusha/narrator.nq?page_size=10000").data, RdfFormat.N_QUADS))
    about = NamedNode(f"{BASE}id/iskander-shusha/narrator")
    assert len(pages) > 3
    assert {quad for quad in whole if about in {quad.subject, quad.object}} <= seen
    assert int(first.headers["Claimgraph-Total"]) == sum(
        quad.predicate.value != "http://xmlns.com/foaf/0.1/primaryTopic" and about in {quad.subject, quad.object}
        for quad in whole
    )
    assert b"hydra/core#next" in first.data


def test_gives_a_graph_and_the_ontology_with_their_graphs(web):
    claims = list(parse(web.get("/graph/iskander-shusha/claims.nq").data, RdfFormat.N_QUADS))
    again = list(parse(web.get("/graph/iskander-shusha/claims.trig").data, RdfFormat.TRIG))
    assert {quad.graph_name.value for quad in claims} == {f"{BASE}graph/iskander-shusha/claims"}
    assert set(claims) == set(again)
    assert len(claims) > 500
    terms = list(parse(web.get("/ontology.trig").data, RdfFormat.TRIG))
    named = {str(quad.graph_name) for quad in terms}
    assert {f"<{BASE}graph/ontology/core>", f"<{BASE}graph/ontology/claims>"} <= named


@pytest.mark.parametrize(
    "name", ["id/iskander-shusha/st14", "id/actor/ilham-aliyev", "ontology", "graph/iskander-shusha/claims"]
)
def test_rdflib_follows_a_name(address, name):
    graph = rdflib.Graph().parse(f"{address}/{name}")
    assert (rdflib.URIRef(BASE + name), None, None) in graph or name == "ontology"
    assert len(graph) > 20


@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # of what rdflib itself still uses
@pytest.mark.parametrize("format_", GRAPHS, ids=lambda format_: format_.name)
def test_rdflib_reads_every_format_and_finds_the_same(web, format_):
    thing = rdflib.URIRef(f"{BASE}id/{CLAIM}")
    graph = rdflib.Graph().parse(data=web.get(f"/data/{CLAIM}.nt").data, format="nt")
    wanted = set(graph.triples((thing, None, None)))
    read = rdflib.Dataset(default_union=True)
    read.parse(data=web.get(f"/data/{CLAIM}.{format_.extension}").data, format=format_.media_type)
    assert set(read.triples((thing, None, None))) == wanted
    assert len(wanted) > 10


@pytest.mark.timeout(300)
@pytest.mark.parametrize("name", ["id/iskander-shusha/st14", "graph/iskander-shusha/claims"])
def test_comunica_answers_from_a_name(address, comunica, name):
    query = f"SELECT ?id ?label {{ <{BASE}id/iskander-shusha/st14> dcterms:identifier ?id ; rdfs:label ?label }}"
    [row] = ask_comunica(comunica, f"{address}/{name}", query)
    assert row["id"]["value"] == "ST14"
    assert row["label"]["value"].startswith("ST14: ")


# Headers


@pytest.mark.parametrize(
    "path",
    [
        f"/page/{CLAIM}",
        f"/page/{CLAIM}?view=statements",
        f"/data/{CLAIM}.ttl",
        "/ontology",
        "/ontology.nq",
        "/graph/iskander-shusha/claims.nt",
        "/graph/iskander-shusha/claims.html",
    ],
)
def test_names_and_dates_a_document_so_that_it_need_not_be_sent_twice(web, path):
    first = web.get(path)
    assert first.headers["ETag"].startswith('"')
    for asked in (
        {"If-None-Match": first.headers["ETag"]},
        {"If-None-Match": '"x", ' + first.headers["ETag"]},
        {"If-None-Match": "*"},
        {"If-Modified-Since": first.headers["Last-Modified"]},
    ):
        again = web.get(path, headers=asked)
        assert (again.status_code, again.data) == (304, b""), asked
        assert again.headers["ETag"] == first.headers["ETag"]
    changed = {"If-None-Match": '"other"', "If-Modified-Since": first.headers["Last-Modified"]}
    assert web.get(path, headers=changed).status_code == 200
    assert web.get(path, headers={"If-Modified-Since": "Sat, 01 Jan 2000 00:00:00 GMT"}).status_code == 200


def test_answers_head_with_the_headers_of_get(web):
    for path in (f"/id/{CLAIM}", f"/page/{CLAIM}", f"/data/{CLAIM}.ttl", "/ontology"):
        head, get = web.head(path), web.get(path)
        assert head.data == b""
        for name in ("Content-Type", "ETag", "Link", "Location", "Last-Modified", "Content-Length"):
            if name != "Content-Length" or head.status_code == 200:
                assert head.headers.get(name) == get.headers.get(name)


def test_a_page_points_to_its_data_its_licence_and_the_name_to_cite(web):
    response = web.get(f"/page/{CLAIM}")
    assert link(response, "cite-as") == [f"{BASE}id/{CLAIM}"]
    assert link(response, "license") == ["https://creativecommons.org/licenses/by/4.0/"]
    assert {"https://schema.org/AboutPage", "https://schema.org/Claim"} <= set(link(response, "type"))
    for relation in ("alternate", "describedby"):
        for format_ in GRAPHS:
            assert link(response, relation, type=format_.media_type) == [f"{HOST}/data/{CLAIM}.{format_.extension}"]
    assert link(response, "item") == [f"{HOST}/data/{CLAIM}.trig"]


def test_data_point_back_to_the_thing_and_its_page(web):
    response = web.get(f"/data/{CLAIM}.ttl")
    assert link(response, "describes") == [f"{BASE}id/{CLAIM}"]
    assert link(response, "collection") == [f"{HOST}/page/{CLAIM}"]
    assert link(response, "license")
    assert f"{HOST}/data/{CLAIM}.jsonld" in link(response, "alternate")


def test_every_link_of_the_headers_leads_somewhere(web):
    for path in (f"/page/{CLAIM}", f"/data/{CLAIM}.ttl", "/ontology", "/graph/iskander-shusha/claims"):
        for target in re.findall(rf"<{HOST}([^>]*)>", web.get(path).headers["Link"]):
            assert (target, web.get(target, follow_redirects=True).status_code) == (target, 200)


# What never was, what is gone, and what is no name


@pytest.mark.parametrize("kind", ["id", "page", "data", "graph"])
@pytest.mark.parametrize("accept", ["text/html", "application/json"])
def test_answers_404_for_what_never_was(web, kind, accept):
    response = web.get(f"/{kind}/never-was", headers={"Accept": accept})
    assert response.status_code == 404
    assert "never-was" in response.text


def test_has_no_ontology_of_another_extension(web):
    assert web.get("/ontology.nix").status_code == 404


BAD = [
    "a b", "a\tb", 'a"b', "a'b", "<x>", "a>b", "{x}", "a|b", "a\\b", "a^b", "a`b", "%", "%zz", "%00", "a\x00b",
    "..", "../..", "../../etc/passwd", "./x", "%2e%2e/%2e%2e/etc/passwd", "..%2f..%2fetc", "//x", "/", "a//b",
    "é", "東京", "\u202e", "🚀", "\ufffd", "\ud7ff", "a#b", "a?b", "x" * 5000,
    "x> ?p ?o } #", '"} UNION { ?s ?p ?o', "{{ 7*7 }}", "{% raw %}", "\r\nSet-Cookie: x=1", "<script>alert(1)</script>",
]  # fmt: skip


@pytest.mark.parametrize("name", BAD, ids=lambda name: ascii(name)[:24])
@pytest.mark.parametrize("kind", ["id", "page", "data", "graph"])
def test_explains_that_a_bad_name_is_the_name_of_nothing(web, kind, name):
    refused(web, kind, quote(name, safe="/%"))
    refused(web, kind, quote(name, safe="") + ".ttl")


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    kind=st.sampled_from(["id", "page", "data", "graph"]),
    name=st.text(min_size=1, max_size=60),
    query=st.text(max_size=20),
)
@example(kind="page", name="actor/ilham-aliyev> ?p ?o . <x:y", query="section=x&page=0")
@example(kind="id", name="%", query="format=<x>")
def test_no_name_breaks_a_query_a_page_or_a_header(web, kind, name, query):
    refused(web, kind, quote(name, safe="/"), quote(query, safe="=&"))


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(accept=st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=80))
@example("text/turtle" * 4000)
@example(",".join(f"a/b{number};q=0.{number}" for number in range(2000)))
def test_no_accept_header_breaks_it(web, accept):
    response = web.get(f"/id/{CLAIM}", headers={"Accept": accept})
    assert response.status_code in {303, 406}


def refused(web, kind, name, query=""):
    """Ask for what cannot be; the answer is a 4xx that says something, or leads on to one."""
    response = web.get(f"/{kind}/{name}" + (f"?{query}" if query else ""), headers={"Accept": "application/json"})
    if response.status_code == 308:  # two slashes in a row lead to one
        response = web.get(response.headers["Location"], headers={"Accept": "application/json"})
    assert 400 <= response.status_code < 500, response.status_code
    assert response.mimetype == "application/problem+json"
    assert response.get_json()["detail"]
    page = web.get(f"/{kind}/{name}", headers={"Accept": "text/html"}, follow_redirects=True)
    assert 400 <= page.status_code < 500
    assert "<script>alert" not in page.text
    assert "49" not in re.findall(r"\{\{ ?(.*?) ?\}\}", page.text)


def test_embedded_json_cannot_end_its_element(web):
    page = web.get(f"/page/{CLAIM}").text
    [text] = re.findall(r'<script type="application/ld\+json">(.*?)</script>', page, re.DOTALL)
    assert json.loads(text)["@context"] == "https://schema.org"
    assert "<" not in text
