"""The service over HTTP, through Flask's test client, over the shipped data and the real engine."""

import csv
import io
import json
import re
import threading

import pytest
from pyoxigraph import QueryResultsFormat, RdfFormat, Store, parse_query_results

from claimgraph.catalog import Catalog
from claimgraph.dataset import Layout, root
from claimgraph.engine.embedded import Embedded, KeeperProcess
from claimgraph.errors import EngineError, NotAcceptable
from claimgraph.formats import GRAPHS, HTML, ROWS
from claimgraph.settings import Settings
from claimgraph.snapshot import build
from claimgraph.web.answers import HANGUP
from claimgraph.web.app import create_app
from claimgraph.web.negotiation import negotiate
from claimgraph.web.service import View

ONE = "SELECT ?s { ?s a <https://w3id.org/claimgraph/ontology#Claim> } LIMIT 1"
RUNAWAY = "SELECT (COUNT(*) AS ?n) { VALUES ?a {#} VALUES ?b {#} VALUES ?c {#} FILTER(?a + ?b + ?c < 0) }".replace(
    "#", " ".join(map(str, range(2000)))
)
BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,*/*;q=0.8"


class Fixed:
    def __init__(self, view):
        self.view = view

    def current(self):
        return self.view


@pytest.fixture(scope="module")
def snapshots(tmp_path_factory):
    return tmp_path_factory.mktemp("snapshots")


@pytest.fixture(scope="module")
def view(snapshots):
    layout = Layout(root())
    snapshot = build(layout, snapshots)
    settings = Settings(query_timeout=2)
    with KeeperProcess(snapshot.dump, None, settings) as keeper:
        engine = Embedded(keeper.socket, settings)
        yield View(snapshot.manifest, engine, Catalog.load(layout.queries))
        engine.close()


@pytest.fixture(scope="module")
def app(view, snapshots):
    return create_app(Fixed(view), Settings(query_timeout=2, max_request_bytes=100_000, snapshots=snapshots))


@pytest.fixture
def client(app):
    return app.test_client()


def ask(client, query=ONE, accept=None, **parameters):
    headers = {"Accept": accept} if accept else {}
    return client.get("/sparql", query_string={"query": query, **parameters}, headers=headers)


# Negotiation


@pytest.mark.parametrize(
    ("accept", "name"),
    [
        (None, "json"),
        ("", "json"),
        ("*/*", "json"),
        ("text/csv", "csv"),
        ("TEXT/CSV", "csv"),
        ("text/csv; charset=utf-8", "csv"),
        ("text/csv;q=0.2, text/tab-separated-values;q=0.9", "tsv"),
        ("text/*", "csv"),
        ("text/tab-separated-values, */*", "tsv"),
        ("application/json", "json"),
        ("application/xml", "xml"),
        ("application/sparql-results+json;q=0, */*", "xml"),
        ("application/sparql-results+xml;q=0.5,application/sparql-results+json;q=0.5", "json"),
        ("application/pdf, text/csv;q=0.1", "csv"),
        (BROWSER, "html"),
    ],
)
def test_chooses_the_format_that_the_client_likes_best(accept, name):
    assert negotiate(accept, (*ROWS, HTML)).name == name


@pytest.mark.parametrize("accept", ["application/pdf", "text/csv;q=0", "*/*;q=0", "nonsense", "text/csv;q=x"])
def test_says_what_is_on_offer_when_nothing_is_acceptable(accept):
    with pytest.raises(NotAcceptable, match="text/csv"):
        negotiate(accept, ROWS)


def test_lets_the_name_of_a_format_settle_the_matter():
    assert negotiate("text/csv", GRAPHS, "nt").name == "nt"


@pytest.mark.parametrize(("name", "format_"), [("turtle", "ttl"), ("text/turtle", "ttl"), ("JSON-LD", "jsonld")])
def test_knows_the_names_that_other_clients_have_for_formats(name, format_):
    assert negotiate("*/*", GRAPHS, name).name == format_


# The protocol


def test_answers_by_get(client):
    assert ask(client).get_json()["head"]["vars"] == ["s"]


def test_answers_by_post_of_a_form(client):
    assert client.post("/sparql", data={"query": "ASK {}"}).get_json()["boolean"] is True


@pytest.mark.parametrize("method", ["POST", "QUERY"])
def test_answers_by_post_of_a_query(client, method):
    response = client.open("/sparql", method=method, data="ASK {}", content_type="application/sparql-query")
    assert response.get_json()["boolean"] is True


