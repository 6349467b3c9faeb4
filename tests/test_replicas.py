"""Several services over one snapshot: any of them may answer, and one that is killed under load costs no request."""

import http.client
import itertools
import signal
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from serving import Server, until

PATHS = [
    "/queries/contradictions.csv",
    "/page/actor/ilham-aliyev",
    "/data/iskander-shusha/st14.ttl",
    "/search?q=iskander",
]
HOST = {"host": "kg.example.org"}  # by which clients know them all, and which a proxy hands on
THREADS, REQUESTS = 6, 600


class RoundRobin:
    """Ask replicas in turn, and the next one where one does not answer, as a proxy in front of them does."""

    def __init__(self, ports):
        self._ports = ports
        self._turn = itertools.count()
        self.retried = 0

    def get(self, path):
        for _ in range(3 * len(self._ports)):
            port = self._ports[next(self._turn) % len(self._ports)]
            try:
                return port, *self._ask(port, path)
            except (OSError, http.client.HTTPException):
                self.retried += 1
        raise AssertionError(f"no replica answers {path}")

    def _ask(self, port, path):
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        try:
            connection.request("GET", path, headers=HOST)
            response = connection.getresponse()
            return response.status, response.headers["ETag"], response.read()
        finally:
            connection.close()


@pytest.fixture(scope="module")
def replicas(shipped):
    running = [Server(shipped.folder.parent, http_workers=1, query_workers=2) for _ in range(3)]
    yield running
    for server in running:
        server.stop(signal.SIGTERM)


def test_replicas_give_the_same_bytes_under_the_same_etag(replicas):
    for path in PATHS:
        answers = {(found[1]["etag"], found[2]) for found in (server.get(path, **HOST) for server in replicas)}
        assert len(answers) == 1
        ((etag, _),) = answers
        assert {server.get(path, **HOST, **{"if-none-match": etag})[0] for server in replicas} == {304}


def test_a_replica_that_is_killed_under_load_costs_no_request(replicas):
    proxy = RoundRobin([server.port for server in replicas])
    before = {path: proxy.get(path)[2:] for path in PATHS}
    done, kill = itertools.count(), threading.Event()

    def ask(number):
        found = proxy.get(PATHS[number % len(PATHS)])
        if next(done) == REQUESTS // 3:
            kill.set()
        return number, found

    with ThreadPoolExecutor(THREADS) as pool:
        asked = pool.map(ask, range(REQUESTS))
        assert kill.wait(60)
        replicas[1].process.kill()
        found = list(asked)
    assert len(found) == REQUESTS
    for number, (_, status, *answer) in found:
        assert status == 200
        assert tuple(answer) == before[PATHS[number % len(PATHS)]]
    assert proxy.retried > 0
    assert {port for _, (port, *_) in found[-20:]} == {replicas[0].port, replicas[2].port}


def test_a_replica_that_is_started_again_takes_part_again(replicas, shipped):
    assert until(lambda: replicas[1].get("/readyz")[0] == 0, 20)
    replicas[1].stop()
    replicas[1] = Server(shipped.folder.parent, http_workers=1, query_workers=2)
    etags = {server.get(PATHS[1], **HOST)[1]["etag"] for server in replicas}
    assert len(etags) == 1
