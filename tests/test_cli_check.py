"""`claimgraph check` and `explain-code`: formats, selection, mending, and what each code means."""

import json
import re
import shutil
from pathlib import Path

import pytest

from claimgraph.check import CODES, GROUPS, REPORTS, check
from claimgraph.cli import main
from claimgraph.cli.check import FORMATS
from claimgraph.dataset import Layout, root

MINIMAL = Path(__file__).parent / "minimal"
CLAIMS = "data/ttl/harbour/claims.ttl"


@pytest.fixture
def dataset(tmp_path):
    """Copy the minimal dataset and put one error and one warning into it."""
    folder = shutil.copytree(MINIMAL, tmp_path / "dataset")
    with (folder / CLAIMS).open("a", encoding="utf-8") as file:
        file.write(
            ":h2 a cg:Claim ; rdfs:label 'h2, 100%'@en ; cg:heldBy :pilot .\n"
            ":h3 a cg:Claim ; rdfs:label 'h3'@en ; cg:polarity cg:positive ; cg:heldBy :pilott .\n"
        )
    return folder


def run(dataset, capsys, *arguments):
    status = main(["check", "--dataset", str(dataset), *arguments])
    return status, capsys.readouterr().out


def test_offers_every_report_there_is():
    assert set(FORMATS) == set(REPORTS)


def test_writes_json_with_all_that_a_program_needs(dataset, capsys):
    status, out = run(dataset, capsys, "--format", "json")
    report = json.loads(out)
    assert (status, report["errors"], report["warnings"], report["files"]) == (1, 1, 1, 1)
    assert report["findings"][1] == {
        "file": CLAIMS,
        "line": 40,
        "column": 75,
        "code": "CG109",
        "severity": "error",
        "message": "nothing describes id:harbour/pilott",
        "advice": "did you mean id:harbour/pilot?",
        "mendable": False,
    }


def test_writes_workflow_commands_that_github_reads(dataset, capsys):
    _, out = run(dataset, capsys, "--format", "github")
    lines = out.splitlines()
    assert lines[0].startswith(f"::warning file={CLAIMS},line=39,col=1,title=CG402 A shape warns::")
    assert lines[1].startswith(f"::error file={CLAIMS},line=40,col=75,title=CG109 An IRI that nothing describes::")


def test_escapes_what_would_end_a_workflow_command():
    from claimgraph.check import Finding  # noqa: PLC0415
    from claimgraph.errors import Place  # noqa: PLC0415

    text = REPORTS["github"]([Finding(Place("a,b:c.ttl", 1, 2), "CG001", "100%\nnot", "so")])
    assert text == "::error file=a%2Cb%3Ac.ttl,line=1,col=2,title=CG001 A file does not parse::100%25%0Anot; so\n"


def test_writes_sarif_whose_results_point_to_its_rules(dataset, capsys):
    _, out = run(dataset, capsys, "--format", "sarif")
    log = json.loads(out)
    assert log["version"] == "2.1.0"
    assert log["$schema"].endswith("sarif-schema-2.1.0.json")
    (only,) = log["runs"]
    rules = only["tool"]["driver"]["rules"]
    assert [rule["id"] for rule in rules] == ["CG109", "CG402"]
    assert [rule["defaultConfiguration"]["level"] for rule in rules] == ["error", "warning"]
    for result in only["results"]:
        assert rules[result["ruleIndex"]]["id"] == result["ruleId"]
        assert result["level"] in {"error", "warning"}
        assert result["message"]["text"]
        (location,) = result["locations"]
        assert location["physicalLocation"]["artifactLocation"] == {"uri": CLAIMS}
        assert set(location["physicalLocation"]["region"]) == {"startLine", "startColumn"}


