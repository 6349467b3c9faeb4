"""Two clocks: the snapshots that are kept, what changed between them, and how things were (Memento, RFC 7089)."""

import datetime as dt
import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest
from werkzeug.http import http_date, parse_date

from claimgraph.catalog import Catalog
from claimgraph.cli import main
from claimgraph.compare import compare_dumps, difference, difference_of
from claimgraph.compare.sources import Sources
from claimgraph.dataset import Layout
from claimgraph.snapshot import kept, open_current, read_downloads, read_snapshot
from edits import CLAIMS, NEW_CLAIM
from serving import Server

ROOT = Path(__file__).parent.parent
TIMES = ("2021-05-01T12:00:00+00:00", "2022-06-01T12:00:00+00:00", "2023-07-01T12:00:00+02:00")
BROWSER = {"Accept": "text/html"}


def git(folder, *arguments, at=None):
    dates = {"GIT_AUTHOR_DATE": at, "GIT_COMMITTER_DATE": at} if at else {}
    identity = ["-c", "user.name=A", "-c", "user.email=a@example.org", "-c", "commit.gpgsign=false"]
    command = ["git", *identity, *arguments]
    run = subprocess.run(command, cwd=folder, check=True, capture_output=True, text=True, env={**dates, "HOME": "/"})
    return run.stdout.strip()


@pytest.fixture(scope="module")
def history(tmp_path_factory):
    """Make a repository of three commits: the shipped data without ST60, as they are, and with a claim more."""
    folder = tmp_path_factory.mktemp("history")
    for part in ("ontology", "data", "queries"):
        shutil.copytree(ROOT / part, folder / part)
    git(folder, "init", "-q", "-b", "main")
    path = folder / CLAIMS
    whole = path.read_text(encoding="utf-8")
    states = (without(whole, ":st60 "), whole, whole + NEW_CLAIM)
    for state, at in zip(states, TIMES, strict=True):
        path.write_text(state, encoding="utf-8")
        git(folder, "add", ".")
        git(folder, "commit", "-q", "-m", "state", at=at)
    return folder


def unasked(state):
    """Return a state without questions, which take the longest to compare."""
    state.catalog = Catalog([])
    return state


def without(text, subject):
    """Cut the statement about a subject out of a file."""
    start = text.index("\n" + subject) + 1
    return text[:start] + text[text.index(" .\n", start) + 3 :]


@pytest.fixture(scope="module")
def snapshots(history, tmp_path_factory):
    """Build the last state, and publish the two before it by their commits."""
    folder = tmp_path_factory.mktemp("snapshots")
    common = ["--dataset", str(history), "--snapshots", str(folder)]
    assert main(["build", "--unchecked", *common]) == 0
    for commit in ("HEAD~2", "main~1"):
        assert main(["build", "--commit", commit, *common]) == 0
    return folder


@pytest.fixture(scope="module")
def states(snapshots):
    """Return the three snapshots by time."""
    return sorted(map(read_snapshot, kept(snapshots)), key=lambda snapshot: snapshot.manifest.recorded)


@pytest.fixture(scope="module")
def server(snapshots):
    running = Server(snapshots, http_workers=1)
    yield running
    running.stop()


def ask(server, path, **headers):
    status, received, body = server.get(path, **headers)
    return status, {name.lower(): value for name, value in received.items()}, body


def path_of(server, address):
    return address.removeprefix(server.url)


# Builds of the past


def test_a_commit_is_published_beside_the_current_snapshot(history, snapshots, states):
    assert open_current(snapshots).digest == states[2].digest
    commits = [git(history, "rev-parse", name) for name in ("HEAD~2", "HEAD~1", "HEAD")]
    assert [state.manifest.commit for state in states] == commits


def test_the_time_of_a_state_is_that_of_its_commit(states):
    assert [state.manifest.recorded for state in states] == [dt.datetime.fromisoformat(at) for at in TIMES]


def test_no_later_build_removes_what_was_published_so(history, snapshots, states, tmp_path):
    copy = tmp_path / "snapshots"
    shutil.copytree(snapshots, copy, symlinks=True)
    dataset = tmp_path / "dataset"
    for part in ("ontology", "data", "queries"):
        shutil.copytree(history / part, dataset / part)
    (dataset / "queries/contradictions.rq").unlink()
    assert main(["build", "--unchecked", "--dataset", str(dataset), "--snapshots", str(copy)]) == 0
    assert {state.digest for state in states[:2]} < {path.name for path in kept(copy)}


def test_what_is_no_commit_is_told_in_one_line(history, tmp_path, capsys):
    common = ["--dataset", str(history), "--snapshots", str(tmp_path)]
    assert main(["build", "--commit", "--output=x", *common]) == 2
    assert "is no commit of" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


# Differences


def test_a_difference_of_kept_snapshots_is_that_of_the_files(history, states, tmp_path):
    whole = Sources(Layout(history), tmp_path)
    first, last = (unasked(whole.state(name)) for name in ("HEAD~2", "HEAD"))
    for older, newer, slow in ((0, 2, difference(first, last)), (2, 0, difference(last, first))):
        found = difference_of(states[older], states[newer], compare_dumps(states[older].dump, states[newer].dump))
        assert found.sections == slow.sections
        assert {"claims", "positions", "disputes"} <= {section.key for section in found.sections}


