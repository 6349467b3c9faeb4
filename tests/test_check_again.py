"""After a change only what it bears on is judged, and that finds what a check of everything finds."""

import re
import shutil
from pathlib import Path

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from pyoxigraph import RdfFormat, parse

from claimgraph.check import check, check_again, run
from claimgraph.check.again.memory import place_of
from claimgraph.check.reach import looks_further
from claimgraph.check.reading import parse as parse_files
from claimgraph.dataset import Layout

SHIPPED = Path(__file__).parent.parent
FILES = sorted(path.relative_to(SHIPPED).as_posix() for path in (SHIPPED / "data/ttl").rglob("*.ttl"))
SHUSHA = "data/ttl/iskander-shusha"
REFERENCE = "data/ttl/reference"
HEADS = "".join(
    f"@prefix {prefix}: <{namespace}> .\n"
    for prefix, namespace in {
        "cg": "https://w3id.org/claimgraph/ontology#",
        "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
        "dcterms": "http://purl.org/dc/terms/",
        "t": "https://w3id.org/claimgraph/id/test/",
        "xsd": "http://www.w3.org/2001/XMLSchema#",
    }.items()
)
WORD = re.compile(r"(?<=\s)[^\s\"';,.@]+(?=\s)")
TEXT = re.compile(r'"[^"\n]*"')


class Dataset:
    """Be a copy of the shipped dossiers that is edited, and put back."""

    def __init__(self, root):
        self.root = root
        self.before = {}

    def text(self, file):
        return (self.root / file).read_text(encoding="utf-8")

    def write(self, file, text):
        path = self.root / file
        self.before.setdefault(file, path.read_bytes() if path.exists() else None)
        path.write_text(text, encoding="utf-8")

    def add(self, file, text):
        self.write(file, f"{self.text(file)}\n{HEADS}{text}\n")

    def remove(self, file):
        self.before.setdefault(file, (self.root / file).read_bytes())
        (self.root / file).unlink()

    def restore(self):
        for file, content in self.before.items():
            (self.root / file).unlink(missing_ok=True)
            if content is not None:
                (self.root / file).write_bytes(content)
        self.before.clear()

    def again(self):
        return check_again(Layout(self.root), smallest=0)

    def compared(self):
        """Check what has changed, hold it against a check of everything, and give the codes that were found.

        Whether queries answer only a check of everything tells.
        """
        again = self.again()
        assert again.findings == [finding for finding in check(Layout(self.root)) if finding.code != "CG606"]
        return {finding.code for finding in again.findings}, again.whole_because


@pytest.fixture(scope="module")
def copy(tmp_path_factory):
    """Copy the shipped dossiers without rules, whose check takes longest, and most queries; remember them."""
    folder = tmp_path_factory.mktemp("again")
    few = shutil.ignore_patterns("rules", "[a-bd-z]*.rq", "sources")
    for name in ("ontology", "data", "queries"):
        shutil.copytree(SHIPPED / name, folder / name, ignore=few)
    dataset = Dataset(folder)
    before, run.SMALLEST = run.SMALLEST, 10**9  # so a check of everything leaves the memory alone
    assert dataset.again().findings == []
    yield dataset
    run.SMALLEST = before


@pytest.fixture
def dataset(copy):
    copy.again()
    yield copy
    copy.restore()


@st.composite
def edits(draw):
    """Describe an edit of a file by numbers, which fit whatever is in it by then."""
    return draw(st.tuples(st.sampled_from("wwwtbbl"), st.sampled_from(FILES), st.sampled_from(FILES), *[near] * 3))


near = st.integers(0, 10**6)


def edit(dataset, given):
    """Exchange, double, misspell or take away words and texts; move blocks and lines, or take them away."""
    kind, file, other, one, two, three = given
    text = dataset.text(file)
    if kind == "w":
        words, others = list(WORD.finditer(text)), list(WORD.finditer(dataset.text(other)))
        word, new = words[one % len(words)], others[two % len(others)][0]
        by = (new, f"{word[0]} , {new}", f"{word[0]}x", "")[three % 4]
        text = text[: word.start()] + by + text[word.end() :]
    elif kind == "t":
        texts = list(TEXT.finditer(text))
        word = texts[one % len(texts)]
        text = text[: word.start()] + texts[two % len(texts)][0] + text[word.end() :]
    else:
        cut = "\n\n" if kind == "b" else "\n"
        parts = text.split(cut)
        part = parts.pop(one % len(parts))
        if three % 2:
            parts.insert(two % (len(parts) + 1), part)
        text = cut.join(parts)
    try:
        for _ in parse(text, format=RdfFormat.TURTLE):
            pass
    except SyntaxError:
        return False
    dataset.write(file, text)
    return True


