"""The embedded engine: answers that are whole, limits that hold, workers that harm nobody when they end."""

import os
import signal
import socket
import threading
import time
from pathlib import Path

import pytest
from pyoxigraph import RdfFormat, Store

from claimgraph.engine import WHOLE, Dataset, Limits, walls
from claimgraph.engine.allocator import LOOKING_UP, preloaded
from claimgraph.engine.embedded import Embedded, KeeperProcess
from claimgraph.errors import (
    AnswerTooLarge,
    BadQuery,
    DeadlineExceeded,
    EngineBusy,
    EngineError,
    OutOfMemory,
    SnapshotError,
)
from claimgraph.formats import by_name
from claimgraph.settings import Settings
from claimgraph.sparql.query import Query, read

MEBIBYTE = 1 << 20
LIMITS = Limits(10, 64 * MEBIBYTE)
RUNAWAY = "SELECT (COUNT(*) AS ?n) { VALUES ?a {#} VALUES ?b {#} VALUES ?c {#} FILTER(?a + ?b + ?c < 0) }".replace(
    "#", " ".join(map(str, range(3000)))
)
SLOW = "SELECT (COUNT(*) AS ?n) { VALUES ?a {#} VALUES ?b {#} FILTER(?a + ?b < 0) }".replace(
    "#", " ".join(map(str, range(1000)))
)
GREEDY = "SELECT * { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i } ORDER BY ?i"


@pytest.fixture(scope="module")
def settings():
    return Settings(worker_memory=256 * MEBIBYTE, query_workers=3, queue_timeout=0.5)


@pytest.fixture(scope="module")
def dump(tmp_path_factory):
    path = tmp_path_factory.mktemp("dump") / "dataset.nq"
    path.write_text(
        "".join(f'<http://e/s{i}> <http://e/p{i % 7}> "v{i}" <http://e/g{i % 3}> .\n' for i in range(20_000))
    )
    return path


@pytest.fixture(scope="module")
def keeper(dump, settings):
    with KeeperProcess(dump, None, settings) as process:
        yield process


@pytest.fixture
def engine(keeper, settings):
    embedded = Embedded(keeper.socket, settings)
    yield embedded
    embedded.close()
    assert until(lambda: not workers_of(keeper))


def ask(engine, text, format_="csv", limits=LIMITS, dataset=WHOLE):
    return b"".join(engine.answer(read(text), by_name(format_), limits, dataset)).decode()


def workers_of(keeper):
    return Path(f"/proc/{keeper.pid}/task/{keeper.pid}/children").read_text().split()


def state_of(process):
    try:
        return Path(f"/proc/{process}/stat").read_text().rsplit(")", 1)[1].split()[0]
    except FileNotFoundError:
        return "gone"


def kill_twice(keeper, worker):
    """Kill the worker of a runaway query and, when it is asked again of another one, that one too."""
    os.kill(int(worker), signal.SIGKILL)
    running = []
    assert until(lambda: running.extend(found for found in workers_of(keeper) if is_at_work(found)) or running)
    os.kill(int(running[0]), signal.SIGKILL)


def is_at_work(process):
    time.sleep(0.1)
    return state_of(process) == "R"


def until(condition, seconds=1.0):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if condition():
            return True
        time.sleep(0.01)
    return condition()


def test_takes_the_union_of_all_graphs_for_the_default_graph(engine):
    assert ask(engine, "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }") == "n\r\n20000\r\n"


def test_follows_from_where_a_query_says_it(engine):
    assert ask(engine, "SELECT (COUNT(*) AS ?n) FROM <http://e/g0> { ?s ?p ?o }") == "n\r\n6667\r\n"


def test_has_an_empty_default_graph_where_a_query_says_from_named_alone(engine):
    assert ask(engine, "SELECT (COUNT(*) AS ?n) FROM NAMED <http://e/g0> { ?s ?p ?o }") == "n\r\n0\r\n"


def test_lets_the_protocols_graphs_override_from(engine):
    text = "SELECT (COUNT(*) AS ?n) FROM <http://e/g0> FROM <http://e/g2> { ?s ?p ?o }"
    assert ask(engine, text, dataset=Dataset(("http://e/g1",))) == "n\r\n6667\r\n"


def test_has_an_empty_default_graph_where_the_protocol_names_named_graphs_alone(engine):
    dataset = Dataset((), ("http://e/g1",))
    assert ask(engine, "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }", dataset=dataset) == "n\r\n0\r\n"
    assert ask(engine, "SELECT (COUNT(*) AS ?n) { GRAPH ?g { ?s ?p ?o } }", dataset=dataset) == "n\r\n6667\r\n"


@pytest.mark.parametrize("format_", ["json", "xml", "csv", "tsv"])
def test_answers_ask_in_every_row_format(engine, format_):
    assert "true" in ask(engine, "ASK {}", format_)


