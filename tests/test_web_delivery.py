"""Responses on their way to clients that read slowly, or not at all, or hang up."""

import asyncio

import pytest

from claimgraph.web import delivery
from claimgraph.web.delivery import Delivery, hand_over

START = {"type": "http.response.start", "status": 200, "headers": []}


@pytest.fixture
def hasty(monkeypatch):
    monkeypatch.setattr(delivery, "_STALLED", 0.02)
    monkeypatch.setattr(delivery, "_SEND_TIMEOUT", 5)


async def never(_message=None):
    await asyncio.Event().wait()


def deliver(body):
    sent = []

    async def send(message):
        sent.append(message)

    asyncio.run(hand_over([START, {"type": "http.response.body", "body": body}], send))
    return sent


@pytest.mark.parametrize("size", [0, 1, 1 << 18])
def test_sends_a_short_body_at_once(size):
    assert deliver(b"x" * size) == [START, {"type": "http.response.body", "body": b"x" * size}]


@pytest.mark.parametrize("size", [(1 << 18) + 1, 1 << 19, 1_000_001])
def test_sends_a_long_body_in_pieces_of_which_the_last_one_says_so(size):
    body = bytes(number % 251 for number in range(size))
    start, *pieces = deliver(body)
    assert start == START
    assert b"".join(piece["body"] for piece in pieces) == body
    assert [piece["more_body"] for piece in pieces] == [True] * (len(pieces) - 1) + [False]
    assert max(len(piece["body"]) for piece in pieces) == 1 << 16


@pytest.mark.usefixtures("hasty")
def test_breaks_off_where_a_long_body_is_not_read():
    async def send(message):
        if message is not START:
            await never()

    with pytest.raises(TimeoutError):
        asyncio.run(hand_over([START, {"type": "http.response.body", "body": b"x" * 1_000_000}], send))


def pieces(send, *, others_wait, receive=never, hangup=lambda: None):
    async def deliver_two():
        one = Delivery(receive, send, hangup=hangup, others_wait=others_wait)
        try:
            await one.begin(START)
            await one.piece(b"a")
            await one.piece(b"")
            await one.piece(b"b")
        finally:
            one.end()

    asyncio.run(deliver_two())


@pytest.mark.usefixtures("hasty")
@pytest.mark.parametrize(("is_wanted", "looks"), [(True, 1), (False, 5)])
def test_has_less_patience_with_who_does_not_read_while_others_wait(is_wanted, looks):
    asked = []

    async def send(message):
        if message is not START:
            await never()

    def others_wait():
        asked.append(1)
        return is_wanted

    with pytest.raises(TimeoutError):
        pieces(send, others_wait=others_wait)
    assert len(asked) == looks


@pytest.mark.usefixtures("hasty")
def test_waits_for_who_reads_slowly():
    taken = []

    async def send(message):
        await asyncio.sleep(0.05)
        taken.append(message.get("body"))

    pieces(send, others_wait=lambda: False)
    assert taken == [None, b"a", b"b"]


def test_tells_when_a_client_that_waits_hangs_up():
    happened = []

    async def receive():
        return {"type": "http.disconnect"}

    async def send(message):
        if message is not START:
            await asyncio.sleep(0.2)

    pieces(send, others_wait=lambda: False, receive=receive, hangup=lambda: happened.append(1))
    assert happened == [1]
