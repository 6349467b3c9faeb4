"""The SPARQL 1.1 Protocol: the W3C's tests for it, negotiation, and what the protocol leaves to the server.

The table of W3C tests follows the manifest of w3c/rdf-tests, sparql/sparql11/protocol. Where the manifest posts an
update, this endpoint answers 403 with a sentence: data change in git and nowhere else. That is the one exception, and
each row that makes use of it says so.
"""

import csv
import io
import socket
import threading
import urllib.parse
from typing import NamedTuple

import pytest
from hypothesis import event, given, settings
from hypothesis import strategies as st
from pyoxigraph import QueryResultsFormat, Store, parse_query_results

from claimgraph.catalog import Catalog
from claimgraph.engine.embedded import Embedded, KeeperProcess
from claimgraph.errors import BadQuery
from claimgraph.formats import GRAPHS, HTML, ROWS
from claimgraph.settings import Settings
from claimgraph.snapshot import Manifest
from claimgraph.sparql.query import read
from claimgraph.sparql.tokens import unescape
from claimgraph.web.app import create_app
from claimgraph.web.service import View

DATA = "http://kasei.us/2009/09/sparql/data/"
TYPE = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"
QUADS = "".join(
    f"<{DATA}data{n}.rdf> <{TYPE}> <http://xmlns.com/foaf/0.1/Document> <{DATA}data{n}.rdf> .\n" for n in (1, 2, 3)
)
"""The graphs that the W3C's tests expect to find: each says of itself that it is a document."""
BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,*/*;q=0.8"
SELECT, CONSTRUCT = "SELECT ?s { ?s a ?type } ORDER BY ?s", "CONSTRUCT { ?s a ?type } WHERE { ?s a ?type }"


class Fixed:
    def __init__(self, view):
        self.view = view

    def current(self):
        return self.view


@pytest.fixture(scope="module")
def view(tmp_path_factory):
    dump = tmp_path_factory.mktemp("dump") / "dataset.nq"
    dump.write_text(QUADS)
    limits = Settings(query_timeout=5)
    with KeeperProcess(dump, None, limits) as keeper:
        engine = Embedded(keeper.socket, limits)
        manifest = Manifest("0" * 64, "0", None, "2026-01-01T00:00:00+00:00", 3, {})
        yield View(manifest, engine, Catalog([]))
        engine.close()


@pytest.fixture(scope="module")
def client(view):
    return create_app(Fixed(view), Settings(query_timeout=5)).test_client()


def ask(client, query, accept=None, **parameters):
    headers = {} if accept is None else {"Accept": accept}
    return client.get("/sparql", query_string={"query": query, **parameters}, headers=headers)


# The table of the W3C

FORM, QUERY, UPDATE = "application/x-www-form-urlencoded", "application/sparql-query", "application/sparql-update"
READ_ONLY = "updates are refused: this endpoint changes by edit, commit and build alone"
TABULAR = {format_.media_type for format_ in ROWS}
BOOLEAN = {"application/sparql-results+json", "application/sparql-results+xml"}
RDF = {format_.media_type for format_ in GRAPHS}
BOTH = f"ASK {{ <{DATA}data1.rdf> a ?type . <{DATA}data2.rdf> a ?type . }}"
EACH = f"GRAPH ?g1 {{ <{DATA}data1.rdf> a ?type }} GRAPH ?g2 {{ <{DATA}data2.rdf> a ?type }}"
ASK_EACH = f"ASK {{ {EACH} }}"
RELATIVE = b"CONSTRUCT { <s> <p> 1 } WHERE {}"
DESCRIBE = b"DESCRIBE <http://example.org/>"


class Case(NamedTuple):
    """One test of the manifest: what is sent, which status is right, what the answer says or which types it may have.

    ``exception`` is the reason why a status differs from the manifest's.
    """

    name: str
    method: str
    parameters: tuple = ()
    content_type: str | None = None
    body: bytes = b""
    status: int = 200
    boolean: bool | None = None
    types: frozenset = frozenset()
    exception: str = ""


def graphs(kind, *numbers):
    return tuple((f"{kind}-graph-uri", f"{DATA}data{number}.rdf") for number in numbers)


def update(name, text, parameters=()):
    return Case(name, "POST", parameters, UPDATE, text.encode(), 403, exception=READ_ONLY)


INSERT = (
    "PREFIX foaf: <http://xmlns.com/foaf/0.1/> CLEAR ALL ; INSERT { GRAPH <http://example.org/t/> { ?s a 1 } } WHERE"
)
W3C = [
    Case("query_post_form", "POST", graphs("default", 0), FORM, b"query=ASK%20%7B%7D", boolean=True),
    Case("query_dataset_default_graphs_get", "GET", (("query", BOTH), *graphs("default", 1, 2)), boolean=True),
    Case("query_dataset_default_graphs_post", "POST", graphs("default", 1, 2), QUERY, BOTH.encode(), boolean=True),
    Case("query_dataset_named_graphs_post", "POST", graphs("named", 1, 2), QUERY, ASK_EACH.encode(), boolean=True),
    Case("query_dataset_named_graphs_get", "GET", (("query", ASK_EACH), *graphs("named", 1, 2)), boolean=True),
    Case(
        "query_dataset_full", "POST", (*graphs("default", 3), *graphs("named", 1, 2)), QUERY,
        f"ASK {{ <{DATA}data3.rdf> a ?type {EACH} }}".encode(), boolean=True,
    ),
    Case(
        "query_multiple_dataset", "POST", graphs("named", 1, 2), QUERY,
        f"ASK FROM <{DATA}data3.rdf> {{ {EACH} }}".encode(), boolean=True,
    ),
    Case("query_get", "GET", (("query", "ASK {}"), *graphs("default", 0)), boolean=True),
    Case("query_content_type_select", "POST", graphs("default", 0), QUERY, b"SELECT (1 AS ?value) {}", types=TABULAR),
    Case("query_content_type_ask", "POST", graphs("default", 0), QUERY, b"ASK {}", types=BOOLEAN),
    Case("query_content_type_describe", "POST", graphs("default", 0), QUERY, DESCRIBE, types=RDF),
    Case("query_content_type_construct", "POST", graphs("default", 0), QUERY, RELATIVE, types=RDF),
    update("update_dataset_default_graph", INSERT + " { ?s a foaf:Document }", graphs("using", 1)),
    update("update_dataset_default_graphs", INSERT + " { ?s a foaf:Document }", graphs("using", 1, 2)),
    update("update_dataset_named_graphs", INSERT + " { GRAPH ?g { ?s a foaf:Document } }", graphs("using-named", 1, 2)),
    update("update_dataset_full", INSERT + " { ?s a foaf:Document }", (*graphs("using", 1), *graphs("using-named", 2))),
    Case("update_post_form", "POST", (), FORM, b"update=CLEAR+ALL", 403, exception=READ_ONLY),
    update("update_post_direct", "CLEAR ALL"),
    update("update_base_uri", "CLEAR SILENT GRAPH <http://e/t/> ; INSERT DATA { GRAPH <http://e/t/> { <s> <p> <t> } }"),
    Case("query_post_direct", "POST", (), QUERY, b"ASK {}", boolean=True),
    Case("bad_query_method", "PUT", (("query", "ASK {}"), *graphs("default", 0)), FORM, status=405),
    Case("bad_multiple_queries", "GET", (("query", "ASK {}"), ("query", "SELECT * {}")), status=400),
    Case("bad_query_wrong_media_type", "POST", (), "text/plain", b"ASK {}", 415),
    Case("bad_query_missing_form_type", "POST", (), None, b"query=ASK%20%7B%7D", 415),
    Case("bad_query_missing_direct_type", "POST", (), None, b"ASK {}", 415),
    Case("bad_query_non_utf8", "POST", (), QUERY + "; charset=UTF-16", "ASK {}".encode("utf-16"), 415),
    Case("bad_query_syntax", "GET", (("query", "ASK {"),), status=400),
    Case("bad_update_get", "GET", (("update", "CLEAR ALL"),), status=403),
    Case("bad_multiple_updates", "POST", (), FORM, b"update=CLEAR%20NAMED&update=CLEAR%20DEFAULT", 403),
    Case("bad_update_wrong_media_type", "POST", (), "text/plain", b"CLEAR NAMED", 415),
    Case("bad_update_missing_form_type", "POST", (), None, b"update=CLEAR%20NAMED", 415),
    Case("bad_update_non_utf8", "POST", (), UPDATE + "; charset=UTF-16", "CLEAR NAMED".encode("utf-16"), 415),
    Case("bad_update_syntax", "POST", (), FORM, b"update=CLEAR%20XYZ", 403),
    Case(
        "bad_update_dataset_conflict", "POST", (("using-named-graph-uri", "http://example/people"),), UPDATE,
        b"WITH <http://example/addresses> DELETE { ?p ?q ?o } WHERE { ?p ?q ?o }", 403,
    ),
]  # fmt: skip


def send(client, case):
    target = "/sparql" + ("?" + urllib.parse.urlencode(case.parameters) if case.parameters else "")
    return client.open(target, method=case.method, data=case.body, content_type=case.content_type)


@pytest.mark.parametrize("case", W3C, ids=lambda case: case.name)
def test_passes_the_protocol_tests_of_the_w3c(client, case):
    response = send(client, case)
    assert response.status_code == case.status, response.text
    assert not case.types or response.mimetype in case.types
    assert case.boolean is None or response.get_json()["boolean"] is case.boolean


@pytest.mark.parametrize("case", [case for case in W3C if case.exception], ids=lambda case: case.name)
def test_refuses_every_update_with_a_sentence_and_changes_nothing(client, case):
    problem = send(client, case).get_json()
    assert problem["detail"] == "updates are not answered here: data change in git, by edit and build"
    assert ask(client, "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }", "text/csv").text.split() == ["n", "3"]


# The request


@pytest.mark.parametrize("method", ["POST", "QUERY"])
@pytest.mark.parametrize("content_type", [FORM, QUERY])
def test_takes_forms_and_plain_queries_by_post_and_by_query(client, method, content_type):
    body = {FORM: "query=" + urllib.parse.quote(SELECT), QUERY: SELECT}[content_type]
    response = client.open("/sparql", method=method, data=body, content_type=content_type)
    assert len(response.get_json()["results"]["bindings"]) == 3


def test_takes_the_graphs_of_a_form_from_the_form(client):
    body = urllib.parse.urlencode([("query", SELECT), *graphs("default", 2)])
    rows = client.post("/sparql", data=body, content_type=FORM).get_json()["results"]["bindings"]
    assert [row["s"]["value"] for row in rows] == [DATA + "data2.rdf"]


@pytest.mark.parametrize(
    ("target", "data"),
    [
        ("/sparql?query=ASK%7B%7D&query=ASK%7B%7D", None),
        ("/sparql?query=ASK%7B%7D", b"ASK {}"),
        ("/sparql?query=", None),
        ("/sparql?quarry=ASK%7B%7D", b""),
    ],
)
def test_wants_exactly_one_query(client, target, data):
    response = client.open(target, method="POST" if data is not None else "GET", data=data, content_type=QUERY)
    assert response.status_code == 400


@pytest.mark.parametrize("charset", ["utf-8", "UTF-8", '"utf-8"', "us-ascii"])
def test_takes_utf8_by_any_name(client, charset):
    assert client.post("/sparql", data=b"ASK {}", content_type=f"{QUERY}; charset={charset}").status_code == 200


def test_refuses_another_encoding_even_where_its_bytes_happen_to_be_utf8(client):
    response = client.post("/sparql", data=b"ASK {}", content_type=QUERY + "; charset=UTF-16")
    assert response.status_code == 415


@pytest.mark.parametrize("query", [b"query=ASK%20%7B%7D%FF", b"query=%C0%80"])
def test_refuses_a_form_that_is_no_utf8(client, query):
    assert client.post("/sparql", data=query, content_type=FORM).status_code == 400
    assert client.get("/sparql?" + query.decode()).status_code == 400


def test_resolves_relative_iris_against_the_base_of_the_dataset_whatever_the_host(client):
    query, here = "CONSTRUCT { <s> <p> <#o> } WHERE {}", "https://w3id.org/claimgraph/"
    for host in ("localhost", "kg.example.org"):
        response = client.get("/sparql", query_string={"query": query, "format": "nt"}, headers={"Host": host})
        assert response.text == f"<{here}s> <{here}p> <{here}#o> .\n"


# The dataset


def seen(client, query, *parameters):
    response = client.get("/sparql?" + urllib.parse.urlencode([("query", query), ("format", "csv"), *parameters]))
    return [row[0].removeprefix(DATA).removesuffix(".rdf") for row in list(csv.reader(io.StringIO(response.text)))[1:]]


NAMED = "SELECT DISTINCT ?g { GRAPH ?g { ?s ?p ?o } } ORDER BY ?g"


@pytest.mark.parametrize(
    ("clause", "parameters", "default", "named"),
    [
        ("", (), ["data1", "data2", "data3"], ["data1", "data2", "data3"]),
        ("FROM 1", (), ["data1"], []),
        ("FROM NAMED 2", (), [], ["data2"]),
        ("FROM 1 FROM 2 FROM NAMED 3", (), ["data1", "data2"], ["data3"]),
        ("", graphs("default", 1), ["data1"], []),
        ("", graphs("default", 1, 3), ["data1", "data3"], []),
        ("", graphs("named", 2), [], ["data2"]),
        ("", (*graphs("default", 1), *graphs("named", 2, 3)), ["data1"], ["data2", "data3"]),
        ("FROM 3", graphs("default", 1), ["data1"], []),
        ("FROM 3 FROM NAMED 3", graphs("default", 1), ["data1"], []),
        ("FROM 3", graphs("named", 1), [], ["data1"]),
        ("FROM NAMED 3", (*graphs("default", 1), *graphs("named", 2)), ["data1"], ["data2"]),
        ("FROM 0", (), [], []),
        ("", graphs("default", 0), [], []),
    ],
)
def test_takes_the_dataset_from_the_request_before_from_and_from_before_the_whole(
    client, clause, parameters, default, named
):
    words = [f"<{DATA}data{word}.rdf>" if word.isdigit() else word for word in clause.split()]
    where = " ".join(words) + " WHERE "
    assert seen(client, "SELECT DISTINCT ?s " + where + "{ ?s ?p ?o } ORDER BY ?s", *parameters) == default
    assert seen(client, "SELECT DISTINCT ?g " + where + "{ GRAPH ?g { ?s ?p ?o } } ORDER BY ?g", *parameters) == named


# Negotiation

ANY_ROWS = {
    None: "json", "": "json", "*/*": "json", "*/*;q=0.1": "json",
    "application/*": "json", "text/*": "csv",
    "application/json": "json", "application/xml": "xml", "text/xml": "xml",
    "TEXT/CSV": "csv", "text/csv;header=present": "csv", "text/csv ; charset=utf-8 ; q=1": "csv",
    "application/sparql-results+json;charset=utf-8": "json",
    "text/csv, text/tab-separated-values": "csv",
    "text/csv;q=0.5, text/tab-separated-values;q=0.6": "tsv",
    "text/csv;q=0.999,application/sparql-results+xml;q=0.998": "csv",
    "application/sparql-results+xml, */*;q=0.1": "xml",
    "application/sparql-results+json;q=0, application/*": "xml",
    "text/html;q=0, */*": "json",
    "application/pdf, text/turtle, text/csv;q=0.01": "csv",
    "nonsense, text/csv": "csv",
    ",,text/csv,": "csv",
    BROWSER: "html",
    "text/html": "html",
    "application/xhtml+xml": "html",
    "application/sparql-results+xml;q=0.8, application/sparql-results+json": "json",
    "application/sparql-results+xml,text/turtle;q=0.9,*/*;q=0.5": "xml",
}  # fmt: skip
ANY_GRAPH = {
    None: "ttl", "": "ttl", "*/*": "ttl", "text/*": "ttl", "application/*": "nt",
    "text/turtle;charset=utf-8": "ttl", "application/x-turtle": "ttl", "text/plain": "nt",
    "application/xml": "rdf", "application/json": "jsonld",
    'application/ld+json;profile="http://www.w3.org/ns/json-ld#expanded"': "jsonld",
    "application/rdf+xml, text/turtle;q=0.9": "rdf",
    "application/rdf+xml;q=0.9, application/ld+json;q=0.95, */*;q=0.1": "jsonld",
    "application/n-quads, application/trig": "trig",
    "text/csv, application/n-triples;q=0.2": "nt",
    BROWSER: "html",
}  # fmt: skip
NOTHING = ["application/pdf", "image/*", "*/*;q=0", "nonsense", "text", "/", "text/csv;q=0", "a/b;q=x", ";;;", "*"]


