"""What becomes of a request when the engine elsewhere fails, against a real server that misbehaves."""

import base64
import json
import re
import socket
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from claimgraph import errors
from claimgraph.engine import Limits
from claimgraph.engine.remote import Endpoint, Remote, circuit
from claimgraph.engine.remote import endpoint as remote_endpoint
from claimgraph.errors import UsageError
from claimgraph.formats import by_name
from claimgraph.settings import Settings
from claimgraph.sparql.query import read
from claimgraph.web.problems import of_error, status_of
from misbehaving import JSON, YES, Misbehaving, certificate, drip, hang, reply, reset

CHUNKED = f"HTTP/1.1 200 OK\r\nContent-Type: {JSON}\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n".encode()
ENDLESS = f"HTTP/1.1 200 OK\r\nContent-Type: {JSON}\r\n\r\n{YES}".encode()
HTML = reply("<p>", kind="text/html")
LIMITS = Limits(5, 1 << 20)


def ask(endpoint, text="ASK {}", format_="json", limits=LIMITS):
    return b"".join(Remote(endpoint, None).answer(read(text), by_name(format_), limits))


def endpoint(server, **settings):
    return Endpoint(server.url, Settings(**settings))


@pytest.mark.parametrize(
    ("deed", "kind", "status", "said"),
    [
        (HTML, errors.EngineGarbled, 502, "text/html instead of"),
        (reply('{"head": {', length=5000), errors.EngineGarbled, 502, "broke off"),
        (CHUNKED + b"abc", errors.EngineGarbled, 502, "broke off"),
        (ENDLESS, errors.EngineGarbled, 502, "where its answer ends"),
        (reply("{}"), errors.EngineGarbled, 502, "cannot be read"),
        (b"220 mail.example.org ESMTP\r\n\r\n", errors.EngineGarbled, 502, "does not speak HTTP"),
        (reply("who are you?", status="401 No"), errors.EngineDenied, 502, r"credentials \(401\): who are you"),
        (reply("not you", status="403 No"), errors.EngineDenied, 502, r"credentials \(403\): not you"),
        (reply("gone", status="404 No"), errors.EngineError, 502, "404 No: gone"),
        (reply("", status="302 Moved", headers="Location: /x\r\n"), errors.EngineError, 502, "redirect to"),
        (reply("oops", status="500 Oops"), errors.EngineError, 502, "500 Oops: oops"),
        (reply("", status="503 Busy", headers="Retry-After: 7\r\n"), errors.EngineBusy, 503, "7 s"),
        (reply("", status="429 Many"), errors.EngineBusy, 503, "busy"),
        (reply("", status="504 Late"), errors.DeadlineExceeded, 504, "5 s"),
        (reply("Query timed out", status="503 Busy"), errors.DeadlineExceeded, 504, "5 s"),
        (reply("S1T00: Transaction timed out", status="500 Oops"), errors.DeadlineExceeded, 504, "5 s"),
        (reply(headers="X-SPARQL-MaxRows: 10\r\n"), errors.AnswerTooLarge, 507, "10 rows that the endpoint gives"),
        (reply("no SPARQL", status="400 Bad"), errors.BadQuery, 400, "no SPARQL"),
        (reset, errors.EngineUnreachable, 502, "cannot be reached"),
    ],
)
def test_tells_each_failure_by_one_problem(deed, kind, status, said):
    with Misbehaving(deed) as server, pytest.raises(kind, match=said) as caught:
        ask(endpoint(server))
    problem = of_error(caught.value)
    assert type(caught.value) is kind
    assert problem.status == status
    assert json.loads(problem.body())["type"].endswith(kind.__name__)
    assert server.url not in problem.detail


def test_the_docs_name_each_kind_with_its_status():
    text = (Path(__file__).parent.parent / "docs/engines.md").read_text(encoding="utf-8")
    rows = re.findall(r"\| `(\w+)` \| (\d{3})", text)
    assert {name: status_of(getattr(errors, name)) for name, _ in rows} == {name: int(status) for name, status in rows}
    elsewhere = {"EngineUnreachable", "EngineGarbled", "EngineDenied", "EngineUntrusted", "EnginePaused"}
    assert {name for name, _ in rows} >= elsewhere


def test_repeats_no_name_of_a_version():
    said = f"no GRAPH <x:g--v{'a' * 16}>\n\nSPARQL query:\nASK FROM <x:h--v{'a' * 16}> {{}}"
    with Misbehaving(reply(said, status="400 Bad")) as server, pytest.raises(errors.BadQuery) as caught:
        ask(endpoint(server))
    assert caught.value.reason == "the endpoint refuses the query: no GRAPH <x:g>"


