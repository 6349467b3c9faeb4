import pytest
from pyoxigraph import NamedNode, RdfFormat, Store

from claimgraph.dataset import Layout
from claimgraph.errors import BadHeader, BadRule
from claimgraph.reason import load_rules, reason

EX = "http://x.example/"
HEADER = "#+ label: {0}\n#+ derives: something\n#+ why: because\n#+ example: one\n"
PREFIXES = f"PREFIX : <{EX}>\n"


@pytest.fixture
def rules_of(tmp_path):
    """Give a function that writes rules, named and in SPARQL, and loads them."""

    def load(**rules):
        folder = tmp_path / "ontology/rules"
        folder.mkdir(parents=True, exist_ok=True)
        for name, text in rules.items():
            (folder / f"{name.replace('_', '-')}.rq").write_text(HEADER.format(name) + PREFIXES + text)
        return load_rules(Layout(tmp_path))

    return load


def store_of(turtle):
    store = Store()
    store.load((f"@prefix : <{EX}> .\n" + turtle).encode(), RdfFormat.TURTLE, to_graph=NamedNode(EX + "asserted"))
    return store


def derived(store):
    """Show what was derived as ``rule: subject predicate object``, names without their namespace."""
    base = "https://w3id.org/claimgraph/graph/derived/"
    return sorted(
        f"{quad.graph_name.value.removeprefix(base)}: " + " ".join(term.value.removeprefix(EX) for term in quad.triple)
        for quad in store
        if quad.graph_name.value.startswith(base)
    )


def test_rules_run_in_the_order_of_what_they_need_whatever_their_names(rules_of):
    rules = rules_of(
        a="CONSTRUCT { ?x :third ?y } WHERE { ?x :second ?y . ?y :known true }",
        b="CONSTRUCT { ?x :second ?y } WHERE { ?x :first ?y . ?y :known true }",
    )
    store = store_of(":x :first :y . :y :known true .")
    reason(store, rules)
    assert derived(store) == ["a: x third y", "b: x second y"]


def test_rules_that_need_each_other_take_turns_until_nothing_is_new(rules_of):
    rules = rules_of(
        even="CONSTRUCT { ?x :even ?z } WHERE { ?x :odd ?y . ?y :next ?z }",
        odd="CONSTRUCT { ?x :odd ?z } WHERE { { ?x :next ?z } UNION { ?x :even ?y . ?y :next ?z } }",
    )
    store = store_of(":a :next :b . :b :next :c . :c :next :d .")
    reason(store, rules)
    assert derived(store) == [
        "even: a even c",
        "even: b even d",
        "odd: a odd b",
        "odd: a odd d",
        "odd: b odd c",
        "odd: c odd d",
    ]


def test_a_rule_that_asks_for_absence_waits_until_all_is_derived(rules_of):
    rules = rules_of(
        alone="CONSTRUCT { ?x :alone true } WHERE { ?x a :Thing FILTER NOT EXISTS { ?x :near ?y } }",
        near="CONSTRUCT { ?y :near ?x } WHERE { ?x :touches ?y . ?y a :Thing }",
    )
    store = store_of(":a a :Thing ; :touches :b . :b a :Thing .")
    reason(store, rules)
    assert derived(store) == ["alone: a alone true", "near: b near a"]


@pytest.mark.parametrize(
    "pattern",
    [
        "{ SELECT ?x (COUNT(?y) AS ?n) WHERE { ?x :near ?y } GROUP BY ?x }",
        "?x a :Thing . OPTIONAL { ?x :near ?y } BIND(IF(BOUND(?y), 1, 0) AS ?n)",
        "?x a :Thing . BIND(IF(EXISTS { ?x :near ?y }, 1, 0) AS ?n)",
    ],
    ids=["aggregate", "optional", "exists inside a function"],
)
def test_a_rule_that_needs_the_whole_waits_as_well(rules_of, pattern):
    rules = rules_of(
        count=f"CONSTRUCT {{ ?x :count ?n }} WHERE {{ {pattern} }}",
        near="CONSTRUCT { ?x :near ?y } WHERE { ?x :touches ?y . ?x a :Thing }",
    )
    store = store_of(":a a :Thing ; :touches :b .")
    reason(store, rules)
    assert derived(store) == ["count: a count 1", "near: a near b"]


def test_what_is_asserted_or_derived_before_is_not_derived_again(rules_of):
    rules = rules_of(
        one="CONSTRUCT { ?x :c ?y } WHERE { ?x :a ?y . ?x :a ?z }",
        two="CONSTRUCT { ?x :c ?y } WHERE { ?x :b ?y . ?x :b ?z }",
    )
    store = store_of(":x :a :y, :z ; :b :y, :w ; :c :z .")
    reason(store, rules)
    assert derived(store) == ["one: x c y", "two: x c w"]


