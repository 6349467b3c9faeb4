"""The whole service in processes of its own, over real connections."""

import http.client
import json
import os
import shutil
import signal
import socket
import threading
import time
import urllib.parse
from pathlib import Path

import pytest
from SPARQLWrapper import CSV, JSON, TURTLE, SPARQLWrapper

from claimgraph.dataset import Layout, root
from claimgraph.snapshot import build
from serving import Server, children, until

RUNAWAY = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i FILTER(?c < ?f && ?f < ?i && ?i < ?c) }"
ENDLESS = "SELECT * { ?a ?b ?c . ?d ?e ?f }"


@pytest.fixture(scope="module")
def snapshots(tmp_path_factory):
    folder = tmp_path_factory.mktemp("snapshots")
    build(Layout(root()), folder)
    return folder


@pytest.fixture(scope="module")
def server(snapshots):
    running = Server(snapshots)
    yield running
    running.stop()


@pytest.mark.parametrize(("format_", "kind"), [(JSON, dict), (CSV, bytes)])
def test_answers_sparqlwrapper(server, format_, kind):
    wrapper = SPARQLWrapper(server.url + "/sparql", returnFormat=format_)
    wrapper.setQuery("SELECT ?s { ?s a <https://w3id.org/claimgraph/ontology#Claim> } LIMIT 2")
    assert isinstance(wrapper.query().convert(), kind)


def test_answers_sparqlwrapper_by_post_and_in_turtle(server):
    wrapper = SPARQLWrapper(server.url + "/sparql", returnFormat=TURTLE)
    wrapper.setMethod("POST")
    wrapper.setQuery("DESCRIBE <https://w3id.org/claimgraph/id/actor/ilham-aliyev>")
    assert b"ilham-aliyev" in wrapper.query().convert()


def test_answers_head_without_a_body(server):
    status, headers, body = server.get("/queries/contradictions.csv", method="HEAD")
    assert (status, body) == (200, b"")
    assert int(headers["content-length"]) > 100


def test_sends_a_long_answer_whole(server):
    count = json.loads(server.ask("SELECT (COUNT(*) AS ?n) { ?s ?p ?o }")[2])
    triples = int(count["results"]["bindings"][0]["n"]["value"])
    rows = server.ask("SELECT ?s ?p ?o ?x { ?s ?p ?o VALUES ?x { 1 2 3 4 5 6 7 8 } }", accept="text/csv")[2]
    assert rows.count(b"\r\n") == 8 * triples + 1


def test_breaks_the_connection_off_when_an_answer_fails_half_way(server):
    with pytest.raises(http.client.IncompleteRead):
        server.ask(ENDLESS)


def test_answers_504_within_a_second_of_the_deadline(server):
    start = time.monotonic()
    status, headers, body = server.ask(RUNAWAY)
    assert status == 504
    assert headers["content-type"] == "application/problem+json"
    assert json.loads(body)["seconds"] == 5
    assert 4.9 < time.monotonic() - start < 6


