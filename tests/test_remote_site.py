"""The whole service in processes of its own, in front of an engine elsewhere."""

import json
import re
import shutil
import time
import urllib.parse
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import pytest
from pyoxigraph import CanonicalizationAlgorithm, Dataset, RdfFormat, parse, parse_query_results

import engines
from claimgraph.dataset import Layout
from claimgraph.formats import by_name
from claimgraph.publish import ByGraphStore, publish
from claimgraph.settings import Settings
from claimgraph.snapshot import build, read_snapshot
from misbehaving import JSON, Misbehaving, reply, reset
from serving import Server, until

GRAPH = "https://w3id.org/claimgraph/graph/iskander-shusha/claims"
PREFIX = "PREFIX cg: <https://w3id.org/claimgraph/ontology#> "
FROM = "SELECT * FROM <$> { ?s ?p ?o }".replace("$", GRAPH)
PAGES = [
    "/",
    "/page/iskander-shusha/st14",
    "/page/actor/ilham-aliyev",
    "/page/weapon/iskander",
    "/page/dossier/iskander-shusha",
    "/page/iskander-shusha/that-iskander-m-used",
    "/data/iskander-shusha/that-iskander-m-used.nq",
    "/queries/contradictions",
    "/search?q=iskander",
    "/graph/iskander-shusha/claims",
    "/data/iskander-shusha/st14.ttl",
    "/explain?" + urllib.parse.urlencode({
        "s": "https://w3id.org/claimgraph/id/iskander-shusha/st14", "p": "rdf:type", "o": "cg:Claim",
    }),
]  # fmt: skip
ROWS = [
    "/queries/contradictions.csv",
    "/queries/standing-as-of.csv?as_of=2021-02-27",
    "/queries/variant-conflicts.json",
    "/queries/time-expressions.tsv",
    "/sparql?"
    + urllib.parse.urlencode({"query": PREFIX + "SELECT ?c ?g { GRAPH ?g { ?c a cg:Claim } }", "format": "xml"}),
    "/sparql?"
    + urllib.parse.urlencode({"query": "SELECT * { ?s ?p ?o }", "default-graph-uri": GRAPH, "format": "csv"}),
    "/sparql?" + urllib.parse.urlencode({"query": FROM, "format": "csv"}),
    "/sparql?"
    + urllib.parse.urlencode(
        {"query": "SELECT * { GRAPH ?g { ?s ?p ?o } }", "named-graph-uri": GRAPH, "format": "csv"}
    ),
    "/sparql?" + urllib.parse.urlencode({"query": f"ASK {{ GRAPH <{GRAPH}> {{ ?s ?p ?o }} }}", "format": "json"}),
]
GRAPHS = [
    "CONSTRUCT { ?what ?p ?o . ?s ?q ?what } { ?s ?q ?what . ?what ?p ?o FILTER(ISBLANK(?what)) }",
    f"CONSTRUCT {{ ?s ?p ?o }} {{ GRAPH <{GRAPH}> {{ ?s ?p ?o }} }}",
]


@pytest.fixture(scope="module")
def site(tmp_path_factory, shipped):
    snapshot = read_snapshot(shipped.folder)
    with engines.oxigraph(tmp_path_factory.mktemp("oxigraph")) as engine:
        publish(snapshot, Settings(**engine.named()), ByGraphStore(url=engine.store))
        running = Server(snapshot.path.parent, engine=engine.query, http_workers=1)
        yield running
        running.stop()
        assert "published there" in running.said


@pytest.mark.parametrize("path", PAGES)
def test_shows_the_same_pages(site, web, path):
    status, _, body = site.get(path, accept="text/html")
    there = web.get(path, headers={"Accept": "text/html"})
    assert (status, there.status_code) == (200, 200)
    assert told(body, site.url) == told(there.data, "http://localhost")