def test_takes_a_media_type_with_a_charset(client):
    response = client.post("/sparql", data="ASK {}", content_type="application/sparql-query; charset=utf-8")
    assert response.status_code == 200


@pytest.mark.parametrize("format_", ROWS, ids=lambda format_: format_.name)
def test_answers_rows_in_every_format_by_accept_and_by_name(client, format_):
    by_accept = ask(client, accept=format_.media_type)
    by_name = ask(client, format=format_.name)
    assert by_accept.data == by_name.data
    assert by_accept.mimetype == by_name.mimetype == format_.media_type
    if format_.name in {"json", "xml", "tsv"}:
        assert len(list(parse_query_results(by_accept.data, format_.results))) == 1


@pytest.mark.parametrize("format_", GRAPHS, ids=lambda format_: format_.name)
@pytest.mark.parametrize("form", ["CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o } LIMIT 3", "DESCRIBE <http://x/>"])
def test_answers_graphs_in_every_format(client, form, format_):
    response = ask(client, form, accept=format_.media_type)
    assert response.mimetype == format_.media_type
    Store().load(response.data, format_.rdf)


def test_refuses_a_row_format_for_a_graph(client):
    response = ask(client, "DESCRIBE <http://x/>", accept="text/csv")
    assert response.status_code == 406
    assert "text/turtle" in response.get_json()["offered"]


@pytest.mark.parametrize(
    ("request_", "status"),
    [
        ({"query_string": "query=ASK%7B%7D&query=ASK%7B%7D"}, 400),
        ({"method": "POST", "data": {"quarry": "ASK {}"}}, 400),
        ({"method": "POST", "data": {"query": ["ASK {}", "ASK {}"]}}, 400),
        ({"method": "POST", "data": "ASK {}", "content_type": "text/plain"}, 415),
        ({"method": "POST", "data": "ASK {}"}, 415),
        ({"method": "POST", "data": b"ASK { \xff }", "content_type": "application/sparql-query"}, 400),
        ({"method": "POST", "data": {"update": "CLEAR ALL"}}, 403),
        ({"method": "POST", "data": "CLEAR ALL", "content_type": "application/sparql-update"}, 403),
        ({"query_string": {"query": "CLEAR ALL"}}, 403),
        ({"query_string": {"query": "ASK { SERVICE <http://127.0.0.1:1/> {} }"}}, 403),
        ({"query_string": {"query": "SELEC"}}, 400),
        ({"query_string": {"query": "ASK {" * 1000}}, 400),
        ({"query_string": {"query": "ASK {}", "timeout": "-1"}}, 400),
        ({"query_string": {"query": "ASK {}", "timeout": "nan"}}, 400),
        ({"query_string": {"query": "ASK {}", "default-graph-uri": "not an iri"}}, 400),
        ({"query_string": {"query": "ASK {}", "format": "nix"}}, 406),
        ({"query_string": {"query": "ASK {}"}, "headers": {"Accept": "image/png"}}, 406),
        ({"method": "PUT"}, 405),
        ({"method": "POST", "data": b"x" * 200_000, "content_type": "application/sparql-query"}, 413),
    ],
)
def test_refuses_requests_with_a_problem(client, request_, status):
    response = client.open("/sparql", **request_)
    assert response.status_code == status
    assert response.mimetype == "application/problem+json"
    assert response.get_json()["status"] == status
    assert response.get_json()["detail"]


def test_says_line_and_column_of_a_bad_query(client):
    problem = ask(client, "SELECT *\nWHERE { ?s ?p ?o FILTR(1) }").get_json()
    assert (problem["line"], problem["column"]) == (2, 18)
    assert "FILTER" in problem["detail"]


def test_says_line_and_column_of_what_only_the_engine_finds(client):
    problem = ask(client, "SELECT *\nWHERE { ?s ?p }").get_json()
    assert (problem["status"], problem["line"]) == (400, 2)


def test_shows_browsers_a_page_for_a_problem(client):
    response = ask(client, "SELEC", accept=BROWSER)
    assert response.status_code == 400
    assert "<strong>The query is not understood.</strong>" in response.text


def test_answers_504_at_the_deadline_and_names_it(client):
    response = ask(client, RUNAWAY, timeout="0.3")
    assert response.status_code == 504
    assert response.get_json()["seconds"] == 0.3


