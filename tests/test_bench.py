"""The benchmark: it measures what it says, and reports ratios first."""

import json
import os
import subprocess
import sys

import pytest

from claimgraph.bench.measuring import Task
from claimgraph.bench.report import markdown
from claimgraph.bench.suite import MEASUREMENTS, take
from claimgraph.synth import synthesise


@pytest.fixture(scope="module")
def taken(tmp_path_factory):
    folder = tmp_path_factory.mktemp("bench")
    synthesise(60, 1, folder / "synth-60")
    task = Task(folder / "synth-60", 60, folder)
    os.environ["CLAIMGRAPH_BENCH_SECONDS"] = "1"
    return {name: take(name, task) for name in MEASUREMENTS}


def results(taken):
    run = {"day": "2026-01-01", "processors": 2, "system": "x", "python": "3", "pyoxigraph": "0", "seed": 1}
    double = json.loads(json.dumps(taken))
    for name in ("loading", "reasoning", "building"):
        double[name]["seconds"] *= 3
    return {"run": run, "sizes": {"60": {"claims": 60, **taken}, "120": {"claims": 120, **double}}}


def test_reasoning_is_measured_against_loading(taken):
    measured = taken["reasoning"]
    assert measured["times_loading"] == pytest.approx(measured["seconds"] / measured["loading_seconds"])
    assert measured["triples"] > 0


def test_every_canned_query_is_asked(taken):
    asked = taken["canned"]["queries"]
    assert "claims-about-weapon" in asked
    assert all(one["rows"] >= 0 and one["median_ms"] > 0 for one in asked.values())


def test_a_building_counts_what_loading_and_reasoning_count(taken):
    together = taken["loading"]["triples"] + taken["reasoning"]["triples"]
    assert taken["building"]["triples"] >= together


def test_the_report_puts_ratios_first(taken):
    text = markdown(results(taken))
    assert [line for line in text.splitlines() if line.startswith("## ")] == [
        "## Ratios",
        "## Service over HTTP, large",
        "## Pages and descriptions, large",
        "## Finding, large",
        "## Check and layout",
        "## Figures",
        "## Canned queries",
        "## Slowest rules",
    ]


def test_every_measure_of_the_service_is_taken_of_whole_answers(taken):
    served = taken["serving"]
    assert served["small"]["ours"]["refused"] == served["small"]["oxigraph"]["refused"] == 0
    assert served["neighbour"]["beside"]["refused"] == 0
    assert min(served["large"].values()) > 0


def test_pages_and_descriptions_are_measured_for_every_kind_that_there_is(taken):
    measured = taken["pages"]
    assert {"cg:Claim", "cg:Proposition", "cg:Actor", "cg:Document"} <= set(measured["kinds"])
    assert all(one["page"]["busiest_ms"] > 0 for one in measured["kinds"].values())
    assert measured["count"] > 100


def test_finding_is_measured_on_answers_that_are_whole(taken):
    found = taken["finding"]
    assert 0 < found["search_half_ms"] <= found["search_p95_ms"]
    assert min(found[name] for name in ("seconds_of_names", "seconds_of_typed_names", "store_alone_seconds")) > 0


def test_the_report_compares_time_per_claim_and_not_time(taken):
    assert "| reasoning per claim, large to small | at most 1.5 | 1.50 |" in markdown(results(taken))


def test_the_report_names_a_query_that_did_not_end(taken):
    unfinished = results(taken)
    unfinished["sizes"]["120"]["canned"]["queries"]["disputes"] = None
    rows = [line for line in markdown(unfinished).splitlines() if line.startswith("| disputes ")]
    assert rows[0].endswith("| over the deadline |  |")


def test_an_unknown_measurement_is_refused():
    command = [sys.executable, "-m", "claimgraph.bench.suite", "weather", "a", "1", "b"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode != 0
    assert "no measurement 'weather'" in done.stderr
