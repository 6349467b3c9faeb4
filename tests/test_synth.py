"""Synthetic datasets: valid, repeatable, skewed, and no more than linear."""

import hashlib

import pytest
import rdflib
from pyoxigraph import RdfFormat, Store

from claimgraph.check import check
from claimgraph.cli import main
from claimgraph.dataset import Layout
from claimgraph.errors import UsageError
from claimgraph.reason import load_rules, reason
from claimgraph.synth import synthesise
from claimgraph.synth.chance import Chance, Zipf

CG = "https://w3id.org/claimgraph/ontology#"


@pytest.fixture(scope="module")
def small(tmp_path_factory):
    folder = tmp_path_factory.mktemp("synth") / "small"
    synthesise(1200, 7, folder)
    return Layout(folder)


@pytest.fixture(scope="module")
def store(small):
    filled = Store()
    for file in small.graphs():
        filled.bulk_load(path=str(file.path), format=RdfFormat.TURTLE, to_graph=file.graph)
    return filled


def count(store, pattern):
    answer = store.query(
        f"PREFIX cg: <{CG}> SELECT (COUNT(*) AS ?n) WHERE {{ {pattern} }}", use_default_graph_as_union=True
    )
    return int(next(answer)["n"].value)


def ranked(store, predicate):
    answer = store.query(
        f"SELECT (COUNT(*) AS ?n) WHERE {{ ?c <{CG}{predicate}> ?v }} GROUP BY ?v ORDER BY DESC(?n)",
        use_default_graph_as_union=True,
    )
    return [int(row["n"].value) for row in answer]


def digest(folder):
    whole = hashlib.sha256()
    for path in sorted(folder.rglob("*.ttl")):
        whole.update(f"{path.relative_to(folder)}\n".encode() + path.read_bytes())
    return whole.hexdigest()


def test_what_it_writes_passes_every_check(small):
    assert [str(found) for found in check(small) if found.severity == "error"] == []


def test_the_same_seed_gives_the_same_bytes(tmp_path):
    for name, seed in (("one", 3), ("two", 3), ("other", 4)):
        synthesise(300, seed, tmp_path / name)
    assert digest(tmp_path / "one" / "data") == digest(tmp_path / "two" / "data")
    assert digest(tmp_path / "one" / "data") != digest(tmp_path / "other" / "data")


def test_the_bytes_are_those_of_every_other_machine(tmp_path):
    synthesise(300, 1, tmp_path / "one")
    assert digest(tmp_path / "one" / "data") == "37eab5eb31736cf6fd63053546e0e85b6e15e1cb44c5d82311e77ea0aad74ccf"


def test_it_holds_exactly_as_many_claims_as_asked_for(store):
    assert count(store, "?c a cg:Claim") == 1200


def test_both_parsers_read_the_same_from_it(small):
    for file in small.graphs():
        if "/synth-00002/" in str(file.path):
            filled = Store()
            filled.load(path=str(file.path), format=RdfFormat.TURTLE)
            assert len(filled) == len(rdflib.Graph().parse(file.path, format="turtle"))


@pytest.mark.parametrize("predicate", ["heldBy", "hasProposition"])
def test_a_few_get_most_of_the_claims(store, predicate):
    ranks = ranked(store, predicate)
    top = ranks[: max(1, len(ranks) // 10)]
    assert sum(top) > 0.3 * sum(ranks)
    assert ranks[0] >= 5 * ranks[len(ranks) // 2]


def test_every_part_of_the_model_is_there(store):
    kinds = (
        "Assertion Denial Request Response DeclinedComment Retraction Report Delegation TimeSpan PlaceContainment "
        "EvidenceItem EvidenceLine CustodyEvent ClaimRelation Reading StatedBasis BasisReportedUnspecified "
        "BasisNotReported UnidentifiedSource Mention"
    )
    assert [kind for kind in kinds.split() if not count(store, f"?x a cg:{kind}")] == []
    assert count(store, "?r cg:derivedFromReport ?s")
    assert count(store, "?t cg:notAfter ?d FILTER NOT EXISTS { ?t cg:notBefore ?e }")


def test_size_grows_with_the_claims(tmp_path):
    sizes = {}
    for claims in (1000, 4000):
        files = synthesise(claims, 1, tmp_path / str(claims))
        sizes[claims] = sum(file.stat().st_size for file in files)
    assert 3.5 < sizes[4000] / sizes[1000] < 4.2


def test_what_is_derived_grows_with_the_claims(tmp_path):
    derived = {}
    for claims in (1000, 4000):
        synthesise(claims, 1, tmp_path / str(claims))
        layout, filled = Layout(tmp_path / str(claims)), Store()
        for file in layout.graphs():
            filled.bulk_load(path=str(file.path), format=RdfFormat.TURTLE, to_graph=file.graph)
        before = len(filled)
        reason(filled, load_rules(layout))
        derived[claims] = len(filled) - before
    assert derived[4000] / derived[1000] < 4.4


def test_refuses_a_folder_that_holds_something(tmp_path):
    (tmp_path / "kept.txt").write_text("mine")
    with pytest.raises(UsageError, match="not empty"):
        synthesise(10, 1, tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["kept.txt"]


@pytest.mark.parametrize("claims", [0, -5])
def test_refuses_to_write_no_claims(tmp_path, claims):
    with pytest.raises(UsageError, match="at least one claim"):
        synthesise(claims, 1, tmp_path / "none")


@pytest.mark.parametrize("claims", [1, 2, 3, 999, 1000, 1001])
def test_any_number_of_claims_will_do(tmp_path, claims):
    files = synthesise(claims, 1, tmp_path / "some")
    assert sum(file.read_text().count(" a cg:Claim ;") for file in files) == claims


def test_progress_ends_where_it_said_it_would(tmp_path):
    told = []
    synthesise(2500, 1, tmp_path / "some", lambda done, of: told.append((done, of)))
    assert told == [(1000, 2500), (2000, 2500), (2500, 2500)]


def test_the_command_says_what_it_wrote(tmp_path, capsys):
    assert main(["synth", "20", "--seed", "5", "--out", str(tmp_path / "some")]) == 0
    assert "20 invented claims in" in capsys.readouterr().out


def test_the_command_refuses_a_folder_that_holds_something_with_status_2(tmp_path, capsys):
    (tmp_path / "kept.txt").write_text("mine")
    assert main(["synth", "20", "--out", str(tmp_path)]) == 2
    assert "not empty" in capsys.readouterr().err


def test_ranks_are_drawn_by_weight():
    chance, zipf = Chance(1, "test"), Zipf(50, shift=1)
    drawn = [chance.rank(zipf) for _ in range(20_000)]
    assert 0.2 < drawn.count(0) / len(drawn) < 0.24
    assert drawn.count(0) > 1.7 * drawn.count(1) > 1.7 * drawn.count(4)
    assert set(drawn) <= set(range(50))
