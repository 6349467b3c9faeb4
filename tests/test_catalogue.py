"""The dataset as a whole: catalogue (DCAT), description (VoID), files to take away."""

import base64
import gzip
import hashlib

import pytest
import rdflib
import zstandard
from pyoxigraph import Dataset, RdfFormat, parse

from claimgraph.web.encoding import Encoder
from claimgraph.web.threads import Exchange

CATALOG = "https://w3id.org/claimgraph/catalog"
DATASET = rdflib.URIRef(CATALOG + "#dataset")
DCAT, VOID = rdflib.Namespace("http://www.w3.org/ns/dcat#"), rdflib.Namespace("http://rdfs.org/ns/void#")
SPDX = rdflib.Namespace("http://spdx.org/rdf/terms#")
FILES = ("dataset.nq.gz", "dataset.nq.zst", "dataset.trig.gz", "dataset.trig.zst")
BROWSER = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}


def fetch(web, path, **more):
    """Ask for a file and close it, as a server does."""
    return web.get(path, buffered=True, **more)


def graph_at(web, path):
    response = web.get(path, headers={"Accept": "text/turtle"})
    assert response.content_type.startswith("text/turtle")
    return rdflib.Graph().parse(data=response.data, format="turtle")


def unpacked(name, data):
    if name.endswith(".gz"):
        return gzip.decompress(data)
    return zstandard.ZstdDecompressor().decompressobj().decompress(data)


# Files


@pytest.mark.parametrize("name", FILES)
def test_a_file_holds_every_quad_of_the_snapshot(web, shipped, name):
    whole = unpacked(name, fetch(web, f"/dump/{name}").data)
    known = set(parse(path=shipped.folder / "dataset.nq", format=RdfFormat.N_QUADS))
    format_ = RdfFormat.TRIG if "trig" in name else RdfFormat.N_QUADS
    assert set(parse(whole, format_)) == known
    assert len(known) == shipped.manifest.triples


def test_both_packings_hold_the_same_bytes(web):
    for format_ in ("nq", "trig"):
        one, other = (f"dataset.{format_}{ending}" for ending in (".gz", ".zst"))
        assert unpacked(one, fetch(web, f"/dump/{one}").data) == unpacked(other, fetch(web, f"/dump/{other}").data)


@pytest.mark.parametrize("name", FILES)
def test_a_file_is_what_the_listing_says(web, name):
    listed = {
        file["name"]: file for file in web.get("/dump", headers={"Accept": "application/json"}).get_json()["files"]
    }
    response = fetch(web, f"/dump/{name}")
    digest = hashlib.sha256(response.data)
    assert listed[name]["sha256"] == digest.hexdigest() == response.headers["ETag"].strip('"')
    assert listed[name]["bytes"] == len(response.data) == int(response.headers["Content-Length"])
    assert listed[name]["unpacked_bytes"] == len(unpacked(name, response.data))
    assert listed[name]["packed_media_type"] == response.headers["Content-Type"]
    assert response.headers["Repr-Digest"] == f"sha-256=:{base64.b64encode(digest.digest()).decode()}:"


PARTS = {"0-99": slice(100), "100-199": slice(100, 200), "-50": slice(-50, None)}


@pytest.mark.parametrize("asked", PARTS)
def test_a_part_of_a_file_can_be_asked_for(web, asked):
    whole = fetch(web, "/dump/dataset.nq.zst").data
    response = fetch(web, "/dump/dataset.nq.zst", headers={"Range": f"bytes={asked}"})
    assert response.status_code == 206
    assert response.data == whole[PARTS[asked]]
    assert response.headers["Content-Range"].endswith(f"/{len(whole)}")


def test_a_part_of_another_state_is_not_given_for_one_of_this(web):
    headers = {"Range": "bytes=0-99", "If-Range": '"another"'}
    assert fetch(web, "/dump/dataset.nq.zst", headers=headers).status_code == 200


def test_a_part_beyond_the_end_is_refused(web):
    assert fetch(web, "/dump/dataset.nq.zst", headers={"Range": "bytes=999999999-"}).status_code == 416


@pytest.mark.parametrize("asked", ["bytes=0-1,5-6", "pages=1-2", "nonsense", "bytes=b-a"])
def test_parts_that_are_not_one_range_of_bytes_are_the_whole(web, asked):
    assert fetch(web, "/dump/dataset.nq.zst", headers={"Range": asked}).status_code == 200


def test_a_file_that_the_client_has_is_not_sent_again(web):
    etag = fetch(web, "/dump/dataset.nq.gz").headers["ETag"]
    response = fetch(web, "/dump/dataset.nq.gz", headers={"If-None-Match": etag})
    assert (response.status_code, response.data) == (304, b"")


def test_says_which_files_there_are(web):
    response = fetch(web, "/dump/dataset.csv")
    assert response.status_code == 404
    assert all(name in response.get_json()["detail"] for name in FILES)
    assert fetch(web, "/dump/..%2fmanifest.json").status_code == 404