def test_never_raises_the_deadline(client):
    assert ask(client, RUNAWAY, timeout="1000").get_json()["seconds"] == 2


def test_takes_the_graphs_of_the_protocol(client):
    text = "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }"
    graph = "https://w3id.org/claimgraph/graph/iskander-shusha/claims"
    one = ask(client, text, "text/csv", **{"default-graph-uri": graph}).text
    assert 0 < int(one.split()[1]) < int(ask(client, text, "text/csv").text.split()[1])


def test_sends_a_long_answer_in_pieces_and_whole(view):
    client = create_app(Fixed(view), Settings(hold_back=1000)).test_client()
    response = ask(client, "SELECT * { ?s ?p ?o }", "text/csv")
    assert response.content_length is None
    count = ask(client, "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }", "text/csv").text.split()[1]
    assert len(list(csv.reader(io.StringIO(response.text)))) == int(count) + 1


def test_breaks_an_answer_off_when_it_fails_half_way(view):
    settings = Settings(hold_back=1000, max_answer_bytes=100_000)
    client = create_app(Fixed(view), settings).test_client()
    response = client.get("/sparql", query_string={"query": "SELECT * { ?s ?p ?o }"})
    assert response.status_code == 200
    with pytest.raises(EngineError):
        response.get_data()


def test_refuses_an_answer_that_is_too_large_while_it_still_can(view):
    settings = Settings(hold_back=1_000_000, max_answer_bytes=100_000)
    client = create_app(Fixed(view), settings).test_client()
    assert client.get("/sparql", query_string={"query": "SELECT * { ?s ?p ?o }"}).status_code == 507


def test_gives_a_query_up_when_the_client_hangs_up(client):
    calls = []

    def register(answer):
        calls.append(answer)
        threading.Timer(0.1, answer.close).start()

    response = client.get("/sparql", query_string={"query": RUNAWAY}, environ_overrides={HANGUP: register})
    assert calls
    assert response.status_code == 502


def test_names_an_answer_by_an_etag_and_confirms_it_without_evaluation(client, view):
    first = ask(client)
    again = client.get("/sparql", query_string={"query": ONE}, headers={"If-None-Match": first.headers["ETag"]})
    assert again.status_code == 304
    assert not again.data
    assert first.headers["Claimgraph-Snapshot"] == again.headers["Claimgraph-Snapshot"] == view.digest
    assert "Accept" in first.headers["Vary"]


def test_names_other_formats_by_other_etags(client):
    assert ask(client, format="csv").headers["ETag"] != ask(client, format="tsv").headers["ETag"]


def test_has_no_etag_for_answers_that_differ_each_time(client):
    response = ask(client, "SELECT (UUID() AS ?u) {}")
    assert "ETag" not in response.headers
    assert response.headers["Cache-Control"] == "no-store"


def test_answers_head_as_get_without_a_body(client):
    head = client.head("/sparql", query_string={"query": ONE})
    assert head.status_code == 200
    assert not head.data
    assert head.headers["Content-Type"] == ask(client).headers["Content-Type"]


def test_answers_options_with_what_is_allowed(client):
    response = client.options("/sparql")
    assert {"GET", "HEAD", "POST", "QUERY", "OPTIONS"} <= set(response.headers["Allow"].split(", "))
    assert response.headers["Access-Control-Allow-Origin"] == "*"


@pytest.mark.parametrize("path", ["/", "/sparql", "/queries/", "/nix", "/healthz"])
def test_sends_security_headers_with_everything(client, path):
    headers = client.get(path).headers
    assert headers["Content-Security-Policy"].startswith("default-src 'self'")
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers.getlist("Access-Control-Allow-Origin") == ["*"]


# Service description


@pytest.mark.parametrize("format_", GRAPHS[:4], ids=lambda format_: format_.name)
def test_describes_the_endpoint_on_a_bare_get(client, format_):
    response = client.get("/sparql", headers={"Accept": format_.media_type})
    store = Store()
    store.load(response.data, format_.rdf)
    sd = "PREFIX sd: <http://www.w3.org/ns/sparql-service-description#> "
    assert [row["e"].value for row in store.query(sd + "SELECT ?e { ?s a sd:Service ; sd:endpoint ?e }")] == [
        "http://localhost/sparql"
    ]
    assert bool(store.query(sd + "ASK { ?d sd:namedGraph/sd:graph ?g }"))


