"""Data of others: rows as triples, mappings that make graphs of them, and what rules find in their numbers."""

import csv
import gzip
import json
import shutil
from collections import defaultdict
from pathlib import Path

import pytest
from pyoxigraph import Literal, NamedNode, Store

from claimgraph.catalog import Catalog
from claimgraph.check import check
from claimgraph.dataset import Layout, load_into, root
from claimgraph.errors import BadSource
from claimgraph.reason import load_rules, reason
from claimgraph.snapshot import digest_of
from claimgraph.sources import ALL, NONE, find_sources, with_sources
from claimgraph.sources.facade import Table
from claimgraph.sparql.prefixes import PREFIXES

MINIMAL = Path(__file__).parent / "minimal"
DECLARATIONS = "".join(f"PREFIX {name}: <{PREFIXES[name]}>\n" for name in ("cg", "id", "rdfs", "dcterms", "prov"))


@pytest.fixture
def dataset(tmp_path):
    return shutil.copytree(MINIMAL, tmp_path / "dataset")


@pytest.fixture(scope="session")
def sampled():
    """Reason over the shipped dataset with a sample of its sources."""
    layout = with_sources(Layout(root()), "sample")
    store = Store()
    for file in layout.graphs():
        load_into(store, file)
    reason(store, load_rules(layout))
    return store


@pytest.fixture(scope="session")
def question(sampled):
    """Ask canned queries; rows map columns to values."""
    catalog = Catalog.load(Layout(root()).queries)

    def rows(name, **given):
        answer = sampled.query(catalog[name].bind(given, lambda _iri: None), use_default_graph_as_union=True)
        names = [variable.value for variable in answer.variables]
        return [{one: row[one].value for one in names if row[one] is not None} for row in answer]

    return rows


def ask(store, text):
    answer = store.query(DECLARATIONS + text, use_default_graph_as_union=True)
    return [tuple(None if term is None else term.value for term in row) for row in answer]


def lines_of(path):
    return [line for row in Table(path, path.name).rows() for line in row.lines]


def test_reads_numbers_lists_and_objects_and_leaves_out_what_is_empty(tmp_path):
    path = tmp_path / "rows.json"
    path.write_text('[{"a b": 1, "c": NaN, "d": "", "e": [["x", "y"]], "f": null, "g": 1.5, "h": "q\\"\\n"}]')
    written = "".join(lines_of(path))
    assert '<http://sparql.xyz/facade-x/data/a%20b> "1"^^<http://www.w3.org/2001/XMLSchema#integer>' in written
    assert '"1.5"^^<http://www.w3.org/2001/XMLSchema#decimal>' in written
    assert '"q\\"\\n"' in written
    assert not any(f"/data/{empty}>" in written for empty in "cdf")
    assert '#_2> "y"' in written


def test_names_the_place_of_a_row_that_is_not_as_the_others(tmp_path):
    path = tmp_path / "rows.csv"
    path.write_text("a,b\n1,2\n3\n")
    with pytest.raises(BadSource, match=r"rows\.csv:3:1 the row has 1 cells, and the head 2"):
        lines_of(path)


def test_a_source_without_its_description_is_told_by_name(dataset):
    (dataset / "data/sources/harbour-watch/source.ttl").unlink()
    with pytest.raises(BadSource, match=r"harbour-watch/source\.ttl:1:1 cannot be read: No such file"):
        with_sources(Layout(dataset), ALL)


def test_leaves_sources_out_unless_they_are_asked_for(dataset):
    assert with_sources(Layout(dataset), NONE) == Layout(dataset)
    assert not any("sources" in file.relative for file in Layout(dataset).files() if file.relative.startswith("data"))


def test_makes_the_same_graph_again_and_another_for_other_rows(dataset):
    first = digest_of(with_sources(Layout(dataset), ALL))
    assert digest_of(with_sources(Layout(dataset), ALL)) == first
    shutil.rmtree(dataset / ".claimgraph-cache")
    assert digest_of(with_sources(Layout(dataset), ALL)) == first
    with (dataset / "data/sources/harbour-watch/pilots.csv").open("a") as file:
        file.write("Cy Dahl,3,\n")
    assert digest_of(with_sources(Layout(dataset), ALL)) != first


