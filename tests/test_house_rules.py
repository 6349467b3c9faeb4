"""House rules at their edges: what EDTF texts mean, which names are nearly alike, where chains close."""

import shutil
from datetime import date
from pathlib import Path

import pytest

from claimgraph.check import check
from claimgraph.check.house.likeness import name_keys
from claimgraph.dataset import Layout
from claimgraph.dataset.edtf import edtf_bounds, is_qualified

MINIMAL = Path(__file__).parent / "minimal"


@pytest.fixture
def found(tmp_path):
    """Append Turtle to the minimal dataset and return the findings as text."""

    def run(turtle):
        dataset = shutil.copytree(MINIMAL, tmp_path / "dataset")
        with (dataset / "data/ttl/harbour/claims.ttl").open("a", encoding="utf-8") as file:
            file.write(turtle)
        return [str(finding) for finding in check(Layout(dataset))]

    return run


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("2021-02-26", date(2021, 2, 26), date(2021, 2, 26)),
        ("2021-02", date(2021, 2, 1), date(2021, 2, 28)),
        ("2020", date(2020, 1, 1), date(2020, 12, 31)),
        ("2020-11-10/2021-02", date(2020, 11, 10), date(2021, 2, 28)),
        ("../2021-04-12", None, date(2021, 4, 12)),
        ("2020-11-19/..", date(2020, 11, 19), None),
        ("[2020-09-21..2020-09-30]", date(2020, 9, 21), date(2020, 9, 30)),
        ("/2021", None, date(2021, 12, 31)),
        ("2021-02~", date(2021, 2, 1), date(2021, 2, 28)),
        ("2021-21", date(2021, 3, 1), date(2021, 5, 31)),
    ],
)
def test_knows_the_first_and_the_last_day_of_an_edtf_text(text, first, last):
    assert edtf_bounds(text) == (first, last)


@pytest.mark.parametrize("text", ["", "..", "late April", "2021-13", "2021-04-31", "2021-05/2021-04", "26.2.2021"])
def test_knows_what_is_no_edtf(text):
    assert edtf_bounds(text) is None


@pytest.mark.parametrize(("text", "qualified"), [("2021-02~", True), ("202X", True), ("2021-02-26", False)])
def test_knows_which_texts_allow_wider_bounds(text, qualified):
    assert is_qualified(text) == qualified


@pytest.mark.parametrize(
    ("one", "other", "near"),
    [
        ("Nikol Pashinyan", "Nikol Pashinian", True),
        ("Ilham Əliyev", "Ilham Aliyev", True),
        ("Pashinyan, Nikol", "nikol pashinyan", True),
        ("José Pérez", "Jose Perez", True),
        ("Brigade 12", "Brigade 13", False),
        ("Ministry 1 of State 12", "Ministry 2 of State 11", False),
        ("Iran", "Iraq", False),
        ("Ministry of Defence of Russia", "Ministry of Defence of Armenia", False),
    ],
)
def test_tells_names_that_are_nearly_alike_from_those_that_differ(one, other, near):
    assert bool(name_keys(one) & name_keys(other)) == near


SPAN = """
:act a cg:SpeechAct ; rdfs:label "the pilot speaks"@en ; cg:utteredDuring :day ; cg:expresses :h1 .
:day a cg:TimeSpan ; rdfs:label "the day"@en ; %s .
"""


def test_lets_bounds_be_wider_than_an_approximate_date(found):
    wider = 'cg:edtf "2021-02~" ; cg:notBefore "2021-01-20"^^xsd:date ; cg:notAfter "2021-03-10"^^xsd:date'
    assert found(SPAN % wider) == []


def test_wants_the_bounds_that_an_exact_date_gives(found):
    (finding,) = found(SPAN % 'cg:edtf "2021-02" ; cg:notBefore "2021-02-01"^^xsd:date')
    assert "means 2021-02-01 to 2021-02-28, the bounds say 2021-02-01 to ..." in finding


def test_tells_one_loop_once_however_it_is_entered(found):
    chain = " ".join(
        f':e{number} a cg:WorldEvent ; rdfs:label "event {number}"@en ; cg:partOfEvent :e{after} .'
        for number, after in enumerate([1, 2, 3, 1, 0])
    )
    (finding,) = found(chain)
    assert "CG805 cg:partOfEvent comes back to itself: id:harbour/e1 -> id:harbour/e2 -> id:harbour/e3" in finding