def told(page, host):
    """Return what a page says, line by line, whatever the order; the address of the service may be in it."""
    text = page.decode().replace(host, "").replace(urllib.parse.quote(host, safe=""), "")
    return sorted(part.strip() for part in re.split(r"[>,{}\[\]]", re.sub(r"\s+", " ", text)))


@pytest.mark.parametrize("path", ROWS)
def test_answers_the_same_rows(site, web, path):
    status, headers, body = site.get(path)
    there = web.get(path)
    assert (status, there.status_code) == (200, 200)
    assert headers["content-type"] == there.headers["Content-Type"]
    assert rows(body, headers["content-type"]) == rows(there.data, headers["content-type"])


def rows(body, kind):
    if "json" not in kind and "xml" not in kind:
        return sorted(re.sub(r"_:\w+", "_:b", line) for line in body.decode().splitlines())
    format_ = next(found for found in map(by_name, ("json", "xml")) if found.media_type in kind)
    if format_.name == "json" and b'"boolean"' not in body and b'"bindings"' not in body:
        return Counter(map(str, json.loads(body)))
    found = parse_query_results(body, format_.results)
    return Counter(map(str, found)) if hasattr(found, "variables") else bool(found)


@pytest.mark.parametrize("query", GRAPHS)
@pytest.mark.parametrize("name", ["ttl", "jsonld"])
def test_answers_the_same_graphs(site, web, query, name):
    path = "/sparql?" + urllib.parse.urlencode({"query": query, "format": name})
    status, _, body = site.get(path)
    assert status == 200
    assert canonical(body, name) == canonical(web.get(path).data, name)
    assert len(canonical(body, name)) > 10


def canonical(body, name):
    found = Dataset(parse(body, by_name(name).rdf or RdfFormat.TURTLE))
    found.canonicalize(CanonicalizationAlgorithm.UNSTABLE)
    return set(map(str, found))


def test_names_answers_by_the_snapshot_as_the_embedded_engine_does(site, web):
    path = "/queries/contradictions.csv"
    assert site.get(path)[1]["etag"].strip('"').split("-")[0] == web.get(path).headers["ETag"].strip('"').split("-")[0]


# Changes

IMPATIENT = """
import claimgraph.serve.elsewhere as elsewhere, claimgraph.serve.supervisor as supervisor
from claimgraph.serve import serve; from claimgraph.settings import Settings
from claimgraph.dataset import Layout, root
supervisor._LOOK_EVERY = 0.1; elsewhere._LOOK_AGAIN = 0.2; serve(Layout(root()), Settings())
"""


@pytest.fixture
def dataset(tmp_path, request):
    shutil.copytree(request.path.parent / "minimal", tmp_path / "set")
    return tmp_path / "set"


def change(dataset):
    with (dataset / "data/ttl/harbour/claims.ttl").open("a") as text:
        text.write('\n<https://w3id.org/claimgraph/id/new> <http://www.w3.org/2000/01/rdf-schema#label> "new"@en .\n')


def test_changes_to_a_new_snapshot_when_the_engine_has_it_whole(dataset, tmp_path):
    snapshots = tmp_path / "snapshots"
    first = build(Layout(dataset), snapshots)
    with engines.oxigraph(tmp_path) as engine:
        settings = Settings(**engine.named())
        publish(first, settings, ByGraphStore(url=engine.store))
        running = Server(snapshots, ["-c", IMPATIENT], engine=engine.query, http_workers=1)
        try:
            change(dataset)
            second = build(Layout(dataset), snapshots)
            assert until(lambda: "not taken into service" in running.log(), 20)
            assert f"does not have the snapshot {second.digest[:12]} as a whole" in running.log()
            assert in_service(running) == first.digest
            publish(second, settings, ByGraphStore(url=engine.store))
            assert until(lambda: in_service(running) == second.digest, 30)
            assert b'"new"' in running.ask("SELECT ?l { ?s ?p ?l }", accept="text/tab-separated-values")[2]
            assert running.log().count("not taken into service") == 1
        finally:
            running.stop()