@pytest.mark.parametrize(("accept", "name"), [*ANY_ROWS.items(), *((f.media_type, f.name) for f in (*ROWS, HTML))])
def test_answers_rows_in_the_format_that_accept_asks_for(client, accept, name):
    response = ask(client, SELECT, accept)
    assert response.status_code == 200
    assert response.mimetype == next(format_.media_type for format_ in (*ROWS, HTML) if format_.name == name)
    assert "Accept" in response.headers["Vary"]


@pytest.mark.parametrize(("accept", "name"), [*ANY_GRAPH.items(), *((f.media_type, f.name) for f in (*GRAPHS, HTML))])
def test_answers_graphs_in_the_format_that_accept_asks_for(client, accept, name):
    response = ask(client, CONSTRUCT, accept)
    assert response.status_code == 200
    assert response.mimetype == next(format_.media_type for format_ in (*GRAPHS, HTML) if format_.name == name)
    assert "Accept" in response.headers["Vary"]


@pytest.mark.parametrize("accept", NOTHING)
@pytest.mark.parametrize(("query", "offered"), [(SELECT, ROWS), (CONSTRUCT, GRAPHS), ("ASK {}", ROWS)])
def test_answers_406_with_what_is_on_offer(client, accept, query, offered):
    response = ask(client, query, accept)
    assert response.status_code == 406
    assert {format_.media_type for format_ in offered} <= set(response.get_json()["offered"])
    assert "Accept" in response.headers["Vary"]