@pytest.mark.parametrize("format_", ["ttl", "nt", "rdf", "jsonld", "trig", "nq"])
def test_answers_construct_in_every_graph_format(engine, format_):
    text = "CONSTRUCT { ?s <http://e/q> ?o } WHERE { ?s ?p ?o } LIMIT 1"
    assert "http://e/" in ask(engine, text, format_)


def test_says_where_a_query_is_wrong(engine):
    with pytest.raises(BadQuery, match="near") as caught:
        ask(engine, "SELECT *\n{ ?s ?p }")
    assert caught.value.line == 2


def test_refuses_functions_that_do_not_exist(engine):
    with pytest.raises(BadQuery, match="http://e/f"):
        ask(engine, "SELECT * { FILTER(<http://e/f>(1)) }")


def test_answers_in_pieces_and_blocks_while_nobody_reads(engine, keeper):
    answer = engine.answer(read("SELECT * { ?s ?p ?o . ?a <http://e/p1> ?c }"), by_name("json"), Limits(60, 1 << 40))
    next(answer)
    (worker,) = workers_of(keeper)
    time.sleep(0.2)
    assert state_of(worker) == "S"
    answer.close()


def test_refuses_an_answer_that_grows_too_large(engine):
    with pytest.raises(AnswerTooLarge, match="1,000"):
        ask(engine, "SELECT * { ?s ?p ?o }", limits=Limits(10, 1000))
    assert ask(engine, "ASK {}")


@pytest.mark.parametrize("format_", ["json", "xml", "csv", "tsv"])
def test_refuses_an_answer_of_too_many_rows_and_takes_one_of_just_so_many(engine, format_):
    ask(engine, "SELECT * { ?s ?p ?o } LIMIT 2000", format_, Limits(10, 1 << 40, rows=2000))
    with pytest.raises(AnswerTooLarge, match="2,000 rows"):
        ask(engine, "SELECT * { ?s ?p ?o } LIMIT 2001", format_, Limits(10, 1 << 40, rows=2000))


@pytest.mark.parametrize("format_", ["ttl", "nt", "rdf", "jsonld", "trig", "nq"])
def test_refuses_a_graph_of_too_many_triples_and_takes_one_of_just_so_many(engine, format_):
    ask(engine, "CONSTRUCT WHERE { ?s ?p ?o } LIMIT 2000", format_, Limits(10, 1 << 40, rows=2000))
    with pytest.raises(AnswerTooLarge, match="2,000 triples"):
        ask(engine, "CONSTRUCT WHERE { ?s ?p ?o } LIMIT 2001", format_, Limits(10, 1 << 40, rows=2000))


def test_ends_a_query_within_a_second_of_its_deadline(engine, keeper):
    start = time.monotonic()
    with pytest.raises(DeadlineExceeded, match=r"0\.5 s"):
        ask(engine, RUNAWAY, limits=Limits(0.5, MEBIBYTE))
    assert time.monotonic() - start < 1.5
    assert until(lambda: not workers_of(keeper))


def test_ends_a_query_that_takes_too_much_memory(engine):
    with pytest.raises(OutOfMemory, match="256 MiB"):
        ask(engine, GREEDY)
    assert ask(engine, "ASK {}")


def test_harms_no_other_query_when_a_worker_is_killed(engine, keeper):
    answers = []
    others = [threading.Thread(target=lambda: answers.append(ask(engine, "ASK {}"))) for _ in range(2)]
    doomed = engine.answer(read(RUNAWAY), by_name("csv"), LIMITS)
    (worker,) = workers_of(keeper)
    for other in others:
        other.start()
    killing = threading.Thread(target=kill_twice, args=(keeper, worker))
    killing.start()
    with pytest.raises(EngineError, match="ended"):
        list(doomed)
    killing.join()
    for other in others:
        other.join()
    assert answers == ["true", "true"]


def test_asks_another_worker_when_one_is_killed_before_it_said_anything(engine, keeper):
    answer = engine.answer(read(SLOW), by_name("csv"), LIMITS)
    (worker,) = workers_of(keeper)
    time.sleep(0.1)
    os.kill(int(worker), signal.SIGKILL)
    assert b"".join(answer) == b"n\r\n0\r\n"


def test_survives_the_death_of_an_idle_worker(engine, keeper):
    ask(engine, "ASK {}")
    (worker,) = workers_of(keeper)
    os.kill(int(worker), signal.SIGKILL)
    assert until(lambda: not workers_of(keeper))
    assert ask(engine, "ASK {}") == "true"


def test_frees_a_worker_within_a_second_when_its_client_hangs_up(engine, keeper):
    answer = engine.answer(read(RUNAWAY), by_name("csv"), LIMITS)
    assert until(lambda: len(workers_of(keeper)) == 1)
    answer.close()
    assert until(lambda: not workers_of(keeper))


def test_wakes_who_waits_when_an_answer_is_given_up(engine):
    answer = engine.answer(read(RUNAWAY), by_name("csv"), LIMITS)
    threading.Timer(0.2, answer.close).start()
    start = time.monotonic()
    with pytest.raises(EngineError):
        next(answer)
    assert time.monotonic() - start < 1


