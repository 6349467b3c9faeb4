"""Bad input to check and build: never a traceback, never a half snapshot, always a line that says what is wrong."""

import os
import re
import shutil
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from claimgraph.check import check, syntax
from claimgraph.cli import main
from claimgraph.dataset import Layout
from claimgraph.errors import UsageError
from claimgraph.snapshot import open_current

MINIMAL = Path(__file__).parent / "minimal"
CLAIMS = "data/ttl/harbour/claims.ttl"
# Every build is done by a child of a process that never opened a store: a fork has none of the store's threads.
KILLS = """
import os, random, signal, sys, time
from pathlib import Path
from claimgraph.dataset import Layout
from claimgraph.snapshot import build, digest_of, kept, open_current, read_snapshot

root, snapshots, full, kills = Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3] == "whole", 25
file, chance = root / "data/ttl/harbour/more.ttl", random.Random(1)

def begin(text, full):
    file.write_text(text)
    child = os.fork()
    if not child:
        build(Layout(root), snapshots, full=full)
        os._exit(0)
    return child

def built(text, full):
    start = time.perf_counter()
    assert os.waitpid(begin(text, full), 0)[1] == 0
    current = open_current(snapshots)
    assert current.digest == digest_of(Layout(root))
    return current, time.perf_counter() - start

built("# first\\n", True)
before, last = built("# second\\n", full)
assert bool(before.manifest.after) != full
good, ended = before.digest, 0
for number in range(kills):
    child = begin(f"<http://x.example/{number}> <http://x.example/p> {number} .\\n", full)
    time.sleep(chance.uniform(0, 1.1 * last))
    os.kill(child, signal.SIGKILL)
    ended += os.waitpid(child, 0)[1] == 0
    current = open_current(snapshots)
    current.verify(content=True)
    assert current.digest in {good, digest_of(Layout(root))}, number
    for path in kept(snapshots):
        read_snapshot(path).verify(content=True)
    good = current.digest
assert ended < kills
built("# last\\n", full)
assert not [*snapshots.glob(".building-*"), *snapshots.glob(".leaving-*")]
print("fine")
"""


@pytest.fixture
def dataset(tmp_path):
    return shutil.copytree(MINIMAL, tmp_path / "dataset")


def run(capsys, *arguments):
    """Run a command; what it says on standard error is short."""
    status = main(list(map(str, arguments)))
    said = capsys.readouterr()
    assert "Traceback" not in said.err
    return status, said.out + said.err


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"\xff\xfe<\x00a\x00", "CG002 byte 0xFF is not UTF-8"),
        (b"caf\xe9 .", "CG002 byte 0xE9 is not UTF-8"),
        (b"", "CG202 the file states no licence of its graph"),
        (b"\x00" * 100, "CG001"),
        (b"\xef\xbb\xbf", "CG001"),
        (b"<a" * 100_000, "CG001"),
        (b"[" * 100_000, "CG001"),
        (b"(" * 100_000, "CG001"),
        (b"@prefix " * 50_000, "CG001"),
        (b"# only a comment", "CG202"),
    ],
    ids=["UTF-16", "Latin-1", "empty", "zeros", "mark", "half an IRI", "brackets", "lists", "prefixes", "comment"],
)
def test_tells_what_is_wrong_with_a_file(dataset, capsys, content, words):
    (dataset / "data/ttl/harbour/bad.ttl").write_bytes(content)
    status, said = run(capsys, "check", "--dataset", dataset)
    assert status == 1
    assert re.search(rf"^data/ttl/harbour/bad\.ttl:1:\d+ {words}", said, re.MULTILINE)
    assert len(said) < 2000


@pytest.mark.parametrize("content", [b"", b"\xff", b"#+ a: [", b"{" * 9999], ids=["empty", "bytes", "header", "braces"])
@pytest.mark.parametrize("file", ["queries/bad.rq", "ontology/rules/bad.rq"])
def test_tells_what_is_wrong_with_a_query_or_rule(dataset, capsys, file, content):
    (dataset / file).parent.mkdir(parents=True, exist_ok=True)
    (dataset / file).write_bytes(content)
    status, said = run(capsys, "check", "--dataset", dataset)
    assert status == 1
    assert f"{file}:1:" in said


