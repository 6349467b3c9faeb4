"""Explanations: every derived triple rests on asserted ones, by steps that its rules really make."""

import json
import shutil
import subprocess
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pyoxigraph import BlankNode, Literal, NamedNode, Quad, RdfFormat, Store

from claimgraph.__main__ import main
from claimgraph.catalog import Catalog
from claimgraph.dataset import Layout, load
from claimgraph.dataset.turtle import load_into
from claimgraph.errors import BadParameter, SnapshotError, UnknownName
from claimgraph.explain import Explainer, Leaf, Node, StoreExplainer, as_json, as_prov, as_text, outline, steps
from claimgraph.explain.terms import read_term
from claimgraph.reason import load_on_demand_rules, load_rules, reason
from claimgraph.snapshot import build
from claimgraph.sparql.prefixes import PREFIXES, expand

ROOT = Path(__file__).parent.parent
HEADER = "#+ label: A rule\n#+ derives: something\n#+ why: to be tried\n#+ example: none\n"
PREFIX = "".join(f"PREFIX {name}: <{PREFIXES[name]}>\n" for name in ("cg", "id", "rdf", "rdfs", "owl"))
TURTLE = PREFIX.replace("PREFIX", "@prefix").replace(">\n", "> .\n")


def iri(curie):
    return NamedNode(expand(curie))


def reasoned(layout):
    store = Store()
    for file in layout.graphs():
        load_into(store, file)
    reason(store, load_rules(layout))
    return store


def derived(store):
    return [quad for quad in store if "/graph/derived/" in quad.graph_name.value]


@pytest.fixture(scope="module")
def shipped():
    return reasoned(Layout(ROOT))


@pytest.fixture(scope="module")
def explainer(shipped):
    return StoreExplainer(shipped, Layout(ROOT), Layout(ROOT))


@pytest.fixture
def world(tmp_path):
    """Give a function that makes a small dataset of Turtle and rules, reasons over it and explains it."""

    def make(turtle, owl=(), **rules):
        (tmp_path / "data" / "ttl").mkdir(parents=True)
        (tmp_path / "data" / "ttl" / "all.ttl").write_text(TURTLE + turtle, encoding="utf-8")
        (tmp_path / "ontology" / "rules" / "owl").mkdir(parents=True)
        for name in owl:
            shutil.copy(ROOT / "ontology" / "rules" / "owl" / f"{name}.rq", tmp_path / "ontology" / "rules" / "owl")
        for name, text in rules.items():
            path = tmp_path / "ontology" / "rules" / f"{name}.rq"
            path.write_text(HEADER + PREFIX + text, encoding="utf-8")
        layout = Layout(tmp_path)
        return StoreExplainer(reasoned(layout), layout, layout)

    return make


def has_no_circle(proof):
    """Tell whether no step of a proof rests on itself."""
    done, path = set(), set()

    def visit(one):
        if one.fact in done:
            return True
        if one.fact in path:
            return False
        path.add(one.fact)
        fine = all(visit(premise) for premise in one.premises)
        path.discard(one.fact)
        done.add(one.fact)
        return fine

    return visit(proof)


def follows(node):
    """Tell whether the rule of a step derives its triple from nothing but the premises."""
    store = Store()
    for premise in node.premises:
        fact = premise.fact
        store.add(Quad(fact.subject, fact.predicate, fact.value, fact.graph or NamedNode("urn:premises")))
    answer = store.query(node.rule.text, use_default_graph_as_union=True)
    return any((one.subject, one.predicate, one.object) == node.fact[:3] for one in answer)


def says(proof):
    return [(one.fact.predicate.value.rpartition("#")[2], one.fact.value) for one in steps(proof)]


# The shipped data


@pytest.mark.timeout(60)
def test_every_derived_triple_is_explained_down_to_the_lines_that_assert_it(shipped, explainer):
    quads = derived(shipped)
    assert len(quads) > 2500
    seen = set()
    for quad in quads:
        proof = explainer.explain(quad.subject, quad.predicate, quad.object)
        assert isinstance(proof, Node)
        assert quad.graph_name.value.endswith("/graph/derived/" + proof.rule.name)
        for one in steps(proof):
            if isinstance(one, Leaf) and one.fact not in seen:
                seen.add(one.fact)
                assert all(source.line for source in one.sources), one
        assert has_no_circle(proof)


