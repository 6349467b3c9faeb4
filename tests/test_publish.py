"""Snapshots in an engine elsewhere: versions side by side, readers that see all or nothing, loads that break off."""

import shutil
import threading
from dataclasses import replace

import pytest
from pyoxigraph import Store

import engines
from claimgraph.cli.program import main
from claimgraph.dataset import Layout
from claimgraph.engine import Limits
from claimgraph.engine.remote import Endpoint, Remote
from claimgraph.engine.remote.register import registered, rows, version_in
from claimgraph.errors import EngineError, NotPublished, UsageError
from claimgraph.formats import by_name
from claimgraph.publish import Bulk, ByGraphStore, ByUpdates, Job, RemoteStore, publish, version_of
from claimgraph.publish.portions import portions, sizes
from claimgraph.settings import Settings
from claimgraph.snapshot import build, kept, read_snapshot
from claimgraph.sparql.query import read

COUNT = "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }"


@pytest.fixture(scope="module")
def snapshots(tmp_path_factory, request):
    """Four states of a small dataset, the oldest first."""
    folder, data = tmp_path_factory.mktemp("snapshots"), tmp_path_factory.mktemp("data") / "set"
    shutil.copytree(request.path.parent / "minimal", data)
    file = data / "data/ttl/harbour/claims.ttl"
    found = []
    for number in range(4):
        with file.open("a") as text:
            text.write(
                f'\n<https://w3id.org/claimgraph/id/x{number}> <http://www.w3.org/2000/01/rdf-schema#label> "x" .\n'
            )
            text.write("<https://w3id.org/claimgraph/id/x> <https://w3id.org/claimgraph/ontology#about> [] .\n")
        found.append(build(Layout(data), folder, keep=9))
    return found


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    with engines.oxigraph(tmp_path_factory.mktemp("oxigraph")) as running:
        yield running


@pytest.fixture
def settings(server):
    """An empty store."""
    named = Settings(**server.named(), keep_snapshots=2)
    RemoteStore(named).update("DROP ALL")
    return named


def ask(settings, snapshot, text, format_="csv"):
    endpoint = Endpoint(settings.engine, settings)
    version = version_in(endpoint, version_of(snapshot.manifest, settings.base), 5)
    return b"".join(Remote(endpoint, None, version).answer(read(text), by_name(format_), Limits(5, 1 << 24)))


def everything(settings):
    return {entry.digest: bool(entry.whole) for entry in registered(Endpoint(settings.engine, settings), 5)}


def expected(snapshot, text):
    """Ask a snapshot itself."""
    store = snapshot.open_store()
    return sorted(
        store.query(text, use_default_graph_as_union=True).serialize(format=by_name("csv").results).splitlines()
    )


@pytest.mark.parametrize("way", ["updates", "graph store"])
def test_answers_from_a_version_as_from_its_snapshot(settings, snapshots, way):
    load = ByUpdates() if way == "updates" else ByGraphStore(url=settings.engine_graph_store)
    done = publish(snapshots[0], settings, load)
    assert (done.was_whole, done.sent, done.fewer) == (False, snapshots[0].manifest.triples, {})
    for text in (
        COUNT,
        "SELECT ?g (COUNT(*) AS ?n) { GRAPH ?g { ?s ?p ?o } } GROUP BY ?g",
        "SELECT ?g ?p ?o { ?g ?p ?o FILTER EXISTS { GRAPH ?g { ?a ?b ?c } } FILTER(!ISBLANK(?o)) }",
        "SELECT (COUNT(*) AS ?n) { ?s ?p ?o FILTER(ISBLANK(?o)) }",
        "SELECT (COUNT(*) AS ?n) { ?s ?p ?o FILTER(ISIRI(?o)) }",
        "SELECT ?length { GRAPH ?g { ?s a ?c } BIND(STRLEN(STR(?g)) AS ?length) }",
    ):
        assert sorted(ask(settings, snapshots[0], text).splitlines()) == expected(snapshots[0], text)


def test_tells_clients_of_blank_nodes_and_of_no_name_of_a_version(settings, snapshots):
    publish(snapshots[0], settings, ByUpdates())
    for format_ in ("json", "xml", "csv", "tsv"):
        body = ask(settings, snapshots[0], "SELECT * { GRAPH ?g { ?s ?p ?o } }", format_)
        assert b"--v" not in body
        assert b"urn:claimgraph" not in body
    assert b'"bnode"' in ask(settings, snapshots[0], "SELECT * { ?s ?p ?o }", "json")
    store = Store()
    store.load(
        ask(settings, snapshots[0], "CONSTRUCT { ?s ?p ?o . ?g ?p ?o } { GRAPH ?g { ?s ?p ?o } }", "ttl"),
        by_name("ttl").rdf,
    )
    written = store.dump(format=by_name("nq").rdf)
    assert b"--v" not in written
    assert b"_:" in written