def test_refuses_a_file_of_200_megabytes_at_once(dataset, capsys):
    huge = dataset / "data/ttl/harbour/huge.ttl"
    huge.touch()
    os.truncate(huge, 200_000_000)
    status, said = run(capsys, "check", "--dataset", dataset)
    assert status == 1
    assert f"huge.ttl:1:1 CG002 the file has 200,000,000 bytes; more than {syntax.LARGEST:,} are not read" in said


def circle_of_files(folder):
    (folder / "one.ttl").symlink_to("two.ttl")
    (folder / "two.ttl").symlink_to("one.ttl")


def pipe(folder):
    os.mkfifo(folder / "one.ttl")


def link_to_nowhere(folder):
    (folder / "one.ttl").symlink_to("nowhere.ttl")


def folder_by_the_name_of_a_file(folder):
    (folder / "target").mkdir()
    (folder / "one.ttl").symlink_to("target")


@pytest.mark.parametrize("make", [circle_of_files, pipe, link_to_nowhere])
@pytest.mark.parametrize("command", ["check", "build"])
def test_names_a_file_that_cannot_be_read(dataset, tmp_path, capsys, make, command):
    make(dataset / "data/ttl/harbour")
    status, said = run(capsys, "--snapshots", tmp_path / "snapshots", command, "--dataset", dataset)
    assert status == 2
    assert said.startswith("claimgraph: data/ttl/harbour/one.ttl cannot be read: ")
    assert not (tmp_path / "snapshots").exists()


@pytest.mark.parametrize("target", ["..", "../../..", "."])
def test_follows_no_folder_into_a_circle(dataset, target):
    (dataset / "data/ttl/harbour/again").symlink_to(target, target_is_directory=True)
    assert check(Layout(dataset)) == []


def test_a_link_to_a_folder_by_the_name_of_a_file_is_no_file(dataset):
    folder_by_the_name_of_a_file(dataset / "data/ttl/harbour")
    assert check(Layout(dataset)) == []


@pytest.mark.parametrize("file", [CLAIMS, "queries/held.rq", "ontology/rules/vanishing.rq"])
def test_a_file_that_vanishes_after_it_was_listed_is_a_finding(dataset, file):
    path = dataset / file
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("ASK {}")
    layout = Layout(dataset)
    layout.files()
    path.unlink()
    assert [(finding.place.file, finding.code) for finding in check(layout)] == [(file, "CG002")]


def test_files_that_come_and_go_cause_findings_and_no_traceback(dataset):
    """Check again and again while another thread takes files away, cuts them short and brings them back."""
    whole = {path: path.read_bytes() for path in dataset.rglob("*") if path.suffix in {".ttl", ".rq", ".txt"}}
    stop = threading.Event()

    def disturb():
        while not stop.is_set():
            for path, content in whole.items():
                path.unlink()
                path.write_bytes(content[: len(content) // 2])
                path.write_bytes(content)

    disturbing = threading.Thread(target=disturb)
    disturbing.start()
    try:
        for _ in range(15):
            try:
                check(Layout(dataset))
            except UsageError as error:
                assert "cannot be read" in str(error)  # noqa: PT017 - it may be raised or not
    finally:
        stop.set()
        disturbing.join()
    assert check(Layout(dataset)) == []


@pytest.mark.parametrize("way", ["whole", "from the snapshot before"])
def test_a_build_killed_at_any_of_25_moments_leaves_no_half_snapshot(dataset, tmp_path, way):
    run = subprocess.run(
        [sys.executable, "-c", KILLS, str(dataset), str(tmp_path / "snapshots"), way],
        check=False,
        capture_output=True,
        text=True,
    )
    assert (run.stdout, run.stderr) == ("fine\n", "")
    open_current(tmp_path / "snapshots").verify(content=True)