@pytest.mark.timeout(60)
def test_every_step_is_one_that_its_rule_makes_from_these_premises(shipped, explainer):
    wrong = []
    for quad in derived(shipped):
        proof = explainer.explain(quad.subject, quad.predicate, quad.object)
        if not follows(proof):
            wrong.append((proof.rule.name, quad))
    assert wrong == []


def test_every_asserted_triple_is_found_in_its_file(shipped, explainer):
    for quad in shipped:
        if "/graph/derived/" not in quad.graph_name.value:
            proof = explainer.explain(quad.subject, quad.predicate, quad.object)
            places = [source for source in proof.sources if source.graph == quad.graph_name]
            assert all(place.line for place in places), (quad, places)


def test_a_contradiction_is_explained_by_the_entailment_and_its_own_proof(explainer):
    proof = explainer.read("ST34", "cg:contradicts", "ST49")
    assert proof.rule.name == "on-demand/strict-contradiction"
    entailment = next(one for one in proof.premises if one.fact.predicate == iri("cg:entails"))
    assert entailment.rule.name == "entailment"
    assert iri("cg:readAs") in {one.fact.predicate for one in steps(entailment)}
    assert follows(proof)


def test_a_contradiction_is_explained_in_its_other_direction_too(explainer):
    proof = explainer.read("ST49", "cg:contradicts", "ST34")
    assert proof.rule.name == "owl/symmetric"
    assert follows(proof)


@pytest.mark.parametrize(
    ("first", "second", "rule"),
    [
        ("ST39", "ST49", "tension-by-variant"),
        ("ST34", "ST51", "tension-by-detection"),
        ("ST13", "ST14", "tension-by-norm"),
    ],
)
def test_a_tension_is_explained_by_its_kind(explainer, first, second, rule):
    assert explainer.read(first, "cg:inTensionWith", second).rule.name == f"on-demand/{rule}"


@pytest.mark.parametrize("kind", ["strict", "tension"])
def test_the_rules_for_pairs_find_exactly_the_pairs_of_the_query(shipped, explainer, kind):
    query = Catalog.load(ROOT / "queries")["contradictions"]
    weapons = [quad.subject for quad in shipped.quads_for_pattern(None, iri("rdf:type"), iri("cg:WeaponModel"))]
    asked = {
        (row["claim_a"], row["claim_b"])
        for weapon in weapons
        for row in shipped.query(
            query.bind({"weapon": weapon.value, "kind": kind, "dossier": ""}, lambda _: None),
            use_default_graph_as_union=True,
        )
    }
    rules = [rule for rule in load_on_demand_rules(Layout(ROOT)) if ("strict" in rule.name) == (kind == "strict")]
    found = {
        (one.subject, one.object) for rule in rules for one in shipped.query(rule.text, use_default_graph_as_union=True)
    }
    assert found == asked
    assert found
    predicate = iri("cg:contradicts" if kind == "strict" else "cg:inTensionWith")
    assert all(follows(explainer.explain(first, predicate, second)) for first, second in found)


def test_no_pair_is_stored(shipped):
    pairs = [iri("cg:contradicts"), iri("cg:inTensionWith")]
    assert not [quad for pair in pairs for quad in shipped.quads_for_pattern(None, pair, None)]


def test_what_nothing_says_is_part_of_the_explanation(explainer):
    proof = explainer.read("ST28", "cg:hasOrigin", "id:actor/azerbaijan")
    assert "nothing says that Azerbaijan answers to anything" in proof.absences


def test_an_absent_optional_part_is_said(explainer):
    proof = explainer.read("ST28", "cg:holder", "id:actor/azerbaijan")
    assert proof.absences == ("nothing says that Azerbaijan read as anything",)


def test_a_triple_that_nothing_says_is_refused(explainer):
    with pytest.raises(UnknownName, match="nothing says that ST34 contradicts ST50"):
        explainer.read("ST34", "cg:contradicts", "ST50")


# Rules that need each other


def test_a_ring_of_transitive_steps_is_explained_without_a_circle(world):
    ring = " ".join(f"id:n{number} cg:near id:n{(number + 1) % 6} ." for number in range(6))
    explain = world(f"cg:near a owl:TransitiveProperty . {ring}", owl=["transitive"])
    proof = explain.read("id:n0", "cg:near", "id:n0")
    assert has_no_circle(proof)
    assert all(follows(one) for one in steps(proof) if isinstance(one, Node))


