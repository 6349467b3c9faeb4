import io
import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from claimgraph.cli import main
from claimgraph.cli.answer import table
from claimgraph.cli.waiting import Waiting
from claimgraph.dataset import Layout
from claimgraph.snapshot import build
from serving import until

ROOT = Path(__file__).parent.parent


@pytest.fixture(scope="module")
def snapshots(tmp_path_factory):
    folder = tmp_path_factory.mktemp("snapshots")
    build(Layout(ROOT), folder)
    return folder


@pytest.fixture
def run(capsys, snapshots):
    """Give a function that runs the program on the shipped snapshot and returns status, output and errors."""

    def call(*arguments):
        status = main([*arguments, "--snapshots", str(snapshots)])
        captured = capsys.readouterr()
        return status, captured.out, captured.err

    return call


def broken(tmp_path, text="<a> <b> ,"):
    (tmp_path / "data/ttl").mkdir(parents=True)
    (tmp_path / "data/ttl/broken.ttl").write_text(text)
    return tmp_path


def test_a_canned_query_answers_as_a_table(run):
    status, out, _ = run("query", "attribution-chain", "statement=ST14")
    lines = out.splitlines()
    assert (status, lines[0].split()[:2], lines[-1]) == (0, ["step", "source"], "(3 rows)")
    assert "Ilham Aliyev" in lines[2]


@pytest.mark.parametrize(
    "statement", ["ST14", "id:iskander-shusha/st14", "https://w3id.org/claimgraph/id/iskander-shusha/st14"]
)
def test_a_resource_is_named_by_identifier_curie_or_iri(run, statement):
    _, out, _ = run("query", "attribution-chain", f"statement={statement}", "--format", "csv")
    assert "aliyev-press-service" in out


def test_an_empty_dossier_asks_over_all_of_them(run):
    def pairs(*given):
        rows = run("query", "contradictions", "kind=strict", *given, "--format", "csv")[1].splitlines()[1:]
        return {tuple(row.split(",")[:2]) for row in rows}

    assert pairs() == pairs("dossier=dossier:iskander-shusha") == {("ST34", "ST49")}
    assert pairs("dossier=") > pairs()


def test_the_header_of_a_csv_file_does_not_hang_on_its_rows(run):
    none, some = (
        run("query", "who-used-a-weapon", *given, "--format", "csv")[1].splitlines() for given in ([], ["dossier="])
    )
    assert len(some) > len(none) == 1
    assert none == some[:1]
    assert none[0].startswith("actor,actor_label,id,holder,holder_label,polarity,")


def test_a_picture_is_written_as_png(snapshots):
    asked = ["query", "disputes", "--format", "png", "--snapshots", str(snapshots)]
    done = subprocess.run([sys.executable, "-m", "claimgraph", *asked], capture_output=True, check=True)
    assert done.stdout.startswith(b"\x89PNG\r\n\x1a\n")


class Terminal(io.StringIO):
    def isatty(self):
        return True


def test_a_bar_is_shown_while_an_answer_takes_long_and_gone_when_it_is_written(monkeypatch):
    monkeypatch.setattr("claimgraph.cli.waiting._PATIENCE", 0)
    monkeypatch.setattr("claimgraph.cli.waiting._STEP", 0.01)
    answer, bar = io.StringIO(), Terminal()
    with Waiting(answer, bar) as stream:
        assert until(lambda: bar.getvalue().count("\r") > 3, 20)
        stream.write("rows")
        shown = bar.getvalue()
        stream.write(" more")
    assert answer.getvalue() == "rows more"
    assert re.match(r"\rasking \[ *#+ *\] 0 s ", shown)
    assert shown.endswith("\r\x1b[K")
    assert bar.getvalue() == shown


@pytest.mark.parametrize("bar", [io.StringIO(), Terminal()])
def test_no_bar_is_shown_for_a_quick_answer_or_where_nobody_looks(bar):
    with Waiting(io.StringIO(), bar) as stream:
        stream.write("row")
    assert bar.getvalue() == ""


def test_a_short_name_without_id_names_a_weapon(run):
    short = run("query", "claims-about-weapon", "weapon=weapon:iskander", "--format", "csv")
    assert short == run("query", "claims-about-weapon", "weapon=id:weapon/iskander", "--format", "csv")


@pytest.mark.parametrize(
    ("name", "start"),
    [
        ("csv", "step,source,source_label,"),
        ("tsv", "step\tsource\tsource_label\t"),
        ("json", "{"),
        ("xml", "<?xml"),
        ("ttl", "@prefix rs:"),
    ],
)
def test_rows_come_in_every_format_of_rows(run, name, start):
    status, out, _ = run("query", "attribution-chain", "statement=ST14", "--format", name)
    assert (status, out[: len(start)]) == (0, start)


def test_json_holds_what_the_table_shows(run):
    _, out, _ = run("query", "attribution-chain", "statement=ST14", "--format", "json")
    assert len(json.loads(out)["results"]["bindings"]) == 3


@pytest.mark.parametrize("name", ["ttl", "nt", "rdf", "jsonld", "trig", "nq"])
def test_a_graph_comes_in_every_format_of_graphs(run, name):
    status, out, _ = run("sparql", "CONSTRUCT { ?c a cg:Claim } WHERE { ?c a cg:Claim } LIMIT 2", "--format", name)
    assert status == 0
    assert "ontology#" in out


def test_a_graph_is_turtle_with_the_prefixes_it_needs_when_nothing_is_asked(run):
    _, out, _ = run("sparql", "CONSTRUCT { cg:Claim a owl:Class } WHERE {}")
    assert out.count("@prefix") == 2 + out.count("@prefix rdf:")


