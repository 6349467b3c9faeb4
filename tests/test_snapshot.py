import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from pyoxigraph import RdfFormat, parse

from claimgraph.dataset import Layout
from claimgraph.errors import BadTurtle, Place, SnapshotError
from claimgraph.snapshot import build, digest_of, kept, open_current, read_downloads
from claimgraph.snapshot.aside import Aside

ROOT = Path(__file__).parent.parent
CLAIM = "<http://x.example/{0}> a <http://x.example/Claim> ; <http://x.example/basis> [ <http://x.example/n> {0} ] .\n"
RULE = (
    "#+ label: Kind\n#+ derives: kinds\n#+ why: because\n#+ example: one\n\n"
    "CONSTRUCT { ?x <http://x.example/kind> 1 } WHERE { ?x a <http://x.example/Claim> }\n"
)


@pytest.fixture
def layout(tmp_path):
    return dataset(tmp_path / "dataset", claims=3)


def dataset(folder, claims):
    (folder / "ontology/rules").mkdir(parents=True)
    (folder / "data/ttl").mkdir(parents=True)
    (folder / "ontology/rules/kind.rq").write_text(RULE)
    (folder / "data/ttl/claims.ttl").write_text("".join(CLAIM.format(number) for number in range(claims)))
    return Layout(folder)


def shipped(folder, names=("ontology", "data", "queries")):
    for name in names:
        shutil.copytree(ROOT / name, folder / name)
    return Layout(folder)


def leftovers(snapshots):
    return [path.name for path in snapshots.iterdir() if path.name.startswith((".building-", ".leaving-"))]


def test_the_same_files_give_the_same_snapshot_wherever_and_in_whatever_order(tmp_path):
    one = build(shipped(tmp_path / "one"), tmp_path / "snapshots-1")
    other = build(shipped(tmp_path / "far/other", ("queries", "data", "ontology")), tmp_path / "snapshots-2")
    assert one.digest == other.digest
    assert one.dump.read_bytes() == other.dump.read_bytes()


def test_another_process_with_another_hash_seed_writes_the_same_dump(tmp_path):
    dumps = []
    for seed in ("1", "2"):
        snapshots = tmp_path / seed
        command = [sys.executable, "-m", "claimgraph", "build", "--unchecked", "--snapshots", str(snapshots)]
        subprocess.run(command, check=True, env={**os.environ, "PYTHONHASHSEED": seed}, capture_output=True)
        dumps.append(open_current(snapshots).manifest.dump_sha256)
    assert dumps[0] == dumps[1]


@pytest.mark.parametrize("change", ["data/ttl/claims.ttl", "ontology/rules/kind.rq", "queries/new.rq"])
def test_a_change_of_any_file_changes_the_digest(layout, change):
    before = digest_of(layout)
    path = layout.root / change
    path.parent.mkdir(exist_ok=True)
    path.write_text((path.read_text() if path.exists() else "") + "# a comment\n")
    assert digest_of(Layout(layout.root)) != before


def test_every_derived_triple_is_in_the_graph_of_its_rule_and_counted_there(layout, tmp_path):
    manifest = build(layout, tmp_path / "snapshots").manifest
    assert [(rule.name, rule.triples) for rule in manifest.rules] == [("kind", 3)]


def test_the_snapshot_describes_its_graphs(layout, tmp_path):
    store = build(layout, tmp_path / "snapshots").open_store()
    rows = store.query(
        "SELECT ?graph ?count ?source { GRAPH ?own { ?graph <http://rdfs.org/ns/void#triples> ?count ;"
        " <http://purl.org/dc/terms/source> ?source } }"
    )
    assert [(row["graph"].value, row["count"].value, row["source"].value) for row in rows] == [
        ("https://w3id.org/claimgraph/graph/claims", "9", "data/ttl/claims.ttl")
    ]


def test_store_and_dump_hold_the_same(layout, tmp_path):
    snapshot = build(layout, tmp_path / "snapshots")
    dumped = {str(quad) for quad in parse(path=snapshot.dump, format=RdfFormat.N_QUADS)}
    assert len(dumped) == len(snapshot.open_store()) == snapshot.manifest.triples


def test_a_second_build_of_the_same_dataset_does_nothing(layout, tmp_path):
    first = build(layout, tmp_path / "snapshots")
    assert build(layout, tmp_path / "snapshots").manifest.built_at == first.manifest.built_at
    assert first.path.stat().st_mtime_ns == open_current(tmp_path / "snapshots").path.stat().st_mtime_ns