@pytest.mark.parametrize("deed", [hang, drip, lambda connection: (connection.sendall(CHUNKED), hang(connection))])
def test_ends_what_is_slow_at_the_deadline(deed):
    with Misbehaving(deed) as server:
        start = time.monotonic()
        with pytest.raises(errors.DeadlineExceeded):
            ask(endpoint(server), limits=Limits(0.4, 1 << 20))
        assert time.monotonic() - start < 5


def test_says_that_nobody_listens():
    with socket.create_server(("127.0.0.1", 0)) as probe:
        url = f"http://127.0.0.1:{probe.getsockname()[1]}/"
    with pytest.raises(errors.EngineUnreachable, match="Connection refused"):
        ask(Endpoint(url, Settings()))


@pytest.mark.parametrize("text", ["ASK {}", "SELECT * { ?s ?p ?o }", "CONSTRUCT WHERE { ?s ?p ?o }"])
def test_asks_again_where_no_byte_of_an_answer_came(text):
    whole = (
        reply("", kind="text/turtle")
        if "CONSTRUCT" in text
        else reply('{"head":{"vars":[]},"results":{"bindings":[]}}')
    )
    with Misbehaving(reset, reset, reply() if "ASK" in text else whole) as server:
        ask(endpoint(server), text, "nt" if "CONSTRUCT" in text else "json")
        assert server.asked == 3


@pytest.mark.parametrize(
    "deed", [reply("oops", status="500 Oops"), reply("x", length=99), reply("", status="401 No"), HTML]
)
def test_asks_nothing_again_that_was_answered(deed):
    with Misbehaving(deed, reply()) as server:
        with pytest.raises(errors.EngineError):
            ask(endpoint(server))
        assert server.asked == 1


def test_asks_a_third_time_at_most():
    with Misbehaving(reset) as server:
        with pytest.raises(errors.EngineUnreachable):
            ask(endpoint(server))
        assert server.asked == 3


# Trust and credentials


@pytest.fixture(scope="module")
def vouched(tmp_path_factory):
    return certificate(tmp_path_factory.mktemp("tls"))


def test_trusts_no_certificate_that_nobody_vouches_for(vouched):
    with Misbehaving(reply(), context=vouched[0]) as server:
        with pytest.raises(
            errors.EngineUntrusted, match="certificate is not trusted: self-signed certificate"
        ) as caught:
            ask(endpoint(server))
        assert server.asked == 0
    assert of_error(caught.value).status == 502


def test_trusts_a_certificate_that_the_settings_vouch_for(vouched):
    with Misbehaving(reply(), context=vouched[0]) as server:
        assert b"true" in ask(endpoint(server, engine_ca=vouched[1]))


def test_trusts_no_certificate_of_another_host(vouched):
    with Misbehaving(reply(), context=vouched[0]) as server:
        server.url = server.url.replace("127.0.0.1", "localhost")
        with pytest.raises(errors.EngineUntrusted, match="ostname mismatch"):
            ask(endpoint(server, engine_ca=vouched[1]))


def test_says_that_certificates_cannot_be_read(tmp_path):
    with pytest.raises(UsageError, match="cannot be read"):
        Endpoint("https://127.0.0.1/", Settings(engine_ca=tmp_path / "none.pem"))


def test_a_password_is_written_for_no_other_process_than_those_that_need_it():
    settings = Settings(engine_user="me", engine_password="sesame")  # noqa: S106
    assert "sesame" not in f"{settings!r} {settings.model_dump_json()} {settings.model_dump()}"
    written = settings.model_dump_json(context={"with_secrets": True})
    assert Settings.model_validate_json(written).engine_password.get_secret_value() == "sesame"


def test_proves_the_account_with_each_request():
    with Misbehaving(reply()) as server:
        for _ in range(2):
            ask(endpoint(server, engine_user="me", engine_password="sésame"))  # noqa: S106
        ask(endpoint(server))
    told = [re.findall(rb"(?i)authorization: Basic (\S+)", head) for head in server.heads]
    assert told == [[base64.b64encode("me:sésame".encode())]] * 2 + [[]]


def test_proves_a_digest_without_sending_the_password():
    asks = reply("", status="401 No", headers='WWW-Authenticate: Digest realm="r", nonce="n", qop="auth"\r\n')
    with Misbehaving(asks, reply()) as server:
        reached = endpoint(server, engine_user="me", engine_password="sesame", engine_auth="digest")  # noqa: S106
        ask(reached)
        assert server.asked == 2
        ask(reached)
        assert server.asked == 3  # it is known by now what is asked for
    assert [b'username="me"' in head for head in server.heads] == [False, True, True]
    assert [re.findall(rb"nc=(\d+)", head) for head in server.heads] == [[], [b"00000001"], [b"00000002"]]
    assert not any(b"sesame" in head for head in server.heads)