def test_ask_is_answered_with_yes_or_no(run):
    assert run("sparql", "ASK { ?c a cg:Claim }")[:2] == (0, "yes\n")


def test_a_query_is_read_from_a_file(run, tmp_path):
    file = tmp_path / "query.rq"
    file.write_text("ASK { ?x a cg:NoSuchThing }")
    assert run("sparql", "-f", str(file))[:2] == (0, "no\n")


def test_the_list_names_every_query(run):
    _, out, _ = run("query", "--list")
    assert {line.split()[0] for line in out.splitlines()} == {path.stem for path in (ROOT / "queries").glob("*.rq")}


def test_a_query_describes_its_parameters(run):
    _, out, _ = run("query", "standing-as-of", "--describe")
    assert "as_of" in out
    assert "one of implicit, explicit" in out


@pytest.mark.parametrize(
    ("arguments", "status", "message"),
    [
        (["query", "contradiction"], 2, "did you mean contradictions"),
        (["query", "standing-as-of", "as_of=27.2.2021"], 2, "takes a date"),
        (["query", "standing-as-of", "as_off=2021-02-27"], 2, "no parameter 'as_off'"),
        (["query", "standing-as-of", "2021-02-27"], 2, "key=value"),
        (["query", "contradictions", "kind=some"], 2, "one of"),
        (["query", "attribution-chain", "statement=ST99"], 2, "nothing has that identifier"),
        (["query", "contradictions", "weapon=weapon:iskandr"], 2, "nothing is known of it"),
        (["query", "attribution-chain", "statement=ST14", "--format", "nt"], 2, "the answer is rows"),
        (["sparql", "CONSTRUCT WHERE { ?s ?p ?o } LIMIT 1", "--format", "csv"], 2, "the answer is a graph"),
        (["sparql", "SELECT ?x {\n ?x ?y }"], 1, "line 2, column"),
        (["sparql", "INSERT DATA { <a:a> <a:b> <a:c> }"], 1, "update"),
        (["sparql", "SELECT * { SERVICE <http://127.0.0.1:9/> { ?s ?p ?o } }"], 1, "SERVICE"),
        (["sparql"], 2, "give either"),
        (["build", "--dataset", "/nowhere"], 2, "no such folder"),
        (["nonsense"], 2, "No such command"),
    ],
)
def test_a_fault_is_told_in_one_line_with_its_status(run, arguments, status, message):
    ended, out, err = run(*arguments)
    assert (ended, out) == (status, "")
    assert message in err
    assert "Traceback" not in err
    assert not err.startswith("claimgraph:") or err.count("\n") == 1


def test_a_missing_snapshot_is_told(capsys, tmp_path):
    assert main(["query", "contradictions", "--snapshots", str(tmp_path / "none")]) == 1
    assert "run 'claimgraph build'" in capsys.readouterr().err


def test_check_finds_nothing_in_the_shipped_dataset(capsys):
    assert main(["check"]) == 0
    assert capsys.readouterr().out == ""


def test_check_tells_the_place_of_a_fault(capsys, tmp_path):
    assert main(["check", "--dataset", str(broken(tmp_path))]) == 1
    assert capsys.readouterr().out.startswith("data/ttl/broken.ttl:1:")


def test_build_refuses_what_the_check_refuses_and_keeps_the_old_snapshot(capsys, tmp_path, snapshots):
    before = (snapshots / "current").readlink()
    assert main(["build", "--dataset", str(broken(tmp_path)), "--snapshots", str(snapshots)]) == 1
    assert "broken.ttl:1:" in capsys.readouterr().err
    assert (snapshots / "current").readlink() == before


def test_a_wrong_setting_is_told_in_one_line(capsys, monkeypatch):
    monkeypatch.setenv("CLAIMGRAPH_PORT", "many")
    assert main(["check"]) == 2
    assert capsys.readouterr().err.startswith("claimgraph: the setting port is wrong")


def test_the_dataset_can_be_named_by_the_environment(monkeypatch, tmp_path):
    monkeypatch.setenv("CLAIMGRAPH_DATASET", str(broken(tmp_path)))
    assert main(["check"]) == 1


@pytest.mark.parametrize("command", ["check", "build", "serve", "query", "sparql"])
def test_every_command_explains_itself(capsys, command):
    assert main([command, "--help"]) == 0
    assert f"Usage: claimgraph {command}" in capsys.readouterr().out


def test_the_version_is_told(capsys):
    assert main(["--version"]) == 0
    assert "claimgraph, version" in capsys.readouterr().out


def test_a_reader_that_stops_reading_is_no_fault(snapshots):
    command = [sys.executable, "-m", "claimgraph", "sparql", "SELECT * { ?s ?p ?o }", "--snapshots", str(snapshots)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        process.stdout.read(10)
        process.stdout.close()
        assert (process.stderr.read(), process.wait()) == (b"", 0)


def test_a_table_fits_the_terminal_by_breaking_its_widest_cells():
    text = table(["id", "words"], [["ST01", "one two three four five six seven"]], 24)
    assert max(len(line) for line in text.splitlines()) <= 24
    assert " ".join(text.split()[4:]).replace("ST01 ", "") == "one two three four five six seven"


def test_a_table_without_rows_has_its_header():
    assert table(["id"], [], None) == "id\n--\n"


@pytest.mark.parametrize("before", [True, False])
def test_the_snapshots_can_be_named_before_the_command_or_behind_it(capsys, snapshots, before):
    named = ["--snapshots", str(snapshots)]
    asked = ["query", "attribution-chain", "statement=ST14"]
    assert main([*named, *asked] if before else [*asked, *named]) == 0
    assert "(3 rows)" in capsys.readouterr().out