def test_a_build_that_fails_leaves_the_old_snapshot_current(layout, tmp_path):
    good = build(layout, tmp_path / "snapshots")
    (layout.root / "data/ttl/claims.ttl").write_text("<a> <b> ,")
    with pytest.raises(BadTurtle):
        build(Layout(layout.root), tmp_path / "snapshots")
    assert open_current(tmp_path / "snapshots").digest == good.digest
    assert leftovers(tmp_path / "snapshots") == []


def test_a_disk_that_is_full_is_told_and_leaves_the_old_snapshot_current(layout, tmp_path, monkeypatch):
    good = build(layout, tmp_path / "snapshots")
    (layout.root / "data/ttl/more.ttl").write_text(CLAIM.format(9))

    def full(_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(SnapshotError, match="No space left"):
        build(Layout(layout.root), tmp_path / "snapshots")
    assert open_current(tmp_path / "snapshots").digest == good.digest


@pytest.mark.parametrize("part", ["dataset.nq", "search.sqlite", "manifest.json", "store/CURRENT"])
@pytest.mark.parametrize("spoil", ["cut", "remove"])
def test_a_snapshot_cut_short_is_recognised_and_told_in_one_line(layout, tmp_path, part, spoil):
    path = build(layout, tmp_path / "snapshots").path / part
    if spoil == "cut":
        os.truncate(path, path.stat().st_size // 2)
    else:
        path.unlink()
    with pytest.raises(SnapshotError, match="claimgraph build") as caught:
        open_current(tmp_path / "snapshots")
    assert "\n" not in str(caught.value)


def test_a_build_mends_a_snapshot_cut_short(layout, tmp_path):
    os.truncate(build(layout, tmp_path / "snapshots").dump, 10)
    build(layout, tmp_path / "snapshots")
    open_current(tmp_path / "snapshots").verify()


def test_a_dump_altered_without_a_change_of_size_is_recognised_and_mended(layout, tmp_path):
    snapshot = build(layout, tmp_path / "snapshots")
    whole = snapshot.dump.read_bytes()
    snapshot.dump.write_bytes(whole[:-3] + b"#.\n")
    with pytest.raises(SnapshotError, match="not what was built"):
        open_current(tmp_path / "snapshots").verify(content=True)
    build(layout, tmp_path / "snapshots")
    assert snapshot.dump.read_bytes() == whole


def test_a_snapshot_from_before_there_was_an_index_is_built_anew(layout, tmp_path):
    path = build(layout, tmp_path / "snapshots").path
    manifest = json.loads((path / "manifest.json").read_text(encoding="utf-8"))
    del manifest["parts"]["search.sqlite"], manifest["index_sha256"]
    (path / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    assert open_current(tmp_path / "snapshots").index is None
    assert build(layout, tmp_path / "snapshots").index.is_file()


def test_files_to_take_away_of_a_change_come_after_it_is_published(layout, tmp_path):
    first = build(layout, tmp_path / "snapshots")
    assert len(read_downloads(first.path, content=True)) == 4
    current = {}

    def told(stage, _done, _all):
        current[stage] = (tmp_path / "snapshots/current").readlink().name

    (layout.root / "data/ttl/more.ttl").write_text(CLAIM.format(9).partition(" ; ")[0] + " .")
    snapshot = build(Layout(layout.root), tmp_path / "snapshots", progress=told)
    assert snapshot.manifest.after == first.digest
    assert current.pop("pack") == snapshot.digest
    assert set(current.values()) == {first.digest}
    assert len(read_downloads(snapshot.path, content=True)) == 4


@pytest.mark.parametrize("spoil", ["cut", "remove", "alter"])
def test_a_build_mends_files_to_take_away(layout, tmp_path, spoil):
    snapshot = build(layout, tmp_path / "snapshots")
    path = snapshot.path / "downloads/dataset.nq.gz"
    whole = path.read_bytes()
    if spoil == "cut":
        os.truncate(path, 10)
    elif spoil == "remove":
        path.unlink()
    else:
        path.write_bytes(whole[:-1] + b"x")
    assert read_downloads(snapshot.path, content=True) == ()
    build(layout, tmp_path / "snapshots")
    assert path.read_bytes() == whole
    assert len(read_downloads(snapshot.path, content=True)) == 4


def test_a_build_without_files_to_take_away_leaves_none(layout, tmp_path):
    assert read_downloads(build(layout, tmp_path / "snapshots", pack=False).path) == ()


def test_a_snapshot_built_before_its_commit_learns_of_it(layout, tmp_path):
    def git(*arguments):
        identity = ["-c", "user.name=A", "-c", "user.email=a@example.org", "-c", "commit.gpgsign=false"]
        return subprocess.run(["git", *identity, *arguments], cwd=layout.root, check=True, capture_output=True).stdout

    git("init", "-q")
    first = build(layout, tmp_path / "snapshots")
    assert first.manifest.committed_at is None
    git("add", ".")
    git("commit", "-q", "-m", "state")
    build(layout, tmp_path / "snapshots")
    known = open_current(tmp_path / "snapshots")
    assert known.digest == first.digest
    assert known.manifest.commit == git("rev-parse", "HEAD").decode().strip()
    assert known.manifest.recorded.isoformat() == git("show", "-s", "--format=%cI").decode().strip()
    (layout.root / "data/ttl/more.ttl").write_text(CLAIM.format(9))
    assert build(Layout(layout.root), tmp_path / "snapshots").manifest.committed_at is None


def test_where_no_snapshot_is_the_message_says_what_to_do(tmp_path):
    with pytest.raises(SnapshotError, match="run 'claimgraph build'"):
        open_current(tmp_path)


def test_only_the_newest_snapshots_are_kept(layout, tmp_path):
    digests = []
    for number in range(4):
        (layout.root / "data/ttl/claims.ttl").write_text(CLAIM.format(number))
        digests.append(build(Layout(layout.root), tmp_path / "snapshots", keep=2).digest)
    assert {path.name for path in kept(tmp_path / "snapshots")} == set(digests[-2:])


def test_a_removal_that_is_interrupted_leaves_no_half_snapshot(layout, tmp_path, monkeypatch):
    snapshots = tmp_path / "snapshots"
    build(layout, snapshots)
    (layout.root / "data/ttl/more.ttl").write_text(CLAIM.format(9))
    monkeypatch.setattr(shutil, "rmtree", interrupted(shutil.rmtree))
    with pytest.raises(KeyboardInterrupt):
        build(Layout(layout.root), snapshots, keep=1)
    assert [leftover[:9] for leftover in leftovers(snapshots)] == [".leaving-"]
    assert kept(snapshots) == [open_current(snapshots).path]
    monkeypatch.undo()
    build(Layout(layout.root), snapshots)
    assert leftovers(snapshots) == []


def test_a_replacement_that_is_interrupted_leaves_the_new_snapshot(layout, tmp_path, monkeypatch):
    snapshots = tmp_path / "snapshots"
    first = build(layout, snapshots)
    os.truncate(first.dump, 1)
    monkeypatch.setattr(shutil, "rmtree", interrupted(shutil.rmtree))
    with pytest.raises(KeyboardInterrupt):
        build(layout, snapshots)
    open_current(snapshots).verify(content=True)
    monkeypatch.undo()
    build(layout, snapshots)
    assert leftovers(snapshots) == []


def interrupted(remove):
    """Remove the index of a snapshot, and be interrupted before the rest; remove other folders as they are."""

    def half(path, *arguments, **options):
        if not (Path(path) / "search.sqlite").exists():
            return remove(path, *arguments, **options)
        (Path(path) / "search.sqlite").unlink()
        raise KeyboardInterrupt

    return half


def test_builds_at_once_all_end_well(tmp_path):
    layout = dataset(tmp_path / "dataset", claims=2000)
    command = [sys.executable, "-m", "claimgraph", "build", "--unchecked"]
    command += ["--dataset", str(layout.root), "--snapshots", str(tmp_path / "snapshots")]
    running = [subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) for _ in range(3)]
    assert [(process.communicate()[1], process.returncode) for process in running] == [(b"", 0)] * 3
    open_current(tmp_path / "snapshots").verify()


def test_the_manifest_names_files_rules_and_version(layout, tmp_path):
    snapshot = build(layout, tmp_path / "snapshots")
    manifest = json.loads((snapshot.path / "manifest.json").read_text(encoding="utf-8"))
    assert {"digest", "commit", "files", "rules", "version"} <= manifest.keys()


def test_work_aside_tells_what_went_wrong_and_that_it_was_ended(tmp_path):
    with Aside(lambda caller: (tmp_path / "done").write_text(str(caller.ask("what")))) as work:
        assert work.result() == "what"
        work.answer("this")
        assert work.result() is None
    assert (tmp_path / "done").read_text() == "this"

    def fail(_caller):
        raise BadTurtle("no such thing", place=Place("a.ttl", 1, 2))

    with Aside(fail) as work, pytest.raises(BadTurtle, match=r"a\.ttl:1:2 no such thing"):
        work.result()
    with Aside(lambda _caller: 1 / 0) as work, pytest.raises(ZeroDivisionError) as raised:
        work.result()
    assert "in _run" in raised.value.__notes__[0]
    with (
        Aside(lambda _caller: os.kill(os.getpid(), signal.SIGKILL)) as work,
        pytest.raises(SnapshotError, match="from outside"),
    ):
        work.result()
    with Aside(lambda _caller: time.sleep(600)) as work:
        assert work._process.is_alive()
    assert work._process.exitcode == -signal.SIGKILL
