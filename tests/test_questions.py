"""The 40 questions of the domain, each against its recorded answer in tests/expected/.

Questions 1 to 30 are asked of the seed dossier alone, 31 to 40 of everything that is shipped.
"""

import json
import shutil
from pathlib import Path

import pytest
from pyoxigraph import Literal, NamedNode, Store

from claimgraph.catalog import Catalog
from claimgraph.dataset import Layout
from claimgraph.dataset.turtle import load_into
from claimgraph.reason import load_rules, reason
from claimgraph.sparql.prefixes import PREFIXES

ROOT = Path(__file__).parent.parent
EXPECTED = sorted((ROOT / "tests" / "expected").glob("q*.json"))
SEED_ALONE = 30
ABOUT_THE_SEED = [path for path in EXPECTED if int(path.stem[1:3]) <= SEED_ALONE]
CG, ID = PREFIXES["cg"], PREFIXES["id"]
GRAPH = CG.replace("ontology#", "graph/")
CATALOG = Catalog.load(ROOT / "queries")
SEED = f"{ID}dossier/iskander-shusha"


class Answers:
    """Ask canned queries of a dataset, with values as people write them."""

    def __init__(self, layout):
        self.store = Store()
        for file in layout.graphs():
            load_into(self.store, file)
        reason(self.store, load_rules(layout))
        self.catalog = Catalog.load(layout.queries)

    def resolve(self, identifier):
        subjects = {
            quad.subject.value
            for quad in self.store.quads_for_pattern(
                None, NamedNode("http://purl.org/dc/terms/identifier"), Literal(identifier), None
            )
        }
        return subjects.pop() if len(subjects) == 1 else None

    def terms(self, query, **values):
        solutions = self.store.query(self.catalog[query].bind(values, self.resolve), use_default_graph_as_union=True)
        names = [variable.value for variable in solutions.variables]
        return [{name: row[name] for name in names} for row in solutions]

    def ask(self, query, **values):
        return [{name: short(term) for name, term in row.items()} for row in self.terms(query, **values)]

    def select(self, text):
        return list(self.store.query(f"PREFIX cg: <{CG}>\n{text}", use_default_graph_as_union=True))


def short(term):
    if term is None:
        return ""
    return "id:" + term.value[len(ID) :] if term.value.startswith(ID) else term.value


def copy_of_shipped(target, *, without=()):
    for folder in ("ontology", "data", "queries"):
        shutil.copytree(ROOT / folder, target / folder, ignore=lambda _, names: [n for n in names if n in without])
    return target


def total(rows):
    return sum(int(row["certain"]) + int(row["possible"]) for row in rows)


def ids(rows, column="id"):
    return sorted({row[column] for row in rows})


@pytest.fixture(scope="module")
def seed(tmp_path_factory):
    return Answers(Layout(copy_of_shipped(tmp_path_factory.mktemp("seed"), without=("iskander-other-reports",))))


@pytest.fixture(scope="module")
def shipped():
    return Answers(Layout(ROOT))


@pytest.mark.parametrize("path", EXPECTED, ids=lambda path: path.stem)
def test_a_question_has_its_recorded_answer(path, request):
    recorded = json.loads(path.read_text(encoding="utf-8"))
    number = int(path.stem[1:3])
    answers = request.getfixturevalue("seed" if number <= SEED_ALONE else "shipped")
    rows = [list(row.values()) for row in answers.ask(recorded["query"], **recorded["parameters"])]
    assert sorted(rows) == recorded["rows"]


@pytest.mark.parametrize("path", ABOUT_THE_SEED, ids=lambda path: path.stem)
def test_a_question_about_the_seed_has_the_same_answer_where_both_dossiers_are_loaded(path, shipped):
    recorded = json.loads(path.read_text(encoding="utf-8"))
    rows = [list(row.values()) for row in shipped.ask(recorded["query"], **recorded["parameters"])]
    assert sorted(rows) == recorded["rows"]


def test_every_question_has_a_recorded_answer_with_its_reason():
    numbers = {int(path.stem[1:3]) for path in EXPECTED}
    assert numbers == set(range(1, 41))
    assert all(json.loads(path.read_text(encoding="utf-8"))["why"] for path in EXPECTED)


def test_the_seed_has_exactly_60_statements(seed):
    rows = seed.select(
        "SELECT ?id WHERE { ?claim a cg:Claim ; <http://purl.org/dc/terms/identifier> ?id } ORDER BY ?id"
    )
    assert [row["id"].value for row in rows] == [f"ST{number:02d}" for number in range(1, 61)]


def test_a_denial_of_the_whole_family_raises_the_contradictions_to_four(tmp_path):
    root = copy_of_shipped(tmp_path / "copy", without=("iskander-other-reports",))
    made_up = root / "data" / "ttl" / "made-up.ttl"
    made_up.write_text(
        f"""@prefix cg: <{CG}> . @prefix t: <{ID}made-up/> . @prefix s: <{ID}iskander-shusha/> .
        <{GRAPH}made-up> cg:inDossier <{SEED}> .
        t:c a cg:Claim ; <http://purl.org/dc/terms/identifier> "X1" ; cg:heldBy s:narrator ; cg:hasProposition t:p ;
          cg:polarity cg:negative ; cg:modality cg:asserted ; cg:statementKind cg:said .
        t:p a cg:OccurrenceProposition ; cg:predicate cg:use ; cg:aboutWeapon <{ID}weapon/iskander> ;
          cg:aboutEvent s:escalation-in-st53 ; cg:canonicalText "Iskander was used" .""",
        encoding="utf-8",
    )
    rows = Answers(Layout(root)).ask("contradictions", kind="strict")
    assert sorted((row["id_a"], row["id_b"]) for row in rows) == [
        ("ST34", "ST49"),
        ("ST34", "X1"),
        ("ST38", "X1"),
        ("ST39", "X1"),
    ]


