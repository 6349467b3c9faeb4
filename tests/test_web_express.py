"""The gateway with its express lane answers as the application does, and watches over its limits."""

import asyncio
import json
import threading
import time
import urllib.parse

import pytest

from claimgraph.catalog import Catalog
from claimgraph.engine.embedded import Embedded, KeeperProcess
from claimgraph.settings import Settings
from claimgraph.snapshot import Manifest
from claimgraph.web.app import HEADERS, create_app
from claimgraph.web.cache import Cache
from claimgraph.web.express import Express
from claimgraph.web.gateway import Gateway
from claimgraph.web.service import View

ALL = "SELECT * { ?s ?p ?o } ORDER BY ?s LIMIT 3"
MANY = "SELECT * { ?s ?p ?o . ?a ?b ?c } LIMIT 300000"
RUNAWAY = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i FILTER(?c < ?f && ?f < ?i && ?i < ?c) }"
FORM, QUERY = "application/x-www-form-urlencoded", "application/sparql-query"


class Fixed:
    def __init__(self, view):
        self.view = view

    def current(self):
        return self.view

    def at_hand(self):
        return self.view


@pytest.fixture(scope="module")
def keeper(tmp_path_factory):
    dump = tmp_path_factory.mktemp("dump") / "dataset.nq"
    dump.write_text("".join(f'<http://e/s{n}> <http://e/p> "v{n}" <http://e/g> .\n' for n in range(1000)))
    with KeeperProcess(dump, None, Settings()) as running:
        yield running


class Service:
    """The gateway over a real engine, asked as an ASGI server asks it."""

    def __init__(self, keeper, loop, *, with_express=True, with_cache=False, **given):
        self.loop = loop
        self.settings = Settings(**{"query_timeout": 5, "query_workers": 3, **given})
        self.engine = Embedded(keeper.socket, self.settings)
        manifest = Manifest("0" * 64, "0", None, "2026-01-01T00:00:00+00:00", 1000, {})
        service = Fixed(View(manifest, self.engine, Catalog([])))
        self.gateway = Gateway(
            create_app(service, self.settings),
            self.settings,
            express=Express(service, self.settings, HEADERS) if with_express else None,
            cache=Cache(lambda: 1, 16 << 20) if with_cache else None,
        )

    async def ask(self, query=None, method="GET", body=b"", client="192.0.2.1", hangs_up=None, **headers):
        parameters = {name: headers.pop(name) for name in ("format", "timeout") if name in headers}
        if query is not None:
            parameters["query"] = query
        received = asyncio.Queue()
        received.put_nowait({"type": "http.request", "body": body, "more_body": False})
        if hangs_up:
            asyncio.get_running_loop().call_later(hangs_up, received.put_nowait, {"type": "http.disconnect"})
        sent = []

        async def send(message):
            await asyncio.sleep(0)
            sent.append(message)

        scope = {
            "type": "http", "method": method, "path": "/sparql", "scheme": "http", "http_version": "1.1",
            "query_string": urllib.parse.urlencode(parameters).encode(), "client": (client, 1), "server": ("h", 80),
            "headers": [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()],
        }  # fmt: skip
        await self.gateway(scope, received.get, send)
        if not sent:
            return 0, {}, b""
        named = {name.decode(): value.decode() for name, value in sent[0]["headers"]}
        return sent[0]["status"], named, b"".join(message["body"] for message in sent[1:])

    def once(self, *args, **headers):
        return self.run(self.ask(*args, **headers))

    def all_at_once(self, *asks):
        return self.run(self._gather(asks))

    def run(self, coroutine):
        return asyncio.run_coroutine_threadsafe(coroutine, self.loop).result(20)

    async def _gather(self, asks):
        return await asyncio.gather(*(self.ask(query, **headers) for query, headers in asks))


@pytest.fixture
def loop():
    running = asyncio.new_event_loop()
    thread = threading.Thread(target=running.run_forever)
    thread.start()
    yield running
    running.call_soon_threadsafe(running.stop)
    thread.join()
    running.run_until_complete(running.shutdown_default_executor())
    running.close()