def test_never_ends_an_answer_that_was_given_up_as_if_it_were_whole(engine):
    answer = engine.answer(read("SELECT * { ?s ?p ?o }"), by_name("csv"), LIMITS)
    next(answer)
    answer.close()
    with pytest.raises(EngineError):
        next(answer)


def test_says_that_it_is_busy_when_no_worker_becomes_free(engine):
    running = [engine.answer(read(RUNAWAY), by_name("csv"), LIMITS) for _ in range(3)]
    with pytest.raises(EngineBusy):
        ask(engine, "ASK {}")
    for answer in running:
        answer.close()
    assert ask(engine, "ASK {}") == "true"


def test_ends_the_process_of_a_query_that_breaks_the_native_parser(engine):
    with pytest.raises((BadQuery, EngineError)):
        list(engine.answer(Query("SELECT * " + "{" * 100_000, "SELECT"), by_name("csv"), LIMITS))
    assert ask(engine, "ASK {}") == "true"


def test_takes_a_query_of_two_mebibytes(engine):
    assert ask(engine, "ASK { FILTER(STRLEN('" + "x" * 2 * MEBIBYTE + "') > 5) }") == "true"


def test_opens_no_socket_from_a_worker_even_past_the_tokeniser(engine):
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(0.3)
        url = f"http://127.0.0.1:{listener.getsockname()[1]}/"
        with pytest.raises(EngineError):
            list(engine.answer(Query(f"ASK {{ SERVICE <{url}> {{}} }}", "ASK"), by_name("csv"), LIMITS))
        with pytest.raises(TimeoutError):
            listener.accept()


def test_says_that_it_is_not_running_when_the_keeper_has_ended(dump, settings):
    with KeeperProcess(dump, None, settings) as keeper:
        engine = Embedded(keeper.socket, settings)
        assert ask(engine, "ASK {}") == "true"
    with pytest.raises(EngineError):
        ask(engine, "ASK {}")
    engine.close()


def test_ends_its_workers_when_the_keeper_is_killed(dump, settings):
    with KeeperProcess(dump, None, settings) as keeper:
        engine = Embedded(keeper.socket, settings)
        answer = engine.answer(read(RUNAWAY), by_name("csv"), LIMITS)
        (worker,) = workers_of(keeper)
        os.kill(keeper.pid, signal.SIGKILL)
        with pytest.raises(EngineError):
            list(answer)
        assert until(lambda: state_of(worker) in {"gone", "Z"})
        engine.close()


def test_refuses_a_dump_that_is_cut_short(tmp_path, settings):
    broken = tmp_path / "dataset.nq"
    broken.write_text("<http://e/s> <http://e/p> <http://e/")
    with pytest.raises(SnapshotError, match="cannot be loaded"):
        KeeperProcess(broken, None, settings)


@pytest.fixture
def on_disk(tmp_path, dump):
    """Serve the same data from disk."""
    store = Store(str(tmp_path / "store"))
    store.bulk_load(path=str(dump), format=RdfFormat.N_QUADS)
    store.flush()
    del store
    settings = Settings(memory_limit=1, worker_memory=256 * MEBIBYTE, query_workers=2)
    with KeeperProcess(dump, tmp_path / "store", settings) as keeper:
        engine = Embedded(keeper.socket, settings)
        yield keeper, engine
        engine.close()


def test_reads_from_disk_what_does_not_fit_into_memory(on_disk):
    keeper, engine = on_disk
    assert not keeper.in_memory
    assert ask(engine, "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }") == "n\r\n20000\r\n"


def test_ends_a_query_over_a_store_on_disk_that_takes_too_much_memory(on_disk):
    _, engine = on_disk
    with pytest.raises(OutOfMemory, match="256 MiB"):
        ask(engine, GREEDY)
    assert ask(engine, "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }") == "n\r\n20000\r\n"


def test_workers_that_read_from_disk_take_memory_from_an_allocator_that_the_system_has(on_disk, keeper):
    if not preloaded(LOOKING_UP):
        pytest.skip("the system has none but that of the C library")
    from_disk, _ = on_disk
    assert keeper.in_memory
    used = {process: LOOKING_UP in Path(f"/proc/{process.pid}/maps").read_text() for process in (from_disk, keeper)}
    assert used == {from_disk: True, keeper: False}


def test_refuses_a_dump_that_is_not_there(tmp_path, settings):
    with pytest.raises(SnapshotError, match="cannot be loaded"):
        KeeperProcess(tmp_path / "dataset.nq", tmp_path, settings)


def test_a_process_whose_parent_ended_before_the_kernel_was_told_ends_as_well():
    reading, writing = os.pipe()
    parent = os.fork()
    if not parent:
        killed = os.getpid()
        if not os.fork():
            while os.getppid() == killed:
                time.sleep(0.01)
            walls.die_with_parent(signal.SIGKILL, killed)
            os.write(writing, b"alive")
        os._exit(0)
    os.close(writing)
    os.waitpid(parent, 0)
    with os.fdopen(reading, "rb") as told:
        assert told.read() == b""