def test_keeps_versions_side_by_side_and_removes_old_ones(settings, snapshots):
    for snapshot in snapshots[:3]:
        done = publish(snapshot, settings, ByUpdates())
    assert everything(settings) == {snapshots[1].digest: True, snapshots[2].digest: True}
    assert done.removed == (snapshots[0].digest,)
    for snapshot in snapshots[1:3]:
        assert sorted(ask(settings, snapshot, COUNT).splitlines()) == expected(snapshot, COUNT)
    left = ask_store(settings, "SELECT DISTINCT ?g { GRAPH ?g { ?s ?p ?o } }")
    assert not any(snapshots[0].digest[:16] in graph for graph in left)
    with pytest.raises(NotPublished, match="publish"):
        ask(settings, snapshots[0], COUNT)


def ask_store(settings, text):
    return [row[0].value for row in rows(Endpoint(settings.engine, settings), text, 5)]


class Breaking(ByUpdates):
    """Break off after some portions."""

    left = 3

    def add(self, store, version, portion):
        if self.left == 0:
            raise EngineError("broken off")
        self.left -= 1
        super().add(store, version, portion)


def test_goes_on_after_a_break_and_shows_nobody_half_of_it(settings, snapshots):
    publish(snapshots[0], settings, ByUpdates())
    with pytest.raises(EngineError, match="broken off"):
        publish(snapshots[1], settings, Breaking(most_lines=50))
    assert everything(settings) == {snapshots[0].digest: True, snapshots[1].digest: False}
    with pytest.raises(NotPublished):
        ask(settings, snapshots[1], COUNT)
    assert sorted(ask(settings, snapshots[0], COUNT).splitlines()) == expected(snapshots[0], COUNT)
    done = publish(snapshots[1], settings, ByUpdates(most_lines=50))
    assert 0 < done.sent < snapshots[1].manifest.triples
    assert sorted(ask(settings, snapshots[1], COUNT).splitlines()) == expected(snapshots[1], COUNT)
    assert publish(snapshots[1], settings, ByUpdates()).was_whole


def test_removes_what_was_begun_and_never_finished(settings, snapshots):
    with pytest.raises(EngineError):
        publish(snapshots[0], settings, Breaking(most_lines=50))
    assert publish(snapshots[1], settings, ByUpdates()).removed == (snapshots[0].digest,)
    assert everything(settings) == {snapshots[1].digest: True}


class Losing(ByUpdates):
    """Say that the first portion was sent, the first time."""

    lost = False

    def add(self, store, version, portion):
        if self.lost:
            super().add(store, version, portion)
        self.lost = True


@pytest.mark.parametrize(
    "before", ["", "INSERT DATA {{ GRAPH <{graph}> {{ <x:a> <x:b> <x:c> }} }}"], ids=["lost", "foreign"]
)
def test_sends_a_graph_anew_that_is_not_as_it_was_sent(settings, snapshots, before):
    version = version_of(snapshots[0].manifest, settings.base)
    if before:
        RemoteStore(settings).update(before.format(graph=version.named(min(version.graphs))))
    load = ByUpdates() if before else Losing()
    assert publish(snapshots[0], settings, load).sent > snapshots[0].manifest.triples - 1000
    assert sorted(ask(settings, snapshots[0], COUNT).splitlines()) == expected(snapshots[0], COUNT)


def test_readers_never_see_a_version_that_is_not_whole(settings, snapshots):
    """A reader asks again and again which version is there, and counts it, while others are loaded and removed."""
    counts = {snapshot.digest: expected(snapshot, COUNT)[0] for snapshot in snapshots}
    assert len(set(counts.values())) == len(counts)
    publish(snapshots[0], settings, ByUpdates())
    wrong, seen, stop, looked = [], set(), threading.Event(), threading.Event()

    def look():
        while not stop.is_set():
            newest = next(entry for entry in registered(Endpoint(settings.engine, settings), 5) if entry.whole)
            snapshot = next(snapshot for snapshot in snapshots if snapshot.digest == newest.digest)
            found = min(ask(settings, snapshot, COUNT).splitlines())
            seen.add(newest.digest)
            looked.set()
            if found != counts[newest.digest]:
                wrong.append((newest, found))

    thread = threading.Thread(target=look)
    thread.start()
    looked.wait(60)  # until the first version was counted, however late the thread gets a core
    for snapshot in snapshots[1:]:
        publish(snapshot, settings, ByUpdates(most_lines=100))
    stop.set()
    thread.join()
    assert not wrong
    assert snapshots[0].digest in seen


def test_asks_as_before_where_there_is_no_register(settings, snapshots):
    version = version_of(snapshots[0].manifest, settings.base)
    assert version_in(Endpoint(settings.engine, settings), version, 5) is None


def test_names_every_graph_of_a_dump(snapshots):
    version = version_of(snapshots[0].manifest, Settings().base)
    assert set(sizes(snapshots[0].dump)) <= version.graphs
    cut = list(portions(snapshots[0].dump, version, 1 << 30, 7))
    assert {portion.count for portion in cut} <= set(range(1, 8))
    assert sum(portion.count for portion in cut) == snapshots[0].manifest.triples


