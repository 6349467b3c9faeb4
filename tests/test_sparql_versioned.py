"""Queries in the names of a version: what is replaced, what stays, and where the dataset stands."""

import pytest
from pyoxigraph import BlankNode, Literal, NamedNode, RdfFormat, Store, Triple

from claimgraph import BASE
from claimgraph.engine.remote.rows import Rows
from claimgraph.sparql.query import read
from claimgraph.sparql.version import Version
from claimgraph.sparql.versioned import versioned

VERSION = Version("0123456789abcdef" * 4, frozenset({f"{BASE}graph/a", f"{BASE}graph/a/b"}))
MARK = VERSION.mark
A, B = f"<{BASE}graph/a{MARK}>", f"<{BASE}graph/a/b{MARK}>"
MERGED = f"FROM <{VERSION.merged}>"


def write(text, graphs=None):
    found = versioned(read(text), VERSION, graphs)
    Store().query(f"BASE <{BASE}> {found}")  # it is SPARQL still
    return found


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("ASK {}", f"ASK {MERGED} {{}}"),
        ("SELECT * WHERE {}", f"SELECT * {MERGED} WHERE {{}}"),
        ("SELECT (EXISTS { ?a ?b ?c } AS ?d) {}", f"SELECT (EXISTS {{ ?a ?b ?c }} AS ?d) {MERGED} {{}}"),
        ("CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o }", f"CONSTRUCT {{ ?s ?p ?o }} {MERGED} WHERE {{ ?s ?p ?o }}"),
        ("CONSTRUCT WHERE { ?s ?p ?o }", f"CONSTRUCT {MERGED} WHERE {{ ?s ?p ?o }}"),
        ("DESCRIBE <x:a> # end", f"DESCRIBE <x:a> {MERGED} # end"),
        ("DESCRIBE <graph/a>", f"DESCRIBE {A} {MERGED}"),
        ("ASK { GRAPH <graph/a> {} }", f"ASK {MERGED} FROM NAMED {A} {{ GRAPH {A} {{}} }}"),
        ("ASK { GRAPH ?g {} }", f"ASK {MERGED} FROM NAMED {A} FROM NAMED {B} {{ GRAPH ?g {{}} }}"),
        ("ASK FROM <graph/a> FROM NAMED <x:o> {}", f"ASK FROM {A} FROM NAMED <x:o{MARK}> {{}}"),
        ("PREFIX g: <graph/> ASK { g:a ?p 'graph/a' }", f"PREFIX g: <graph/> ASK {MERGED} {{ {A} ?p 'graph/a' }}"),
        ("PREFIX : <graph/a> ASK { :\\#c ?p : }", f"PREFIX : <graph/a> ASK {MERGED} {{ :\\#c ?p {A} }}"),
        ("BASE <graph/> ASK { ?s ?p <a>, <a/b> }", f"BASE <graph/> ASK {MERGED} {{ ?s ?p {A}, {B} }}"),
        ("ASK { VALUES ?g { <graph/a> <graph/c> } }", f"ASK {MERGED} {{ VALUES ?g {{ {A} <graph/c> }} }}"),
        ("ASK { ?x ?y ?z FILTER(?z < ?none) }", f"ASK {MERGED} {{ ?x ?y ?z FILTER(?z < COALESCE(?none)) }}"),
        ("ASK { ?x ?y ?z FILTER(?a<?z&&?z>?x) }", f"ASK {MERGED} {{ ?x ?y ?z FILTER(?a<?z&&?z>?x) }}"),
    ],
)
def test_writes_a_query_in_the_names_of_a_version(text, written):
    assert write(text) == written


def test_asks_of_the_graphs_of_a_request_and_of_no_others():
    graphs = ((f"{BASE}graph/a",), ("x:other",))
    wanted = f"FROM {A} FROM NAMED <x:other{MARK}>"
    assert write("ASK { GRAPH ?g {} }", graphs) == f"ASK {wanted} {{ GRAPH ?g {{}} }}"
    assert write("ASK FROM <x:a> FROM NAMED <x:b> {}", graphs).split() == f"ASK {wanted} {{}}".split()


@pytest.mark.parametrize(
    ("expression", "means"),
    [
        ("STR(?g)", f"{BASE}graph/a"),
        ("STRLEN(STR(?g))", str(len(f"{BASE}graph/a"))),
        ("str( STR(?g) # why\n )", f"{BASE}graph/a"),
        ("ISBLANK(?b)", "true"),
        ("ISBLANK(?g)", "false"),
        ("ISIRI(?b)", "false"),
        ("isURI(?g)", "true"),
        ("!ISIRI(?l) && !ISBLANK(?l)", "true"),
    ],
)
def test_functions_see_what_a_client_knows(expression, means):
    triple = VERSION.line(f"<{BASE}graph/a> <x:p> _:b1 .\n".encode()) + VERSION.line(b'<x:s> <x:q> "l" .\n')
    store = Store()
    store.load(
        b"".join(line[:-2] + f"<{VERSION.merged}> .\n".encode() for line in triple.splitlines(keepends=True)),
        RdfFormat.N_QUADS,
    )
    text = write(f"SELECT (({expression}) AS ?found) {{ ?g <x:p> ?b . ?s <x:q> ?l }}")
    assert [row["found"].value for row in store.query(text)] == [means]


def test_lines_and_triples_go_there_and_back():
    line = f"_:b1 <x:p> <{BASE}graph/a> .\n".encode()
    there = VERSION.line(line)
    assert there == f"<urn:claimgraph:blank:b1{MARK}> <x:p> {A} .\n".encode()
    kept = Triple(NamedNode(f"urn:claimgraph:blank:b1{MARK}"), NamedNode("x:p"), NamedNode(A[1:-1]))
    assert VERSION.triple_back(kept) == Triple(BlankNode("b1"), NamedNode("x:p"), NamedNode(f"{BASE}graph/a"))
    said = Triple(NamedNode("x:s"), NamedNode("x:p"), Literal(f"a{MARK}", language="en"))
    assert VERSION.triple_back(said).object == Literal("a", language="en")
    assert VERSION.line(b'<x:s> <x:p> "_:b1 <x:o> .\\n" .\n') == b'<x:s> <x:p> "_:b1 <x:o> .\\n" .\n'


@pytest.mark.parametrize("size", [1, 7, 500, 5000])
@pytest.mark.parametrize("space", ["", " "])
def test_rows_are_written_back_wherever_the_pieces_are_cut(size, space):
    blank = f'{{{space}"type":{space}"uri"{space},{space}"value":{space}"urn:claimgraph:blank:b1{MARK}"{space}}}'
    other = f'{{"value":"urn:claimgraph:blank:b2{MARK}","type":"uri"}}'
    text = '{"type":"literal","value":"{ \\"type\\":\\"typed-literal\\" }"}' + '{"type": "typed-literal","value":"1"}'
    sent = (blank + other + text + f'"x{MARK}"') * 40
    rows = Rows(VERSION)
    pieces = [rows.take(sent[start : start + size].encode()) for start in range(0, len(sent), size)]
    wanted = '{"type":"bnode","value":"b1"}{"type":"bnode","value":"b2"}'
    wanted += text.replace('{"type": "typed-literal"', '{"type": "literal"') + '"x"'
    assert b"".join([*pieces, rows.take(b"")]).decode() == wanted * 40