@pytest.mark.parametrize("format_", [*ROWS, *GRAPHS], ids=lambda format_: format_.name)
def test_lets_the_parameter_format_win_over_accept(client, format_):
    query = SELECT if format_ in ROWS else CONSTRUCT
    for name in (format_.name, format_.name.upper(), format_.media_type, *format_.synonyms):
        assert ask(client, query, "image/png", format=name).mimetype == format_.media_type


@pytest.mark.parametrize("query", [SELECT, "ASK {}"])
@pytest.mark.parametrize("format_", ROWS, ids=lambda format_: format_.name)
def test_writes_rows_that_the_parser_of_their_format_reads(client, query, format_):
    body = ask(client, query, format_.media_type).data
    if query == "ASK {}":
        assert b"true" in body
    elif format_.name == "csv":
        assert len(body.split()) == 4
    else:
        assert len(list(parse_query_results(body, format_.results))) == 3


@pytest.mark.parametrize("format_", GRAPHS, ids=lambda format_: format_.name)
def test_writes_graphs_that_the_parser_of_their_format_reads(client, format_):
    store = Store()
    store.load(ask(client, CONSTRUCT, format_.media_type).data, format_.rdf)
    assert len(store) == 3


def test_names_no_type_in_json_answers_but_the_protocols_own(client):
    body = parse_query_results(ask(client, SELECT, "application/json").data, QueryResultsFormat.JSON)
    assert [variable.value for variable in body.variables] == ["s"]


