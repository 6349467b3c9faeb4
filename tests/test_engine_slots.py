"""Slots: fair between clients, bounded in number."""

import pytest

from claimgraph.engine.slots import OURSELVES, Slots
from claimgraph.errors import EngineBusy, TooManyQueries


def slots(number=3, queue=10, per_client=5):
    return Slots(number, queue=queue, per_client=per_client)


def ask(gate, client, called=None):
    return gate.ask(client, lambda: called.append(client) if called is not None else None)


def test_leaves_one_slot_to_others():
    gate = slots()
    assert [ask(gate, "a").has_slot for _ in range(3)] == [True, True, False]
    assert ask(gate, "b").has_slot


def test_gives_the_only_slot_there_is_to_anyone():
    assert ask(slots(1), "a").has_slot


def test_gives_turns_client_by_client():
    gate, called = slots(2), []
    running = [ask(gate, "a"), ask(gate, "b")]
    waiting = [ask(gate, client, called) for client in "aaabc"]
    for turn in (*running, *waiting):
        gate.leave(turn)
    assert sorted(called[:3]) == ["a", "b", "c"]
    assert gate.counts() == (0, 0)


def test_refuses_a_client_that_asks_too_much_and_takes_others():
    gate = slots(per_client=3)
    for _ in range(3):
        ask(gate, "a")
    with pytest.raises(TooManyQueries, match="3"):
        ask(gate, "a")
    assert ask(gate, "b").has_slot


def test_refuses_everybody_when_the_queue_is_full():
    gate = slots(1, queue=1)
    ask(gate, "a")
    ask(gate, "b")
    with pytest.raises(EngineBusy):
        ask(gate, "c")


def test_sets_no_limit_to_the_questions_of_our_own_pages():
    gate = slots(2, per_client=1)
    assert [ask(gate, OURSELVES).has_slot for _ in range(3)] == [True, True, False]


def test_forgets_who_has_left_the_queue():
    gate, called = slots(1), []
    first, impatient, patient = ask(gate, "a"), ask(gate, "b", called), ask(gate, "c", called)
    gate.leave(impatient)
    gate.leave(first)
    assert called == ["c"]
    assert patient.has_slot
    gate.leave(patient)
    assert ask(gate, "a").has_slot
