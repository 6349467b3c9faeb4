"""What is asserted is written ahead: store and dump must come out the same, however far that has come."""

import os
import signal
import subprocess
import sys
import time
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyoxigraph import NamedNode, RdfFormat, Store, parse

from claimgraph.dataset import Layout, load_into
from claimgraph.engine.allocator import LOADING, preloaded
from claimgraph.reason import Spill, resident
from claimgraph.snapshot import ahead as beginning
from claimgraph.snapshot import build, disk
from claimgraph.snapshot.ahead import Ahead
from claimgraph.snapshot.ahead_worker import write_ahead, write_lines
from claimgraph.snapshot.blocks import first_line
from claimgraph.snapshot.disk import fill_store, new_store, put_in_order
from claimgraph.snapshot.dump import Dump
from claimgraph.snapshot.snapshot import DUMP, STORE

ROOT = Path(__file__).parent.parent
PLAIN = '<x:b> <x:p> 01, "_ \\n .", "ü"@de .\n<x:a> <x:p> <x:b> .\n'
TEXTS = {"plain": PLAIN, "blank": "<x:a> <x:p> [ <x:q> 1 ] .\n", "like": '<x:a> <x:p> "_:" .\n', "empty": ""}


def after(times):
    """Say that it is enough after it was asked some times."""
    asked = count()
    return lambda: next(asked) >= times


@pytest.fixture
def layout(tmp_path):
    folder = tmp_path / "dataset/data/ttl"
    folder.mkdir(parents=True)
    for name, text in TEXTS.items():
        (folder / f"{name}.ttl").write_text(text, encoding="utf-8")
    return Layout(tmp_path / "dataset")


def place(tmp_path):
    (tmp_path / "aside").mkdir()
    return tmp_path, tmp_path / "aside"


@pytest.mark.parametrize("lines", [0, 1, 2, 99])
@pytest.mark.parametrize(("rounds", "graphs"), [(0, 0), (1, 0), (2, 1), (3, 1), (99, 2)])
def test_dump_and_store_are_the_same_however_much_was_written_ahead(layout, tmp_path, rounds, graphs, lines):
    folder, aside = place(tmp_path)
    on_disk = Store(str(folder / STORE))
    files = iter(layout.graphs())
    stored = write_ahead(on_disk, files, aside, after(rounds))
    assert len(stored) == graphs
    rest = {graph: path for graph, path, _ in write_lines(files, aside, after(lines))}
    ahead = stored | rest
    assert len(ahead) == len(stored) + len(rest)
    assert len(ahead) == 2 or lines < 99
    store = Store()
    for file in layout.graphs():
        load_into(store, file)
    dumps = []
    for name, known in (("without", {}), (DUMP, ahead)):
        with Dump(folder / name) as dump:
            dump.add_all(store, Spill(folder / f"spill-{name}"), folder, ahead=known)
        dumps.append(((folder / name).read_bytes(), dump.triples, dump.sha256))
    assert dumps[0] == dumps[1]
    fill_store(on_disk, folder, stored)
    assert set(on_disk) == set(store)


def test_graphs_without_blank_nodes_are_in_the_store_and_in_files_as_a_dump_has_them(layout, tmp_path):
    folder, aside = place(tmp_path)
    store = Store(str(folder / STORE))
    ahead = write_ahead(store, iter(layout.graphs()), aside, lambda: False)
    names = {graph.value.rpartition("/")[2]: path.read_text(encoding="utf-8") for graph, path in ahead.items()}
    assert names.keys() == {"plain", "empty"}
    assert names["plain"].splitlines()[0] == "<x:a> <x:p> <x:b> ."
    assert '"1"^^<http://www.w3.org/2001/XMLSchema#integer>' in names["plain"]
    assert len(store) == 4


@pytest.fixture
def always(monkeypatch):
    """Have it written ahead of any dataset, however small."""
    monkeypatch.setattr(beginning, "_WORTH", 0)


def test_the_memory_of_a_process_is_told():
    assert resident(os.getpid()) > 1 << 20
    assert resident(1 << 30) == 0


