"""A file of a large dataset is checked with what bears on it alone, and that finds what a check of everything finds."""

import re
import shutil
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from claimgraph.check import check, neighbours, run
from claimgraph.dataset import Layout

SHIPPED = Path(__file__).parent.parent
WORD = re.compile(r"(?<=\s)[^\s\"';,.@]+(?=\s)")


@pytest.fixture(scope="module")
def dataset(tmp_path_factory):
    """Copy the shipped dataset without queries and rules, taken for large, and remember what its files are about."""
    folder = tmp_path_factory.mktemp("part")
    for name in ("ontology", "data"):
        shutil.copytree(SHIPPED / name, folder / name, ignore=shutil.ignore_patterns("rules"))
    before, neighbours.SMALLEST = neighbours.SMALLEST, 0
    assert check(Layout(folder)) == []
    yield folder
    neighbours.SMALLEST = before


@pytest.fixture
def whole(monkeypatch):
    """Count how often everything is checked."""
    calls = []
    found = run._found
    monkeypatch.setattr(run, "_found", lambda *given: calls.append(1) or found(*given))
    return calls


def edited(path, text):
    """Put another text into a file for a while."""

    class Edited:
        def __enter__(self):
            self.before = path.read_text(encoding="utf-8")
            path.write_text(text, encoding="utf-8")

        def __exit__(self, *_):
            path.write_text(self.before, encoding="utf-8")

    return Edited()


def compared(findings, relative):
    """Leave out CG809, since a wrong name anywhere silences it, and which name may have been meant."""
    found = (finding for finding in findings if finding.place.file == relative and finding.code != "CG809")
    return {(f.place, f.code, f.message, "" if f.code == "CG109" else f.hint) for f in found}


def in_part(dataset, path):
    findings = run._found_in_part(Layout(dataset), [path])
    assert findings is not None
    relative = path.relative_to(dataset).as_posix()
    return compared(run._without_echoes(findings), relative)


def as_a_whole(dataset, path):
    findings = run._without_echoes(run._found(Layout(dataset), lambda _done, _all: None))
    relative = path.relative_to(dataset).as_posix()
    return compared(findings, relative)


@pytest.mark.parametrize("file", sorted((SHIPPED / "data/ttl").rglob("*.ttl")), ids=lambda path: path.stem)
def test_finds_nothing_in_a_good_file(dataset, whole, file):
    assert check(Layout(dataset), [dataset / file.relative_to(SHIPPED)]) == []
    assert whole == []


@given(data=st.data())
@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_finds_after_any_edit_what_a_check_of_everything_finds(dataset, data):
    """Names are exchanged, doubled, misspelt and taken away."""
    path = data.draw(st.sampled_from(sorted((dataset / "data/ttl").rglob("*.ttl"))))
    text = path.read_text(encoding="utf-8")
    words = list(WORD.finditer(text))
    one, other = (data.draw(st.sampled_from(words)) for _ in range(2))
    new = data.draw(st.sampled_from([other[0], f"{one[0]} , {other[0]}", f"{one[0]}x", ""]))
    with edited(path, text[: one.start()] + new + text[one.end() :]):
        assert in_part(dataset, path) == as_a_whole(dataset, path)


def test_finds_a_loop_over_several_files(dataset):
    path = dataset / "data/ttl/reference/events.ttl"
    event = "<https://w3id.org/claimgraph/id/event/{}>"
    other = dataset / "data/ttl/reference/places.ttl"
    one, two = event.format("loop-one"), event.format("loop-two")
    part = "<https://w3id.org/claimgraph/ontology#partOfEvent>"
    texts = [file.read_text(encoding="utf-8") for file in (path, other)]
    with edited(path, f"{texts[0]}\n{one} {part} {two} ."), edited(other, f"{texts[1]}\n{two} {part} {one} ."):
        assert "CG805" in {code for _, code, *_ in as_a_whole(dataset, path) | as_a_whole(dataset, other)}
        assert in_part(dataset, path) == as_a_whole(dataset, path)
        assert in_part(dataset, other) == as_a_whole(dataset, other)


def test_checks_everything_where_the_memory_is_damaged_and_mends_it(dataset, whole):
    file = neighbours._database(dataset)
    file.write_bytes(b"no database" * 1000)
    check(Layout(dataset), [dataset / "data/ttl/reference/places.ttl"])
    assert whole == [1]
    check(Layout(dataset))
    check(Layout(dataset))
    check(Layout(dataset), [dataset / "data/ttl/reference/places.ttl"])
    assert whole == [1, 1, 1]


def test_checks_everything_where_the_ontology_is_asked_about(dataset, whole):
    check(Layout(dataset), [dataset / "ontology"])
    assert whole == [1]


def test_remembers_nothing_of_a_small_dataset(tmp_path, monkeypatch):
    monkeypatch.setattr(neighbours, "SMALLEST", 100_000)
    folder = shutil.copytree(SHIPPED / "tests/minimal", tmp_path / "dataset")
    check(Layout(folder))
    assert not neighbours._database(folder).exists()