# Methods and headers


@pytest.mark.parametrize("path", ["/sparql?query=ASK%7B%7D", "/sparql?query=SELEC", "/sparql", "/"])
def test_answers_head_as_get_without_the_body(client, path):
    head, get = client.head(path), client.get(path)
    assert (head.status_code, head.data) == (get.status_code, b"")
    for name in ("Content-Type", "Content-Length", "Vary", "ETag"):
        assert head.headers.get(name) == get.headers.get(name)


def test_answers_a_preflight_of_another_site(client):
    asked = {"Origin": "https://yasgui.example", "Access-Control-Request-Method": "POST"}
    asked["Access-Control-Request-Headers"] = "content-type,accept"
    response = client.options("/sparql", headers=asked)
    assert response.status_code in {200, 204}
    assert response.headers["Access-Control-Allow-Origin"] == "*"
    assert {"GET", "POST", "QUERY"} <= set(response.headers["Access-Control-Allow-Methods"].split(", "))
    assert {"Accept", "Content-Type"} <= set(response.headers["Access-Control-Allow-Headers"].split(", "))
    assert "Access-Control-Allow-Credentials" not in response.headers


@pytest.mark.parametrize("path", ["/sparql?query=ASK%7B%7D", "/sparql?query=SELEC", "/sparql", "/nix"])
def test_lets_every_site_read_answers_and_errors_alike(client, path):
    headers = client.get(path, headers={"Origin": "https://yasgui.example"}).headers
    assert headers.getlist("Access-Control-Allow-Origin") == ["*"]
    assert "ETag" in headers["Access-Control-Expose-Headers"]


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH"])
def test_says_which_methods_there_are(client, method):
    response = client.open("/sparql?query=ASK%7B%7D", method=method)
    assert response.status_code == 405
    assert {"GET", "HEAD", "POST", "QUERY", "OPTIONS"} == set(response.headers["Allow"].split(", "))