def test_without_our_inferences_no_date_of_2021_has_a_year(tmp_path):
    root = copy_of_shipped(tmp_path / "copy", without=("iskander-other-reports", "inferences.ttl"))
    answers = Answers(Layout(root))
    assert not answers.select('SELECT ?t WHERE { ?t cg:notAfter ?d FILTER(STRSTARTS(STR(?d), "2021")) }')
    assert not [row for row in answers.ask("standing-as-of", as_of="2021-02-27") if row["made"] == "certainly"]


def test_what_is_claimed_of_a_missile_stands_in_propositions_only(seed):
    rows = seed.select(
        """SELECT ?s WHERE {
             { ?s cg:aboutWeapon|cg:concernsWeapon ?w } UNION { ?s cg:predicate ?k } UNION { ?s cg:aboutPlace ?l }
             FILTER NOT EXISTS { ?s a cg:Proposition } }"""
    )
    assert rows == []


def test_an_evidence_item_has_no_weapon_and_no_place_of_its_own(seed):
    rows = seed.select("SELECT DISTINCT ?p WHERE { ?item a cg:EvidenceItem ; ?p ?o }")
    own = {row["p"].value for row in rows if row["p"].value.startswith(CG)}
    assert own <= {CG + "readAs", CG + "restsOn"}


@pytest.mark.parametrize(
    "question",
    [
        "?d cg:publishedBy ?x",
        "?d cg:publishedDuring ?x",
        "?d cg:originalLocation ?x",
        "?x cg:custodian ?c . ?x cg:custodyKind cg:custodyFind",
        "?a a cg:ExhibitionAct ; cg:utteredDuring ?x",
        "?a a cg:Response",
        "?r a cg:Retraction",
        "?p cg:predicate cg:use ; cg:aboutActor ?x",
    ],
)
def test_what_the_article_does_not_say_has_no_answer(seed, question):
    assert seed.select(f"SELECT * WHERE {{ {question} }}") == []


def test_the_second_dossier_changes_no_file_of_the_seed_dossier(seed, shipped):
    everything = "SELECT ?s ?p ?o WHERE { GRAPH <%sgraph/iskander-shusha/%s> { ?s ?p ?o } }"
    for name in ("claims", "acts", "inferences", "relations"):
        text = everything % (PREFIXES["cg"].removesuffix("ontology#"), name)
        count = len(seed.select(text))
        assert count == len(shipped.select(text)) > 0


@pytest.mark.parametrize("query", [query.name for query in CATALOG if "dossier" in query.parameters])
def test_an_empty_dossier_asks_over_all_of_them(shipped, query):
    everything = shipped.ask(query, dossier="")
    of_one = [shipped.ask(query, dossier=f"dossier:{name}") for name in ("iskander-shusha", "iskander-other-reports")]
    if query == "claims-per-month":  # its rows are sums
        assert sum(total(rows) for rows in of_one) == total(everything)
    else:
        assert all(row in everything for rows in of_one for row in rows)


def test_a_pair_over_all_dossiers_may_be_of_two(shipped):
    rows = shipped.ask("contradictions", kind="strict", dossier="")
    assert {(row["id_a"][:2], row["id_b"][:2]) for row in rows} == {("ST", "ST"), ("ST", "OR"), ("OR", "OR")}


def test_every_claim_that_is_shipped_stands_in_one_dossier(shipped):
    rows = shipped.select(
        """SELECT (COUNT(DISTINCT ?dossier) AS ?dossiers) { ?claim a cg:Claim
             OPTIONAL { ?claim cg:partOfDossier ?dossier } } GROUP BY ?claim"""
    )
    assert {row["dossiers"].value for row in rows} == {"1"}


def test_each_query_names_the_columns_that_hold_things(shipped):
    """Otherwise the header of a CSV file would change with its rows."""
    for query in shipped.catalog:
        rows = shipped.terms(query.name, **({"dossier": ""} if "dossier" in query.parameters else {}))
        found = {name for row in rows for name, term in row.items() if isinstance(term, NamedNode)}
        assert found <= query.things <= set(query.columns)


def test_no_assessment_of_anybody_is_shipped(shipped):
    assert shipped.ask("assessments") == []


FICTION = """@prefix cg: <{cg}> . @prefix t: <{id}fiction/> . @prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
t:desk a cg:MediaOutlet ; rdfs:label "The Lantern of Nowhere, an invented outlet" .
t:analyst a cg:Person ; rdfs:label "Analyst X, invented" .
t:a1 a cg:Assessment ; cg:assesses t:desk ; cg:assessedBy t:analyst ; cg:assessedOn "2026-01-02"^^xsd:date ;
  cg:sourceReliability cg:reliabilityC .
t:a2 a cg:Assessment ; cg:assesses t:desk ; cg:assessedBy t:analyst ; cg:assessedOn "2026-02-03"^^xsd:date ;
  cg:sourceReliability cg:reliabilityF ; cg:informationCredibility cg:credibility6 ."""


def test_a_fictional_assessment_is_answered_with_its_assessor_and_day(tmp_path):
    root = copy_of_shipped(tmp_path / "copy")
    (root / "data" / "ttl" / "fiction.ttl").write_text(FICTION.format(cg=CG, id=ID), encoding="utf-8")
    rows = Answers(Layout(root)).ask("assessments")
    assert [(row["day"], row["reliability"], row["credibility"], row["both"]) for row in rows] == [
        ("2026-01-02", "C", "", "false"),
        ("2026-02-03", "F", "6", "true"),
    ]