@pytest.fixture
def make(keeper, loop):
    made = []

    def one(**settings):
        made.append(Service(keeper, loop, **settings))
        return made[-1]

    yield one
    for service in made:
        service.engine.close()


CASES = [
    {"query": ALL},
    {"query": ALL, "accept": "text/csv"},
    {"query": ALL, "format": "tsv"},
    {"query": "ASK {}", "accept": "application/xml"},
    {"query": "CONSTRUCT WHERE { ?s ?p ?o } LIMIT 2", "accept": "text/turtle"},
    {"query": ALL, "accept": "image/png"},
    {"query": "SELECT * { ?s ?p }"},
    {"query": "SELECT * {"},
    {"query": "SELECT (NOW() AS ?n) {} LIMIT 0"},
    {"query": ALL, "timeout": "x"},
    {"method": "POST", "body": b"query=ASK+%7B%7D", "content_type": FORM},
    {"method": "POST", "body": ALL.encode(), "content_type": QUERY},
    {"method": "QUERY", "body": ALL.encode(), "content_type": QUERY},
    {"method": "POST", "body": b"update=CLEAR+ALL", "content_type": FORM},
    {"query": ALL, "method": "HEAD"},
    {"query": ALL, "accept": "text/html"},
    {"query": MANY, "accept": "text/csv", "hold_back": 1000},
    {"query": MANY, "accept": "text/csv", "accept_encoding": "gzip"},
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: " ".join(str(part)[:40] for part in case.values()))
def test_answers_as_the_application_does(make, case):
    case = dict(case)
    settings = {"hold_back": case.pop("hold_back")} if "hold_back" in case else {}
    answers = [make(with_express=express, **settings).once(**case) for express in (True, False)]
    for _, headers, _ in answers:
        headers.pop("server-timing", None)
    assert answers[0] == answers[1]


def test_says_how_long_each_part_took(make):
    timing = make().once(ALL)[1]["server-timing"]
    assert {part.partition(";")[0] for part in timing.split(", ")} == {
        "parse", "wait", "evaluate", "serialise", "total",
    }  # fmt: skip


@pytest.mark.parametrize("encoding", [None, "gzip", "br", "zstd"])
def test_answers_304_to_who_has_the_answer_in_that_encoding(make, encoding):
    service = make()
    headers = {"accept_encoding": encoding} if encoding else {}
    _, first, _ = service.once("SELECT * { ?s ?p ?o }", **headers)
    status, second, body = service.once("SELECT * { ?s ?p ?o }", if_none_match=first["etag"], **headers)
    assert (status, body, second["etag"]) == (304, b"", first["etag"])


def test_keeps_an_answer_for_each_encoding(make):
    service = make(with_cache=True)
    wishes = ["gzip", "br", ""]
    first = [service.once("SELECT * { ?s ?p ?o }", accept_encoding=wish) for wish in wishes]
    again = [service.once("SELECT * { ?s ?p ?o }", accept_encoding=wish) for wish in wishes]
    assert [answer[2] for answer in first] == [answer[2] for answer in again]
    assert len({answer[1]["etag"] for answer in again}) == 3
    assert {answer[1]["server-timing"] for answer in again} == {'cache;desc="hit"'}


def test_answers_504_at_the_deadline_that_the_request_lowered(make):
    start = time.monotonic()
    status, headers, body = make().once(RUNAWAY, timeout="0.5")
    assert (status, json.loads(body)["seconds"]) == (504, 0.5)
    assert headers["content-type"] == "application/problem+json"
    assert time.monotonic() - start < 1.5


def test_never_raises_the_deadline(make):
    assert json.loads(make(query_timeout=0.5).once(RUNAWAY, timeout="50")[2])["seconds"] == 0.5