@given(st.lists(edits(), min_size=1, max_size=3), st.lists(edits(), min_size=1, max_size=3))
@settings(
    max_examples=8,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.filter_too_much, HealthCheck.too_slow],
)
def test_finds_after_any_edits_what_a_check_of_everything_finds(dataset, first, second):
    try:
        assume([one for one in first if edit(dataset, one)])
        dataset.compared()
        for one in second:
            edit(dataset, one)
        dataset.compared()
    finally:
        dataset.restore()


FAR = {
    "a loop over files": (
        "t:one cg:partOfEvent t:two .",
        "t:two cg:partOfEvent t:three . t:three cg:partOfEvent t:one .",
        "CG805",
    ),
    "an identifier of two": ('t:one dcterms:identifier "X1" .', 't:two dcterms:identifier "X1" .', "CG204"),
    "names that are nearly alike": (
        't:one a cg:Person ; rdfs:label "Jane Roebuck" .',
        't:two a cg:Person ; rdfs:label "Jane Roebuk" .',
        "CG808",
    ),
    "a label of two": (
        't:one a cg:Place ; rdfs:label "Nowhere" .',
        't:two a cg:Place ; rdfs:label "Nowhere" .',
        "CG807",
    ),
    "a class out of range": ("t:one cg:heldBy t:two .", "t:two a cg:Place .", "CG108"),
    "an answer before the request": (
        """t:one cg:respondsTo t:two ; cg:utteredDuring t:three . t:two cg:utteredDuring t:later .
        t:three cg:notAfter "2020-01-01"^^xsd:date .""",
        't:later cg:notBefore "2021-01-01"^^xsd:date .',
        "CG804",
    ),
    "a retraction before the claim": (
        """t:one cg:retracts t:claim ; cg:utteredDuring t:two . t:three cg:expresses t:claim .
        t:two cg:notAfter "2020-01-01"^^xsd:date .""",
        't:three cg:utteredDuring t:later . t:later cg:notBefore "2021-01-01"^^xsd:date .',
        "CG804",
    ),
    "a date after the record": (
        't:one cg:utteredDuring t:two ; cg:recordedAt "2020-01-01"^^xsd:date .',
        't:two cg:notBefore "2021-01-01"^^xsd:date .',
        "CG803",
    ),
    "an item without custody": ("t:two cg:custodyItem t:one .", "t:one a cg:EvidenceItem .", ""),
    "a passage that is led to": ("t:two cg:groundedIn t:one .", "t:one a cg:Passage .", ""),
}


def test_finds_what_comes_of_two_files_whichever_is_written_last_and_taken_away_first(dataset):
    ones, others = (
        "".join(
            f"@prefix t: <https://w3id.org/claimgraph/id/test{number}/> . {case[place]}\n"
            for number, case in enumerate(FAR.values())
        )
        for place in (0, 1)
    )
    for first, second in (
        (f"{SHUSHA}/acts.ttl", f"{REFERENCE}/places.ttl"),
        (f"{REFERENCE}/places.ttl", f"{SHUSHA}/acts.ttl"),
    ):
        dataset.add(first, ones)
        dataset.again()
        dataset.add(second, others)
        found, whole = dataset.compared()
        assert (found, whole) == (found | {code for _, _, code in FAR.values() if code}, "")
        dataset.write(first, dataset.before[first].decode())
        dataset.compared()
        dataset.restore()
        assert dataset.compared() == (set(), "")


def test_moves_the_places_that_findings_elsewhere_speak_of(dataset):
    dataset.add(f"{SHUSHA}/acts.ttl", 't:one dcterms:identifier "X1" .')
    dataset.add(f"{REFERENCE}/places.ttl", 't:two dcterms:identifier "X1" .')
    assert "CG204" in dataset.compared()[0]
    dataset.write(f"{SHUSHA}/acts.ttl", "# one line more\n" + dataset.text(f"{SHUSHA}/acts.ttl"))
    assert dataset.compared()[1] == ""