# Nothing goes out


class Listener:
    """Listen on a port of loopback, count who calls, and hang up."""

    def __init__(self):
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self.socket.getsockname()[1]}/"
        self.calls = 0
        threading.Thread(target=self.run, daemon=True).start()

    def run(self):
        while True:
            try:
                called, _ = self.socket.accept()
            except OSError:
                return
            self.calls += 1
            called.close()

    def close(self):
        self.socket.shutdown(socket.SHUT_RDWR)
        self.socket.close()


@pytest.fixture(scope="module")
def listener():
    opened = Listener()
    yield opened
    opened.close()


SERVICES = [
    "ASK { SERVICE # {} }", "ASK { service # {} }", "ASK { SeRvIcE # {} }", "ASK {SERVICE# {}}", "ASK { SERVICE#{} }",
    "ASK { SERVICE SILENT # {} }", "ASK { service silent # {} }", "ASK { SERVICE\tSILENT\t# {} }",
    "ASK { SERVICE\n\r\n# { ?s ?p ?o } }", "ASK { SERVICE #\n { ?s ?p ?o } }",
    r"ASK { \u0053ERVICE # {} }", r"ASK { \U00000053ERVICE # {} }", r"ASK { SERV\u0049CE # {} }",
    r"ASK { \u0053\u0045\u0052\u0056\u0049\u0043\u0045 # {} }", r"ASK { \u0073ervice # {} }",
    r"ASK { SERVICE \u003C%s\u003E {} }", r"ASK { SERVICE \u0020# {} }", r"ASK \u007B SERVICE # {} \u007D",
    "PREFIX x: # ASK { SERVICE x: {} }", "PREFIX : # ASK { SERVICE : {} }", "BASE # ASK { SERVICE <> {} }",
    "BASE # ASK { SERVICE <a> {} }", "PREFIX x: # ASK { SERVICE x:a {} }", r"PREFIX x: # ASK { SERVICE x:\-a {} }",
    "PREFIX service: # ASK { SERVICE service:service {} }", "PREFIX x: # ASK { SERVICE x:%%41 {} }",
    "ASK { VALUES ?e { # } SERVICE ?e {} }", "ASK { BIND(# AS ?e) SERVICE ?e {} }",
    "ASK { BIND(IRI('%s') AS ?service) SERVICE ?service {} }", "ASK { VALUES $e { # } SERVICE SILENT $e {} }",
    "ASK { { SERVICE # {} } }", "ASK { OPTIONAL { SERVICE # {} } }", "ASK { {} UNION { SERVICE # {} } }",
    "ASK { ?s ?p ?o MINUS { SERVICE # {} } }", "ASK { GRAPH ?g { SERVICE # {} } }",
    "ASK { FILTER EXISTS { SERVICE # {} } }", "ASK { FILTER NOT EXISTS { SERVICE # {} } }",
    "ASK { FILTER(!EXISTS { SERVICE # {} }) }", "ASK { BIND(EXISTS { SERVICE # {} } AS ?x) }",
    "ASK { { SELECT * { SERVICE # {} } } }", "SELECT (EXISTS { SERVICE # {} } AS ?x) {}",
    "SELECT * { SERVICE # { SERVICE # {} } }", "CONSTRUCT { ?s ?p ?o } WHERE { SERVICE # { ?s ?p ?o } }",
    "DESCRIBE ?s WHERE { SERVICE # { ?s ?p ?o } }", "SELECT ?x { SERVICE # {} } GROUP BY ?x HAVING (true)",
    "SELECT * {} ORDER BY EXISTS { SERVICE # {} }", "ASK { ?s ?p 'a' . SERVICE # {} }",
    "ASK { ?s ?p 'it\\'s'SERVICE # {} }", 'ASK { ?s ?p "SERVICE"SERVICE # {} }',
    "ASK { ?s ?p '''a' '' '''SERVICE # {} }", 'ASK { ?s ?p """a" "" """ SERVICE # {} }',
    "ASK { ?s ?p 'a'@en SERVICE # {} }", "ASK { ?s ?p true SERVICE # {} }", "ASK { ?s ?p 1 SERVICE # {} }",
    "ASK { ?s ?p 'a'^^<http://e/>SERVICE # {} }", "ASK { ?s ?p <http://e/>SERVICE # {} }",
    "ASK { %C }\nSERVICE # {} }", "ASK { ?s ?p ?o ; SERVICE # {} }",
    "PREFIX e: <http://e/> ASK { ?s ?p e:a\\' SERVICE # {} }", "ASK { ?s <http://e/#a> ?o . SERVICE # {} }",
    "ASK { ?a ?b ?c FILTER(?a<?b)SERVICE # {} }", "ASK { ?a ?b ?c FILTER(?a<1)SERVICE#> # {} }",
    "ASK { LATERAL { SERVICE # {} } }", "ASK { ?s (!<http://e/p>)* ?o SERVICE # {} }",
    "ASK { ?service ?service 1 SERVICE # {} }", "ASK { {} SERVICE SILENT# {} }", "aSk{sErViCe#{}}",
]  # fmt: skip
FETCHES = [
    "LOAD #", "LOAD SILENT #", "LOAD # INTO GRAPH <http://e/g>", "ASK FROM # {}", "ASK FROM NAMED # { GRAPH ?g {} }",
    "SELECT * FROM # { ?s ?p ?o }", "SELECT * FROM <file:///etc/passwd> { ?s ?p ?o }", "DESCRIBE #",
    "DESCRIBE <file:///etc/passwd>", "SELECT * { GRAPH # { ?s ?p ?o } }", "CONSTRUCT { ?s ?p ?o } FROM # { ?s ?p ?o }",
    "INSERT DATA { <s> <p> <o> } ; LOAD #", "ASK FROM <file:/etc/hostname> { ?s ?p ?o }",
    "SELECT * FROM NAMED <file:///proc/self/environ> { GRAPH ?g { ?s ?p ?o } }",
]  # fmt: skip