def test_is_out_of_service_while_the_engine_has_removed_its_snapshot(dataset, tmp_path):
    first = build(Layout(dataset), tmp_path / "served")
    change(dataset)
    second = build(Layout(dataset), tmp_path / "other")
    with engines.oxigraph(tmp_path) as engine:
        settings = Settings(**engine.named(), keep_snapshots=1)
        publish(first, settings, ByGraphStore(url=engine.store))
        running = Server(tmp_path / "served", ["-c", IMPATIENT], engine=engine.query, http_workers=1)
        try:
            assert publish(second, settings, ByGraphStore(url=engine.store)).removed == (first.digest,)
            assert until(lambda: running.ask("ASK {}")[0] == 503, 30)
            assert b"run 'claimgraph publish'" in running.get("/queries/contradictions.csv")[2]
            publish(first, settings, ByGraphStore(url=engine.store))
            assert until(lambda: running.ask("ASK {}")[0] == 200, 30)
            assert in_service(running) == first.digest
        finally:
            running.stop()


def in_service(running):
    return running.ask("ASK {}")[1].get("claimgraph-snapshot")


def test_does_not_start_before_its_snapshot_is_published(dataset, tmp_path):
    snapshots = tmp_path / "snapshots"
    first = build(Layout(dataset), snapshots)
    with engines.oxigraph(tmp_path) as engine:
        publish(first, Settings(**engine.named()), ByGraphStore(url=engine.store))
        change(dataset)
        build(Layout(dataset), snapshots)
        with pytest.raises(AssertionError, match="run 'claimgraph publish'"):
            Server(snapshots, engine=engine.query)
    with pytest.raises(AssertionError, match="cannot be asked whether it has the snapshot"):
        Server(snapshots, engine=engine.query)


def test_loses_no_worker_to_an_engine_that_fails(dataset, tmp_path):
    """200 requests fail, many of them at once, and then the service answers again."""
    snapshots = tmp_path / "snapshots"
    build(Layout(dataset), snapshots)
    no_register = reply('{"head":{"vars":["digest","since","whole"]},"results":{"bindings":[]}}', kind=JSON)
    with Misbehaving(no_register, reply()) as engine:
        running = Server(snapshots, engine=engine.url, http_workers=1, http_threads=4, queue_timeout=20)
        try:
            assert "no register" in running.log()
            engine.deeds = [reset]
            with ThreadPoolExecutor(8) as pool:
                answers = list(pool.map(lambda number: running.ask(f"ASK {{ ?s ?p {number} }}"), range(200)))
            statuses = Counter(status for status, _, _ in answers)
            assert set(statuses) == {502, 503}
            assert statuses[502] >= 5
            assert statuses[503] > 100
            assert {headers["content-type"] for _, headers, _ in answers} == {"application/problem+json"}
            assert {headers.get("retry-after", "0") for status, headers, _ in answers if status == 502} == {"0"}
            assert all(int(headers["retry-after"]) > 0 for status, headers, _ in answers if status == 503)
            assert b"claimgraph_engine_circuits_open 1.0" in running.get("/metrics")[2]
            assert running.get("/readyz")[0] == 503
            assert running.get("/search?q=a")[0] == 200  # what needs no engine goes on
            engine.deeds = [reply()]
            assert until(lambda: running.ask("ASK { ?s ?p 0 }")[0] == 200, 60)
            start = time.monotonic()
            with ThreadPoolExecutor(8) as pool:
                again = list(pool.map(lambda number: running.ask(f"ASK {{ ?s ?o {number} }}")[0], range(50)))
            assert set(again) == {200}
            assert time.monotonic() - start < 60
            assert b"claimgraph_engine_circuits_open 0.0" in running.get("/metrics")[2]
        finally:
            running.stop()