def test_keeps_every_mapping_of_the_shipped_sources_without_a_fault():
    assert [str(finding) for finding in check(Layout(root()), grain="sample")] == []


def test_says_of_each_graph_what_made_it(sampled):
    graphs = ask(
        sampled,
        "SELECT ?graph ?licence ?commit ?file { ?graph cg:madeBy/cg:mappingFile ?file ; dcterms:license ?licence ; "
        "dcterms:source ?from ; cg:atCommit ?commit ; cg:inDossier ?dossier }",
    )
    mappings = {mapping.file for source in find_sources(Layout(root())) for mapping in source.mappings()}
    assert {row[3] for row in graphs} == mappings
    shared = {row[0] for row in graphs if row[1].startswith("https://creativecommons.org/licenses/by-sa/")}
    assert shared == {row[0] for row in graphs if "/wikipedia-" in row[0]}


def test_a_correction_withdraws_the_number_of_the_report_before(sampled):
    (row,) = ask(
        sampled,
        "SELECT ?delta ?before ?after { "
        "<https://w3id.org/claimgraph/id/ua-general-staff/correction-armoured-vehicle-2022-10-13> "
        "cg:correctionDelta ?delta ; cg:retracts ?old . ?old cg:withdrawnExplicitlyBy ?new . "
        "?old cg:hasProposition/cg:quantityStated ?before . ?new cg:hasProposition/cg:quantityStated ?after }",
    )
    assert row == ("-25", "5181", "5167")


def test_a_revision_by_the_channel_withdraws_nothing(sampled):
    revised = ask(
        sampled, "SELECT ?claim { ?change a cg:ChannelRevision ; cg:changesRecordOf ?claim . ?claim a cg:Claim }"
    )
    assert revised
    by_revision = "SELECT ?claim { ?change a cg:RecordChange . ?claim cg:withdrawnBy ?change }"
    assert ask(sampled, by_revision) == []


def test_numbers_dispute_only_where_their_intervals_do_not_meet(sampled):
    found = ask(
        sampled,
        "SELECT ?label ?low ?high { ?d cg:disputedQuantity/rdfs:label ?label ; "
        "cg:highestLow ?low ; cg:lowestHigh ?high }",
    )
    # 312, 386 and "444+" cannot all be so; "150+", "300+" and "1,500+" of the battle of Shusha can.
    assert {(label.partition(",")[0], low, high) for label, low, high in found} == {
        ("Battle of al-Hasakah (2015)", "444", "312"),
        ("2016 Nagorno-Karabakh conflict", "500", "94"),
    }


def test_at_least_does_not_contradict_a_greater_number():
    rules = [rule for rule in load_rules(Layout(root())) if rule.name in {"number-dispute", "part-of-quantity"}]
    cg, ex = PREFIXES["cg"], "https://x.example/"

    def dispute(low, high):
        store = Store()
        facts = f"""
        PREFIX cg: <{cg}> PREFIX : <{ex}> PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
        INSERT DATA {{
          :q rdfs:label "the dead"@en .
          :a cg:holder :one ; cg:polarity cg:positive ; cg:modality cg:asserted ; cg:hasProposition :pa .
          :pa cg:ofQuantity :q ; cg:quantityLow {low} ; cg:canonicalText "At least {low} died" .
          :b cg:holder :other ; cg:polarity cg:positive ; cg:modality cg:asserted ; cg:hasProposition :pb .
          :pb cg:ofQuantity :q ; cg:canonicalText "{high} died" ; cg:quantityLow {high} ; cg:quantityHigh {high} .
        }}"""
        store.update(facts)
        reason(store, rules)
        return {quad.object for quad in store.quads_for_pattern(None, NamedNode(cg + "highestLow"), None)}

    assert dispute("4074.0", "11032.0") == set()
    assert dispute("11032.0", "4074.0") == {Literal("11032", datatype=NamedNode(PREFIXES["xsd"] + "decimal"))}


