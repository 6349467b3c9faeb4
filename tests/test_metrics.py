"""``/metrics`` of a live service: over all its processes, and right while queries run, wait, end and are ended."""

import contextlib
import os
import re
import signal
import socket
import threading
import urllib.parse

import pytest

from claimgraph.dataset import Layout
from claimgraph.engine.ledger import CAUSES, cause_of
from claimgraph.snapshot import build
from serving import Server, children, until

RUNAWAY = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i FILTER(?c < ?f && ?f < ?i && ?i < ?c) }"


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    folder = tmp_path_factory.mktemp("metrics")
    for part in ("ontology", "data/ttl", "queries"):
        (folder / "dataset" / part).mkdir(parents=True)
    lines = [f"<http://x.example/{number}> <http://x.example/p> {number} .\n" for number in range(2000)]
    (folder / "dataset/data/ttl/a.ttl").write_text("".join(lines))
    build(Layout(folder / "dataset"), folder / "snapshots")
    running = Server(folder / "snapshots", query_workers=4, query_timeout=60, queue_timeout=60, cache_bytes=0)
    yield running
    running.stop()


def figure(server, name, **labels):
    """Add up the samples of a figure, as Prometheus would."""
    text = server.get("/metrics")[2].decode()
    wanted = [f'{label}="{value}"' for label, value in labels.items()]
    samples = re.findall(rf"^claimgraph_{name}(\{{.*\}})? (\S+)$", text, re.MULTILINE)
    return sum(float(value) for given, value in samples if all(pair in given for pair in wanted))


def ended(server, cause):
    return figure(server, "query_workers_ended_total", cause=cause)


@contextlib.contextmanager
def asking(server, client, query=RUNAWAY, **parameters):
    """Ask from one of the addresses of loopback, and hang up in the end."""
    target = "/sparql?" + urllib.parse.urlencode({"query": query, **parameters})
    with socket.create_connection(("127.0.0.1", server.port), 10, (f"127.0.0.{client}", 0)) as connection:
        connection.sendall(f"GET {target} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
        yield connection


def idle(server):
    return figure(server, "queries_running") == figure(server, "queries_waiting") == 0


def test_tells_how_many_queries_run_and_wait_over_all_processes(server):
    with contextlib.ExitStack() as clients:
        for client in range(2, 22):
            clients.enter_context(asking(server, client))
        # Two processes share four workers; where the kernel leaves one of them without work, two workers stay free.
        assert until(lambda: figure(server, "queries_running") + figure(server, "queries_waiting") == 20, 20)
        assert figure(server, "queries_running") in {2, 4}
        assert figure(server, "query_workers") >= figure(server, "queries_running")
        before = ended(server, "closed")
    assert until(lambda: idle(server), 20)
    assert ended(server, "closed") > before


def test_counts_the_workers_that_there_are(server):
    assert server.ask("ASK {}")[0] == 200
    assert until(lambda: figure(server, "query_workers") == len(server.query_workers()) > 0, 20)


def test_tells_the_memory_that_a_query_takes(server):
    sorting = "SELECT * { ?a ?b ?c . ?d ?e ?f } ORDER BY ?c LIMIT 1"
    with asking(server, 2, sorting):
        assert until(lambda: figure(server, "query_worker_bytes") > 200 << 20, 20)
    assert until(lambda: figure(server, "query_worker_bytes") < 200 << 20, 20)


def test_counts_ended_workers_by_cause(server):
    before = {cause: ended(server, cause) for cause in CAUSES}
    with asking(server, 2, timeout=0.5):
        assert until(lambda: ended(server, "deadline") == before["deadline"] + 1, 20)
    assert server.ask("ASK {}")[0] == 200
    os.kill(server.query_workers()[0], signal.SIGKILL)
    assert until(lambda: ended(server, "killed") == before["killed"] + 1, 20)
    assert ended(server, "failed") == before["failed"]


def test_names_each_way_to_end():
    endings = {signal.SIGALRM: "deadline", signal.SIGABRT | 0x80: "memory", signal.SIGSEGV: "depth", 1 << 8: "failed"}
    assert {status: cause_of(status, was_closed=False) for status in endings} == endings
    assert cause_of(signal.SIGKILL, was_closed=True) == cause_of(0, was_closed=False) == "closed"


def test_forgets_what_a_killed_process_had_under_way_and_keeps_what_it_counted(server):
    counted = figure(server, "requests_total", route="sparql")
    with contextlib.ExitStack() as clients:
        for client in range(2, 22):
            clients.enter_context(asking(server, client))
        assert until(lambda: figure(server, "queries_running") > 0, 20)
        keepers = server.keepers()
        for process in children(server.process.pid):
            if process not in keepers:
                os.kill(process, signal.SIGKILL)
    assert until(lambda: server.get("/readyz")[0] == 200, 20)
    assert until(lambda: idle(server), 20)
    assert figure(server, "requests_in_progress") == 1  # the one that asks
    assert figure(server, "requests_total", route="sparql") >= counted


def test_keeps_what_an_ended_keeper_counted(server):
    before = sum(ended(server, cause) for cause in CAUSES)
    assert before > 0
    (keeper,) = server.keepers()
    os.kill(keeper, signal.SIGKILL)
    assert until(lambda: server.keepers() not in ([], [keeper]) and server.get("/readyz")[0] == 200, 20)
    assert sum(ended(server, cause) for cause in CAUSES) >= before
    assert until(lambda: figure(server, "query_workers") == len(server.query_workers()), 20)


def test_answers_while_many_ask_for_figures(server):
    statuses = []
    threads = [threading.Thread(target=lambda: statuses.append(server.get("/metrics")[0])) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert statuses == [200] * 20