def test_answers_507_when_a_limit_is_hit_before_the_first_byte(make):
    status, _, body = make(max_answer_rows=10).once("SELECT * { ?s ?p ?o }")
    assert (status, json.loads(body)["limit"], json.loads(body)["unit"]) == (507, 10, "rows")


def test_breaks_off_when_a_limit_is_hit_after_the_first_byte(make):
    service = make(max_answer_rows=200_000, hold_back=1000)
    with pytest.raises(Exception, match="200,000 rows"):
        service.once(MANY)


def test_frees_the_slot_of_a_client_that_hangs_up(make):
    service = make()
    start = time.monotonic()
    assert service.once(RUNAWAY, hangs_up=0.2)[0] in {0, 502}
    assert time.monotonic() - start < 1
    assert service.engine.slots.counts() == (0, 0)


def test_answers_429_to_a_client_with_too_many_queries_and_200_to_another(make):
    service = make(queries_per_client=2)
    slow = (RUNAWAY, {"timeout": "1"})
    *_, refused, other = service.all_at_once(slow, slow, (ALL, {}), (ALL, {"client": "192.0.2.2"}))
    assert (refused[0], refused[1]["retry-after"]) == (429, "1")
    assert other[0] == 200


def test_answers_503_when_the_queue_is_full(make):
    service = make(query_workers=1, queue_length=0)
    _, refused = service.all_at_once((RUNAWAY, {"timeout": "1"}), (ALL, {"client": "192.0.2.2"}))
    assert (refused[0], refused[1]["retry-after"]) == (503, "1")


def test_answers_503_to_who_waits_too_long(make):
    service = make(query_workers=1, queue_timeout=0.2)
    _, refused = service.all_at_once((RUNAWAY, {"timeout": "1"}), (ALL, {"client": "192.0.2.2"}))
    assert refused[0] == 503


def test_lets_who_waits_have_the_next_slot(make):
    service = make(query_workers=1)
    first, second = service.all_at_once((RUNAWAY, {"timeout": "0.5"}), (ALL, {"client": "192.0.2.2"}))
    assert (first[0], second[0]) == (504, 200)


def test_shares_slots_with_answers_in_threads(make):
    service = make(query_workers=1)
    results = []
    page = threading.Thread(target=lambda: results.append(service.once(RUNAWAY, format="html", timeout="0.5")[0]))
    page.start()
    time.sleep(0.2)
    assert service.once(ALL)[0] == 200
    page.join()
    assert results == [504]


def test_leaves_a_thread_to_others_while_one_client_asks_for_slow_pages(make):
    service = make(http_threads=2, query_workers=8)
    ended = []

    async def ask(client, query, seconds):
        status, _, _ = await service.ask(query, client=client, format="html", timeout=seconds)
        ended.append((client, status))

    async def all_of_them():
        slow = [asyncio.ensure_future(ask("192.0.2.1", RUNAWAY, "1")) for _ in range(4)]
        await asyncio.sleep(0.1)
        await ask("192.0.2.2", ALL, "5")
        await asyncio.gather(*slow)

    service.run(all_of_them())
    assert ended == [("192.0.2.2", 200), *[("192.0.2.1", 504)] * 4]


def test_refuses_pages_as_a_page_to_a_client_that_asks_for_too_many(make):
    service = make(http_threads=2, queries_per_client=1)
    slow = (RUNAWAY, {"timeout": "0.5", "format": "html"})
    _, refused = service.all_at_once(slow, (ALL, {"accept": "text/html"}))
    assert (refused[0], refused[1]["retry-after"]) == (429, "1")
    assert refused[1]["content-type"].startswith("text/html")
    assert "content-security-policy" in refused[1]


def test_answers_503_to_who_waits_too_long_for_a_thread(make):
    service = make(http_threads=1, queue_timeout=0.2)
    slow = (RUNAWAY, {"timeout": "1", "format": "html"})
    _, refused = service.all_at_once(slow, (ALL, {"format": "html", "client": "192.0.2.2"}))
    assert refused[0] == 503
