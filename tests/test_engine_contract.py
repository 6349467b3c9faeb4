"""What every engine promises, held against the embedded one and against real servers of others."""

import socket
import threading
import time
import urllib.request

import pytest
from pyoxigraph import Store, parse_query_results

import engines
from claimgraph.engine import WHOLE, Dataset, Limits
from claimgraph.engine.embedded import Embedded, KeeperProcess
from claimgraph.engine.remote import Endpoint, Remote
from claimgraph.errors import AnswerTooLarge, BadQuery, DeadlineExceeded, EngineError, ServiceRefused, UpdateRefused
from claimgraph.formats import GRAPHS, ROWS, by_name
from claimgraph.publish import ByUpdates, Job, RemoteStore
from claimgraph.settings import Settings
from claimgraph.sparql.query import Query, from_json, read
from claimgraph.sparql.version import Version

LIMITS = Limits(10, 64 << 20)
QUADS = "".join(f'<http://e/s{i}> <http://e/p{i % 7}> "v{i}" <http://e/g{i % 3}> .\n' for i in range(3000))
RUNAWAY = "SELECT (COUNT(*) AS ?n) { VALUES ?a {#} VALUES ?b {#} VALUES ?c {#} FILTER(?a + ?b + ?c < 0) }".replace(
    "#", " ".join(map(str, range(400)))
)


@pytest.fixture(scope="module")
def embedded(tmp_path_factory):
    dump = tmp_path_factory.mktemp("dump") / "dataset.nq"
    dump.write_text(QUADS)
    settings = Settings()
    with KeeperProcess(dump, None, settings) as keeper:
        engine = Embedded(keeper.socket, settings)
        yield engine
        engine.close()


@pytest.fixture(scope="module")
def others_data(tmp_path_factory, embedded):
    """An endpoint with data that somebody else loaded, as named graphs with their union as the default graph."""
    folder = tmp_path_factory.mktemp("others")
    with engines.oxigraph(folder, options=["--union-default-graph"]) as server:
        request = urllib.request.Request(server.store, QUADS.encode(), {"Content-Type": "application/n-quads"})  # noqa: S310
        urllib.request.urlopen(request).close()  # noqa: S310 - loopback
        yield Remote(Endpoint(server.query, Settings()), embedded)


def two_versions(serve, folder, embedded):
    """Load two versions into a store, and answer from the one that has the data."""
    graphs = frozenset(f"http://e/g{number}" for number in range(3))
    with serve(folder) as server:
        settings = Settings(**server.named())
        for digest, quads in (("a" * 64, QUADS.replace('"v', '"w')), ("b" * 64, QUADS)):
            version, dump = Version(digest, graphs), folder / "dataset.nq"
            dump.write_text("".join(sorted(quads.splitlines(keepends=True), key=lambda line: line.split()[-2])))
            ByUpdates().run(Job(RemoteStore(settings), version, dump, lambda *_: None, goes_on=False))
        yield Remote(Endpoint(server.query, settings), embedded, version)


@pytest.fixture(scope="module")
def oxigraph(tmp_path_factory, embedded):
    yield from two_versions(engines.oxigraph, tmp_path_factory.mktemp("oxigraph"), embedded)


@pytest.fixture(scope="module")
def virtuoso(tmp_path_factory, embedded):
    yield from two_versions(engines.virtuoso, tmp_path_factory.mktemp("virtuoso"), embedded)


@pytest.fixture(scope="module")
def fuseki(tmp_path_factory, embedded):
    yield from two_versions(engines.fuseki, tmp_path_factory.mktemp("fuseki"), embedded)


@pytest.fixture(params=["embedded", "others_data", "oxigraph", "virtuoso", "fuseki"])
def engine(request):
    return request.getfixturevalue(request.param)


@pytest.fixture(params=["embedded", "others_data"])
def reader(request):
    return request.getfixturevalue(request.param)


def ask(engine, text, format_="csv", limits=LIMITS, dataset=WHOLE):
    return b"".join(engine.answer(read(text), by_name(format_), limits, dataset))


def test_counts_over_the_union_of_all_graphs(engine):
    assert ask(engine, "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }") == b"n\r\n3000\r\n"


@pytest.mark.parametrize("format_", ROWS, ids=lambda format_: format_.name)
def test_answers_rows_in_every_format(engine, format_):
    body = ask(engine, "SELECT ?s ?o { ?s <http://e/p1> ?o } ORDER BY ?s LIMIT 2", format_.name)
    if format_.name == "csv":
        assert body.decode().splitlines() == ["s,o", "http://e/s1,v1", "http://e/s1002,v1002"]
    else:
        rows = [row["o"].value for row in parse_query_results(body, format_.results)]
        assert rows == ["v1", "v1002"]


@pytest.mark.parametrize("format_", ROWS, ids=lambda format_: format_.name)
def test_answers_ask_in_every_format(engine, format_):
    assert b"true" in ask(engine, "ASK {}", format_.name)


@pytest.mark.parametrize("format_", GRAPHS, ids=lambda format_: format_.name)
def test_answers_graphs_in_every_format(engine, format_):
    store = Store()
    store.load(ask(engine, "CONSTRUCT WHERE { <http://e/s1> ?p ?o }", format_.name), format_.rdf)
    assert [quad.object.value for quad in store] == ["v1"]


def test_sends_long_answers_whole(engine):
    body = ask(engine, "SELECT ?s ?x { ?s ?p ?o VALUES ?x { 1 2 3 4 5 6 7 8 9 10 } }", "json", Limits(60, 1 << 30))
    assert len(list(parse_query_results(body, by_name("json").results))) == 30_000