def test_sends_name_and_password_to_nobody_else():
    """An endpoint that sends clients on does not get them to say it elsewhere."""
    with Misbehaving(reply()) as other:
        moved = reply("", status="302 Moved", headers=f"Location: {other.url}\r\n")
        with Misbehaving(moved) as server, pytest.raises(errors.EngineError, match="redirect"):
            ask(endpoint(server, engine_user="me", engine_password="sesame"))  # noqa: S106
        assert (server.asked, other.asked) == (1, 0)


# The circuit


@pytest.fixture(autouse=True)
def short_pauses(monkeypatch):
    monkeypatch.setattr(remote_endpoint, "_AGAIN", (0.01, 0.02))
    monkeypatch.setattr(remote_endpoint, "_PROBE", 0.5)


def fail(reached, times):
    for _ in range(times):
        with pytest.raises(errors.EngineError):
            ask(reached)


def test_opens_after_failures_in_a_row_and_closes_again(monkeypatch):
    monkeypatch.setattr(circuit, "FIRST_PAUSE", 0.3)
    opened = []
    with Misbehaving(reset) as server:
        reached = Endpoint(server.url, Settings(), opened.append)
        fail(reached, circuit.DOUBTFUL)
        assert opened == []
        with pytest.raises(errors.EnginePaused):
            ask(reached)
        asked = server.asked
        with pytest.raises(errors.EnginePaused) as caught:
            ask(reached)
        assert server.asked == asked  # at once, and nothing was sent
        problem = of_error(caught.value)
        assert (problem.status, problem.headers()["Retry-After"]) == (503, "1")
        assert opened == [1]
        time.sleep(0.35)
        with pytest.raises(errors.EnginePaused):  # the one that tries
            ask(reached)
        assert server.asked == asked + 3
        server.deeds = [reply()]
        end = time.monotonic() + 20
        while opened == [1] and time.monotonic() < end:
            try:
                assert b"true" in ask(reached)
            except errors.EnginePaused:
                time.sleep(0.05)
        assert opened == [1, -1]
        assert b"true" in ask(reached)


def test_lets_one_request_try_at_a_time(monkeypatch):
    monkeypatch.setattr(circuit, "FIRST_PAUSE", 0.05)
    with Misbehaving(reset) as server:
        reached = endpoint(server)
        fail(reached, circuit.DOUBTFUL + 1)
        time.sleep(0.1)
        server.deeds, asked = [hang], server.asked
        with ThreadPoolExecutor(8) as pool:
            found = [pool.submit(ask, reached) for _ in range(8)]
            assert all(isinstance(one.exception(), errors.EnginePaused) for one in found)
        assert server.asked == asked + 1


def test_queries_that_no_engine_can_answer_open_nothing():
    """A stranger sends what takes too long, or what fails; whoever comes then is answered."""
    with Misbehaving(reply("oops", status="500 Oops")) as server:
        reached = endpoint(server)
        for _ in range(3):
            server.deeds = [reply("oops", status="500 Oops")]
            fail(reached, circuit.DOUBTFUL)
            server.deeds = [reply()]
            assert b"true" in ask(reached)


def test_a_query_that_is_refused_is_no_failure():
    with Misbehaving(reply("no", status="400 Bad")) as server:
        reached = endpoint(server)
        for _ in range(2 * circuit.DOUBTFUL):
            with pytest.raises(errors.BadQuery):
                ask(reached)


def test_an_answer_given_up_is_no_failure():
    begun = lambda connection: (connection.sendall(CHUNKED + b"[1,2]\r\n"), hang(connection))  # noqa: E731
    with Misbehaving(*[hang, begun] * circuit.DOUBTFUL, reply()) as server:
        reached = endpoint(server)
        for _ in range(2 * circuit.DOUBTFUL):
            answer = Remote(reached, None).answer(read("SELECT * {}"), by_name("json"), LIMITS)
            threading.Timer(0.1, answer.close).start()
            start = time.monotonic()
            with pytest.raises(errors.EngineError, match="given up"):
                list(answer)
            assert time.monotonic() - start < LIMITS.seconds - 1
        assert b"true" in ask(reached)
        assert server.asked == 2 * circuit.DOUBTFUL + 1
