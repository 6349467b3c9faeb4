"""`claimgraph new` and `quote`: what they write passes the check as it stands."""

import shutil
from pathlib import Path

import pytest

from claimgraph.check import check
from claimgraph.cli import main
from claimgraph.dataset import Layout
from claimgraph.dataset.tidy import tidy
from claimgraph.draft import find_passages
from claimgraph.draft.desk import slug
from claimgraph.errors import UnknownName, UsageError

SHIPPED = Path(__file__).parent.parent
TEXT = (
    "A port was hit.\n\nThe minister said: \u201cIskander missiles were used\u201d \u2014 nobody\n"
    "else was asked. Nobody answered.\n"
)


@pytest.fixture
def dataset(tmp_path, monkeypatch):
    for part in ("ontology", "data", "queries"):
        shutil.copytree(SHIPPED / part, tmp_path / "dataset" / part)
    (tmp_path / "report.txt").write_text(TEXT, encoding="utf-8")
    monkeypatch.setenv("CLAIMGRAPH_DATASET", str(tmp_path / "dataset"))
    monkeypatch.chdir(tmp_path)
    return tmp_path / "dataset"


def findings(dataset):
    return [str(finding) for finding in check(Layout(dataset))]


def test_leads_from_an_article_to_a_dossier_without_findings(dataset, capsys):
    for arguments in (
        ["dossier", "Port strike", "--title", 'The strike on the "port"'],
        ["document", "port-strike", "--title", "First report", "--copy", "report.txt", "--published", "2021-02"],
        ["actor", "The minister", "--class", "UnidentifiedSource", "--dossier", "port-strike"],
        [
            *("claim", "port-strike", "--document", ":first-report", "--holder", ":the-minister"),
            *("--text", "Iskander missiles hit the port", "--words", '"Iskander missiles were used"'),
            *("--predicate", "use", "--about", "weapon:iskander", "--about", "place:shusha"),
        ],
        [
            *("claim", "port-strike", "--document", ":first-report", "--holder", ":voice-of-first-report"),
            *("--text", "They did not", "--words", "obody", "--occurrence", "2", "--polarity", "negative"),
            *("--proposition", ":that-iskander-missiles-hit-the-port"),
        ],
        ["query", "who-says-what", "--summary", "Who says what?"],
    ):
        assert main(["new", *arguments]) == 0
    assert "id:port-strike/ps01 in" in capsys.readouterr().out
    assert findings(dataset) == []
    claims = (dataset / "data/ttl/port-strike/claims.ttl").read_text(encoding="utf-8")
    assert claims.count("a cg:Claim ;") == 2
    assert "cg:aboutWeapon <https://w3id.org/claimgraph/id/weapon/iskander> ;" in claims
    assert tidy(claims) == claims


def test_goes_on_counting_in_a_dossier_that_is_there(dataset, capsys):
    claim = ["claim", "iskander-shusha", "--document", ":article", "--holder", ":narrator", "--text", "x happened"]
    assert main(["new", *claim, "--words", "Azerbaijani President", "--predicate", "cg:use"]) == 0
    assert "id:iskander-shusha/st61 in" in capsys.readouterr().out
    assert findings(dataset) == []


def test_takes_a_note_where_no_copy_is_kept(dataset):
    claim = [
        "claim",
        "iskander-other-reports",
        "--document",
        ":doc-apa",
        "--holder",
        "actor:apa",
        "--text",
        "x happened",
    ]
    assert main(["new", *claim, "--note", "APA says so.", "--predicate", "use"]) == 0
    assert findings(dataset) == []


