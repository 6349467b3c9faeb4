"""What those who run the service see: request ids, one line of log a request, and figures for Prometheus."""

import http.client
import os
import re
import signal
import threading
import time

import pytest
from prometheus_client.parser import text_string_to_metric_families

from claimgraph.dataset import Layout, root
from claimgraph.snapshot import build
from claimgraph.web.metrics import route_of
from serving import Server, children, until

SLOW = "SELECT (COUNT(*) AS ?n) { VALUES ?a {#} VALUES ?b {#} FILTER(?a + ?b < 0) }".replace(
    "#", " ".join(map(str, range(1500)))
)
ENDLESS = "SELECT * { ?a ?b ?c . ?d ?e ?f }"


@pytest.fixture(scope="module")
def snapshots(tmp_path_factory):
    folder = tmp_path_factory.mktemp("snapshots")
    build(Layout(root()), folder)
    return folder


@pytest.fixture(scope="module")
def server(snapshots):
    running = Server(snapshots, log_queries="true")
    yield running
    running.stop()


def figures(server):
    families = text_string_to_metric_families(server.get("/metrics")[2].decode())
    return {
        (sample.name, *sorted(sample.labels.items())): sample.value for family in families for sample in family.samples
    }


def count(server, status, route="sparql"):
    key = ("claimgraph_requests_total", ("method", "GET"), ("route", route), ("status", str(status)))
    return figures(server).get(key, 0)


def lines(server, **said):
    return [line for line in server.log().splitlines() if all(f"{key}={value}" in line for key, value in said.items())]


@pytest.mark.parametrize(
    ("path", "route"),
    [
        ("/", "home"),
        ("/sparql", "sparql"),
        ("/queries/contradictions.csv", "queries"),
        ("/ontology.ttl", "ontology"),
        ("/wp-login.php", "other"),
        ("/" + "x" * 5000, "other"),
        ("", "home"),
    ],
)
def test_counts_by_part_of_the_service_and_never_by_what_strangers_write(path, route):
    assert route_of(path) == route


def test_gives_every_response_an_id_of_its_own(server):
    ids = [server.get(path)[1]["x-request-id"] for path in ("/", "/nix", "/sparql?query=SELEC", "/healthz", "/metrics")]
    assert len(set(ids)) == 5


def test_keeps_the_id_that_a_proxy_gave(server):
    assert server.ask("ASK { 1 }", **{"X-Request-Id": "from-the.proxy_1"})[1]["x-request-id"] == "from-the.proxy_1"
    assert until(lambda: lines(server, id="from-the.proxy_1", status=400))


@pytest.mark.parametrize("given", ["a b", "x" * 65, "a\tb", '"', "é"])
def test_takes_no_id_that_could_forge_a_line_of_the_log(server, given):
    assert server.get("/healthz", **{"X-Request-Id": given})[1]["x-request-id"] != given


def test_logs_a_query_by_its_hash_with_status_and_time(server):
    headers = server.ask("SELECT (42 AS ?x) {}")[1]
    assert until(lambda: lines(server, id=headers["x-request-id"]))
    (line,) = lines(server, id=headers["x-request-id"])
    assert re.search(r"level=info event=request .*method=GET path=/sparql status=200 ms=[\d.]+ bytes=\d+", line)
    assert f"query={headers['claimgraph-query']}" in line
    assert "SELECT" not in line


def test_logs_the_text_of_a_query_only_if_asked_to(server, snapshots):
    headers = server.ask("SELECT (43 AS ?x) {}")[1]
    assert until(lambda: lines(server, event="query", query=headers["claimgraph-query"]))
    # On a busy machine the query may be put twice: what takes too long where quick ones run is put to a worker.
    told = lines(server, event="query", query=headers["claimgraph-query"])
    assert all('"SELECT (43 AS ?x) {}"' in line for line in told)
    discreet = Server(snapshots)
    discreet.ask("SELECT (43 AS ?x) {}")
    assert until(lambda: lines(discreet, event="request"))
    assert "SELECT" not in discreet.log()
    discreet.stop()


def test_does_not_log_what_machines_ask_every_second(server):
    header = server.get("/healthz")[1]["x-request-id"]
    server.ask("SELECT (44 AS ?x) {}")
    assert until(lambda: lines(server, event="request"))
    assert not lines(server, id=header)


# A response is counted once it is sent: what was asked before may still come in, so counts start from a new server.
@pytest.fixture
def unasked(snapshots):
    running = Server(snapshots)
    yield running
    running.stop()


def test_counts_requests_over_all_processes(unasked):
    for _ in range(40):
        unasked.get("/sparql?query=SELEC")
    assert until(lambda: count(unasked, 400) == 40)


def test_counts_answers_out_of_the_cache_and_confirmed_ones(unasked):
    etag = unasked.ask("SELECT (45 AS ?x) {}")[1]["etag"]
    for _ in range(10):
        unasked.ask("SELECT (45 AS ?x) {}")
        unasked.ask("SELECT (45 AS ?x) {}", **{"If-None-Match": etag})
    assert until(lambda: (count(unasked, 200), count(unasked, 304)) == (11, 10))


def test_times_requests_and_counts_bytes(server):
    body = server.get("/graph/iskander-shusha/claims.nt")[2]
    assert until(lambda: figures(server).get(("claimgraph_request_seconds_count", ("route", "graph"))) == 1)
    assert figures(server)["claimgraph_response_bytes_total", ("route", "graph")] == len(body)
    assert figures(server)["claimgraph_request_seconds_sum", ("route", "graph")] > 0


def test_counts_answers_that_were_broken_off(server):
    before = figures(server).get(("claimgraph_broken_responses_total", ("route", "sparql")), 0)
    with pytest.raises(http.client.IncompleteRead):
        server.ask(ENDLESS)
    assert until(lambda: figures(server)["claimgraph_broken_responses_total", ("route", "sparql")] == before + 1)


def test_ends_with_no_request_in_progress(server):
    assert until(lambda: figures(server)[("claimgraph_requests_in_progress",)] == 1)


def test_counts_go_on_when_a_process_is_killed(server):
    before = count(server, 200, "queries")
    server.get("/queries/agreements.csv")
    assert until(lambda: count(server, 200, "queries") == before + 1)
    keepers = server.keepers()
    for process in children(server.process.pid):
        if process not in keepers:
            os.kill(process, signal.SIGKILL)
    assert until(lambda: server.get("/readyz")[0] == 200, 5)
    assert until(lambda: count(server, 200, "queries") == before + 1)


@pytest.mark.parametrize("told", ["the main process", "all"])
def test_finishes_running_queries_before_it_stops(snapshots, told):
    server = Server(snapshots, query_timeout=20, http_workers=1)
    answers = []
    asking = [threading.Thread(target=lambda: answers.append(server.ask(SLOW)[0])) for _ in range(3)]
    for thread in asking:
        thread.start()
    until(lambda: len(server.query_workers()) >= 3, 3)
    time.sleep(0.1)
    were_running = not answers
    if told == "all":  # as by Ctrl-C in a terminal, or by a supervisor that tells every process of a group
        for process in {*children(server.process.pid), *server.keepers(), *server.query_workers()}:
            os.kill(process, signal.SIGTERM)
    server.stop()
    for thread in asking:
        thread.join()
    assert were_running
    assert answers == [200, 200, 200]