def at(listener, text):
    url = listener.url
    text = text.replace("\n# {", f"\n<{url}> {{").replace("#>", "%H>").replace("/#a", "/%Ha")
    return text.replace("#", f"<{url}>").replace("%s", url).replace("%C", "# }").replace("%H", "#").replace("%%", "%")


def is_evaluated(text):
    try:
        Store().query(unescape(text))
    except SyntaxError:
        return False
    except (OSError, RuntimeError):
        return True
    return True


def test_knows_sixty_spellings_by_which_the_engine_would_call():
    calls = 0
    for spelling in dict.fromkeys(SERVICES):
        heard = Listener()
        is_evaluated(at(heard, spelling))
        heard.close()
        calls += bool(heard.calls)
    assert calls >= 60


@pytest.mark.parametrize("spelling", SERVICES)
def test_calls_no_other_endpoint_in_any_spelling_of_service(client, listener, spelling):
    response = ask(client, at(listener, spelling))
    assert response.status_code in {400, 403}
    assert listener.calls == 0


@pytest.mark.parametrize("spelling", FETCHES)
def test_fetches_nothing_that_a_query_names(client, listener, spelling):
    response = ask(client, at(listener, spelling), "application/json")
    assert response.status_code in {200, 403}
    assert b"root:" not in response.data
    assert listener.calls == 0