def test_a_cycle_through_negation_is_refused_with_its_path(rules_of):
    rules = rules_of(
        guilty="CONSTRUCT { ?x :guilty true } WHERE { ?x a :Accused FILTER NOT EXISTS { ?x :cleared true } }",
        cleared="CONSTRUCT { ?x :cleared true } WHERE { ?x a :Accused . ?x :doubted true }",
        doubted="CONSTRUCT { ?x :doubted true } WHERE { ?x :guilty true ; :unsure true }",
    )
    with pytest.raises(BadRule, match=r"guilty -> doubted -> cleared -> guilty") as caught:
        reason(store_of(""), rules)
    assert str(caught.value.place).startswith("ontology/rules/guilty.rq:5:")


def test_a_rule_that_needs_its_own_absence_is_refused(rules_of):
    rules = rules_of(odd="CONSTRUCT { ?x :odd true } WHERE { ?x a :N FILTER NOT EXISTS { ?x :odd true } }")
    with pytest.raises(BadRule, match="odd -> odd"):
        reason(store_of(""), rules)


def test_two_negations_one_inside_the_other_are_none(rules_of):
    rules = rules_of(
        all_good="""CONSTRUCT { ?x :good true } WHERE {
            ?x a :Team FILTER NOT EXISTS { ?x :member ?y FILTER NOT EXISTS { ?y :good true } } }"""
    )
    store = store_of(":t a :Team ; :member :a, :b . :u a :Team ; :member :t . :a :good true . :b :good true .")
    reason(store, rules)
    assert derived(store) == ["all-good: t good true", "all-good: u good true"]


def test_a_derived_property_with_a_domain_does_not_feed_the_rule_that_reads_the_class(rules_of, tmp_path):
    (tmp_path / "ontology/rules/owl").mkdir(parents=True)
    (tmp_path / "ontology/rules/owl/domain.rq").write_text(
        HEADER.format("domain")
        + "PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>\n"
        + "CONSTRUCT { ?x a ?c } WHERE { ?p rdfs:domain ?c . ?x ?p ?y }"
    )
    rules = rules_of(
        first="CONSTRUCT { ?x :first true } WHERE { ?x a :Claim FILTER NOT EXISTS { ?x :repeats ?y } }",
        repeats="CONSTRUCT { ?x :repeats ?y } WHERE { ?x a :Claim ; :says ?p . ?y :says ?p ; :before ?x }",
    )
    store = store_of(
        ":repeats <http://www.w3.org/2000/01/rdf-schema#domain> :Claim ."
        ":a a :Claim ; :says :p ; :before :b . :b a :Claim ; :says :p ."
    )
    reason(store, rules)
    assert derived(store) == ["first: a first true", "repeats: b repeats a"]


def test_a_rule_that_never_settles_is_ended_and_named(rules_of):
    rules = rules_of(
        more='CONSTRUCT { ?x :next ?y } WHERE { ?z :next ?x BIND(IRI(CONCAT(STR(?x), "+")) AS ?y) FILTER(isIRI(?x)) }'
    )
    with pytest.raises(BadRule, match=r"does not settle: after 20 rounds .*\(more\)"):
        reason(store_of(":a :next :b ."), rules, max_rounds=20)


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ("CONSTRUCT { ?x :p ?y } WHERE { ?x :q ", "never closed"),
        ("SELECT ?x WHERE { ?x :q ?y }", "must be a CONSTRUCT"),
        ("CONSTRUCT { ?x :p [] } WHERE { ?x :q ?y }", "blank nodes"),
        ("CONSTRUCT { ?x :p ?n } WHERE { ?x :q ?y BIND(NOW() AS ?n) }", "NOW"),
        ("CONSTRUCT { ?x :p ?n } WHERE { ?x :q ?y BIND(UUID() AS ?n) }", "UUID"),
        ("CONSTRUCT { ?x :p ?n } WHERE { ?x :q ?y BIND(RAND() AS ?n) }", "RAND"),
        (
            "CONSTRUCT { ?x :p ?n } WHERE { { SELECT ?x (GROUP_CONCAT(?y) AS ?n) { ?x :q ?y } GROUP BY ?x } }",
            "GROUP_CONCAT",
        ),
        ("CONSTRUCT { ?x :p ?y } WHERE { SERVICE <http://x.example/> { ?x :q ?y } }", "SERVICE"),
        ("CONSTRUCT { ?x :p ?y } FROM <http://x.example/> WHERE { ?x :q ?y }", "FROM"),
        ("CONSTRUCT { ?x :p ?y } WHERE { ?x unknown:q ?y }", "unknown"),
        ("INSERT { ?x :p ?y } WHERE { ?x :q ?y }", "update|INSERT"),
    ],
)
def test_what_a_rule_may_not_do_is_refused_at_its_place(rules_of, query, message):
    with pytest.raises(BadRule, match=message) as caught:
        rules_of(wrong=query)
    assert str(caught.value.place).startswith("ontology/rules/wrong.rq:")