def test_inverses_of_each_other_do_not_explain_each_other(world):
    explain = world(
        """cg:holds owl:inverseOf cg:isHeld . cg:isHeld owl:inverseOf cg:holds .
           cg:owns rdfs:subPropertyOf cg:holds . id:a cg:owns id:b .""",
        owl=["inverse", "subproperty"],
    )
    proof = explain.read("id:b", "cg:isHeld", "id:a")
    assert [one.rule.name for one in steps(proof) if isinstance(one, Node)] == ["owl/inverse", "owl/subproperty"]


def test_a_long_chain_is_explained_and_its_outline_ends_somewhere(world):
    chain = " ".join(f"id:n{number} cg:next id:n{number + 1} ." for number in range(300))
    explain = world(
        f"id:n0 cg:reached id:n0 . {chain}",
        reach="CONSTRUCT { ?x cg:reached ?z } WHERE { ?x cg:reached ?y . ?y cg:next ?z }",
    )
    proof = explain.read("id:n0", "cg:reached", "id:n300")
    assert len([one for one in steps(proof) if isinstance(one, Node)]) == 300
    assert "and so on" in as_text(proof, explain.words)


# What rules may be made of


SAMPLE = """
id:a cg:p id:b . id:b cg:p id:c . id:c cg:p id:a . id:c cg:q id:d .
id:a cg:size 3 . id:b cg:size 5 . id:c cg:size 4 . id:a cg:of id:g . id:b cg:of id:g . id:c cg:of id:g .
id:e cg:size 3.0 ."""


@pytest.mark.parametrize(
    ("rule", "triple", "premises"),
    [
        ("{ ?x cg:new ?z } WHERE { ?x cg:p/cg:p ?z }", "id:a cg:new id:c", {"p b", "p c"}),
        ("{ ?x cg:new ?z } WHERE { ?x cg:p+/cg:q ?z }", "id:a cg:new id:d", {"p b", "p c", "q d"}),
        ("{ ?x cg:new ?z } WHERE { ?x cg:p* ?z FILTER(?x = ?z) ?x cg:size 3 }", "id:a cg:new id:a", {"size 3"}),
        ("{ ?x cg:new ?z } WHERE { ?x ^cg:p ?z }", "id:a cg:new id:c", {"p a"}),
        ("{ ?x cg:new ?z } WHERE { ?x cg:p|cg:q ?z }", "id:c cg:new id:d", {"q d"}),
        ("{ ?x cg:new ?z } WHERE { ?x !(cg:p|cg:of|cg:size|rdf:type) ?z }", "id:c cg:new id:d", {"q d"}),
        ("{ ?x cg:new ?m } WHERE { ?x cg:size ?n BIND(?n + 1 AS ?m) }", "id:a cg:new 4", {"size 3"}),
        ("{ ?x cg:new ?y } WHERE { VALUES (?x ?y) { (id:a id:b) } ?x cg:p ?y }", "id:a cg:new id:b", {"p b"}),
        (
            "{ ?g cg:new ?m } WHERE { SELECT ?g (MAX(?n) AS ?m) WHERE { ?x cg:of ?g ; cg:size ?n } GROUP BY ?g }",
            "id:g cg:new 5",
            {"of g", "size 3", "size 5", "size 4"},
        ),
        (
            "{ ?g cg:new ?n } WHERE { SELECT ?g (COUNT(*) AS ?n) { ?x cg:of ?g } GROUP BY ?g HAVING (COUNT(*) > 2) }",
            "id:g cg:new 3",
            {"of g"},
        ),
        ("{ ?x cg:new ?y } WHERE { ?x cg:p ?y MINUS { ?x cg:q ?z } }", "id:a cg:new id:b", {"p b"}),
        ("{ ?x cg:new ?y } WHERE { ?x cg:p ?y FILTER EXISTS { ?y cg:p ?z } }", "id:a cg:new id:b", {"p b", "p c"}),
        (
            """{ ?g cg:new 1 } WHERE { ?x cg:of ?g
               FILTER NOT EXISTS { ?y cg:of ?g FILTER NOT EXISTS { ?y cg:size ?n } } }""",
            "id:g cg:new 1",
            {"of g", "size 3", "size 5", "size 4"},
        ),
        ("{ ?x cg:new ?x } WHERE { ?x cg:size 3.0 }", "id:e cg:new id:e", {"size 3"}),
        ("{ ?x cg:new ?y } WHERE { GRAPH ?g { ?x cg:q ?y } }", "id:c cg:new id:d", {"q d"}),
        ("{ ?x cg:new ?y } WHERE { { ?x cg:q ?y } UNION { ?y cg:q ?x } }", "id:d cg:new id:c", {"q d"}),
        ("{ ?x cg:new ?y } WHERE { ?x cg:p ?z OPTIONAL { ?z cg:q ?w } BIND(COALESCE(?w, ?z) AS ?y) }",
         "id:b cg:new id:d", {"p c", "q d"}),
        ("{ ?x cg:new ?y } WHERE { ?x cg:p ?y FILTER(?y IN (id:b) && !(?x = id:c)) }", "id:a cg:new id:b", {"p b"}),
    ],
)  # fmt: skip
def test_a_rule_is_explained_by_the_triples_that_it_matches(world, rule, triple, premises):
    explain = world(SAMPLE, rule=f"CONSTRUCT {rule}")
    proof = explain.read(*triple.split())
    found = {f"{one.fact.predicate.value[-9:].rpartition('#')[2]} {one.fact.value.value.rpartition('/')[2]}"
             for one in proof.premises}  # fmt: skip
    assert found == premises
    assert follows(proof)