@pytest.mark.parametrize("kind", ["default", "named"])
def test_fetches_no_graph_that_a_request_names(client, listener, kind):
    url = listener.url
    for graph in (url, "file:///etc/passwd"):
        assert (
            seen(client, "SELECT * { { ?s ?p ?o } UNION { GRAPH ?g { ?s ?p ?o } } }", (f"{kind}-graph-uri", graph))
            == []
        )
    assert listener.calls == 0


HARMLESS = [
    "ASK { ?s ?p 'SERVICE <http://x/> {}' }", 'ASK { ?s ?p "SERVICE <http://x/> {}" }',
    "ASK { ?s ?p '''SERVICE\n<http://x/> {}''' }", 'ASK { ?s ?p """SERVICE\n"<http://x/> {}""" }',
    "ASK { ?s ?p 'it\\'s SERVICE' }", "ASK { ?s ?p ?o } # SERVICE <http://x/> {}", "# SERVICE <http://x/>\nASK {}",
    "ASK { ?service ?p $SERVICE }", "PREFIX service: <http://x/> ASK { service:a a service:service }",
    "PREFIX x: <http://x/> ASK { ?s x:service ?o }", "PREFIX x: <http://x/> ASK { ?s x:a\\-service ?o }",
    "ASK { ?s <http://x/service> ?o }", "ASK { <http://x/SERVICE> ?p ?o }", "ASK { _:service ?p ?o }",
    "ASK { ?s ?p 'x'@service }", "SELECT (1 AS ?SERVICE) {}", "PREFIX x: <http://x/> ASK { ?s x:service%20silent ?o }",
]  # fmt: skip