def test_a_claim_rule_may_not_derive_axioms(rules_of):
    rules = rules_of(wrong="CONSTRUCT { ?x <http://www.w3.org/2000/01/rdf-schema#subClassOf> :C } WHERE { ?x a :D }")
    with pytest.raises(BadRule, match="derives axioms"):
        reason(store_of(""), rules)


def test_a_rule_without_a_reason_is_refused(tmp_path):
    (tmp_path / "ontology/rules").mkdir(parents=True)
    (tmp_path / "ontology/rules/bare.rq").write_text("#+ label: Bare\nCONSTRUCT { ?x a ?x } WHERE { ?x a ?y }")
    with pytest.raises(BadHeader, match="lacks 'derives'"):
        load_rules(Layout(tmp_path))


def test_blank_nodes_are_derived_about_as_themselves(rules_of):
    rules = rules_of(mark="CONSTRUCT { ?y :marked true } WHERE { ?x :has ?y . ?x :open true }")
    store = store_of(":x :has [ :n 1 ] ; :open true .")
    reason(store, rules)
    (row,) = store.query(
        "SELECT ?n { ?b <http://x.example/n> ?n ; <http://x.example/marked> true }", use_default_graph_as_union=True
    )
    assert row["n"].value == "1"


def test_every_rule_reports_its_seconds(rules_of):
    rules = rules_of(one="CONSTRUCT { ?x :b ?y } WHERE { ?x :a ?y }", two="CONSTRUCT { ?x :d ?y } WHERE { ?x :c ?y }")
    assert reason(store_of(""), rules).keys() == {"one", "two"}


def test_what_can_be_derived_twice_goes_to_the_first_rule_however_quick_the_others_are(rules_of):
    numbers = " ".join(f":n{number} :value {number} ." for number in range(300))
    rules = rules_of(
        a="CONSTRUCT { ?x :large true } WHERE { ?x :value ?v . ?y :value ?w FILTER(?v > ?w + 297) }",
        b="CONSTRUCT { ?x :large true } WHERE { ?x :value 299 }",
        c="CONSTRUCT { ?x :small true } WHERE { ?x :value 0 . FILTER NOT EXISTS { ?x :large true } }",
    )
    for _ in range(5):
        store = store_of(numbers)
        reason(store, rules)
        assert derived(store) == ["a: n298 large true", "a: n299 large true", "c: n0 small true"]


def test_all_of_many_chains_are_derived_though_few_answers_may_wait(rules_of):
    chains = {
        f"r{chain}_{step}": f"CONSTRUCT {{ ?x :p{chain}-{step + 1} ?y }} WHERE {{ ?x :p{chain}-{step} ?y . ?y :is 1 }}"
        for chain in range(5)
        for step in range(9 - chain)
    }
    together = {
        f"s{number}": f"CONSTRUCT {{ ?x :end {number} }} WHERE {{ ?x :p{number}-{9 - number} ?y . ?x :is 1 }}"
        for number in range(5)
    }
    store = store_of(" ".join(f":a :p{chain}-0 :a ." for chain in range(5)) + ":a :is 1 .")
    reason(store, rules_of(**chains, **together))
    assert len(derived(store)) == len(chains) + len(together)


@pytest.mark.parametrize(
    ("text", "names"),
    [
        (":b :of :a . :c :of :b .", ["b", "c"]),  # what has a name now gives one to the next
        (":b :of :a . :d :of :e .", ["b"]),
        (":b :of :a . :c :of :b . :d :of :c .", ["b", "c", "d"]),
    ],
)
def test_a_rule_that_reads_what_it_writes_runs_again_where_that_leads_to_more(rules_of, text, names):
    rules = rules_of(name='CONSTRUCT { ?x :name ?n } WHERE { ?x :of ?y . ?y :name ?m . BIND(CONCAT("of ", ?m) AS ?n) }')
    store = store_of(text + ' :a :name "a" .')
    reason(store, rules)
    assert [line.split()[1] for line in derived(store)] == names


def test_a_rule_with_more_than_plain_patterns_runs_until_nothing_is_new(rules_of):
    rules = rules_of(name="CONSTRUCT { ?x :near ?z } WHERE { ?x :near ?y OPTIONAL { ?x :far true } { ?y :near ?z } }")
    store = store_of(":a :near :b . :b :near :c . :c :near :d . :d :near :e .")
    reason(store, rules)
    assert len(derived(store)) == 6


def test_a_sub_select_without_aggregate_needs_nothing_whole(rules_of):
    rules = rules_of(
        up="CONSTRUCT { ?x :above ?z } WHERE { { SELECT ?x ?y { ?x :above ?y } } { SELECT ?y ?z { ?y :above ?z } } }"
    )
    store = store_of(":a :above :b . :b :above :c . :c :above :d .")
    reason(store, rules)
    assert len(derived(store)) == 3