# The command


def test_publishes_by_command(settings, snapshots, monkeypatch, capsys):
    folder = snapshots[0].path.parent
    for name in ("engine", "engine_update"):
        monkeypatch.setenv(f"CLAIMGRAPH_{name.upper()}", getattr(settings, name))
    assert main(["publish", "--snapshots", str(folder)]) == 0
    assert f"snapshot {snapshots[-1].digest[:12]} is published" in capsys.readouterr().out
    assert main(["publish", "--snapshots", str(folder), snapshots[0].digest[:12], "--keep", "1"]) == 0
    assert f"removed {snapshots[-1].digest[:12]}" in capsys.readouterr().out
    assert everything(settings) == {snapshots[0].digest: True}
    assert len(kept(folder)) == 4
    assert read_snapshot(snapshots[0].path).digest == snapshots[0].digest


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ([], "two addresses"),
        (["--engine", "http://127.0.0.1/"], "two addresses"),
        (["--engine", "http://me:secret@127.0.0.1/"], "belong into engine_user"),
        (["--engine", "ftp://127.0.0.1/"], "begins with http"),
        (["--engine", "http://127.0.0.1/", "--update", "http://127.0.0.1/", "--by", "bulk"], "--isql and --folder"),
        (["--engine", "http://127.0.0.1/", "--update", "http://127.0.0.1/", "--by", "graph-store"], "--graph-store"),
    ],
)
def test_says_what_it_needs(snapshots, given, said, capsys):
    assert main(["publish", "--snapshots", str(snapshots[0].path.parent), *given]) == 2
    told = capsys.readouterr().err
    assert said in told
    assert "secret" not in told


def test_says_that_the_engine_cannot_be_reached(snapshots, capsys):
    url = f"http://127.0.0.1:{engines.free_port()}/"
    assert main(["publish", "--snapshots", str(snapshots[0].path.parent), "--engine", url, "--update", url]) == 1
    assert capsys.readouterr().err == "claimgraph: the endpoint cannot be reached: Connection refused\n"


# Virtuoso


@pytest.fixture(scope="module")
def virtuoso(tmp_path_factory):
    with engines.virtuoso(tmp_path_factory.mktemp("virtuoso")) as running:
        yield running


@pytest.mark.parametrize("way", ["bulk", "graph store", "updates"])
def test_loads_virtuoso_in_each_way(virtuoso, snapshots, way):
    settings = Settings(**virtuoso.named(), keep_snapshots=1)
    load = {
        "bulk": lambda: Bulk.of(settings, virtuoso.isql, virtuoso.folder, str(virtuoso.folder)),
        "graph store": lambda: ByGraphStore(url=virtuoso.store),
        "updates": ByUpdates,
    }[way]()
    for snapshot in snapshots[:2]:
        done = publish(snapshot, settings, load)
        assert (done.was_whole, done.sent, done.fewer) == (False, snapshot.manifest.triples, {})
        assert sorted(ask(settings, snapshot, COUNT).splitlines()) == expected(snapshot, COUNT)
    assert everything(settings) == {snapshots[1].digest: True}
    assert not list(virtuoso.folder.glob("*.nq"))


def test_goes_on_after_a_break_of_the_bulk_loader(virtuoso, snapshots):
    """Files that cannot be read are told, and read the next time."""
    settings = Settings(**virtuoso.named(), keep_snapshots=1)
    load = Bulk.of(settings, virtuoso.isql, virtuoso.folder, str(virtuoso.folder))
    with pytest.raises(EngineError, match="refuses"):
        publish(snapshots[3], settings, replace(load, seen_as="/not/allowed"))
    assert not everything(settings)[snapshots[3].digest]
    assert publish(snapshots[3], settings, load).sent == snapshots[3].manifest.triples
    assert everything(settings) == {snapshots[3].digest: True}


def test_says_that_virtuoso_refuses_the_account(virtuoso, snapshots):
    settings = Settings(**virtuoso.named() | {"engine_password": "wrong"})
    with pytest.raises(EngineError, match="credentials"):
        publish(snapshots[0], settings, ByUpdates())
    load = Bulk.of(settings, virtuoso.isql, virtuoso.folder, str(virtuoso.folder))
    with pytest.raises(EngineError, match="Bad login"):
        load.run(
            Job(
                RemoteStore(settings),
                version_of(snapshots[0].manifest, settings.base),
                snapshots[0].dump,
                lambda *_: None,
                goes_on=True,
            )
        )


def test_bulk_loading_needs_an_account_and_a_folder(tmp_path):
    with pytest.raises(UsageError, match="ENGINE_USER"):
        Bulk.of(Settings(), "127.0.0.1:1", tmp_path, "/")
    with pytest.raises(UsageError, match="no folder"):
        Bulk.of(Settings(engine_user="a", engine_password="b"), "127.0.0.1:1", tmp_path / "none", "/")  # noqa: S106
