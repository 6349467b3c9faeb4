"""A small invented world for tests of what changes: an ontology, rules of every sort, and facts to come and go."""

from pathlib import Path

from hypothesis import strategies as st

from claimgraph.sparql.prefixes import BASE

ROOT = Path(__file__).parent.parent
EX = BASE + "id/x/"
PREFIXES = f"PREFIX : <{EX}>\nPREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>\n"
HEADER = "#+ label: {0}\n#+ derives: something\n#+ why: because\n#+ example: one\n" + PREFIXES
ONTOLOGY = f"""
@prefix : <{EX}> . @prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> . @prefix rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#> .
:C rdfs:subClassOf :D , :all-e . :all-e a owl:Restriction ; owl:onProperty :a ; owl:allValuesFrom :E .
:D rdfs:subClassOf :F .
:F rdfs:subClassOf :D . :both owl:intersectionOf :l0 . :l0 rdf:first :D ; rdf:rest :l1 .
:l1 rdf:first :E ; rdf:rest rdf:nil .
:a rdfs:domain :D ; rdfs:range :G ; rdfs:subPropertyOf :wide . :b rdfs:domain :D ; rdfs:range :D ; owl:inverseOf :back .
:back rdfs:domain :G . :c a owl:TransitiveProperty ; owl:inverseOf :ab . :ab a owl:TransitiveProperty .
:wide a owl:TransitiveProperty . :n rdfs:domain :D . :joined rdfs:domain :D ; rdfs:subPropertyOf :wide .
:e a owl:SymmetricProperty ; rdfs:range :E .
"""
RULES_OF_OWL = {
    path.relative_to(ROOT / "ontology/rules").with_suffix("").as_posix(): path.read_text(encoding="utf-8")
    for path in sorted((ROOT / "ontology/rules/owl").glob("*.rq"))
}
RULES = {
    "all": "{ ?x :all true } WHERE { ?x a :C FILTER NOT EXISTS { ?x :a ?y FILTER NOT EXISTS { ?y :b ?z } } }",
    "and": "{ ?x :and ?y } WHERE { { SELECT ?x ?z { ?x :a ?z } } { SELECT DISTINCT ?y ?z { ?y :b ?z } } }",
    "around": "{ ?x :around ?y } WHERE { ?x a :C . ?x (:a|^:b)* ?y FILTER(?x != ?y) }",
    "chosen": "{ ?x :chosen ?v } WHERE { ?x :a ?y OPTIONAL { ?y :c ?n } BIND(COALESCE(?n, ?y) AS ?v) }",
    "counted": "{ ?x :counted ?k } WHERE { { SELECT ?x (COUNT(DISTINCT ?y) AS ?k) { ?x :b ?y } GROUP BY ?x } ?x a :C }",
    "either": "{ ?x :or ?y } WHERE { { ?x :a ?y } UNION { ?z :b ?x , ?y FILTER(?x != ?y) } UNION { ?y :joined ?x } }",
    "far": "{ ?x :far ?y } WHERE { ?x :a+ ?y . ?y :c ?z }",
    "graph": "{ ?x :in ?d } WHERE { ?g :holds ?d . GRAPH ?g { ?x a :C } }",
    "guarded": "{ ?x :guarded ?y } WHERE { ?x :a ?y . { ?x :b ?z FILTER NOT EXISTS { ?z :c ?x } } MINUS { ?y :e ?x } }",
    "joined": "{ ?x :joined ?z } WHERE { ?x :a ?y . ?y :b ?z }",
    "joined-too": "{ ?x :joined ?y } WHERE { ?x :c ?y . ?y :c ?x }",
    "least": """{ ?x :least ?m ; :most ?n } WHERE { { SELECT ?x (MIN(?v) AS ?m) { ?x :n ?v } GROUP BY ?x }
        OPTIONAL { SELECT ?x (MAX(?w) AS ?n) { ?x :a ?y . ?y :n ?w } GROUP BY ?x } }""",
    "lonely": "{ ?x :e ?y } WHERE { ?x :a ?y FILTER NOT EXISTS { ?y :joined ?x } }",
    "made-up": """{ ?m a :Pair ; :of ?x ; :named ?l } WHERE { ?x :a ?y . ?y :n ?v
        BIND(IRI(CONCAT(STR(?y), "-pair")) AS ?m) BIND(STR(?v) AS ?l) }""",
    "maybe": "{ ?x :c ?y } WHERE { ?x :b/:a? ?y . ?x a :C FILTER(?y = :i0 || EXISTS { ?y :n ?v }) }",
    "more": "{ ?x :joined ?z } WHERE { ?x :joined ?y . ?y :joined ?z }",
    "none": "{ ?x :none ?y } WHERE { ?x a :both ; :wide ?y FILTER NOT EXISTS { GRAPH ?g { ?y a ?c } ?g :holds ?d } }",
    "paired": "{ ?x :paired ?y } WHERE { ?m a :Pair ; :of ?x , ?y FILTER(STR(?x) < STR(?y)) }",
    "two": "{ ?x :even ?z } WHERE { ?x :odd ?y . ?y :a ?z }",
    "two-odd": "{ ?x :odd ?z } WHERE { { ?x :a ?z } UNION { ?x :even ?y . ?y :a ?z } }",
    "valued": "{ ?x :valued ?y } WHERE { VALUES (?x ?n) { (:i0 1) (:i1 UNDEF) } ?x :a ?y . ?y :n ?n }",
    "without": "{ ?x :without ?y } WHERE { ?x :a ?y MINUS { ?y :joined ?z . ?z :a ?x } }",
}
things = st.sampled_from([f":i{number}" for number in range(4)])
relation = st.builds("{} {} {} .".format, things, st.sampled_from([":a", ":b", ":c", ":e", ":back", ":ab"]), things)
kind = st.builds("{} a {} .".format, things, st.sampled_from([":C", ":D", ":E", ":G", ":Pair"]))
number = st.builds("{} :n {} .".format, things, st.integers(0, 2))
derived = st.builds("{} {} {} .".format, things, st.sampled_from([":joined", ":wide", ":odd", ":chosen"]), things)
fact = st.one_of(relation, relation, relation, kind, number, derived)
facts = st.lists(fact, max_size=9)
graphs = st.tuples(facts, facts)


def write_rules(root):
    """Write all rules into a dataset."""
    texts = RULES_OF_OWL | {name: HEADER.format(name) + "CONSTRUCT " + text for name, text in RULES.items()}
    for name, text in texts.items():
        path = root / "ontology/rules" / f"{name}.rq"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