def test_counts_what_changed_without_looking_anything_up(states):
    counts = [compare_dumps(states[0].dump, state.dump).counts() for state in states]
    assert [count["claims_added"] for count in counts] == [0, 1, 2]
    assert compare_dumps(states[2].dump, states[0].dump).claims_removed == 2
    assert compare_dumps(states[1].dump, states[1].dump).words() == "no change"


def test_a_blank_node_that_changes_counts_for_the_thing_that_has_it(tmp_path):
    dumps = []
    for number, value in enumerate(("1", "2")):
        dump = tmp_path / f"{number}.nq"
        dump.write_text(
            "<http://x/a> <http://x/p> _:b0 <http://x/g> .\n_:b0 <http://x/q> _:b1 <http://x/g> .\n"
            f'_:b1 <http://x/r> "{value}" <http://x/g> .\n'
        )
        dumps.append(dump)
    assert compare_dumps(*dumps).things == {"http://x/a"}


def test_lists_the_snapshots_with_what_changed(server, states):
    told = json.loads(ask(server, "/versions?format=json")[2])
    assert [one["digest"] for one in told["snapshots"]] == [state.digest for state in reversed(states)]
    assert [one["in_service"] for one in told["snapshots"]] == [True, False, False]
    assert [one["changes"]["claims_added"] for one in told["snapshots"][:2]] == [1, 1]
    assert "changes" not in told["snapshots"][2]
    page = ask(server, "/versions", **BROWSER)[2].decode()
    assert "1 claim added" in page
    for target in re.findall(r'href="(/versions/[^"]+)"', page):
        assert ask(server, target, **BROWSER)[0] == 200


@pytest.mark.parametrize("names", ["digest", "commit"])
def test_tells_what_changed_between_two_snapshots(server, states, names):
    first, last = (getattr(state.manifest, names)[:12] for state in (states[1], states[2]))
    status, headers, body = ask(server, f"/versions/{first}...{last}.json")
    assert (status, headers["content-type"]) == (200, "application/json")
    told = json.loads(body)
    assert [(change["verb"], change["name"]) for change in told["claims"]] == [("added", "id:iskander-shusha/st61")]
    assert told["positions"][0]["verb"] == "taken"
    assert told["disputes"][0]["verb"] == "opened"
    page = ask(server, f"/versions/{first}...{last}", **BROWSER)[2].decode()
    assert "ST61: Aliyev denies that he is President" in page
    status, headers, body = ask(server, f"/versions/{first}...{last}.md")
    assert headers["content-type"].startswith("text/markdown")
    assert b"**added** `id:iskander-shusha/st61`" in body


def test_what_is_gone_leads_to_where_it_was(server, states):
    page = ask(server, f"/versions/{states[1].digest[:16]}...{states[0].digest[:16]}", **BROWSER)[2].decode()
    target = re.search(r'<b>removed</b> <a href="([^"]+)">ST60', page)[1]
    status, _, body = ask(server, target, **BROWSER)
    assert status == 200
    assert "As it was in the state of 2022-06-01" in body.decode()


@pytest.mark.parametrize(
    "name", ["zz...yy", "aaaaaaaa...bbbbbbbb", "nothing", "...", "a...b.json", "%22...%3Cscript%3E"]
)
def test_says_that_a_snapshot_is_not_kept(server, name):
    status, _, body = ask(server, f"/versions/{name}")
    assert status == 404
    assert b"/versions lists" in body


def test_a_difference_never_changes(server, states):
    path = f"/versions/{states[0].digest[:16]}...{states[2].digest[:16]}.json"
    etag = ask(server, path)[1]["etag"]
    assert ask(server, path, **{"If-None-Match": etag})[0] == 304


# Memento

THING = "iskander-shusha/st60"  # not there in the first state


def links(text):
    """Parse a Link header or a TimeMap into targets by relation, with the time where there is one."""
    found = {}
    for target, parameters in re.findall(r"<([^>]*)>((?:; ?[\w-]+=\"[^\"]*\")*)", text):
        given = dict(re.findall(r'([\w-]+)="([^"]*)"', parameters))
        for relation in given["rel"].split():
            found.setdefault(relation, []).append((target, given.get("datetime")))
    return found


@pytest.mark.parametrize("path", [f"/page/{THING}", f"/data/{THING}.ttl", "/ontology.ttl", "/catalog", "/dump"])
def test_an_original_leads_to_its_past(server, path):
    found = links(ask(server, path)[1]["link"])
    for relation in ("timegate", "timemap"):
        assert found[relation] == [(f"{server.url}/{relation}{path}", None)]