def test_frees_the_worker_within_a_second_when_a_client_hangs_up(server):
    assert until(lambda: not server.get("/healthz") or True)
    before = set(server.query_workers())
    with socket.create_connection(("127.0.0.1", server.port)) as client:
        target = "/sparql?" + urllib.parse.urlencode({"query": RUNAWAY})
        client.sendall(f"GET {target} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
        time.sleep(0.5)
        busy = [worker for worker in server.query_workers() if is_running(worker)]
        assert busy
    assert until(lambda: not any(is_running(worker) for worker in busy), 1.2)
    assert before is not None


def is_running(process):
    try:
        return Path(f"/proc/{process}/stat").read_text().rsplit(")", 1)[1].split()[0] == "R"
    except FileNotFoundError:
        return False


def test_loses_no_request_while_workers_are_killed(server):
    results = []
    stop = threading.Event()

    def killer():
        while not stop.wait(0.05):
            for worker in server.query_workers():
                os.kill(worker, signal.SIGKILL)

    def reader():
        for _ in range(30):
            status, _, body = server.ask("SELECT (COUNT(*) AS ?n) { ?s ?p ?o }", accept="text/csv")
            results.append((status, body if status == 200 else b""))

    killing = threading.Thread(target=killer)
    reading = [threading.Thread(target=reader) for _ in range(6)]
    for thread in (killing, *reading):
        thread.start()
    for thread in reading:
        thread.join()
    stop.set()
    killing.join()
    assert len(results) == 180
    assert {status for status, _ in results} <= {200, 502}
    assert len({body for status, body in results if status == 200}) == 1
    assert server.get("/readyz")[0] == 200


def test_starts_a_new_keeper_when_the_keeper_is_killed(server):
    os.kill(server.keepers()[0], signal.SIGKILL)
    assert until(lambda: server.get("/readyz")[0] == 200, 5)


def test_changes_to_a_new_snapshot_without_losing_a_request(snapshots, tmp_path):
    own = tmp_path / "snapshots"
    shutil.copytree(snapshots, own, symlinks=True)
    dataset = tmp_path / "dataset"
    for part in ("ontology", "data", "queries"):
        shutil.copytree(root() / part, dataset / part)
    running = Server(own)
    statuses = []
    stop = threading.Event()

    def reader():
        while not stop.is_set():
            statuses.append(running.get("/queries/contradictions.csv")[0])

    try:
        first = running.get("/healthz") and running.get("/versions?format=json")[2]
        thread = threading.Thread(target=reader)
        thread.start()
        with (dataset / "data/ttl/iskander-shusha/claims.ttl").open("a") as file:
            file.write('\n:st01 rdfs:comment "changed"@en .\n')
        digest = build(Layout(dataset), own).digest
        changed = until(lambda: json.loads(running.get("/versions?format=json")[2])["digest"] == digest, 10)
        time.sleep(0.2)
        stop.set()
        thread.join()
    finally:
        stop.set()
        running.stop()
    assert changed
    assert json.loads(first)["digest"] != digest
    assert set(statuses) == {200}


@pytest.fixture(scope="module")
def two(snapshots, tmp_path_factory):
    """A server with two snapshots, the older one and the one in service, in which a claim has a comment."""
    own = tmp_path_factory.mktemp("two") / "snapshots"
    shutil.copytree(snapshots, own, symlinks=True)
    older = (own / "current").readlink().name
    dataset = tmp_path_factory.mktemp("dataset")
    for part in ("ontology", "data", "queries"):
        shutil.copytree(root() / part, dataset / part)
    with (dataset / "data/ttl/iskander-shusha/claims.ttl").open("a") as file:
        file.write('\n:st01 rdfs:comment "changed"@en .\n')
    newer = build(Layout(dataset), own).digest
    running = Server(own, pinned_idle=1, query_timeout=1)
    yield running, older, newer
    running.stop()


COMMENTED = "SELECT * { ?claim rdfs:comment 'changed'@en }".replace(
    "rdfs:comment", "<http://www.w3.org/2000/01/rdf-schema#comment>"
)


def ask_version(running, digest, note=""):
    target = f"/versions/{digest}/sparql?" + urllib.parse.urlencode({"query": COMMENTED + note, "format": "csv"})
    return running.get(target)


def test_answers_from_a_kept_snapshot_for_good(two):
    running, older, newer = two
    for digest, rows in ((older, 1), (newer, 2), (older[:12], 1)):
        status, headers, body = ask_version(running, digest)
        assert (status, body.count(b"\r\n")) == (200, rows)
        assert headers["claimgraph-snapshot"].startswith(digest)
        assert ("immutable" in headers["cache-control"]) == (len(digest) == 64)


def test_ends_the_keeper_of_a_kept_snapshot_when_nobody_asks_and_starts_it_again(two):
    running, older, _ = two
    assert ask_version(running, older, "# not cached")[0] == 200
    assert len(running.keepers()) == 2
    assert until(lambda: len(running.keepers()) == 1, 6)
    time.sleep(5)
    assert ask_version(running, older, "# not cached either")[0] == 200


def test_asks_canned_queries_of_a_kept_snapshot(two):
    running, older, newer = two
    for target in (f"/versions/{older}/queries/contradictions.csv", f"/queries/contradictions.csv?version={older}"):
        status, headers, _ = running.get(target)
        assert (status, headers["claimgraph-snapshot"]) == (200, older)
    assert "immutable" in running.get(f"/versions/{older}/queries/contradictions.csv")[1]["cache-control"]
    assert running.get("/queries/contradictions.csv")[1]["claimgraph-snapshot"] == newer


def test_describes_a_kept_snapshot_and_its_endpoint(two):
    running, older, _ = two
    assert json.loads(running.get(f"/versions/{older}?format=json")[2])["digest"] == older
    assert f"/versions/{older}/sparql>".encode() in running.get(f"/versions/{older}/sparql?format=ttl")[2]


@pytest.mark.parametrize("target", ["/versions/0123456789abcdef/sparql?query=ASK%7B%7D", "/versions/zz/sparql"])
def test_answers_404_where_a_snapshot_is_not_kept(two, target):
    assert two[0].get(target)[0] == 404


def test_keeps_the_last_good_snapshot_when_the_new_one_is_broken(snapshots, tmp_path):
    own = tmp_path / "snapshots"
    shutil.copytree(snapshots, own, symlinks=True)
    running = Server(own)
    try:
        (own / "broken").mkdir()
        (own / "next").symlink_to("broken")
        (own / "next").replace(own / "current")
        time.sleep(1.2)
        assert running.get("/queries/contradictions.csv")[0] == 200
    finally:
        running.stop()


def test_says_that_the_port_is_in_use(snapshots):
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        with pytest.raises(AssertionError, match=f"cannot listen on 127.0.0.1:{port}"):
            Server(snapshots, port=port)


def test_says_that_there_is_no_snapshot(tmp_path):
    with pytest.raises(AssertionError, match="there is no snapshot"):
        Server(tmp_path)


def runs(process):
    """Tell whether a process runs; one that has ended and was not waited for by its new parent does not."""
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def test_leaves_no_process_behind(snapshots):
    running = Server(snapshots)
    running.ask("ASK {}")
    left = [*running.keepers(), *running.query_workers(), *children(running.process.pid)]
    running.stop()
    assert until(lambda: not any(Path(f"/proc/{process}").exists() for process in left), 5)


def test_leaves_no_process_behind_when_it_is_killed(snapshots):
    running = Server(snapshots)
    running.ask("ASK {}")
    left = [*running.keepers(), *running.query_workers(), *children(running.process.pid)]
    running.stop(signal.SIGKILL)
    assert until(lambda: not any(runs(process) for process in left), 5)


def test_serves_from_an_endpoint_elsewhere(server, snapshots):
    running = Server(snapshots, engine=server.url + "/sparql")
    try:
        assert running.get("/queries/contradictions.csv")[2] == server.get("/queries/contradictions.csv")[2]
        assert len(running.keepers()) == 1  # without data: its workers read queries that take long to read
        assert running.ask("ASK {} # " + "x" * 10_000)[0] == 200
        assert running.ask("SELECT * { ?s ?p } # " + "x" * 10_000)[0] == 400
        assert running.ask("SELECT * { ?s ?p }")[0] == 400
    finally:
        running.stop()
