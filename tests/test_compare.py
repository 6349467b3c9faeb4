"""`claimgraph diff`: what a change means for claims, positions, disputes, terms and answers."""

import json
import shutil
import subprocess
from pathlib import Path

import pytest

from claimgraph.cli import main
from claimgraph.cli.compare import FORMATS
from claimgraph.compare import WRITERS, Change, Difference, Section, difference
from claimgraph.compare.sources import Sources
from claimgraph.dataset import Layout
from claimgraph.dataset.tidy import tidy
from claimgraph.errors import UnknownName
from claimgraph.snapshot import build
from claimgraph.sources import with_sources
from edits import CLAIMS, NEW_CLAIM

SHIPPED = Path(__file__).parent.parent


def copy_of_shipped(folder):
    for part in ("ontology", "data", "queries"):
        shutil.copytree(SHIPPED / part, folder / part)
    return folder


@pytest.fixture(scope="module")
def shipped(tmp_path_factory):
    return Sources(Layout(SHIPPED), tmp_path_factory.mktemp("none")).of_work_tree()


@pytest.fixture
def changed(tmp_path, shipped):
    """Change a copy of the shipped dataset and say what the change means."""

    def run(change):
        folder = copy_of_shipped(tmp_path / "changed")
        change(folder)
        after = Sources(Layout(folder), tmp_path).of_work_tree()
        found = difference(shipped, after)
        return {section.key: section.changes for section in found.sections}

    return run


def edit(relative, old, new):
    def change(folder):
        path = folder / relative
        text = path.read_text(encoding="utf-8")
        assert old in text
        path.write_text(text.replace(old, new, 1), encoding="utf-8")

    return change


def test_sees_nothing_in_the_same_files(changed):
    assert changed(lambda _: None) == {}


def test_sees_nothing_in_another_layout(changed):
    def squeeze(folder):
        for path in (folder / "data").rglob("*.ttl"):
            path.write_text(path.read_text(encoding="utf-8").replace(" ;\n    ", "; "), encoding="utf-8")
            assert tidy(path.read_text(encoding="utf-8"))

    assert changed(squeeze) == {}


def test_tells_a_new_claim_the_position_it_takes_and_the_dispute_it_opens(changed):
    def add(folder):
        with (folder / CLAIMS).open("a", encoding="utf-8") as file:
            file.write(NEW_CLAIM)

    found = changed(add)
    assert [(change.verb, change.name) for change in found["claims"]] == [("added", "id:iskander-shusha/st61")]
    assert ("taken", "Ilham Aliyev on: Ilham Aliyev is President of Azerbaijan", ("none -> negative",)) in [
        (change.verb, change.label, change.details) for change in found["positions"]
    ]
    (dispute,) = found["disputes"]
    assert (dispute.verb, dispute.label) == ("opened", "Dispute: Ilham Aliyev is President of Azerbaijan")
    assert "disputes" in {change.name for change in found["answers"]}
    assert set(found) <= {"claims", "positions", "disputes", "answers"}


def test_tells_a_polarity_that_changed_with_its_two_values(changed):
    found = changed(edit(CLAIMS, "cg:polarity cg:positive", "cg:polarity cg:negative"))
    assert found["claims"] == (
        Change(
            "changed",
            "id:iskander-shusha/st01",
            "ST01: Ilham Aliyev is President of Azerbaijan",
            ("cg:polarity: cg:positive -> cg:negative",),
        ),
    )


def test_tells_terms_that_changed_and_iris_that_vanish(changed):
    def rename(folder):
        edit("ontology/concepts.ttl", 'rdfs:label "left open"@en', 'rdfs:label "open"@en')(folder)
        for path in (*folder.rglob("*.ttl"), *folder.rglob("*.rq")):
            text = path.read_text(encoding="utf-8")
            path.write_text(text.replace("cg:presupposed ", "cg:takenForGranted "), encoding="utf-8")

    found = changed(rename)
    assert [(c.verb, c.name) for c in found["terms"]][:2] == [
        ("added", "cg:takenForGranted"),
        ("removed", "cg:presupposed"),
    ]
    assert ("changed", "cg:open", ('rdfs:label: "left open"@en -> "open"@en',)) in [
        (c.verb, c.name, c.details) for c in found["terms"]
    ]
    assert [(c.verb, c.name) for c in found["vanished"]] == [("vanished", "cg:presupposed")]


def test_tells_queries_that_come_and_go(changed):
    found = changed(lambda folder: (folder / "queries/disputes.rq").rename(folder / "queries/quarrels.rq"))
    assert [(c.verb, c.name) for c in found["answers"]] == [("removed", "disputes"), ("added", "quarrels")]


BLANKS = """@prefix : <https://w3id.org/claimgraph/id/x/> .
:a :p [ :q %s ; :r [ :s 1 ] ] , _:%s .
_:%s :q 3 ; :t _:%s .
"""


