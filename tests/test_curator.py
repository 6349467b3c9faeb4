"""The process behind `serve --watch`: what it tells, and publishes, is of the files as they were when it looked."""

import json
import shutil
from concurrent.futures import Future
from pathlib import Path

import pytest

from claimgraph.check import check, check_again
from claimgraph.dataset import Layout
from claimgraph.errors import ClaimgraphError
from claimgraph.serve.curator import Curator
from claimgraph.settings import Settings
from claimgraph.snapshot import build, kept, open_current
from claimgraph.sources import ALL, with_sources

MINIMAL = Path(__file__).parent / "minimal"
CLAIMS = "data/ttl/harbour/claims.ttl"
MAPPING = "data/sources/harbour-watch/pilots.rq"
COPY = "data/ttl/harbour/log.txt"


class Meanwhile:
    """Check at once, between two changes of a file: as it then is, and what is there when the check has ended."""

    def __init__(self, path, during, after):
        self.path, self.during, self.after = path, during, after

    def submit(self, action, *arguments, **options):
        checked = Future()
        self.path.write_text(self.during)
        checked.set_result(action(*arguments, **options))
        self.path.write_text(self.after)
        return checked


@pytest.fixture
def dataset(tmp_path):
    return shutil.copytree(MINIMAL, tmp_path / "dataset")


@pytest.fixture
def curator(dataset, tmp_path):
    made = Curator(dataset, tmp_path / "state.json", Settings(snapshots=tmp_path / "snapshots"))
    with made._checker:
        yield made


def state(curator):
    return json.loads(curator.file.read_text(encoding="utf-8"))


def test_a_fault_that_came_and_went_during_a_check_is_forgotten_at_the_next_look(dataset, curator):
    path, checker = dataset / CLAIMS, curator._checker
    good = path.read_text()
    curator._checker = Meanwhile(path, good.replace("cg:heldBy", "cg:heldby"), good)
    curator.look()
    assert not state(curator)["good"]
    curator._checker = checker
    curator.look()
    assert state(curator)["good"]


def test_what_has_a_fault_is_not_published_where_it_was_mended_before_the_check_read_it(dataset, curator, tmp_path):
    curator.look()
    path, before = dataset / CLAIMS, open_current(tmp_path / "snapshots").digest
    good = path.read_text()
    bad = good.replace("cg:heldBy", "cg:heldby")
    path.write_text(bad)
    curator._checker = Meanwhile(path, good, bad)
    curator.look()
    assert not state(curator)["good"]
    assert open_current(tmp_path / "snapshots").digest == before


def test_the_same_fault_is_said_once(dataset, curator, capsys):
    (dataset / CLAIMS).write_text("<a> <b> ,")
    curator.look()
    first = capsys.readouterr().err
    assert f"{CLAIMS}:1:" in first
    curator.look()
    assert capsys.readouterr().err == ""
    assert not state(curator)["good"]


def test_a_mapping_that_does_not_parse_is_forgotten_once_it_is_as_before(dataset, curator):
    curator.look()
    assert state(curator)["good"]
    mapping = dataset / MAPPING
    good = mapping.read_text()
    mapping.write_text(good.replace("WHERE", "WHEN"))
    curator.look()
    assert not state(curator)["good"]
    mapping.write_text(good)
    curator.look()
    assert state(curator)["good"]


@pytest.mark.parametrize("file", [CLAIMS, "queries/claims.rq", MAPPING, COPY])
@pytest.mark.parametrize("is_remembered", [True, False])
def test_what_changed_after_it_was_listed_is_a_finding_and_not_remembered(dataset, file, is_remembered):
    path = dataset / file
    before = path.read_bytes()
    if is_remembered:  # and what is listed is not what is remembered
        assert check_again(Layout(dataset), grain=ALL, smallest=0).findings == []
        path.write_bytes(before + b"# listed\n")
    layout = with_sources(Layout(dataset), ALL)
    layout.files()
    listed = path.read_bytes()
    path.write_bytes(before + b"# more\n")
    (finding,) = check_again(layout, grain=ALL, smallest=0).findings
    assert (finding.place.file, finding.code) == (CLAIMS if file == COPY else file, "CG002")
    assert finding.message.endswith("has changed meanwhile; try again")
    path.write_bytes(listed)
    assert check_again(Layout(dataset), grain=ALL, smallest=0).findings == check(Layout(dataset), grain=ALL)


def test_a_copy_that_vanished_after_it_was_listed_is_not_remembered_as_missing(dataset):
    layout = Layout(dataset)
    layout.files()
    copy = dataset / COPY
    before = copy.read_bytes()
    copy.unlink()
    assert [finding.code for finding in check_again(layout, smallest=0).findings] == ["CG002"]
    copy.write_bytes(before)
    assert check_again(Layout(dataset), smallest=0).findings == []


@pytest.mark.parametrize("file", ["queries/claims.rq", "ontology/rules/holder.rq", CLAIMS, COPY])
def test_a_build_refuses_what_changed_after_it_was_listed(dataset, tmp_path, file):
    layout = Layout(dataset)
    layout.files()
    path = dataset / file
    path.write_text(path.read_text() + "# more\n")
    with pytest.raises(ClaimgraphError, match=f"{file} has changed meanwhile; try again"):
        build(layout, tmp_path / "snapshots")
    assert kept(tmp_path / "snapshots") == []