@pytest.mark.parametrize(
    ("media_type", "encoding", "is_packed"), [("application/zstd", "gzip", False), ("text/csv", "gzip", True)]
)
def test_a_large_file_is_sent_as_it_is_read(media_type, encoding, is_packed):
    read = []

    def application(_environ, start_response):
        start_response("200 OK", [("Content-Type", media_type), ("Content-Length", str(64 << 20))])
        return pieces()

    def pieces():
        for number in range(64):
            read.append(number)
            yield bytes([number]) * (1 << 20)

    exchange = Exchange(application, {}, Encoder(encoding))
    (first,) = exchange.begin()
    assert read in ([], [0])
    names = {name for name, _ in first["headers"]}
    assert (b"content-length" in names, b"content-encoding" in names) == (not is_packed, is_packed)
    sent = b"".join(iter(exchange.piece, None)) + exchange.end()
    assert len(gzip.decompress(sent) if is_packed else sent) == 64 << 20


# Descriptions


@pytest.mark.parametrize("extension", ["ttl", "nt", "rdf", "jsonld", "trig", "nq"])
def test_the_catalogue_is_the_same_in_every_format(web, extension):
    media = {"ttl": RdfFormat.TURTLE, "nt": RdfFormat.N_TRIPLES, "rdf": RdfFormat.RDF_XML, "jsonld": RdfFormat.JSON_LD}
    media |= {"trig": RdfFormat.TRIG, "nq": RdfFormat.N_QUADS}
    found = Dataset(parse(web.get(f"/catalog.{extension}").data, media[extension]))
    assert found == Dataset(parse(web.get("/catalog.ttl").data, RdfFormat.TURTLE))


def test_the_catalogue_names_the_files_with_size_and_checksum(web):
    graph = graph_at(web, "/catalog")
    found = list(graph.objects(DATASET, DCAT.distribution))
    assert len(found) == len(FILES)
    for distribution in found:
        path = str(graph.value(distribution, DCAT.downloadURL)).partition("/dump")[2]
        data = fetch(web, "/dump" + path).data
        assert int(graph.value(distribution, DCAT.byteSize)) == len(data)
        checksum = graph.value(distribution, SPDX.checksum)
        assert graph.value(checksum, SPDX.checksumValue).toPython() == hashlib.sha256(data).digest()


def test_the_catalogue_names_services_that_answer(web):
    graph = graph_at(web, "/catalog")
    endpoints = [str(url) for url in graph.objects(None, DCAT.endpointURL)]
    assert len(endpoints) == 4
    for url in endpoints:
        assert web.get(url.partition("localhost")[2]).status_code == 200


def test_void_counts_what_is_there(web, shipped):
    graph = graph_at(web, "/.well-known/void")
    assert int(graph.value(DATASET, VOID.triples)) == int(
        shipped.rows("SELECT (COUNT(*) AS ?n) { GRAPH ?g { ?s ?p ?o } FILTER(!STRENDS(STR(?g), '/graph/snapshot')) }")[
            0
        ]["n"].value
    )
    claims = shipped.rows("SELECT (COUNT(DISTINCT ?c) AS ?n) { ?c a cg:Claim }")[0]["n"].value
    kind = rdflib.URIRef("https://w3id.org/claimgraph/ontology#Claim")
    part = next(
        part for part in graph.objects(DATASET, VOID.classPartition) if graph.value(part, VOID["class"]) == kind
    )
    assert str(graph.value(part, VOID.entities)) == claims


def test_void_names_each_graph_with_its_licence(web, shipped):
    graph = graph_at(web, "/.well-known/void")
    subsets = {str(subset) for subset in graph.objects(DATASET, VOID.subset)}
    assert subsets == set(shipped.manifest.graphs)
    wikipedia = rdflib.URIRef("https://w3id.org/claimgraph/graph/iskander-other-reports/wikipedia")
    license_ = graph.value(wikipedia, rdflib.DCTERMS.license)
    assert str(license_) == "https://creativecommons.org/licenses/by-sa/4.0/"


def test_void_names_things_that_can_be_looked_up(web):
    graph = graph_at(web, "/.well-known/void")
    examples = [str(iri) for iri in graph.objects(DATASET, VOID.exampleResource)]
    assert examples
    for iri in examples:
        assert (
            web.get(iri.removeprefix("https://w3id.org/claimgraph"), headers={"Accept": "text/turtle"}).status_code
            == 303
        )


def test_void_is_rdf_unless_a_browser_asks(web):
    assert web.get("/.well-known/void").content_type.startswith("text/turtle")
    assert web.get("/.well-known/void", headers=BROWSER).content_type.startswith("text/html")
    assert web.get("/catalog").content_type.startswith("text/html")


def test_the_page_of_the_dataset_tells_counts_licences_and_files(web, shipped):
    page = web.get("/catalog", headers=BROWSER).text
    assert "CC BY 4.0" in page
    assert "CC BY-SA 4.0" in page
    assert all(graph.partition("/graph/")[2] in page for graph in shipped.manifest.graphs)
    assert 'href="/dump"' in page
    assert all(name in web.get("/dump", headers=BROWSER).text for name in FILES)


@pytest.mark.parametrize("path", ["/catalog", "/dump", "/.well-known/void"])
def test_an_overview_that_the_client_has_is_not_sent_again(web, path):
    response = web.get(path)
    assert "Accept" in response.headers["Vary"]
    assert web.get(path, headers={"If-None-Match": response.headers["ETag"]}).status_code == 304


@pytest.mark.parametrize("path", ["/catalog.csv", "/catalog?format=csv", "/dump?format=pdf"])
def test_a_format_that_is_not_there_is_told(web, path):
    assert web.get(path).status_code == 406