def test_a_minus_is_said_as_an_absence(world):
    explain = world(SAMPLE, rule="CONSTRUCT { ?x cg:new ?y } WHERE { ?x cg:p ?y MINUS { ?x cg:q ?z } }")
    assert explain.read("id:a", "cg:new", "id:b").absences == ("nothing says that id:a cg:q anything",)


def test_a_made_up_name_leads_back_to_what_it_was_made_of(world):
    explain = world(
        SAMPLE,
        rule="""CONSTRUCT { ?pair a cg:Pair ; cg:first ?x ; cg:second ?y }
        WHERE { ?x cg:p ?y BIND(IRI(CONCAT(STR(?x), "-", STRAFTER(STR(?y), "/id/"))) AS ?pair) }""",
    )
    assert says(explain.read("id:a-b", "a", "cg:Pair"))[1:] == [("p", iri("id:b"))]


# Places


def test_a_triple_about_a_blank_node_has_its_line(explainer):
    file = next(file for file in Layout(ROOT).graphs() if file.relative == "ontology/actors.ttl")
    lines = (ROOT / "ontology" / "actors.ttl").read_text(encoding="utf-8").splitlines()
    quads = [quad for quad in load(file) if isinstance(quad.subject, BlankNode) and isinstance(quad.object, NamedNode)]
    assert quads
    for quad in quads:
        (source,) = explainer.explain(quad.subject, quad.predicate, quad.object).sources
        name = quad.object.value.rpartition("#")[2]
        assert name in lines[source.line - 1] or name == "nil"


def git(folder, *words):
    who = ["-c", "user.name=Ada Example", "-c", "user.email=ada@example.org"]
    subprocess.run(["git", *who, *words], cwd=folder, check=True, capture_output=True)


def test_a_line_is_given_with_the_commit_the_author_and_the_day(world, tmp_path, monkeypatch):
    monkeypatch.setenv("GIT_AUTHOR_DATE", "2024-05-06T07:08:09+02:00")
    explain = world("\nid:a cg:p id:b .\n")
    git(tmp_path, "init", "--quiet")
    git(tmp_path, "add", ".")
    git(tmp_path, "commit", "--quiet", "--message", "first")
    (source,) = explain.read("id:a", "cg:p", "id:b").sources
    assert source.place == "data/ttl/all.ttl:7:11"
    assert (source.author, source.date, len(source.commit)) == ("Ada Example", "2024-05-06T07:08:09+02:00", 40)


def test_without_git_it_is_said_that_there_is_none(world, tmp_path, monkeypatch):
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))
    (source,) = world("id:a cg:p id:b .").read("id:a", "cg:p", "id:b").sources
    assert (source.commit, source.note) == (None, "the dataset is no git checkout")


def test_a_file_that_has_changed_since_gives_no_line(world, tmp_path):
    explain = world("id:a cg:p id:b .")
    (tmp_path / "data" / "ttl" / "all.ttl").write_text(TURTLE + "\n\nid:a cg:p id:b .", encoding="utf-8")
    (source,) = explain.read("id:a", "cg:p", "id:b").sources
    assert (source.line, source.note) == (None, "the file has changed since the snapshot was built")