def test_takes_the_graphs_of_the_protocol(engine):
    dataset = Dataset(("http://e/g1",), ("http://e/g2",))
    assert ask(engine, "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }", dataset=dataset) == b"n\r\n1000\r\n"
    assert ask(engine, "SELECT DISTINCT ?g { GRAPH ?g { ?s ?p ?o } }", dataset=dataset) == b"g\r\nhttp://e/g2\r\n"


def test_refuses_what_does_not_parse(engine):
    with pytest.raises(BadQuery):
        list(engine.answer(Query("SELECT * { ?s ?p }", "SELECT"), by_name("csv"), LIMITS))


def test_holds_the_deadline(engine):
    start = time.monotonic()
    with pytest.raises(DeadlineExceeded):
        ask(engine, RUNAWAY, limits=Limits(0.5, 1 << 20))
    assert time.monotonic() - start < 1.5


@pytest.mark.parametrize("format_", ["json", "csv"])
def test_refuses_an_answer_that_grows_too_large(engine, format_):
    with pytest.raises(AnswerTooLarge):
        ask(engine, "SELECT * { ?s ?p ?o }", format_, Limits(10, 1000))


def test_never_ends_an_answer_that_was_given_up_as_if_it_were_whole(engine):
    answer = engine.answer(read("SELECT * { ?s ?p ?o }"), by_name("json"), LIMITS)
    next(answer)
    answer.close()
    with pytest.raises(EngineError):
        list(answer)


def test_counts_what_went_before_into_the_deadline(engine):
    start = time.monotonic()
    with pytest.raises(DeadlineExceeded, match="30 s"):
        ask(engine, RUNAWAY, limits=Limits(30, 1 << 20, since=time.monotonic() - 29.5))
    assert time.monotonic() - start < 5


# Reading texts from outside


def reading(reader, text, limits=LIMITS):
    return from_json(b"".join(reader.reading(text, limits)))


@pytest.mark.parametrize(
    "text",
    ["ASK {}", "SELECT (NOW() AS ?n) FROM <http://e/g> {}", "ASK { ?s ?p '" + "ä" * 200_000 + "' }", r"\u0041SK {}"],
    ids=["short", "volatile", "long", "escaped"],
)
def test_reads_a_text_as_this_process_does(reader, text):
    assert reading(reader, text) == read(text)


@pytest.mark.parametrize(
    ("text", "kind", "where"),
    [
        ("SELECT * {\n SERVICE <http://e/> {} }", ServiceRefused, (2, 2)),
        ("CLEAR ALL", UpdateRefused, (1, 1)),
        ("SELECT *\n{ ?s ?p ", BadQuery, (2, 1)),
        ("ASK " + "{" * 300, BadQuery, (1, 205)),
    ],
)
def test_refuses_a_text_as_this_process_does(reader, text, kind, where):
    with pytest.raises(kind) as caught:
        reading(reader, text)
    with pytest.raises(kind) as here:
        read(text)
    assert (type(caught.value), caught.value.line, caught.value.column) == (kind, *where)
    assert str(caught.value) == str(here.value)


@pytest.mark.parametrize("text", ["ASK { " + "?a ?b ?c . " * 180_000 + "}", "ASK { " + "{}" * 1_000_000 + "}"])
def test_ends_reading_at_the_deadline(reader, text):
    with pytest.raises(DeadlineExceeded):
        reading(reader, text, Limits(0.2, 1 << 20))
    assert reading(reader, "ASK {}").form == "ASK"


def test_ends_reading_when_it_is_given_up(reader):
    answer = reader.reading("ASK { " + "?a ?b ?c . " * 180_000 + "}", LIMITS)
    threading.Timer(0.2, answer.close).start()
    with pytest.raises(EngineError, match=r"given up|before the answer was whole"):
        list(answer)


# What only an endpoint elsewhere can do wrong


@pytest.fixture
def endpoint():
    """Answer each request with fixed bytes."""
    replies = []
    listener = socket.create_server(("127.0.0.1", 0))

    def serve():
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            with connection:
                connection.recv(65536)
                if replies:
                    connection.sendall(replies.pop(0))
                    connection.shutdown(socket.SHUT_WR)
                    while connection.recv(65536):  # what is left unread resets the connection
                        pass

    thread = threading.Thread(target=serve)
    thread.start()
    yield Remote(Endpoint(f"http://127.0.0.1:{listener.getsockname()[1]}/sparql", Settings()), embedded), replies
    listener.shutdown(socket.SHUT_RDWR)
    listener.close()
    thread.join()


def reply(body, status="200 OK", kind="application/sparql-results+json", length=None):
    size = len(body) if length is None else length
    return f"HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nContent-Length: {size}\r\n\r\n{body}".encode()


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (reply("<p>moved</p>", kind="text/html"), "text/html"),
        (reply('{"head": {', length=5000), "broke off"),
        (reply("nix", status="500 Oops"), "nix"),
        (reply("nix", status="503 Busy"), "busy"),
        (reply("nix", status="401 No"), "nix"),
        (reply("nix", status="404 No"), "nix"),
        (b"no http\r\n\r\n", "does not speak HTTP"),
        (b"", "cannot be reached"),
    ],
)
def test_says_how_the_endpoint_failed(endpoint, given, said):
    engine, replies = endpoint
    replies.append(given)
    with pytest.raises(EngineError, match=said):
        ask(engine, "ASK {}", "json")


def test_says_that_an_answer_cannot_be_read(endpoint):
    engine, replies = endpoint
    replies.append(reply("{}"))
    with pytest.raises(EngineError, match="cannot be read"):
        ask(engine, "ASK {}", "csv")


def test_says_that_nobody_listens(embedded):
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    with pytest.raises(EngineError, match="cannot be reached"):
        ask(Remote(Endpoint(f"http://127.0.0.1:{port}/", Settings()), embedded), "ASK {}")
