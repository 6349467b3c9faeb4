"""What happens when things go wrong: nothing is lost, nobody else's answer is wrong, the service is up in a second.

Real processes, real connections, real signals. Clients come from different addresses of loopback, for there are limits
for each client.
"""

import contextlib
import http.client
import itertools
import json
import os
import re
import resource
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.parse
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from claimgraph.dataset import Layout
from claimgraph.snapshot import build, kept, open_current
from serving import Server, children, until

CLAIM = "<http://x.example/{0}> a <http://x.example/Claim> ; <http://x.example/says> '{0}' .\n"
ENDLESS = "SELECT * { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"
MILLION = "SELECT ?a ?b { ?a <http://x.example/says> ?x . ?b <http://x.example/says> ?y VALUES ?z { 1 2 3 4 } }"
RUNAWAY = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i FILTER(?c < ?f && ?f < ?i && ?i < ?c) }"
COUNT = "SELECT (COUNT(*) AS ?n) { ?s a <http://x.example/Claim> }"


def dataset(folder, claims):
    (folder / "ontology").mkdir(parents=True)
    (folder / "data/ttl").mkdir(parents=True)
    (folder / "queries").mkdir()
    (folder / "data/ttl/claims.ttl").write_text("".join(CLAIM.format(number) for number in range(claims)))
    return Layout(folder)


@pytest.fixture(scope="module")
def snapshots(tmp_path_factory):
    folder = tmp_path_factory.mktemp("faults")
    build(dataset(folder / "dataset", claims=500), folder / "snapshots")
    return folder / "snapshots"


@pytest.fixture(scope="module")
def server(snapshots):
    running = Server(snapshots, query_timeout=20, cache_bytes=0)
    yield running
    running.stop()


@pytest.fixture
def strict(snapshots, request):
    running = Server(snapshots, http_workers=1, cache_bytes=0, **request.param)
    yield running
    running.stop()


def target(query, **parameters):
    return "/sparql?" + urllib.parse.urlencode({"query": query, **parameters})


def ask_from(server, client, query, **parameters):
    """Ask from one of the addresses of loopback; a connection that breaks is status 0."""
    connection = http.client.HTTPConnection(
        "127.0.0.1", server.port, timeout=40, source_address=(f"127.0.0.{client}", 0)
    )
    try:
        connection.request("GET", target(query, **parameters))
        response = connection.getresponse()
        return response.status, dict(response.getheaders()), response.read()
    except (ConnectionError, http.client.IncompleteRead):
        return 0, {}, b""
    finally:
        connection.close()


def opened(server, sent, client=2):
    connection = socket.create_connection(("127.0.0.1", server.port), 10, (f"127.0.0.{client}", 0))
    connection.sendall(sent)
    return connection


def get(query, version="1.1", **parameters):
    return f"GET {target(query, **parameters)} HTTP/{version}\r\nHost: x\r\nAccept: text/csv\r\n\r\n".encode()


def is_up(server):
    start = time.monotonic()
    status, _, body = ask_from(server, 250, COUNT, format="csv")
    return status == 200 and body == b"n\r\n500\r\n" and time.monotonic() - start < 1


def memory(process):
    """Say what a process holds in bytes, shared or not: a share would grow when another process that has it ends."""
    with contextlib.suppress(OSError):
        found = re.search(r"^Anonymous: +(\d+)", Path(f"/proc/{process}/smaps_rollup").read_text(), re.MULTILINE)
        return 1024 * int(found[1])
    return 0


# Processes that are killed


