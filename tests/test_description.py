"""What the endpoint says of itself: service description, VoID, prefixes and examples; and clients that read them."""

import functools
import threading
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

import pytest
from pyoxigraph import NamedNode, QueryResultsFormat, RdfFormat, Store, parse_query_results

from claimgraph.formats import GRAPHS, by_name
from claimgraph.settings import Settings
from claimgraph.sparql.prefixes import PREFIXES, declarations
from claimgraph.sparql.query import parse
from claimgraph.web.app import create_app
from claimgraph.web.description import FUNCTIONS
from comunica import ask_comunica

BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
# What SIB's sparql-editor asks of an endpoint (its metadata.ts), shortened to what it reads of the answers.
EDITOR_PREFIXES = (
    "SELECT DISTINCT ?prefix ?namespace { [] sh:namespace ?namespace ; sh:prefix ?prefix } ORDER BY ?prefix"
)
EDITOR_EXAMPLES = """SELECT DISTINCT ?sq ?comment ?query {
  ?sq a sh:SPARQLExecutable ; rdfs:comment ?comment ; sh:select|sh:ask|sh:construct ?query } ORDER BY ?sq"""
EDITOR_CLASSES = """PREFIX void-ext: <http://ldf.fi/void-ext#>
SELECT DISTINCT ?subjectClass ?prop ?objectClass ?objectDatatype ?triples {
  ?cp void:class ?subjectClass ; void:propertyPartition ?pp . ?pp void:property ?prop ; void:triples ?triples .
  OPTIONAL { { ?pp void:classPartition [ void:class ?objectClass ] }
       UNION { ?pp void-ext:datatypePartition [ void-ext:datatype ?objectDatatype ] } }
}"""


class Fixed:
    def __init__(self, view):
        self.view = view

    def current(self):
        return self.view


def rows(client, query):
    response = client.post("/sparql?format=json", data=declarations() + query, content_type="application/sparql-query")
    solutions = parse_query_results(response.data, QueryResultsFormat.JSON)
    names = [variable.value for variable in solutions.variables]
    return [{name: row[name].value for name in names if row[name] is not None} for row in solutions]


@functools.cache
def described(client, format_="nt"):
    store = Store()
    chosen = by_name(format_, GRAPHS)
    store.load(client.get("/sparql", headers={"Accept": chosen.media_type}).data, chosen.rdf)
    return store


def found(store, query):
    return {row[0].value for row in store.query(declarations() + query)}


# The document


@pytest.mark.parametrize("format_", GRAPHS, ids=lambda format_: format_.name)
def test_says_the_same_in_every_format(web, format_):
    store, plain = Store(), Store()
    response = web.get("/sparql", headers={"Accept": format_.media_type})
    store.load(response.data, format_.rdf)
    plain.load(web.get("/sparql", headers={"Accept": "application/n-triples"}).data, RdfFormat.N_TRIPLES)
    assert response.mimetype == format_.media_type
    assert len(store) == len(plain) > 1000


def test_gives_browsers_the_editor(web):
    assert "<textarea" in web.get("/sparql", headers={"Accept": BROWSER}).text


def test_has_exactly_one_service_at_the_address_that_was_asked(web):
    query = "SELECT ?endpoint { ?service a sd:Service ; sd:endpoint ?endpoint }"
    assert found(described(web), query) == {"http://localhost/sparql"}


def test_has_the_absolute_public_address_behind_a_proxy(shipped):
    client = create_app(Fixed(shipped), Settings(public_url="https://kg.example.org/claims/")).test_client()
    store = described(client)
    assert found(store, "SELECT ?e { ?s sd:endpoint ?e }") == {"https://kg.example.org/claims/sparql"}
    assert found(store, "SELECT ?e { ?s void:sparqlEndpoint ?e }") == {"https://kg.example.org/claims/sparql"}


def test_follows_the_schema_of_service_descriptions(web):
    """The W3C's service description tests: RDF, a matching endpoint, and the schema of its section 3."""
    ask = described(web).query
    assert ask(
        declarations()
        + "ASK { ?s a sd:Service ; sd:defaultDataset ?d . ?d a sd:Dataset ; sd:defaultGraph ?g . ?g a sd:Graph }"
    )
    assert ask(declarations() + "ASK { ?s sd:supportedLanguage sd:SPARQL11Query ; sd:feature sd:UnionDefaultGraph }")
    assert not ask(
        declarations() + "ASK { ?d sd:namedGraph ?g"
        " FILTER NOT EXISTS { ?g a sd:NamedGraph ; sd:name ?n ; sd:graph ?h . ?h a sd:Graph } }"
    )
    assert not ask(declarations() + "ASK { ?s sd:feature sd:DereferencesURIs }")


def test_lists_every_result_format_by_its_w3c_name(web):
    names = found(described(web), "SELECT ?f { ?s sd:resultFormat ?f }")
    assert {name.rpartition("/")[2] for name in names} >= {
        "SPARQL_Results_JSON", "SPARQL_Results_XML", "SPARQL_Results_CSV", "SPARQL_Results_TSV",
        "Turtle", "N-Triples", "RDF_XML", "JSON-LD", "TriG", "N-Quads",
    }  # fmt: skip


def test_says_that_federation_is_answered_only_where_it_is(shipped, web):
    federation = "ASK { ?s sd:feature sd:BasicFederatedQuery }"
    assert not described(web).query(declarations() + federation)
    open_client = create_app(Fixed(shipped), Settings(service_allowed=("https://query.wikidata.org/",))).test_client()
    assert described(open_client).query(declarations() + federation)