def test_describes_the_endpoint_at_its_public_address(view):
    client = create_app(Fixed(view), Settings(public_url="https://kg.example.org/x/")).test_client()
    assert b"<https://kg.example.org/x/sparql>" in client.get("/sparql").data


def test_shows_browsers_a_form_and_a_table(client):
    assert "<textarea" in client.get("/sparql", headers={"Accept": BROWSER}).text
    page = ask(client, "SELECT ?s { ?s a <https://w3id.org/claimgraph/ontology#Claim> } LIMIT 2", BROWSER).text
    assert page.count('<a href="/page/') == 2


def test_escapes_what_stands_in_a_query_on_its_page(client):
    page = ask(client, "SELECT ('<script>alert(1)</script>' AS ?x) {}", BROWSER).text
    assert "<script>" not in page


# Canned queries


def test_lists_the_questions_with_labels(client, view):
    page = client.get("/queries/", headers={"Accept": BROWSER}).text
    assert all(f'href="/queries/{query.name}"' in page for query in view.catalog)
    assert {entry["name"] for entry in client.get("/queries/?format=json").get_json()} == {
        query.name for query in view.catalog
    }


def test_answers_every_canned_query_in_every_format(client, view):
    for query in view.catalog:
        for format_ in (*ROWS, HTML):
            response = client.get(f"/queries/{query.name}.{format_.extension}")
            assert (query.name, format_.name, response.status_code) == (query.name, format_.name, 200)
            assert response.mimetype == format_.media_type


def test_answers_a_canned_query_with_labels_beside_iris(client):
    rows = list(csv.DictReader(io.StringIO(client.get("/queries/open-requests.csv?as_of=2021-04-12").text)))
    assert {"ST12", "ST18", "ST19"} < {row["id"] for row in rows}
    assert {row["addressee_label"] for row in rows} == {"Armenia"}


def test_takes_an_identifier_for_an_iri(client):
    by_identifier = client.get("/queries/attribution-chain.csv?statement=ST14").text
    iri = "https://w3id.org/claimgraph/id/iskander-shusha/st14"
    assert by_identifier == client.get("/queries/attribution-chain.csv", query_string={"statement": iri}).text
    assert by_identifier == client.get("/queries/attribution-chain.csv?statement=id:iskander-shusha/st14").text


def test_shows_labels_and_links_instead_of_iris(client):
    page = client.get("/queries/attribution-chain?statement=ST14", headers={"Accept": BROWSER}).text
    assert ">Ilham Aliyev</a>" in page
    assert 'href="/page/actor/ilham-aliyev"' in page


def test_answers_a_canned_query_in_plain_sparql_json(client):
    response = client.get("/queries/contradictions", headers={"Accept": "application/sparql-results+json"})
    names = [variable.value for variable in parse_query_results(response.data, QueryResultsFormat.JSON).variables]
    assert names[:2] == ["id_a", "id_b"]


def test_confirms_an_unchanged_page_by_its_etag(client):
    first = client.get("/queries/contradictions.csv")
    again = client.get("/queries/contradictions.csv", headers={"If-None-Match": first.headers["ETag"]})
    assert again.status_code == 304


@pytest.mark.parametrize(
    ("path", "status", "said"),
    [
        ("/queries/contradiction", 404, "did you mean contradictions"),
        ("/queries/contradictions?wepon=x", 404, "wepon"),
        ("/queries/contradictions?kind=loose", 400, "strict"),
        ("/queries/standing-as-of?as_of=2021-02-30", 400, "2021-02-30"),
        ("/queries/attribution-chain?statement=ST999", 400, "ST999"),
        ("/queries/contradictions?weapon=weapon:iskandr", 400, "nothing is known of it"),
        ("/queries/contradictions?format=nix", 406, "csv"),
    ],
)
def test_refuses_wrong_use_of_canned_queries(client, path, status, said):
    response = client.get(path, headers={"Accept": "application/json"})
    assert response.status_code == status
    assert said in response.get_json()["detail"]


# Linked data


@pytest.mark.parametrize(
    ("accept", "location"),
    [
        (BROWSER, "/page/iskander-shusha/st14"),
        ("text/turtle", "/data/iskander-shusha/st14.ttl"),
        ("application/ld+json", "/data/iskander-shusha/st14.jsonld"),
        ("application/rdf+xml;q=0.9, text/html;q=0.1", "/data/iskander-shusha/st14.rdf"),
    ],
)
def test_leads_from_a_thing_to_its_document(client, accept, location):
    response = client.get("/id/iskander-shusha/st14", headers={"Accept": accept})
    assert response.status_code == 303
    assert response.headers["Location"] == location
    assert "Accept" in response.headers["Vary"]