def test_a_rule_that_has_changed_since_is_named(world, tmp_path):
    explain = world("id:a cg:p id:b .", rule="CONSTRUCT { ?x cg:new ?y } WHERE { ?x cg:p ?y }")
    path = tmp_path / "ontology" / "rules" / "rule.rq"
    path.write_text(path.read_text(encoding="utf-8").replace("?x cg:p ?y", "?x cg:q ?y"), encoding="utf-8")
    with pytest.raises(SnapshotError, match="'rule' does not derive this any more"):
        explain.read("id:a", "cg:new", "id:b")


def test_what_the_build_says_of_its_graphs_counts_as_asserted(tmp_path):
    explain = Explainer(build(Layout(ROOT), tmp_path), Layout(ROOT))
    proof = explain.read(f"<{PREFIXES['cg'][:-9]}graph/derived/holder>", "cg:byRule", "id:rule/holder")
    assert proof.sources[0].note == "the build describes its own graphs"


def test_a_number_is_found_however_it_is_written(world):
    explain = world("id:a cg:p 0.990 .")
    assert (
        explain.read("id:a", "cg:p", "0.99").sources[0].line == explain.read("id:a", "cg:p", "0.9900").sources[0].line
    )


# Terms


def names(identifier):
    return {"ST14": expand("id:iskander-shusha/st14")}.get(identifier)


@pytest.mark.parametrize(
    ("text", "term"),
    [
        ("a", iri("rdf:type")),
        ("cg:entails", iri("cg:entails")),
        ("weapon:iskander", iri("id:weapon/iskander")),
        ("https://example.org/x", NamedNode("https://example.org/x")),
        ("<urn:x:y>", NamedNode("urn:x:y")),
        ("ST14", iri("id:iskander-shusha/st14")),
        ('"word"', Literal("word")),
        ('"Wort"@de', Literal("Wort", language="de")),
        ('"2021-02-01"^^xsd:date', Literal("2021-02-01", datatype=iri("xsd:date"))),
        ("42", Literal("42", datatype=iri("xsd:integer"))),
        ("true", Literal("true", datatype=iri("xsd:boolean"))),
        ("_:b0", BlankNode("b0")),
    ],
)
def test_reads_a_term_as_people_write_it(text, term):
    assert read_term("object", text, names) == term


@pytest.mark.parametrize("text", ["", "ST99", "nix:da", "<no iri>", '"open', '"a" . <urn:x> <urn:y> "b"', "_:"])
def test_refuses_what_is_no_term(text):
    with pytest.raises((BadParameter, UnknownName)):
        read_term("object", text, names)


# Formats


def test_the_text_is_a_tree_of_sentences_with_places(explainer):
    text = as_text(explainer.read("ST34", "cg:contradicts", "ST49"), explainer.words)
    assert text.startswith("ST34 contradicts ST49")
    assert "id:iskander-shusha/st34 cg:contradicts id:iskander-shusha/st49" in text
    assert "data/ttl/iskander-shusha/claims.ttl:" in text
    assert "nothing says that" in text


def test_json_holds_the_whole_tree(explainer):
    proof = explainer.read("ST34", "cg:contradicts", "ST49")
    tree = json.loads(as_json(proof, explainer.words))
    found, waiting = set(), [tree]
    while waiting:
        one = waiting.pop()
        found.add((one["subject"]["value"], one["predicate"]["value"], one["object"]["value"]))
        waiting += one.get("premises", [])
        assert one["status"] == "asserted" or {"premises", "see"} & one.keys()
    assert found == {tuple(term.value for term in one.fact[:3]) for one in steps(proof)}


def test_what_is_used_twice_is_shown_once(world):
    explain = world(
        "id:a cg:p id:b . cg:p rdfs:subPropertyOf cg:q .",
        owl=["subproperty"],
        twice="CONSTRUCT { ?x cg:r ?y } WHERE { ?x cg:q ?y }",
        both="CONSTRUCT { ?x cg:s ?y } WHERE { ?x cg:r ?y . ?x cg:q ?y }",
    )
    entry = outline(explain.read("id:a", "cg:s", "id:b"))
    shown = [
        child for child in (*entry.children, *entry.children[0].children) if child.proof.fact.predicate == iri("cg:q")
    ]
    assert sorted(child.again for child in shown) == [False, True]


