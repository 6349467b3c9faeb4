"""What form a query has, and which ones are refused before any engine sees them."""

import contextlib
import socket
import threading

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyoxigraph import Store

from claimgraph.errors import BadQuery, ServiceRefused, UpdateRefused
from claimgraph.sparql.query import parse, read


@pytest.mark.parametrize(
    ("text", "form"),
    [
        ("SELECT * {}", "SELECT"),
        ("PREFIX select: <ask> BASE <http://x/> PREFIX : <y> ask {}", "ASK"),
        ("# SELECT\nCONSTRUCT WHERE { ?s ?p ?o }", "CONSTRUCT"),
        ("DESCRIBE <http://x>", "DESCRIBE"),
        (r"\u0041SK {}", "ASK"),
    ],
)
def test_tells_the_form(text, form):
    assert parse(text).form == form


@pytest.mark.parametrize("text", ["", "# nothing", "SELEC * {}", "{}", "PREFIX x: <y>"])
def test_refuses_a_text_without_a_form(text):
    with pytest.raises(BadQuery):
        read(text)


@pytest.mark.parametrize(
    "text",
    [
        "INSERT DATA { <a> <b> <c> }",
        "PREFIX x: <y> DELETE WHERE { ?s ?p ?o }",
        "load <http://127.0.0.1/x>",
        "CLEAR ALL",
        "DROP GRAPH <x>",
        "WITH <g> DELETE { ?s ?p ?o } WHERE { ?s ?p ?o }",
    ],
)
def test_refuses_updates(text):
    with pytest.raises(UpdateRefused, match="git"):
        read(text)


@pytest.mark.parametrize(
    ("text", "line", "column", "said"),
    [
        ("SELECT * WHERE { ?s ?p }", 1, 24, "near '}'"),
        ("SELECT *\nWHERE { ?s ?p ?o . FILTR(1) }", 2, 20, "no word 'FILTR'; did you mean FILTER?"),
        ("SELECT * {\n ?s ?p ?o", 1, 10, "'{' that stands here is never closed"),
        ("SELECT * { ?s ?p ?o ) }", 1, 21, "unexpected '\\)'"),
        ("SELECT * { ?s cg:p ?o }", 1, 15, "prefix 'cg:' is not declared; add PREFIX cg: <https"),
        ("SELECT ?x (COUNT(*) AS ?n) { ?x ?p ?o }", 1, 39, "unbound"),
    ],
)
def test_says_where_a_query_is_wrong(text, line, column, said):
    with pytest.raises(BadQuery, match=said) as caught:
        parse(text)
    assert (caught.value.line, caught.value.column) == (line, column)


@pytest.mark.parametrize("bracket", ["{", "(", "["])
def test_refuses_deep_nesting_before_the_native_parser_sees_it(bracket):
    with pytest.raises(BadQuery, match="nested"):
        parse("SELECT * " + bracket * 100_000)


def test_lets_usual_nesting_pass():
    parse("SELECT * " + "{" * 100 + "}" * 100)


