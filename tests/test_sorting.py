"""Lines put in order: in memory and by sort(1) alike, and what happens where that fails or is left."""

import os
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pyoxigraph import Literal, NamedNode, Quad, RdfFormat, Store, parse

from claimgraph.errors import SnapshotError
from claimgraph.snapshot import sorting
from claimgraph.snapshot.sorting import Sorting, in_memory

GRAPHS = [NamedNode(f"http://x.example/graph/{number}") for number in range(3)]
NAMED = NamedNode("http://x.example/a")
NAMES = st.sampled_from(["a", "aa", "ab", "b", "é", "😀", "a.b"]).map(
    lambda name: NamedNode(f"http://x.example/{name}")
)
TEXTS = st.text(max_size=5).filter(lambda text: not any("\ud800" <= letter < "\ue000" for letter in text))
QUADS = st.builds(Quad, NAMES, NAMES, NAMES | TEXTS.map(Literal), st.sampled_from(GRAPHS))


@pytest.fixture
def always(monkeypatch):
    """Have sort(1) do it, however small the dataset is."""
    monkeypatch.setattr(sorting, "_LARGE", 0)


def in_order(store, folder, files=()):
    """Return the lines of each graph, all being begun before the first is read."""
    with Sorting(store, folder) as at_work:
        return [b"".join(one) for one in [at_work.begin(graph, files) for graph in GRAPHS]]


@pytest.mark.usefixtures("always")
@given(st.lists(QUADS, max_size=40), st.lists(QUADS, max_size=10))
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_both_ways_give_the_same_lines_each_once(quads, others):
    store = stored(quads)
    with TemporaryDirectory() as name:
        folder = Path(name)
        more = folder / "more.nt"
        more.write_bytes(b"".join(f"{quad.triple} .\n".encode() for quad in others if "\r" not in str(quad)))
        found = in_order(store, folder, [more])
        assert found == [b"".join(in_memory(store, graph, [more])) for graph in GRAPHS]
    for graph, text in zip(GRAPHS, found, strict=True):
        lines = text.splitlines(keepends=True)
        assert lines == sorted(set(lines))
        said = {quad.triple for quad in quads if quad.graph_name == graph}
        assert {quad.triple for quad in parse(text, RdfFormat.N_TRIPLES)} >= said


def many():
    return stored(Quad(NAMED, NAMED, Literal(f"{at} {'x' * 500}"), graph) for graph in GRAPHS for at in range(999))


def stored(quads):
    store = Store()
    store.extend(quads)
    return store


@pytest.mark.usefixtures("always")
def test_what_is_left_in_the_midst_keeps_nobody(tmp_path):
    with Sorting(many(), tmp_path) as at_work:
        assert next(at_work.begin(GRAPHS[0], ())).startswith(b"<http")
        at_work.begin(GRAPHS[1], ())


@pytest.mark.usefixtures("always")
def test_what_is_read_leaves_no_file_open_however_many_graphs_there_are(tmp_path):
    with Sorting(many(), tmp_path) as at_work:
        assert len(b"".join(at_work.begin(GRAPHS[0], ()))) > 0
        before = len(list(Path("/dev/fd").iterdir()))
        for graph in GRAPHS[1:]:
            assert len(b"".join(at_work.begin(graph, ()))) > 0
        assert len(list(Path("/dev/fd").iterdir())) == before


@pytest.mark.usefixtures("always")
def test_a_failure_is_told(tmp_path, monkeypatch):
    tool = tmp_path / "sort"
    tool.write_text(
        "#!/bin/sh\nhead -c 100 >/dev/null\necho 'sort: write failed: No space left on device' >&2\nexit 2\n"
    )
    tool.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
    with Sorting(many(), tmp_path) as at_work, pytest.raises(SnapshotError, match="No space left on device"):
        list(at_work.begin(GRAPHS[0], ()))


@pytest.mark.usefixtures("always")
def test_it_is_done_in_memory_where_there_is_no_such_tool(tmp_path, monkeypatch):
    store = many()
    expected = [b"".join(in_memory(store, graph)) for graph in GRAPHS]
    monkeypatch.setenv("PATH", str(tmp_path))
    assert in_order(store, tmp_path) == expected