def test_turtle_says_in_prov_what_was_used_by_which_rule(explainer):
    proof = explainer.read("ST34", "cg:contradicts", "ST49")
    store = Store()
    store.load(as_prov(proof, explainer.words), RdfFormat.TURTLE)
    question = """PREFIX prov: <http://www.w3.org/ns/prov#> PREFIX rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#>
        SELECT ?triple ?plan (COUNT(?used) AS ?n) { ?triple rdf:predicate ?p ; prov:wasGeneratedBy ?activity .
          ?activity prov:used ?used ; prov:qualifiedAssociation/prov:hadPlan ?plan } GROUP BY ?triple ?plan"""
    counts = sorted(int(row["n"].value) for row in store.query(question))
    assert counts == sorted(len(one.premises) for one in steps(proof) if isinstance(one, Node))
    entities = store.query("SELECT DISTINCT ?s { ?s <http://www.w3.org/1999/02/22-rdf-syntax-ns#subject> ?o }")
    assert len(list(entities)) == len(list(steps(proof)))


# The command


@pytest.fixture(scope="module")
def snapshots(tmp_path_factory):
    folder = tmp_path_factory.mktemp("snapshots")
    build(Layout(ROOT), folder)
    return str(folder)


@pytest.mark.parametrize(("format_", "start"), [("text", "ST34 contradicts"), ("json", "{"), ("ttl", "@prefix")])
def test_the_command_explains(snapshots, capsys, format_, start):
    words = ["explain", "ST34", "cg:contradicts", "ST49", "--snapshots", snapshots, "--format", format_]
    assert main(words) == 0
    assert capsys.readouterr().out.startswith(start)


def test_the_command_says_in_one_line_that_nothing_says_so(snapshots, capsys):
    assert main(["explain", "ST34", "cg:contradicts", "ST50", "--snapshots", snapshots]) == 2
    assert capsys.readouterr().err == "claimgraph: nothing says that ST34 contradicts ST50\n"


# Small worlds at random

CLASSES, PROPERTIES, THINGS = "CDEF", "pqr", "wxyz"
AXIOMS = st.one_of(
    st.tuples(st.sampled_from(CLASSES), st.just("rdfs:subClassOf"), st.sampled_from(CLASSES)),
    st.tuples(st.sampled_from(PROPERTIES), st.just("rdfs:subPropertyOf"), st.sampled_from(PROPERTIES)),
    st.tuples(st.sampled_from(PROPERTIES), st.just("owl:inverseOf"), st.sampled_from(PROPERTIES)),
    st.tuples(st.sampled_from(PROPERTIES), st.sampled_from(["rdfs:domain", "rdfs:range"]), st.sampled_from(CLASSES)),
    st.tuples(st.sampled_from(CLASSES), st.just("owl:equivalentClass"), st.sampled_from(CLASSES)),
    st.tuples(
        st.sampled_from(PROPERTIES), st.just("a"), st.sampled_from(["owl:TransitiveProperty", "owl:SymmetricProperty"])
    ),
)
TRIPLES = st.one_of(
    st.tuples(st.sampled_from(THINGS), st.just("a"), st.sampled_from(CLASSES)),
    st.tuples(st.sampled_from(THINGS), st.sampled_from(PROPERTIES), st.sampled_from(THINGS)),
)
OWL_RULES = [rule for rule in load_rules(Layout(ROOT)) if rule.is_owl]


def short(name):
    return f"cg:{name}" if ":" not in name and name != "a" else name


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(AXIOMS, max_size=8), st.lists(TRIPLES, min_size=1, max_size=8))
def test_whatever_owl_rules_derive_has_a_proof_without_a_circle(axioms, triples):
    store = Store()
    text = " ".join(" ".join(short(part) for part in one) + " ." for one in [*axioms, *triples])
    store.load(PREFIX.encode() + text.encode(), RdfFormat.TURTLE, to_graph=NamedNode("urn:world"))
    reason(store, OWL_RULES)
    explain = StoreExplainer(store, Layout(ROOT))
    for quad in derived(store):
        proof = explain.explain(quad.subject, quad.predicate, quad.object)
        assert has_no_circle(proof)
        assert all(follows(one) for one in steps(proof) if isinstance(one, Node))