CALLS = [
    "SELECT * { SERVICE <U> {} }",
    "SELECT * { service <U> {} }",
    "SELECT * { SeRvIcE<U>{} }",
    "SELECT * { SERVICE SILENT <U> {} }",
    "SELECT * { SERVICE silent<U>{} }",
    "SELECT * { SERVICE\t<U> {} }",
    "SELECT * { SERVICE\n<U> {} }",
    "SELECT * { SERVICE\r<U> {} }",
    "SELECT * { SERVICE#x\n<U> {} }",
    "SELECT * { SERVICE #'''\n <U> {} #'''\n }",
    "SELECT * { #\rSERVICE <U> {}\n }",
    r"SELECT * { \u0053ERVICE <U> {} }",
    r"SELECT * { SERVIC\u0045 <U> {} }",
    r"SELECT * { \U00000053\U00000045RVICE <U> {} }",
    r"SELECT * { SERVICE \u003cU\u003e {} }",
    r"SELECT * {\u0020SERVICE\u0020<U>{} }",
    "PREFIX ex: <U> SELECT * { SERVICE ex: {} }",
    "PREFIX ex: <U> SELECT * { SERVICEex: {} }",
    "PREFIX ex: <U> SELECT * { SERVICESILENTex: {} }",
    "PREFIX : <U> SELECT * { SERVICE: {} }",
    "PREFIX : <U> SELECT * { SERVICE : {} }",
    "PREFIX service: <U> SELECT * { SERVICE service: {} }",
    "PREFIX ex: <U> SELECT * { SERVICE ex:{} }",
    "BASE <U> SELECT * { SERVICE <> {} }",
    "SELECT * { BIND(<U> AS ?x) SERVICE ?x {} }",
    "SELECT * { VALUES ?x {<U>} SERVICE ?x {} }",
    "SELECT * { VALUES ?service {<U>} SERVICE ?service {} }",
    "SELECT * { VALUES $x {<U>} SERVICE$x{} }",
    "SELECT * { { SERVICE <U> {} } }",
    "SELECT * { OPTIONAL { SERVICE <U> {} } }",
    "SELECT * { OPTIONAL{}SERVICE<U>{} }",
    "SELECT * { {} UNION { SERVICE <U> {} } }",
    "SELECT * { {}UNION{SERVICE<U>{}} }",
    "SELECT * { {} MINUS { SERVICE <U> {} } }",
    "SELECT * { { SELECT * { SERVICE <U> {} } } }",
    "SELECT * { { SELECT (COUNT(*) AS ?n) { SERVICE <U> {} } } }",
    "SELECT * { FILTER EXISTS { SERVICE <U> {} } }",
    "SELECT * { FILTER NOT EXISTS { SERVICE <U> {} } }",
    "SELECT * { BIND(EXISTS { SERVICE <U> {} } AS ?x) }",
    "SELECT (EXISTS { SERVICE <U> {} } AS ?x) {}",
    "SELECT * {} GROUP BY (EXISTS { SERVICE <U> {} } AS ?x)",
    "SELECT (COUNT(*) AS ?n) {} HAVING (EXISTS { SERVICE <U> {} })",
    "SELECT * {} ORDER BY (EXISTS { SERVICE <U> {} })",
    "SELECT * { LATERAL { SERVICE <U> {} } }",
    "SELECT * { FILTER(1<2)SERVICE<U>{} }",
    "SELECT * { BIND(1 AS ?a)BIND(2 AS ?b)FILTER(?a<?b)SERVICE#>\n<U>{} }",
    "SELECT * { BIND(2 AS ?b)FILTER(1<?b)SERVICE#>\n<U>{} }",
    "SELECT * { BIND(2 AS ?b)FILTER((1)<?b)SERVICE#>\n<U>{} }",
    "SELECT * { BIND('b' AS ?b)FILTER('a'<?b)SERVICE#>\n<U>{} }",
    "SELECT * { BIND('a\\'' AS ?b) SERVICE <U> {} }",
    "SELECT * { BIND('''a'\\'''' AS ?b) SERVICE <U> {} }",
    'SELECT * { BIND("\\\\" AS ?b) SERVICE <U> {} #"\n }',
    'SELECT * { BIND("""a""" AS ?b) SERVICE <U> {} #"""\n }',
    "SELECT * { BIND('' AS ?b) SERVICE <U> {} #'''\n }",
    "PREFIX ex: <http://e/> SELECT * { BIND(ex:a\\' AS ?b) SERVICE <U> {} #'\n }",
    "SELECT * { BIND('a'@en AS ?b) SERVICE <U> {} }",
    "SELECT * { BIND(true AS ?b).SERVICE <U> {} }",
    "ASK { SERVICE <U> {} }",
    "ASK{SERVICE<U>{}}",
    "CONSTRUCT { ?s ?p ?o } WHERE { SERVICE <U> { ?s ?p ?o } }",
    "DESCRIBE ?s { SERVICE <U> { ?s ?p ?o } }",
    "DESCRIBE ?s WHERE { SERVICE SILENT <U> { ?s ?p ?o } }",
    "SELECT * FROM <http://g> { SERVICE <U> {} }",
    "SELECT * { GRAPH <http://g> {} SERVICE <U> {} }",
    "SELECT * { VALUES ?x { 1 2 } SERVICE <U> {} }",
]