def test_loses_no_answer_and_gives_none_wrong_while_workers_are_killed_with_200_queries_in_flight(server):
    stop = threading.Event()
    killed = itertools.count()

    def kill():
        while not stop.wait(0.1):
            for worker in server.query_workers():
                with contextlib.suppress(ProcessLookupError):
                    os.kill(worker, signal.SIGKILL)
                    next(killed)

    def one(number):
        many = " ".join(map(str, range(100)))
        query = f"SELECT (COUNT(*) + {number} AS ?n) {{ ?s a <http://x.example/Claim> VALUES ?x {{ {many} }} }}"
        return number, *ask_from(server, number % 40 + 10, query, format="csv")

    killer = threading.Thread(target=kill)
    killer.start()
    with ThreadPoolExecutor(200) as pool:
        answers = list(pool.map(one, range(200)))
    stop.set()
    killer.join()
    assert next(killed) > 5
    for number, status, headers, body in answers:
        assert status in {200, 502, 503}, body
        assert body == f"n\r\n{50_000 + number}\r\n".encode() if status == 200 else "problem" in headers["content-type"]
    assert sum(status == 200 for _, status, _, _ in answers) > 50
    assert until(lambda: is_up(server), 1)


def test_is_up_within_a_second_when_an_http_process_is_killed(server):
    keepers = server.keepers()
    os.kill(next(process for process in children(server.process.pid) if process not in keepers), signal.SIGKILL)
    assert until(lambda: is_up(server), 1)


# The disk


def build_in(folder, snapshots, **limits):
    command = [
        sys.executable,
        "-m",
        "claimgraph",
        "build",
        "--unchecked",
        "--dataset",
        str(folder),
        "--snapshots",
        str(snapshots),
    ]

    def limit():
        for name, value in limits.items():
            resource.setrlimit(getattr(resource, name), (value, value))

    return subprocess.run(command, check=False, capture_output=True, text=True, preexec_fn=limit)


def assert_old_one_stays(snapshots, good, failed):
    assert failed.returncode == 1, failed
    assert "Traceback" not in failed.stderr
    assert len(failed.stderr.strip().splitlines()) == 1
    current = open_current(snapshots)
    current.verify()
    assert current.digest == good.digest
    assert [path.name for path in kept(snapshots)] == [good.digest]
    assert not [path for path in snapshots.iterdir() if path.name.startswith(".building")]


def test_keeps_the_old_snapshot_when_a_file_cannot_grow(tmp_path):
    good = build(dataset(tmp_path / "small", 3), tmp_path / "snapshots")
    failed = build_in(dataset(tmp_path / "large", 20_000).root, tmp_path / "snapshots", RLIMIT_FSIZE=1 << 20)
    assert_old_one_stays(tmp_path / "snapshots", good, failed)


@pytest.mark.skipif(os.geteuid() != 0 and os.environ.get("CI") != "true", reason="only root may mount")
@pytest.mark.parametrize("kilobytes", [700, 1500, 3000, 5000])
def test_keeps_the_old_snapshot_when_the_disk_is_full(tmp_path, kilobytes):
    disk = tmp_path / "disk"
    disk.mkdir()
    sudo = [] if os.geteuid() == 0 else ["sudo"]
    subprocess.run([*sudo, "mount", "-t", "tmpfs", "-o", f"size={kilobytes}k,mode=777", "tmpfs", str(disk)], check=True)
    try:
        good = build(dataset(tmp_path / "small", 3), disk / "snapshots")
        failed = build_in(dataset(tmp_path / "large", 20_000).root, disk / "snapshots")
        assert_old_one_stays(disk / "snapshots", good, failed)
        assert "No space left on device" in failed.stderr
    finally:
        subprocess.run([*sudo, "umount", str(disk)], check=True)


# Snapshots that change