@pytest.mark.usefixtures("always")
def test_a_process_does_it_and_has_nothing_where_it_is_ended_or_a_file_does_not_parse(layout, tmp_path):
    folder, aside = place(tmp_path)
    with Ahead(folder, layout.graphs(), aside, os.getpid()) as ahead:
        assert ahead.result().keys() <= {file.graph for file in layout.graphs()}
        assert (LOADING in Path(f"/proc/{ahead._process.pid}/maps").read_text()) == bool(preloaded(LOADING))
        assert set(ahead.stored) <= {file.graph for file in layout.graphs()}
    with Ahead(folder, layout.graphs(), aside, os.getpid()) as ahead:
        os.kill(ahead._process.pid, signal.SIGKILL)
        assert ahead.result() == {}
        assert not (folder / STORE).exists()
    (layout.root / "data/ttl/a.ttl").write_text("<x:a> <x:p> <x:b>\n<x:c> .\n")
    with Ahead(folder, Layout(layout.root).graphs(), aside, os.getpid()) as ahead:
        process = ahead._process
        assert ahead.result() == {}
    assert process.returncode is not None


@pytest.mark.usefixtures("always")
def test_where_the_process_is_ended_in_the_midst_the_store_is_written_without_it(layout, tmp_path):
    folder, aside = place(tmp_path)
    (folder / DUMP).write_bytes(b"<x:a> <x:p> <x:b> <x:g> .\n<x:a> <x:p> _:b <x:g> .\n")
    with Ahead(folder, layout.graphs(), aside, os.getpid()) as ahead:
        ahead.result()
        stored = ahead.stored
        os.kill(ahead._process.pid, signal.SIGKILL)
        ahead.fill(stored)
        ahead.finish()
    assert len(Store.read_only(str(folder / STORE))) == 2


@pytest.mark.usefixtures("always")
@pytest.mark.parametrize("is_killed", [False, True])
def test_what_a_dump_has_later_comes_in_too_and_the_store_is_in_order(layout, tmp_path, is_killed):
    folder, aside = place(tmp_path)
    first = b"<x:a> <x:p> <x:b> <x:g> .\n<x:a> <x:p> _:b <x:g> .\n"
    (folder / DUMP).write_bytes(first)
    with Ahead(folder, layout.graphs(), aside, os.getpid()) as ahead:
        ahead.result()
        ahead.fill(ahead.stored)
        (folder / DUMP).write_bytes(first + b'<x:a> <x:q> _:c <x:h> .\n<x:b> <x:q> "1" <x:h> .\n')
        if is_killed:
            os.kill(ahead._process.pid, signal.SIGKILL)
        ahead.fill([NamedNode("x:g")])
        ahead.finish()
    said = list(Store.read_only(str(folder / STORE)))
    assert {quad.object.value for quad in said if quad.graph_name.value in {"x:g", "x:h"}} == {"x:b", "b", "c", "1"}


LINES = st.sets(st.tuples(st.sampled_from("abcdefgh"), st.sampled_from(["<x:o>", "_:n", '"_:"', '"d"'])), max_size=30)


@given(said=st.lists(LINES, min_size=1, max_size=4), there=st.sets(st.integers(0, 3)), step=st.integers(1, 200))
def test_a_store_is_filled_with_what_a_dump_has_in_any_other_graph(said, there, step):
    with TemporaryDirectory() as name, pytest.MonkeyPatch.context() as patched:
        patched.setattr(disk, "_STEP", step)
        folder = Path(name)
        graphs = [
            sorted(f"<x:{subject}> <x:p> {value} <x:{number}> .\n" for subject, value in lines)
            for number, lines in enumerate(said)
        ]
        (folder / DUMP).write_text("".join(line for lines in graphs for line in lines))
        store = Store()
        fill_store(store, folder, [NamedNode(f"x:{number}") for number in there])
        missing = "".join(line for number, lines in enumerate(graphs) for line in lines if number not in there)
        assert set(store) == set(parse(missing, RdfFormat.N_QUADS))


@given(numbers=st.lists(st.integers(0, 20)), key=st.integers(0, 21), data=st.data())
def test_the_first_line_that_does_not_come_before_is_found(numbers, key, data):
    lines = [b"%02d\n" % number for number in sorted(numbers)]
    text = b"".join(lines)
    first = data.draw(st.integers(0, len(lines)))
    found = first_line(text, 3 * first, len(text), lambda line: int(line) < key)
    assert found == 3 * max(first, sum(number < key for number in numbers))


def test_the_engine_puts_nothing_in_order_until_it_is_told_to_where_that_can_be_taken_back(tmp_path):
    store = new_store(tmp_path)
    assert set(policies().values()) == {os.SCHED_IDLE if disk._may_wait() else os.SCHED_OTHER}
    put_in_order(store)
    assert set(policies().values()) == {os.SCHED_OTHER}