def test_a_timemap_lists_the_states_that_had_it(server, states):
    status, headers, body = ask(server, f"/timemap/data/{THING}.ttl")
    assert (status, headers["content-type"]) == (200, "application/link-format")
    found = links(body.decode())
    assert found["original"] == [(f"{server.url}/data/{THING}.ttl", None)]
    wanted = [
        (f"{server.url}/versions/{state.digest[:16]}/data/{THING}.ttl", http_date(state.manifest.recorded))
        for state in states[1:]
    ]
    assert found["memento"] == wanted
    assert (found["first"], found["last"]) == (wanted[:1], wanted[1:])
    told = json.loads(ask(server, f"/timemap/data/{THING}.ttl?format=json")[2])
    assert [one["uri"] for one in told["mementos"]["list"]] == [target for target, _ in wanted]


def test_the_dataset_has_a_timemap_too(server, states):
    assert len(links(ask(server, "/timemap/catalog")[2].decode())["memento"]) == len(states)


@pytest.mark.parametrize(
    ("asked", "state"),
    [
        (None, 2),
        ("Sat, 01 May 2021 12:00:00 GMT", 0),
        ("Sat, 01 May 2021 11:59:59 GMT", 0),
        ("Wed, 01 Jun 2022 11:59:59 GMT", 0),
        ("Wed, 01 Jun 2022 12:00:00 GMT", 1),
        ("Sat, 01 Jul 2023 10:00:00 GMT", 2),
        ("Fri, 01 Jan 2100 00:00:00 GMT", 2),
    ],
)
def test_a_timegate_leads_to_the_state_of_a_time(server, states, asked, state):
    headers = {"Accept-Datetime": asked} if asked else {}
    status, told, _ = ask(server, "/timegate/data/weapon/iskander.ttl", **headers)
    assert status == 302
    assert told["location"] == f"{server.url}/versions/{states[state].digest[:16]}/data/weapon/iskander.ttl"
    assert "accept-datetime" in told["vary"].lower()
    found = links(told["link"])
    assert found["original"] == [(f"{server.url}/data/weapon/iskander.ttl", None)]
    assert (told["location"], http_date(states[state].manifest.recorded)) in found["memento"]
    assert "memento-datetime" not in told


@pytest.mark.parametrize(
    "path", ["/data/weapon/iskander.ttl", "/page/weapon/iskander", "/catalog.ttl", "/ontology.ttl"]
)
def test_a_memento_says_of_when_it_is(server, states, path):
    location = ask(server, f"/timegate{path}", **{"Accept-Datetime": "Wed, 01 Jun 2022 12:00:00 GMT"})[1]["location"]
    status, told, _ = ask(server, path_of(server, location))
    assert status == 200
    assert parse_date(told["memento-datetime"]) == states[1].manifest.recorded
    assert links(told["link"])["original"] == [(server.url + path, None)]
    assert told["claimgraph-snapshot"] == states[1].digest


def test_the_name_of_a_thing_leads_to_the_thing_as_it_was(server, states):
    location = ask(server, f"/timegate/id/{THING}", **{"Accept-Datetime": "Wed, 01 Jun 2022 12:00:00 GMT"})[1][
        "location"
    ]
    status, told, _ = ask(server, path_of(server, location), Accept="text/turtle")
    assert status == 303
    assert told["location"] == f"/versions/{states[1].digest[:16]}/data/{THING}.ttl"
    status, told, body = ask(server, told["location"])
    assert (status, told["claimgraph-snapshot"]) == (200, states[1].digest)
    assert b"ST60" in body


def test_a_state_that_lacks_a_thing_says_so(server, states):
    assert ask(server, f"/versions/{states[0].digest[:16]}/data/{THING}.ttl")[0] in {404, 410}


def test_files_of_the_past_can_be_taken_away(server, states):
    status, told, body = ask(server, f"/versions/{states[0].digest[:16]}/dump/dataset.nq.gz")
    assert status == 200
    assert parse_date(told["memento-datetime"]) == states[0].manifest.recorded
    assert len(body) == next(one.bytes for one in read_downloads(states[0].path) if one.path.endswith("nq.gz"))


@pytest.mark.parametrize("gate", ["timegate", "timemap"])
@pytest.mark.parametrize("path", ["data/nothing/here.ttl", "id/nobody", "graph/none", "sparql", "nothing", "id/%22%3E"])
def test_says_that_nothing_is_known_of_a_past(server, gate, path):
    assert ask(server, f"/{gate}/{path}")[0] == 404


def test_says_that_a_time_is_none(server):
    status, _, body = ask(server, "/timegate/catalog", **{"Accept-Datetime": "yesterday"})
    assert status == 400
    assert b"Accept-Datetime" in body


def test_a_file_goes_out_in_parts_over_the_wire(server):
    whole = ask(server, "/dump/dataset.trig.zst", **{"Accept-Encoding": "gzip, zstd"})
    assert "content-encoding" not in whole[1]
    assert int(whole[1]["content-length"]) == len(whole[2])
    status, told, body = ask(server, "/dump/dataset.trig.zst", Range="bytes=100-299")
    assert (status, told["content-range"]) == (206, f"bytes 100-299/{len(whole[2])}")
    assert body == whole[2][100:300]
    assert ask(server, "/dump/dataset.trig.zst", Range="bytes=0-9")[2] == whole[2][:10]