def test_fails_no_request_while_the_snapshot_is_swapped_every_second(snapshots, tmp_path):
    own = tmp_path / "snapshots"
    shutil.copytree(snapshots, own, symlinks=True)
    claims = {open_current(own).digest: 500, build(dataset(tmp_path / "other", 300), own).digest: 300}
    running = Server(own, query_timeout=2)
    stop = threading.Event()
    answers = []

    def read(client):
        while not stop.is_set():
            answers.append(ask_from(running, client, COUNT + f" # {len(answers) % 50}", format="csv"))

    readers = [threading.Thread(target=read, args=(client,)) for client in range(2, 8)]
    for reader in readers:
        reader.start()
    for digest in [*claims] * 4:
        (own / "next").symlink_to(digest)
        (own / "next").replace(own / "current")
        time.sleep(1)
    stop.set()
    for reader in readers:
        reader.join()
    running.stop()
    assert {status for status, _, _ in answers} == {200}
    assert {headers["claimgraph-snapshot"] for _, headers, _ in answers} == set(claims)
    for _, headers, body in answers:
        assert body == f"n\r\n{claims[headers['claimgraph-snapshot']]}\r\n".encode()


# Clients that hang


def test_answers_others_in_a_second_while_ten_thousand_connections_hang(server):
    """Slow writers stop within their headers or their body, slow readers ask for much and read nothing."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    each = min(10_000, hard - 500) // 10
    greedy = itertools.cycle(range(2, 6))
    begun = (
        b"POST /sparql HTTP/1.1\r\nHost: x\r\nContent-Type: application/sparql-query\r\nContent-Length: 1000\r\n\r\nASK"
    )
    hanging = [b"", b"GET /spa", get("ASK {}")[:-2], begun, begun[:-3], get("ASK {}")]
    connections = []
    try:
        for number in range(each):
            connections += [opened(server, sent, client=6 + number % 200) for sent in hanging]
            connections += [opened(server, get(ENDLESS), client=next(greedy)) for _ in range(4)]
        up = [until(lambda: is_up(server), 3) for _ in range(5)]
    finally:
        for connection in connections:
            connection.close()
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    assert all(up)
    assert until(lambda: is_up(server), 1)


def test_frees_the_worker_within_a_second_when_a_client_hangs_up_or_stops_reading_for_good(server):
    assert until(lambda: not busy(server), 12)
    for query in (RUNAWAY, ENDLESS):
        connection = opened(server, get(query))
        assert until(lambda: busy(server), 2)
        connection.close()
        assert until(lambda: not busy(server), 1.2)


def busy(server):
    """List the query workers that compute, or wait to."""
    states = {}
    for worker in server.query_workers():
        with contextlib.suppress(OSError):
            used = Path(f"/proc/{worker}/stat").read_text().rpartition(")")[2].split()
            states[worker] = used[0] == "R" or int(used[11]) > 5  # more than 50 ms of time: it has worked on our query
    return [worker for worker, is_busy in states.items() if is_busy]


# Queries that are too much

DEEP = 100_000
DEEP_QUERIES = {
    "groups": "SELECT * " + "{" * DEEP + "}" * DEEP,
    "parentheses": "ASK { FILTER(" + "(" * DEEP + "1" + ")" * DEEP + ") }",
    "brackets": "ASK { ?s ?p " + "[ ?p " * DEEP + "1" + "]" * DEEP + " }",
    "lists": "ASK { ?s ?p " + "(" * DEEP + ")" * DEEP + " }",
    "unclosed": "ASK {" * DEEP,
    "closed": "ASK " + "}" * DEEP,
    "negations": "ASK { FILTER(" + "!" * DEEP + "true) }",
    "minuses": "ASK { FILTER(" + "- " * DEEP + "1) }",
    "sums": "ASK { FILTER(" + "1 + " * DEEP + "1) }",
    "alternatives": "ASK { FILTER(" + "true || " * DEEP + "true) }",
    "unions": "ASK { {} " + "UNION {} " * DEEP + "}",
    "optionals": "ASK { " + "OPTIONAL {} " * DEEP + "}",
    "paths": "PREFIX : <x:> ASK { ?s " + ":/" * DEEP + ": ?o }",
    "inverse paths": "PREFIX : <x:> ASK { ?s " + "^" * DEEP + ": ?o }",
    "functions": "ASK { FILTER(" + "STR(" * DEEP + "1" + ")" * DEEP + ") }",
    "exists": "ASK { " + "FILTER NOT EXISTS { " * DEEP + "}" * DEEP + " }",
    "quoted triples": "ASK { " + "<<" * DEEP + " }",
}


@pytest.mark.parametrize("name", DEEP_QUERIES)
def test_survives_queries_nested_a_hundred_thousand_deep(server, name):
    response = post(server, DEEP_QUERIES[name].encode())
    assert response.status in {200, 400, 413, 503, 504}
    assert until(lambda: is_up(server), 1)


@pytest.mark.parametrize(
    ("body", "statuses"),
    [
        (b"ASK { FILTER('" + b"x" * ((2 << 20) - 100) + b"' != '') }", {200}),
        (b"ASK { } #" + b"x" * (2 << 20), {413}),
        (b"SELECT * { " + b"?s ?p ?o . " * 150_000 + b"}", {200, 400, 503, 504}),
        (b"ASK { VALUES ?x { " + b"1 " * 1_000_000 + b"} }", {200, 503, 504}),
        (b"a." * 1_000_000, {400}),
        (b"'" * (2_000_000), {400}),
        (b"<" * (2_000_000), {400}),
        (b"\\u0041" * 300_000, {400}),
        (b"ASK { ?s ?p '\xff\xfe' }", {400}),
        (b"ASK { ?s ?p '\xc0\x80\xed\xa0\x80' }", {400}),
        (b"\xff" * 1_000_000, {400}),
        ("ASK {}".encode("utf-16"), {400}),
        (b"\x00" * 100_000, {400}),
    ],
    ids=lambda value: repr(value[:12]) if isinstance(value, bytes) else "",
)
def test_survives_queries_of_two_mebibytes_and_of_invalid_utf8_and_answers_others_meanwhile(server, body, statuses):
    with ThreadPoolExecutor(1) as pool:
        asked = pool.submit(post, server, body)
        assert until(lambda: is_up(server), 3)
        assert asked.result().status in statuses
    assert until(lambda: is_up(server), 1)


def post(server, body):
    connection = http.client.HTTPConnection("127.0.0.1", server.port, 60)
    connection.request("POST", "/sparql", body, {"Content-Type": "application/sparql-query"})
    response = connection.getresponse()
    response.read()
    connection.close()
    return response


# Queries that take long to read

WORDY = b"ASK { " + b"?a ?b ?c . " * 180_000 + b"}"
SIZE = len(WORDY)


def test_is_up_while_a_client_sends_nothing_but_queries_that_take_long_to_read(server):
    """Forty at once, each of which takes a second of a processor: more than an HTTP process has threads for."""
    assert until(lambda: none_run(server), 20)
    with contextlib.ExitStack() as clients:
        head = f"POST /sparql HTTP/1.1\r\nHost: x\r\nContent-Type: application/sparql-query\r\nContent-Length: {SIZE}"
        for _ in range(40):
            connection = clients.enter_context(opened(server, f"{head}\r\n\r\n".encode()))
            connection.sendall(WORDY)
        assert until(lambda: not none_run(server), 10)
        assert [until(lambda: is_up(server), 5) for _ in range(3)] == [True] * 3
        assert [page(server) for _ in range(3)] == [200] * 3
    assert until(lambda: none_run(server), 20)


def page(server):
    """Ask for something that takes a thread, from an address of its own, long before a client is given up."""
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=20, source_address=("127.0.0.251", 0))
    connection.request("GET", "/versions", headers={"Accept": "text/html"})
    with contextlib.closing(connection):
        return connection.getresponse().status


@pytest.mark.parametrize("strict", [{"query_timeout": 20}], indirect=True)
def test_counts_the_time_of_reading_into_the_deadline(strict):
    connection = http.client.HTTPConnection("127.0.0.1", strict.port, timeout=60)
    connection.request("POST", "/sparql?timeout=0.3", WORDY, {"Content-Type": "application/sparql-query"})
    response = connection.getresponse()
    told = json.loads(response.read())
    connection.close()
    assert (response.status, told["seconds"]) == (504, 0.3)
    assert until(lambda: not busy(strict), 2)


# Clients that do not read


@pytest.mark.parametrize("strict", [{"query_timeout": 60, "http_threads": 2}], indirect=True)
@pytest.mark.parametrize("kind", ["page", "stream"])
def test_holds_neither_thread_nor_worker_for_a_client_that_does_not_read(strict, kind):
    """A page is made as a whole; an answer from a kept snapshot streams, and not by the express lane."""
    if kind == "page":
        rows = " ".join(f"'{'x' * 300}{number}'" for number in range(100))
        asked = target(f"SELECT * {{ VALUES ?a {{ {rows} }} ?s ?p ?o }} LIMIT 5000", format="html", timeout=30)
    else:
        digest = json.loads(strict.get("/versions", accept="application/json")[2])["digest"]
        asked = f"/versions/{digest}" + target(ENDLESS, format="csv")
    request = f"GET {asked} HTTP/1.1\r\nHost: x\r\n\r\n".encode()
    with contextlib.ExitStack() as clients:
        for client in range(8):
            clients.enter_context(opened(strict, request, client=2 + client))
        assert page(strict) == 200
        assert until(lambda: is_up(strict), 10)
        if kind == "page":  # the answer is whole, and only the page waits
            assert until(lambda: none_run(strict), 20)
        assert page(strict) == 200
        assert until(lambda: is_up(strict), 10)
    assert until(lambda: none_run(strict), 20)


def none_run(server):
    return b"claimgraph_queries_running 0.0" in server.get("/metrics")[2]


# Long answers


@pytest.mark.parametrize("strict", [{"query_timeout": 300}], indirect=True)
def test_streams_a_million_rows_with_flat_memory_and_the_first_byte_before_the_last_row(strict):
    """A server of its own holds nothing that tests before it left, which could be given back or filled meanwhile."""
    before = computed(strict)
    connection = http.client.HTTPConnection("127.0.0.1", strict.port, 60)
    connection.request("GET", target(MILLION, format="json"))
    response = connection.getresponse()
    pieces = [response.read(1 << 16)]
    first, last = since(before, computed(strict)), 0
    seen, size, rows = [], 0, 0
    tail = b""
    for piece in itertools.chain(pieces, iter(lambda: response.read(1 << 20), b"")):
        rows += (tail + piece).count(b'{"a":') - tail.count(b'{"a":')
        tail = piece[-8:]
        size += len(piece)
        if not rows or rows // 50_000 > len(seen):
            last = max(last, since(before, computed(strict)))
            processes = {*children(strict.process.pid), *strict.query_workers()}
            seen.append({process: memory(process) for process in processes})
    connection.close()
    assert rows == 1_000_000
    assert size > 60_000_000
    assert len(seen) > 10
    assert sum(growth(seen[2:], process) for process in set().union(*seen[2:])) < 32 << 20
    # In time of the processor, which neither a slow reader nor a busy machine makes longer.
    assert first < 0.5 * last


def computed(server):
    """Say how long each query worker has computed, in ticks of the clock."""
    times = {}
    for worker in server.query_workers():
        with contextlib.suppress(OSError):
            times[worker] = int(Path(f"/proc/{worker}/stat").read_text().rpartition(")")[2].split()[11])
    return times


def since(before, now):
    return sum(ticks - before.get(worker, 0) for worker, ticks in now.items())


def growth(seen, process):
    """Say by how much a process grew while it ran, above the least that it had held until then."""
    held = [memories[process] for memories in seen if memories.get(process)]
    return max(map(int.__sub__, held, itertools.accumulate(held, min)), default=0)


@pytest.mark.parametrize("encoding", ["identity", "gzip", "br", "zstd"])
def test_never_lets_an_answer_that_was_cut_off_look_complete(server, encoding):
    """A chunked answer has a last chunk, which is empty; one that was cut off has none."""
    request = get(ENDLESS).replace(b"Host: x", f"Host: x\r\nAccept-Encoding: {encoding}".encode())
    with opened(server, request) as connection:
        received = connection.recv(1 << 16)
        assert received.startswith(b"HTTP/1.1 200 ")
        for worker in server.query_workers():
            os.kill(worker, signal.SIGKILL)
        with contextlib.suppress(ConnectionResetError):
            while piece := connection.recv(1 << 16):
                received = received[-10:] + piece
    assert not received.endswith(b"\r\n0\r\n\r\n")


def test_streams_nothing_over_http_1_0_where_an_answer_cut_off_would_look_complete(server):
    with opened(server, get(ENDLESS, "1.0")) as connection:
        assert b" 507 " in connection.recv(1 << 16).partition(b"\r\n")[0]
    with opened(server, get(COUNT, "1.0")) as connection:
        assert b" 200 " in connection.recv(1 << 16).partition(b"\r\n")[0]


def test_ends_the_answer_at_the_deadline_even_where_its_client_reads_too_slowly(server):
    with opened(server, get(ENDLESS, timeout=1)) as connection:
        connection.recv(100)
        assert until(lambda: not busy(server), 2.5)


# Limits


def test_answers_504_within_a_second_of_the_deadline_with_the_limit_by_name(server):
    start = time.monotonic()
    status, headers, body = ask_from(server, 9, RUNAWAY, timeout=1)
    assert status == 504
    assert headers["content-type"] == "application/problem+json"
    assert json.loads(body)["seconds"] == 1
    assert 1 <= time.monotonic() - start < 2.5
    assert until(lambda: not busy(server), 1)


@pytest.mark.parametrize(("asked", "given"), [("0.3", 0.3), ("1e9", 2), ("2.0001", 2)])
@pytest.mark.parametrize("strict", [{"query_timeout": 2}], indirect=True)
def test_lets_a_request_lower_the_deadline_and_never_raise_it(strict, asked, given):
    status, _, body = strict.get(target(RUNAWAY, timeout=asked))[:3]
    assert (status, json.loads(body)["seconds"]) == (504, given)


@pytest.mark.parametrize(
    "strict", [{"query_workers": 1, "queue_length": 1, "queue_timeout": 1, "query_timeout": 8}], indirect=True
)
def test_answers_503_with_retry_after_when_the_queue_is_full_and_when_waiting_took_too_long(strict):
    with opened(strict, get(RUNAWAY), client=2):
        assert until(lambda: busy(strict), 2)
        with ThreadPoolExecutor(1) as pool:
            waiting = pool.submit(ask_from, strict, 3, COUNT)
            time.sleep(0.3)
            start = time.monotonic()
            status, headers, body = ask_from(strict, 4, COUNT)
            assert (status, int(headers["retry-after"]) > 0) == (503, True)
            assert json.loads(body)["retry_after"] > 0
            assert time.monotonic() - start < 0.5
            status, headers, _ = waiting.result()
            assert (status, int(headers["retry-after"]) > 0) == (503, True)
            assert 0.5 < time.monotonic() - start < 2
    assert until(lambda: is_up(strict), 1.5)


@pytest.mark.parametrize("strict", [{"queries_per_client": 2, "query_workers": 4}], indirect=True)
def test_answers_429_to_a_client_with_too_many_queries_and_serves_others(strict):
    with opened(strict, get(RUNAWAY), client=2), opened(strict, get(RUNAWAY), client=2):
        assert until(lambda: len(busy(strict)) == 2, 3)
        status, headers, body = ask_from(strict, 2, COUNT)
        assert (status, int(headers["retry-after"]) > 0) == (429, True)
        assert json.loads(body)["limit"] == 2
        assert is_up(strict)
    assert until(lambda: ask_from(strict, 2, COUNT)[0] == 200, 1.5)