def test_describes_a_shared_actor_under_a_fresh_iri(dataset, capsys):
    assert main(["new", "actor", "Nikol Pashinyan", "--class", "cg:Person"]) == 0
    assert "id:actor/nikol-pashinyan-2 in" in capsys.readouterr().out
    assert [text.split()[1] for text in findings(dataset)] == ["CG807", "CG808"]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["dossier", "iskander-shusha", "--title", "x"], "is there already"),
        (["document", "nowhere", "--title", "x"], "there is no dossier 'nowhere'"),
        (["document", "iskander-shusha", "--title", "x", "--published", "spring"], "no date of EDTF"),
        (["actor", "x", "--class", "Weapon"], "no class of actors"),
        (["actor", "\u4e2d\u6587"], "no name can be made"),
        (["query", "disputes", "--summary", "x"], "is there already"),
    ],
)
def test_refuses_what_cannot_be_and_writes_nothing(dataset, capsys, arguments, words):
    before = {path: path.read_bytes() for path in dataset.rglob("*") if path.is_file()}
    assert main(["new", *arguments]) == 2
    assert words in capsys.readouterr().err
    assert {path: path.read_bytes() for path in dataset.rglob("*") if path.is_file()} == before


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"--holder": ":nobody"}, "nothing describes :nobody"),
        ({"--holder": "what ever"}, "nothing is named 'what ever'"),
        ({"--words": "not there"}, "do not stand in the text"),
        ({"--occurrence": "99"}, "there is no occurrence 99"),
        ({"--document": "id:iskander-other-reports/doc-apa"}, "give a note instead"),
        ({"--predicate": "ust"}, "nothing describes cg:ust"),
        ({"--about": "cg:positive"}, "cannot be about cg:positive"),
    ],
)
@pytest.mark.usefixtures("dataset")
def test_refuses_a_claim_that_hangs_in_the_air(capsys, changes, words):
    given = {
        "--document": ":article",
        "--holder": "ST01",
        "--text": "x",
        "--words": "Azerbaijani President",
        "--predicate": "use",
    } | changes
    assert main(["new", "claim", "iskander-shusha", *[part for pair in given.items() for part in pair]]) == 2
    assert words in capsys.readouterr().err


def test_asks_for_what_is_not_given(dataset):
    import click.testing  # noqa: PLC0415

    from claimgraph.cli import program  # noqa: PLC0415

    result = click.testing.CliRunner().invoke(program, ["new", "dossier", "harbour"], input="What happened there\n")
    assert "What is the dossier about?" in result.output
    assert "What happened there" in (dataset / "data/ttl/harbour/dossier.ttl").read_text(encoding="utf-8")


@pytest.mark.usefixtures("dataset")
def test_quotes_a_passage_with_its_offsets(capsys):
    assert main(["quote", "report.txt", "port was"]) == 0
    shown = capsys.readouterr().out
    assert "cg:startOffset 2 ;" in shown
    assert "cg:endOffset 10 ;" in shown
    assert "cg:paragraph 1 ;" in shown


def test_finds_words_whose_quotation_marks_and_line_ends_differ():
    (passage,) = find_passages(TEXT, '"Iskander missiles were used" - nobody else')
    assert TEXT[passage.start : passage.end] == passage.words
    assert passage.words.endswith("nobody\nelse")
    assert passage.paragraph == 2


def test_says_how_far_words_can_be_followed():
    with pytest.raises(UnknownName, match=r'up to there it says "The minister said: .Iskander'):
        find_passages(TEXT, "The minister said that")


@pytest.mark.parametrize("words", ["", "  "])
def test_finds_nothing_for_no_words(words):
    with pytest.raises(UnknownName):
        find_passages(TEXT, words)


@pytest.mark.parametrize(("words", "made"), [("Ilham \u018fliyev", "ilham-liyev"), ("  The Port! ", "the-port")])
def test_makes_names_of_ascii(words, made):
    assert slug(words) == made


def test_makes_no_name_of_nothing():
    with pytest.raises(UsageError):
        slug("???")


def test_leaves_nothing_behind_of_a_document_with_a_wrong_date(dataset, capsys):
    assert main(["new", "dossier", "port", "--title", "The port"]) == 0
    before = sorted((dataset / "data").rglob("*"))
    asked = ["new", "document", "port", "--title", "First report", "--copy", "report.txt", "--published"]
    assert main([*asked, "2021-13-45"]) == 2
    assert "is no date of EDTF" in capsys.readouterr().err
    assert sorted((dataset / "data").rglob("*")) == before
    assert main([*asked, "2021-02-26"]) == 0
    assert (dataset / "data/ttl/port/first-report.txt").read_text(encoding="utf-8") == TEXT
