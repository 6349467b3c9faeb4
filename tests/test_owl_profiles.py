"""OWL Lite and OWL 2 RL, one small ontology a construct; RL is held against the OWL API."""

import shutil
import subprocess
from pathlib import Path

import pytest
import yaml

from claimgraph.check.owl import lite, rl
from claimgraph.dataset.positions import read

TABLE = yaml.safe_load((Path(__file__).parent / "owl" / "cases.yaml").read_text(encoding="utf-8"))
CASES = TABLE["cases"]
JUDGED = {name: case for name, case in CASES.items() if "rl" in case}
JARS = Path("/usr/share/java")


def ontology(case):
    return read(TABLE["prelude"] + case["turtle"])


@pytest.mark.parametrize("name", CASES)
def test_finds_in_owl_lite_exactly_what_the_table_says(name):
    found = [violation.code for violation in lite.violations([ontology(CASES[name])])]
    assert sorted(found) == CASES[name]["lite"]


@pytest.mark.parametrize("name", JUDGED)
def test_knows_owl_2_rl_as_the_table_says(name):
    assert (not list(rl.violations([ontology(JUDGED[name])]))) is JUDGED[name]["rl"]


def test_has_forty_cases_of_both_kinds():
    allowed = [name for name, case in CASES.items() if not case["lite"]]
    assert len(allowed) >= 20
    assert len(CASES) - len(allowed) >= 40


def test_places_a_violation_at_the_line_of_its_statement():
    case = {"turtle": "\n:A rdfs:subClassOf\n  :Nowhere ."}
    (violation,) = lite.violations([ontology(case)])
    assert violation.statement.place.line == TABLE["prelude"].count("\n") + 3
    assert "e/#Nowhere stands right of rdfs:subClassOf" in violation.message


def test_judges_modules_together():
    other = read("<http://e/#D> a <http://www.w3.org/2002/07/owl#Class> .")
    module = ontology({"turtle": ":A rdfs:subClassOf :D ."})
    assert not list(lite.violations([module, other]))
    assert list(lite.violations([module]))


@pytest.fixture(scope="module")
def owl_api(tmp_path_factory):
    """Compile and run a small program over the OWL API, and return what it says of each case."""
    jars = sorted(JARS.glob("owlapi-*.jar"))
    if not jars or shutil.which("javac") is None:
        pytest.skip("the OWL API (libowlapi-java) or a JDK is not installed")
    folder = tmp_path_factory.mktemp("owl")
    program = shutil.copy(Path(__file__).parent / "owl" / "RlProfile.java", folder)
    # Debian's jars name each other without versions; the whole folder is the simplest class path that holds.
    classpath = f"{JARS}/*:{folder}"
    subprocess.run(["javac", "-cp", classpath, "-proc:none", str(program)], check=True, capture_output=True)
    for name, case in JUDGED.items():
        (folder / f"{name}.ttl").write_text(TABLE["prelude"] + case["turtle"], encoding="utf-8")
    files = [str(folder / f"{name}.ttl") for name in JUDGED]
    run = subprocess.run(["java", "-cp", classpath, "RlProfile", *files], check=True, capture_output=True, text=True)
    rows = (line.split("\t") for line in run.stdout.splitlines())
    return {name.removesuffix(".ttl"): (verdict == "true", why) for name, verdict, why in rows}


@pytest.mark.timeout(300)
def test_agrees_with_the_owl_api_on_owl_2_rl(owl_api):
    told = {name: (not list(rl.violations([ontology(case)])), "") for name, case in JUDGED.items()}
    assert set(owl_api) == set(told)
    assert {name: owl_api[name] for name in told if owl_api[name][0] is not told[name][0]} == {}