@pytest.mark.parametrize("function", FUNCTIONS)
def test_names_only_functions_that_the_engine_answers(web, function):
    arguments = "1" if "XMLSchema" in function else '"POINT(0 0)", "POINT(0 0)", "T********"'
    for count in (1, 2, 3):
        given = ", ".join(arguments.split(", ")[:count])
        response = web.get("/sparql", query_string={"query": f"SELECT (<{function}>({given}) AS ?x) {{}}"})
        assert "not supported" not in response.text


def test_lists_every_named_graph_with_its_count(web):
    counted = {
        row["g"]: row["n"] for row in rows(web, "SELECT ?g (COUNT(*) AS ?n) { GRAPH ?g { ?s ?p ?o } } GROUP BY ?g")
    }
    listed = {
        row["name"].value: row["n"].value
        for row in described(web).query(
            declarations() + "SELECT ?name ?n { ?g sd:name ?name ; sd:graph/void:triples ?n }"
        )
    }
    own = counted.pop("https://w3id.org/claimgraph/graph/snapshot")
    assert int(own) > 1000
    assert {name: count for name, count in listed.items() if count != "0"} == counted


def test_names_the_description_by_an_etag_and_confirms_it(web):
    first = web.get("/sparql", headers={"Accept": "text/turtle"})
    again = web.get("/sparql", headers={"Accept": "text/turtle", "If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
    assert "Accept" in again.headers["Vary"]


# The same in the queryable default graph


def test_counts_classes_and_properties_as_a_query_counts_them(web):
    own = "FILTER(?g != <https://w3id.org/claimgraph/graph/snapshot>)"
    for row in rows(
        web, "SELECT ?class ?n { ?d a sd:Graph ; void:classPartition [ void:class ?class ; void:entities ?n ] }"
    ):
        query = f"SELECT (COUNT(DISTINCT ?s) AS ?n) {{ GRAPH ?g {{ ?s a <{row['class']}> }} {own} }}"
        assert (row["class"], rows(web, query)[0]["n"]) == (row["class"], row["n"])
    said = rows(web, "SELECT ?p ?n { ?d a sd:Graph ; void:propertyPartition [ void:property ?p ; void:triples ?n ] }")
    counted = rows(web, f"SELECT ?p (COUNT(*) AS ?n) {{ GRAPH ?g {{ ?s ?p ?o }} {own} }} GROUP BY ?p")
    assert {row["p"]: row["n"] for row in said} == {row["p"]: row["n"] for row in counted}


def test_tells_which_class_has_which_property_with_values_of_which_class(web):
    names = ("subjectClass", "prop", "objectClass", "objectDatatype")
    said = {tuple(row.get(name, "").rpartition("#")[2] for name in names) for row in rows(web, EDITOR_CLASSES)}
    assert ("Claim", "holder", "Person", "") in said
    assert ("Passage", "startOffset", "", "integer") in said
    assert ("Passage", "quotedText", "", "string") in said
    assert ("Class", "definition", "", "langString") in said


def test_tells_counts_per_class_property_and_value_that_a_query_confirms(web):
    cell = """SELECT ?n { [] void:class cg:Claim ; void:entities ?all ; void:propertyPartition [
      void:property cg:holder ; void:classPartition [ void:class cg:Person ; void:triples ?n ] ] }"""
    counted = "SELECT (COUNT(*) AS ?n) { ?claim a cg:Claim ; cg:holder ?person . ?person a cg:Person }"
    assert rows(web, cell) == rows(web, counted)


def test_declares_every_prefix(web):
    declared = {row["prefix"]: row["namespace"] for row in rows(web, EDITOR_PREFIXES)}
    assert declared == PREFIXES
    declaring = rows(web, "SELECT DISTINCT ?o { ?o sh:declare/sh:prefix 'cg' }")
    assert declaring == [{"o": "https://w3id.org/claimgraph/ontology"}]


def test_holds_every_canned_query_as_one_that_answers(web, shipped):
    examples = rows(web, EDITOR_EXAMPLES)
    assert len(examples) == len(list(shipped.catalog))
    answers = 0
    for example in examples:
        parse(example["query"])
        response = web.post("/sparql?format=json", data=example["query"], content_type="application/sparql-query")
        assert (example["sq"], response.status_code) == (example["sq"], 200)
        answers += bool(response.get_json()["results"]["bindings"])
    assert answers > 0.8 * len(examples)


def test_holds_no_blank_node_so_that_every_build_writes_the_same(web):
    blank = "FILTER(ISBLANK(?s) || ISBLANK(?o))"
    assert rows(web, f"SELECT ?s {{ GRAPH <https://w3id.org/claimgraph/graph/snapshot> {{ ?s ?p ?o }} {blank} }}") == []


def test_names_all_its_parts_below_the_graph_that_holds_them(web):
    parts = rows(web, "SELECT DISTINCT ?s { ?s void:property|void:class|sh:prefix ?x }")
    assert all(NamedNode(row["s"]).value.startswith("https://w3id.org/claimgraph/graph/snapshot#") for row in parts)


# Comunica


class Quiet(WSGIRequestHandler):
    protocol_version = "HTTP/1.0"

    def log_message(self, *_):
        pass


@pytest.fixture(scope="module")
def endpoint(shipped):
    server = make_server("127.0.0.1", 0, lambda *_: [], WSGIServer, Quiet)
    url = f"http://127.0.0.1:{server.server_port}"
    server.set_app(create_app(Fixed(shipped), Settings()))
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield url + "/sparql"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.mark.timeout(300)
def test_comunica_answers_from_the_bare_address(endpoint, comunica, web):
    query = "SELECT ?id { ?claim dcterms:identifier ?id ; cg:holder ?holder . ?holder a cg:State } ORDER BY ?id"
    answered = [row["id"]["value"] for row in ask_comunica(comunica, endpoint, query)]
    assert answered == [row["id"] for row in rows(web, query)]
    assert answered