@pytest.fixture(scope="module")
def callee():
    """Listen on a port of its own and count who calls."""
    calls = []
    listener = socket.create_server(("127.0.0.1", 0))

    def serve():
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            calls.append(connection.recv(10))
            connection.close()

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{listener.getsockname()[1]}/", calls
    listener.shutdown(socket.SHUT_RDWR)
    listener.close()
    thread.join()


@pytest.mark.parametrize("spelling", CALLS)
def test_refuses_service_in_every_spelling(spelling, callee):
    url, calls = callee
    before = len(calls)
    with pytest.raises(ServiceRefused):
        parse(spelling.replace("<U>", f"<{url}>"))
    assert len(calls) == before


def test_the_native_engine_would_have_called(callee):
    url, calls = callee
    before = len(calls)
    Store().query(f"ASK {{ SERVICE SILENT <{url}> {{}} }}")
    assert len(calls) == before + 1


@pytest.mark.parametrize(
    "text",
    [
        "SELECT * { ?service ?p 'SERVICE <http://x> {}' }",
        "SELECT * { ?s ?p '''it's a SERVICE''' } # SERVICE <http://x>",
        "PREFIX service: <http://x/service#> SELECT * { service:a service:b _:service }",
        "PREFIX ex: <http://x/> SELECT * { ex:service a ex:SERVICE }",
        "SELECT * { ?s a <http://www.w3.org/ns/sparql-service-description#Service> }",
        "PREFIX service: <http://x/> SELECT * { GRAPH service:a { ?s ?p ?o } }",
        "SELECT * { VALUES (?a ?b) { (<http://x/a> <http://x/service>) } }",
        "SELECT * { ?s ?p 'a'@service }",
        "PREFIX service: <http://x/> ASK { service:x service:y service:z }",
    ],
)
def test_lets_the_word_service_stand_where_it_calls_nobody(text):
    parse(text)


def test_lets_service_call_an_allowed_prefix_only():
    allowed = ("https://query.example.org/",)
    read("ASK { SERVICE SILENT <https://query.example.org/sparql> {} }", allowed=allowed)
    with pytest.raises(ServiceRefused):
        read("ASK { SERVICE <https://query.example.net/> {} }", allowed=allowed)
    with pytest.raises(ServiceRefused):
        read("ASK { SERVICE ?x {} VALUES ?x { <https://query.example.org/> } }", allowed=allowed)


PIECES = [
    *("SERVICE", "service", "SILENT", "<U>", "ex:", "?x", "{", "}", "{}", "(", ")", " ", "\n", "#", "'", '"', "'''"),
    *('"""', "\\", "<", ">", "1", "true", ".", "a", "FILTER", "BIND", "AS", "GRAPH", "OPTIONAL", "UNION", "VALUES"),
]


@settings(max_examples=1500, deadline=None)
@given(st.lists(st.sampled_from(PIECES), min_size=1, max_size=14))
def test_whatever_it_lets_pass_calls_nobody(pieces):
    url = _LISTENER.url
    body = "".join(pieces).replace("U", url)
    query = f"PREFIX ex: <{url}> SELECT * {{ {body} #'''\n}}"
    before = _LISTENER.waiting()
    try:
        text = read(query).text
    except BadQuery:
        return
    with contextlib.suppress(SyntaxError, OSError, RuntimeError):
        list(Store().query(text))
    assert _LISTENER.waiting() == before


class _Listener:
    """Listen without ever answering; who calls is seen in the queue of connections."""

    def __init__(self):
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.socket.setblocking(False)  # noqa: FBT003 - the socket's own signature
        self.url = f"http://127.0.0.1:{self.socket.getsockname()[1]}/"

    def waiting(self):
        try:
            connection, _ = self.socket.accept()
        except BlockingIOError:
            return 0
        connection.close()
        return 1


_LISTENER = _Listener()