def test_a_thread_that_may_not_come_back_does_not_go(tmp_path):
    """Without the right to raise a priority, as for an ordinary user, threads are left as they are."""
    code = (
        "import os, sys; from pathlib import Path; from claimgraph.snapshot import disk\n"
        "os.sched_setscheduler = refused = lambda *_: (_ for _ in ()).throw(PermissionError())\n"
        "store = disk.new_store(Path(sys.argv[1])); disk.put_in_order(store); print(disk._may_wait())"
    )
    done = subprocess.run([sys.executable, "-c", code, str(tmp_path)], capture_output=True, text=True, check=True)
    assert done.stdout == "False\n"


def policies():
    """Return how the threads of the engine that merge tables are scheduled."""
    threads = [path.parent for path in Path("/proc/self/task").glob("*/comm") if "rocksdb:low" in path.read_text()]
    return {thread.name: os.sched_getscheduler(int(thread.name)) for thread in threads}


@pytest.mark.usefixtures("always")
def test_the_process_ends_with_who_has_begun_it(layout, tmp_path):
    with pytest.raises(ZeroDivisionError), Ahead(tmp_path, layout.graphs(), tmp_path, os.getpid()) as ahead:
        raise ZeroDivisionError
    assert ahead._process.returncode is not None


def test_the_process_ends_where_who_has_begun_it_is_killed(layout, tmp_path):
    code = (
        "import sys, time; from pathlib import Path; from claimgraph.dataset import Layout\n"
        "from claimgraph.snapshot import ahead; ahead._WORTH = 0\n"
        "root, folder = map(Path, sys.argv[1:]); found = ahead.Ahead(folder, Layout(root).graphs(), folder, 0)\n"
        "print(found._process.pid, flush=True); time.sleep(600)"
    )
    command = [sys.executable, "-c", code, str(layout.root), str(tmp_path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as parent:
        worker = int(parent.stdout.readline())
        while not (tmp_path / STORE).exists():
            time.sleep(0.05)
        parent.kill()
    deadline = time.monotonic() + 10
    while is_running(worker):
        assert time.monotonic() < deadline
        time.sleep(0.05)


def is_running(process):
    try:
        state = Path(f"/proc/{process}/stat").read_text(encoding="ascii").rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state != "Z"


def test_of_a_small_dataset_nothing_is_written_ahead(layout, tmp_path):
    with Ahead(tmp_path, layout.graphs(), tmp_path, os.getpid()) as ahead:
        assert ahead.result() == {}


@pytest.mark.usefixtures("always")
def test_a_build_of_the_shipped_data_is_the_same_with_it_twice_in_one_process(tmp_path, monkeypatch):
    monkeypatch.setattr(Ahead, "result", slowly(Ahead.result))
    snapshots = [build(Layout(ROOT), tmp_path / "with", full=True) for _ in range(2)]
    monkeypatch.undo()
    monkeypatch.setattr(beginning, "_WORTH", 1 << 40)
    without = build(Layout(ROOT), tmp_path / "without")
    for snapshot in snapshots:
        assert snapshot.manifest.dump_sha256 == without.manifest.dump_sha256
        assert snapshot.manifest.index_sha256 == without.manifest.index_sha256
    assert set(snapshots[1].open_store()) == set(without.open_store())


def slowly(result):
    """Give the process time to do all that it can do ahead."""

    def waited(ahead):
        time.sleep(2)
        return result(ahead)

    return waited


@pytest.mark.usefixtures("always")
def test_files_that_share_a_graph_with_another_or_with_a_rule_lose_nothing(tmp_path):
    (tmp_path / "dataset/data/ttl/derived").mkdir(parents=True)
    (tmp_path / "dataset/ontology/rules").mkdir(parents=True)
    (tmp_path / "dataset/data/ttl/derived/kind.ttl").write_text("<x:a> a <x:Claim> .\n")
    (tmp_path / "dataset/ontology/rules/kind.rq").write_text(
        "#+ label: Kind\n#+ derives: kinds\n#+ why: because\n#+ example: one\n\n"
        "CONSTRUCT { ?x <x:kind> 1 } WHERE { ?x a <x:Claim> }\n"
    )
    snapshot = build(Layout(tmp_path / "dataset"), tmp_path / "snapshots")
    said = [line for line in snapshot.dump.read_text(encoding="utf-8").splitlines() if line.startswith("<x:a>")]
    assert [line.split()[1] for line in said] == [
        "<http://www.w3.org/1999/02/22-rdf-syntax-ns#type>",
        "<x:kind>",
    ]
    assert len({line.split()[-2] for line in said}) == 1
    assert len(list(snapshot.open_store().quads_for_pattern(None, None, None))) == snapshot.manifest.triples