def test_a_denial_of_the_sentence_before_meets_it_on_one_proposition(sampled):
    pairs = ask(
        sampled,
        "SELECT ?yes ?no { ?a cg:hasProposition ?p ; cg:polarity cg:positive ; cg:heldBy/rdfs:label ?yes . "
        "?b cg:hasProposition ?p ; cg:polarity cg:negative ; cg:heldBy/rdfs:label ?no }",
    )
    assert ("Antony Blinken", "Iran") in pairs


def test_a_chain_of_outlets_keeps_its_order(sampled):
    chain = ask(
        sampled,
        "SELECT ?late ?early { ?item cg:namesWeapon ?weapon ; cg:derivedFromReport ?r . "
        "?r cg:reportedBy/rdfs:label ?late ; cg:derivedFromReport ?s . ?s cg:reportedBy/rdfs:label ?early }",
    )
    assert ("Yahoo! News", "Associated Press") in chain


def test_totals_are_stated_and_confirmed_month_by_month(question):
    with gzip.open(root() / "data/sources/ua-general-staff/russia_losses_equipment.json.gz", "rt") as file:
        stated = {(row["date"][:7], str(row["aircraft"])) for row in json.load(file)}
    with (root() / "data/sources/oryx/daily_count.csv").open(encoding="utf-8") as file:
        shown = {
            (row["date_recorded"][:7], row["type_total"])
            for row in csv.DictReader(file)
            if (row["country"], row["equipment_type"].strip()) == ("Russia", "Aircraft")
        }
    rows = question("stated-and-confirmed")
    assert rows
    for row in rows:
        assert (row["month"], row["stated"]) in stated
        assert (row["month"], row["confirmed"]) in shown
        assert int(row["unconfirmed"]) == int(row["stated"]) - int(row["confirmed"])
    assert question("stated-and-confirmed", weapon="https://w3id.org/claimgraph/id/weapon/tank") == []  # no list then


def test_corrections_tell_the_speaker_from_the_channel_and_the_compiler(question):
    rows = question("corrections")
    by = defaultdict(set)
    for row in rows:
        by[row["kind"]].add(row["by"].rpartition("/")[2])
    assert by["revision by the channel"] >= {"petro-ivaniuk"}
    assert by["removal by the compiler"] == {"scarnecchia"}
    own = question("corrections", by="https://w3id.org/claimgraph/id/actor/general-staff-of-ukraine")
    assert own
    assert {row["kind"] for row in own} == {"retraction by the speaker"}
    with (root() / "data/sources/ua-general-staff/russia_losses_equipment_correction.json").open() as file:
        corrected = {row["date"]: row for row in json.load(file)}
    assert all(row["day"] in corrected and {"before", "after"} <= row.keys() for row in own)


def test_a_death_toll_names_the_offices_and_those_whom_they_cite(question):
    with gzip.open(root() / "data/sources/ucdp-ged-ukraine/conflict_data_ukr.csv.gz", "rt") as file:
        (given,) = (row for row in csv.DictReader(file) if row["id"] == "154050")
    rows = [row for row in question("sources-of-toll") if row["quantity"].endswith("killed-in-ucdp-154050")]
    assert {(row["least"], row["stated"], row["most"]) for row in rows} == {
        (given["low"], given["best"], given["high"])
    }
    assert len({row["article"] for row in rows}) == len(set(given["source_article"].split('";"')))
    assert len({row["source"] for row in rows}) > 1


def test_relays_are_counted_by_outlet(question):
    rows = question("relay-chains")
    counts = [int(row["reports"]) for row in rows]
    assert counts == sorted(counts, reverse=True)
    outlet = rows[0]["outlet"]
    assert question("relay-chains", outlet=outlet) == [row for row in rows if row["outlet"] == outlet]
    assert {row["outlet"] for row in rows} > {"https://w3id.org/claimgraph/id/actor/wikipedia-contributors"}