def test_writes_sarif_with_no_key_that_the_standard_does_not_know(dataset, capsys):
    _, out = run(dataset, capsys, "--format", "sarif")
    (only,) = json.loads(out)["runs"]
    assert set(only) <= {"tool", "results", "columnKind"}
    assert set(only["tool"]["driver"]) <= {"name", "version", "rules"}
    known = {"id", "shortDescription", "help", "helpUri", "defaultConfiguration"}
    assert all(set(rule) <= known for rule in only["tool"]["driver"]["rules"])
    known = {"ruleId", "ruleIndex", "level", "message", "locations"}
    assert all(set(result) <= known for result in only["results"])


@pytest.mark.parametrize(
    ("arguments", "codes"),
    [
        (["--select", "CG4"], ["CG402"]),
        (["--select", "cg402,CG109"], ["CG402", "CG109"]),
        (["--ignore", "CG109"], ["CG402"]),
        (["--select", "CG1", "--ignore", "CG109"], []),
    ],
)
def test_tells_the_selected_codes_only(dataset, capsys, arguments, codes):
    status, out = run(dataset, capsys, *arguments)
    assert re.findall(r"CG\d{3}", out) == codes
    assert status == int("CG109" in codes)


def test_refuses_a_selection_that_fits_no_code(dataset, capsys):
    assert main(["check", "--dataset", str(dataset), "--select", "E501"]) == 2
    assert "no code begins with 'E501'" in capsys.readouterr().err


def test_names_files_from_the_folder_one_stands_in(dataset, capsys, monkeypatch):
    monkeypatch.chdir(dataset.parent)
    _, out = run(dataset, capsys)
    assert out.startswith(f"dataset/{CLAIMS}:39:1 ")


def test_mends_offsets_and_prefixes_and_looks_again(tmp_path, capsys):
    folder = shutil.copytree(MINIMAL, tmp_path / "dataset")
    claims = folder / CLAIMS
    text = claims.read_text(encoding="utf-8")
    prefix = "@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .\n"
    claims.write_text(text.replace(prefix, "").replace("cg:startOffset 20", "cg:startOffset 21"), encoding="utf-8")
    status, out = run(folder, capsys, "--fix")
    assert (status, out) == (0, "")
    assert claims.read_text(encoding="utf-8") == prefix + text.replace(prefix, "")


def test_mends_no_offset_that_could_be_another(tmp_path, capsys):
    folder = shutil.copytree(MINIMAL, tmp_path / "dataset")
    claims = folder / CLAIMS
    broken = claims.read_text(encoding="utf-8").replace('cg:quotedText "the boat left"', 'cg:quotedText "o"')
    claims.write_text(broken, encoding="utf-8")
    assert run(folder, capsys, "--fix")[0] == 1
    assert claims.read_text(encoding="utf-8") == broken


def test_finds_no_fault_that_mending_made(dataset):
    before = check(Layout(dataset))
    assert not any(finding.fix for finding in before)


def test_explains_a_code_in_small_letters_too(capsys):
    assert main(["explain-code", "cg501"]) == 0
    assert "CG501 (error): A quotation does not stand at its offsets." in capsys.readouterr().out


def test_lists_every_code(capsys):
    assert main(["explain-code"]) == 0
    assert re.findall(r"^CG\d{3}", capsys.readouterr().out, re.MULTILINE) == list(CODES)


def test_names_codes_near_to_one_that_is_none(capsys):
    assert main(["explain-code", "CG5O1"]) == 2
    assert "did you mean CG501" in capsys.readouterr().err


def test_says_of_every_group_of_codes_why_it_matters():
    assert {code[:3] for code in CODES} == set(GROUPS)


def test_refuses_a_path_outside_the_dataset_which_would_always_be_found_good(capsys, tmp_path):
    assert main(["check", str(tmp_path)]) == 2
    assert "is not in the dataset" in capsys.readouterr().err


def test_counts_the_files_that_were_asked_about(capsys):
    assert main(["check", str(root() / "data/ttl/reference/places.ttl")]) == 0
    assert capsys.readouterr().err == "no findings in 1 file\n"