@pytest.mark.parametrize("format_", GRAPHS, ids=lambda format_: format_.name)
def test_gives_the_data_of_a_thing_in_every_format(client, format_):
    response = client.get(f"/data/iskander-shusha/st14.{format_.extension}")
    store = Store()
    store.load(response.data, format_.rdf)
    assert response.mimetype == format_.media_type
    asked = "ASK { <https://w3id.org/claimgraph/id/iskander-shusha/st14> ?p ?o }"
    assert bool(store.query(asked, use_default_graph_as_union=True))


def test_shows_a_thing_with_labels_its_graphs_and_what_points_to_it(client):
    page = client.get("/page/iskander-shusha/st34?view=statements").text
    assert "<h1>ST34" in page
    assert 'href="/graph/iskander-shusha/claims"' in page
    assert "Derived by rule" in page
    assert "Pointing here" in page


@pytest.mark.parametrize(
    "path", ["/id/nix", "/page/nix", "/data/nix.ttl", "/graph/nix", "/page/a%20b", "/page/%3Cx%3E"]
)
def test_answers_404_for_what_the_snapshot_does_not_know(client, path):
    assert client.get(path).status_code == 404


def test_gives_the_ontology_as_a_page_and_as_rdf(client):
    assert '<dt id="Claim">' in client.get("/ontology", headers={"Accept": BROWSER}).text
    store = Store()
    store.load(client.get("/ontology", headers={"Accept": "text/turtle"}).data, RdfFormat.TURTLE)
    assert store.load(client.get("/ontology.nt").data, RdfFormat.N_TRIPLES) is None
    assert bool(store.query("ASK { <https://w3id.org/claimgraph/ontology#Claim> a ?class }"))


def test_draws_each_class_below_the_one_it_is_a_kind_of(client):
    page = client.get("/ontology", headers={"Accept": BROWSER}).text
    drawn = re.findall(r'<a href="#(\w+)"><text x="(\d+)"', page)
    depth = {name: int(x) for name, x in drawn}
    assert depth["Actor"] < depth["Organisation"] < depth["StateBody"] < depth["StateMediaOutlet"]
    assert [name for name, _ in drawn].count("StateMediaOutlet") == 2


def test_gives_a_graph_with_exactly_its_triples(client, view):
    entry = next(entry for entry in view.manifest.files if entry.path.endswith("iskander-shusha/claims.ttl"))
    store = Store()
    store.load(client.get("/graph/iskander-shusha/claims.nt").data, RdfFormat.N_TRIPLES)
    assert len(store) == entry.triples


def test_every_link_of_the_home_page_leads_somewhere(client):
    page = client.get("/").text
    links = {part.split('"')[0] for part in page.split('href="')[1:]}
    for link in links - {"data:,"}:  # the empty icon, which spares browsers a request
        with client.get(link) as response:
            assert (link, response.status_code) == (link, 200)


# Watching


def test_says_that_it_is_healthy_and_ready(client):
    assert client.get("/healthz").text == "ok\n"
    assert client.get("/readyz").text == "ready\n"


def test_names_the_snapshot_and_its_graphs(client, view):
    answer = json.loads(client.get("/versions?format=json").data)
    assert answer["digest"] == view.digest
    assert answer["triples"] == view.manifest.triples


def test_a_contradiction_leads_in_one_click_to_why_it_is_one(client):
    page = client.get(
        "/queries/contradictions?kind=strict&dossier=dossier:iskander-shusha", headers={"Accept": BROWSER}
    )
    [link] = re.findall(r'href="(/explain[^"]+)"', page.text)
    proof = client.get(link.replace("&amp;", "&"), headers={"Accept": BROWSER})
    assert proof.status_code == 200
    assert "Strict contradiction" in proof.text


def test_each_derived_statement_of_a_page_leads_to_why_it_holds(client):
    page = client.get("/page/iskander-shusha/st14?view=statements", headers={"Accept": BROWSER}).text
    links = re.findall(r'href="(/explain[^"]+)"', page)
    assert len(links) > 10
    answers = {link: client.get(link.replace("&amp;", "&")) for link in links}
    assert [link for link, answer in answers.items() if answer.status_code != 200] == []