@pytest.mark.parametrize("query", HARMLESS)
def test_lets_the_word_service_stand_where_it_is_no_keyword(client, query):
    assert ask(client, query).status_code == 200


PIECES = st.sampled_from(
    [
        "SERVICE", "service", "SILENT", r"\u0053ERVICE", "SERV", "ICE", "'", '"', "'''", '"""', "\\", "\\'", '\\"', "#",
        "\n", " ", "<", ">", "<URL>", "?x", "?service", "x:a", "x:service", ":", "{", "}", "(", ")", "{}", "1",
        "FILTER", "EXISTS", "OPTIONAL", "BIND", "AS", "VALUES", "GRAPH", "true", "'a'", '"SERVICE"', "@en", "^^",
        ".", ";", ",", "/", "|", "*", "_:service", r"x:a\'", "<a#", "//", "SELECT", "WHERE", "MINUS", "UNION",
        "SERVICE <URL> {}", "SERVICE SILENT <URL> {}", "SERVICE<URL>{}", "SERVICE x: {}", "{ SERVICE <URL> {} }",
        r"\u0053ERVICE SILENT <URL> {}", "SERVICE#\n<URL> {}", "?s ?p ?o .", "FILTER(?a<?b)", "FILTER EXISTS {",
    ]
)  # fmt: skip


def assert_calls_nobody(listener, text):
    try:
        query = read(text)
    except BadQuery:
        return
    event("evaluated" if is_evaluated(query.text) else "refused by the engine")
    assert listener.calls == 0


@settings(max_examples=400)
@given(st.lists(PIECES, max_size=14), st.sampled_from(["", " ", "\n"]))
def test_never_hands_the_engine_a_query_that_calls_an_endpoint(listener, pieces, glue):
    """What the tokeniser lets through is evaluated by pyoxigraph, which would call."""
    text = "PREFIX x: <URL> SELECT * { " + glue.join(pieces) + " }"
    assert_calls_nobody(listener, text.replace("URL", listener.url))


@settings(max_examples=600)
@given(st.data(), st.sampled_from(SERVICES + HARMLESS))
def test_never_hands_the_engine_one_that_is_near_a_known_spelling(listener, data, spelling):
    """One to three places of a known query are cut out, or have a piece put in."""
    text = at(listener, spelling)
    for _ in range(data.draw(st.integers(1, 3))):
        place = data.draw(st.integers(0, len(text)))
        cut = data.draw(st.integers(0, 3))
        text = text[:place] + data.draw(PIECES).replace("URL", listener.url) + text[place + cut :]
    assert_calls_nobody(listener, text)
