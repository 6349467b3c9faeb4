"""The check over a small dataset: nothing on the good one, one code for each bad example."""

import re
import shutil
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from rdflib.plugins.sparql.algebra import translateQuery
from rdflib.plugins.sparql.parser import parseQuery

from claimgraph.check import CODES, Finding, check
from claimgraph.dataset import Layout
from claimgraph.errors import Place
from claimgraph.sources import ALL

MINIMAL = Path(__file__).parent / "minimal"
SHIPPED = Path(__file__).parent.parent
VIOLATIONS = sorted((Path(__file__).parent / "violations").iterdir())
ORDER = re.compile(rb"# (appended to|replaces|adds): (\S+)\n")


@pytest.fixture
def dataset(tmp_path):
    """Copy the minimal dataset to where a test may break it."""
    return shutil.copytree(MINIMAL, tmp_path / "dataset")


def spoil(dataset, violation):
    """Put a bad example into the dataset as its first line says, and return the file and the line of its mark."""
    data = violation.read_bytes()
    order = ORDER.match(data)
    how, relative = order[1].decode(), order[2].decode()
    body = data[order.end() :]
    if how == "appended to":
        body = (dataset / relative).read_bytes() + body
    (dataset / relative).write_bytes(body)
    marked = [number for number, line in enumerate(body.split(b"\n"), 1) if line.endswith(b"# here")]
    return relative, marked


def test_finds_nothing_in_the_minimal_dataset():
    assert check(Layout(MINIMAL), grain=ALL) == []


@pytest.mark.parametrize("violation", VIOLATIONS, ids=lambda path: path.name)
def test_finds_the_bad_example_and_nothing_else(dataset, violation):
    relative, marked = spoil(dataset, violation)
    found = check(Layout(dataset), grain=ALL)
    assert {finding.code for finding in found} == {violation.name[:5]}, [str(finding) for finding in found]
    if marked:
        assert {(finding.place.file, finding.place.line) for finding in found} == {(relative, marked[0])}


def test_has_a_bad_example_for_each_code():
    assert {violation.name[:5] for violation in VIOLATIONS} == set(CODES)


def test_writes_a_finding_as_compilers_do():
    finding = Finding(Place("data/a.ttl", 3, 7), "CG109", "nothing describes id:x", "did you mean id:y?")
    assert str(finding) == "data/a.ttl:3:7 CG109 nothing describes id:x; did you mean id:y?"
    assert finding.severity == "error"


def test_gives_the_advice_of_the_code_where_there_is_no_hint():
    assert Finding(Place("a", 1, 1), "CG201", "no label").advice == CODES["CG201"].advice


@pytest.mark.parametrize(
    ("violation", "words"),
    [
        ("CG101-undeclared-prefix.ttl", "add @prefix skos: <http://www.w3.org/2004/02/skos/core#> ."),
        ("CG103-misspelt-in-a-shape.ttl", "did you mean cg:Actor?"),
        ("CG109-dangling.ttl", "did you mean id:harbour/h1-words?"),
        ("CG501-quotation-elsewhere.ttl", "the words stand at 20 to 33"),
        ("CG501-quotation-nowhere.ttl", 'at that place the copy says "the boat left"'),
        ("CG301-disjoint-classes.ttl", "https://www.w3.org/TR/owl-ref/#OWLLite"),
        ("CG202-no-licence.ttl", "dcterms:license"),
        ("CG103-misspelt-in-a-query.rq", "did you mean cg:heldBy?"),
        ("CG603-parameter-that-is-not-used.rq", "did you mean actor?"),
        ("CG703-rule-that-needs-its-own-absence.rq", "holder -> holder"),
    ],
)
def test_says_what_to_do(dataset, violation, words):
    spoil(dataset, Path(__file__).parent / "violations" / violation)
    (finding,) = check(Layout(dataset))
    assert words in str(finding)


def test_sorts_findings_by_place_and_gives_the_same_again(dataset):
    for name in ("CG109-dangling.ttl", "CG201-no-label.ttl", "CG301-disjoint-classes.ttl"):
        spoil(dataset, Path(__file__).parent / "violations" / name)
    found = check(Layout(dataset))
    assert [finding.code for finding in found] == ["CG109", "CG201", "CG301"]
    assert found == check(Layout(dataset))


def test_reports_only_what_is_in_the_paths_asked_for(dataset):
    for name in ("CG109-dangling.ttl", "CG301-disjoint-classes.ttl"):
        spoil(dataset, Path(__file__).parent / "violations" / name)
    layout = Layout(dataset)
    assert [finding.code for finding in check(layout, [dataset / "ontology"])] == ["CG301"]
    assert [finding.code for finding in check(layout, [dataset / "data/ttl/harbour/claims.ttl"])] == ["CG109"]


@pytest.mark.parametrize("path", sorted((SHIPPED / "queries").glob("*.rq")), ids=lambda path: path.stem)
def test_rdflib_reads_every_shipped_query_too(path):
    assert translateQuery(parseQuery(path.read_text(encoding="utf-8"))).algebra


def test_finds_nothing_in_the_shipped_dataset():
    assert [str(finding) for finding in check(Layout(SHIPPED))] == []


@given(data=st.data())
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_never_fails_on_a_spoilt_file(tmp_path_factory, data):
    dataset = shutil.copytree(MINIMAL, tmp_path_factory.mktemp("spoilt") / "dataset")
    file = data.draw(st.sampled_from(sorted(dataset.rglob("*.ttl"))))
    words = re.split(r"(\s+)", file.read_text(encoding="utf-8"))
    at, other = (data.draw(st.integers(0, len(words) - 1)) for _ in range(2))
    file.write_text("".join([*words[:at], words[other], *words[at + 1 :]]), encoding="utf-8")
    assert all(finding.code in CODES for finding in check(Layout(dataset)))


@pytest.mark.parametrize("bound", ['"2021-02-31"^^xsd:date', '"27.02.2021"^^xsd:date', '"2021-02-21"', "7", '"x"@en'])
@pytest.mark.parametrize("line", [89, 90])
def test_finds_a_bound_that_is_no_date_at_its_line(tmp_path, line, bound):
    for folder in ("ontology", "data", "queries"):
        shutil.copytree(SHIPPED / folder, tmp_path / folder)
    file = tmp_path / "data/ttl/iskander-shusha/times-and-events.ttl"
    lines = file.read_text(encoding="utf-8").splitlines(keepends=True)
    lines[line - 1] = re.sub(r'"[^"]+"\^\^xsd:date', bound, lines[line - 1])
    file.write_text("".join(lines), encoding="utf-8")
    places = {finding.place.line for finding in check(Layout(tmp_path)) if finding.severity == "error"}
    assert line in places