def test_judges_quotations_again_when_the_copy_changes(dataset):
    copy = f"{SHUSHA}/article.txt"
    dataset.write(copy, "An" + dataset.text(copy))
    found, whole = dataset.compared()
    assert ({"CG501", "CG502"} <= found, whole) == (True, "")
    dataset.remove(copy)
    assert "CG503" in dataset.compared()[0]


def test_judges_files_that_come_and_go(dataset):
    dataset.remove(f"{REFERENCE}/places.ttl")
    assert "CG109" in dataset.compared()[0]
    dataset.restore()
    dataset.write("data/ttl/new.ttl", f"{HEADS}t:one a cg:Passage .")
    assert {"CG202", "CG809"} <= dataset.compared()[0]


def test_judges_all_readings_of_a_file_that_turns_into_one_of_readings(dataset):
    file = f"{SHUSHA}/claims.ttl"
    dataset.write(file, dataset.text(file).replace("a cg:SourceGraph", "a cg:ReadingGraph", 1))
    assert "CG811" in dataset.compared()[0]


@pytest.mark.parametrize(
    ("file", "old", "new", "reason"),
    [
        ("ontology/claims.ttl", "skos:definition", "rdfs:comment", "ontology/claims.ttl has changed"),
        (f"{REFERENCE}/weapons.ttl", "weapon:iskander a ", "weapon:iskandre a ", "leans on what has changed"),
        (f"{REFERENCE}/weapons.ttl", "weapon:iskander a ", "cg:Claim rdfs:comment 1 . weapon:iskander a ", "ontology"),
    ],
)
def test_judges_everything_where_more_has_changed_and_says_why(dataset, file, old, new, reason):
    dataset.write(file, dataset.text(file).replace(old, new, 1))
    assert reason in dataset.compared()[1]


def test_tells_faults_of_syntax_alone_and_goes_on_from_the_state_before(dataset):
    dataset.write(f"{SHUSHA}/claims.ttl", "# a\n" + dataset.text(f"{SHUSHA}/claims.ttl").replace(" ;\n", " \n", 1))
    assert {finding.code for finding in dataset.again().findings} == {"CG001"}
    dataset.restore()
    assert dataset.compared() == (set(), "")


def test_checks_everything_where_the_memory_is_damaged_and_mends_it(dataset):
    dataset.again()
    place_of(Layout(dataset.root), "none").write_bytes(b"no database" * 1000)
    assert dataset.again().whole_because == "nothing is remembered of it"
    assert dataset.again().whole_because == ""


def test_a_file_is_checked_by_what_is_remembered(dataset, monkeypatch):
    dataset.add(f"{SHUSHA}/acts.ttl", "t:one a cg:Passage .")
    asked = [dataset.root / f"{SHUSHA}/acts.ttl"]
    monkeypatch.setattr(run._Prepared, "found", None)
    assert {finding.code for finding in check(Layout(dataset.root), asked)} >= {"CG809"}


@pytest.mark.parametrize(
    ("shape", "further"),
    [
        ("sh:property [ sh:path cg:heldBy ; sh:class cg:Actor ; sh:maxCount 1 ]", False),
        ("sh:or ( [ sh:property [ sh:path cg:heldBy ; sh:minCount 1 ] ] [ sh:closed true ] )", False),
        ("sh:property [ sh:path [ sh:inversePath cg:heldBy ] ; sh:minCount 1 ]", True),
        ("sh:property [ sh:path cg:heldBy ; sh:property [ sh:path cg:heldBy ; sh:minCount 1 ] ]", True),
        ("sh:targetObjectsOf cg:heldBy", True),
        ("sh:sparql [ sh:select 'SELECT' ]", True),
    ],
)
def test_tells_shapes_that_look_further_than_at_one_thing(tmp_path, shape, further):
    (tmp_path / "ontology/shapes").mkdir(parents=True)
    text = f"{HEADS}@prefix sh: <http://www.w3.org/ns/shacl#> . t:one sh:targetClass cg:Claim ; {shape} ."
    (tmp_path / "ontology/shapes/one.ttl").write_text(text, encoding="utf-8")
    layout = Layout(tmp_path)
    sources, faults = parse_files(layout, layout.graphs())
    assert faults == []
    assert bool(looks_further(sources)) == further


def test_remembers_nothing_of_a_small_dataset(tmp_path):
    folder = shutil.copytree(SHIPPED / "tests/minimal", tmp_path / "dataset")
    check(Layout(folder))
    assert not place_of(Layout(folder), "none").exists()