@pytest.mark.parametrize(
    ("inner", "label", "verbs"),
    [("2", "n", []), ("2", "other", []), ("4", "n", ["changed"])],
)
def test_compares_blank_nodes_by_what_is_said_of_them(tmp_path, inner, label, verbs):
    for name, values in (("one", ("2", "n")), ("two", (inner, label))):
        (tmp_path / f"{name}.ttl").write_text(BLANKS % (values[0], *[values[1]] * 3), encoding="utf-8")
    sources = Sources(Layout(SHIPPED), tmp_path)
    found = difference(sources.state(str(tmp_path / "one.ttl")), sources.state(str(tmp_path / "two.ttl")))
    assert [change.verb for section in found.sections for change in section.changes] == verbs


@pytest.fixture
def repository(tmp_path):
    """Make a repository with the dataset in a folder of it, in two commits."""
    folder = copy_of_shipped(tmp_path / "repository" / "dataset")

    def git(*arguments):
        who = ["-c", "user.name=a", "-c", "user.email=a@example.org", "-c", "commit.gpgsign=false"]
        subprocess.run(["git", *who, *arguments], cwd=folder.parent, check=True, capture_output=True)

    git("init", "-q", "-b", "trunk")
    git("add", ".")
    git("commit", "-q", "-m", "first")
    with (folder / CLAIMS).open("a", encoding="utf-8") as file:
        file.write(NEW_CLAIM)
    git("commit", "-q", "-a", "-m", "second")
    return folder


def test_compares_commits_of_a_repository_around_the_dataset(repository, capsys):
    assert main(["diff", "HEAD~1", "trunk", "--dataset", str(repository), "--exit-code"]) == 1
    assert "added     id:iskander-shusha/st61" in capsys.readouterr().out


def test_holds_a_commit_against_the_files_as_they_are(repository, capsys):
    assert main(["diff", "HEAD", "--dataset", str(repository), "--exit-code"]) == 0
    assert capsys.readouterr().out == "Nothing changed from HEAD to the files as they are\n"


def test_compares_a_snapshot_with_the_files_it_was_built_from(tmp_path, capsys):
    built = build(Layout(SHIPPED), tmp_path)
    assert main(["diff", built.digest[:10], "--snapshots", str(tmp_path), "--exit-code"]) == 0
    assert f"snapshot {built.digest[:12]}" in capsys.readouterr().out


@pytest.mark.parametrize("name", ["no-such-thing", "--output=x", "HEAD^{tree}"])
def test_refuses_a_name_that_stands_for_nothing(tmp_path, name):
    with pytest.raises(UnknownName, match="no file, no folder"):
        Sources(Layout(SHIPPED), tmp_path).state(name)


SAMPLE = Difference(
    "main",
    "a|b",
    (Section("claims", "Claims", (Change("added", "id:x/st1", "ST1: *bold* <b>", ("cg:ground: a `b`",)),)),),
)


def test_offers_every_writer_there_is():
    assert set(FORMATS) == set(WRITERS)


def test_writes_markdown_in_which_labels_have_no_effect():
    text = WRITERS["markdown"](SAMPLE)
    assert "- **added** `id:x/st1` ST1: \\*bold\\* \\<b\\>\n  - ``cg:ground: a `b` ``" in text
    assert "| Claims | 1 added |" in text


def test_writes_html_in_which_labels_have_no_effect():
    text = WRITERS["html"](SAMPLE)
    assert "ST1: *bold* &lt;b&gt;" in text
    assert text.startswith("<!doctype html>")


def test_writes_json_with_a_list_for_each_section():
    whole = json.loads(WRITERS["json"](SAMPLE))
    assert whole["claims"] == [
        {"verb": "added", "name": "id:x/st1", "label": "ST1: *bold* <b>", "details": ["cg:ground: a `b`"]}
    ]


@pytest.mark.parametrize("name", ["text", "markdown", "html"])
def test_says_so_when_nothing_changed(name):
    assert "Nothing changed" in WRITERS[name](Difference("a", "b", ()))


def test_maps_the_data_of_others_by_the_grain_of_the_snapshot_that_is_compared(tmp_path):
    folder = tmp_path / "dataset"
    shutil.copytree(SHIPPED / "ontology", folder / "ontology", ignore=shutil.ignore_patterns("rules"))
    source = shutil.copytree(SHIPPED / "data/sources/wikipedia-infoboxes", folder / "data/sources/wikipedia-infoboxes")
    snapshot = build(with_sources(Layout(folder), "sample"), tmp_path / "snapshots")
    sources = Sources(Layout(folder), tmp_path / "snapshots")
    assert not difference(*sources.pair(snapshot.digest, None))
    names = (source / "names.ttl").read_text(encoding="utf-8")
    (source / "names.ttl").write_text(names.replace("rdfs:label", "skos:altLabel", 1), encoding="utf-8")
    assert difference(*sources.pair(snapshot.digest, None))
