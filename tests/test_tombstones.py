"""What an older snapshot had and the one in service has not: gone, with what is left of it."""

from types import SimpleNamespace

import pytest

from claimgraph.dataset import Layout
from claimgraph.engine.embedded import Embedded, KeeperProcess
from claimgraph.settings import Settings
from claimgraph.snapshot import build
from claimgraph.web.app import create_app
from claimgraph.web.service import View

BASE = "https://w3id.org/claimgraph/"
HEAD = f"@prefix id: <{BASE}id/> . @prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .\n"


@pytest.fixture(scope="module")
def client(tmp_path_factory):
    """Serve the second of two states of a dataset; the first had one thing and one graph more."""
    folder, snapshots = tmp_path_factory.mktemp("dataset"), tmp_path_factory.mktemp("snapshots")
    data = folder / "data/ttl"
    data.mkdir(parents=True)
    (data / "kept.ttl").write_text(
        HEAD + 'id:kept rdfs:label "Kept"@en . id:gone rdfs:label "Once here & <there>"@en .'
    )
    (data / "dropped.ttl").write_text(HEAD + 'id:kept rdfs:label "Kept"@en .')
    first = build(Layout(folder), snapshots)
    (data / "kept.ttl").write_text(HEAD + 'id:kept rdfs:label "Kept"@en .')
    (data / "dropped.ttl").unlink()
    second = build(Layout(folder), snapshots)
    settings = Settings(snapshots=snapshots)
    with KeeperProcess(second.dump, None, settings) as keeper:
        engine = Embedded(keeper.socket, settings)
        view = View(second.manifest, engine, None, second.path)
        client = create_app(SimpleNamespace(current=lambda: view), settings).test_client()
        client.first = first
        yield client
        engine.close()


@pytest.mark.parametrize(
    ("path", "see"),
    [
        ("/id/gone", "data/gone"),
        ("/page/gone", "data/gone"),
        ("/data/gone.ttl", "data/gone"),
        ("/graph/dropped", "graph/dropped"),
    ],
)
def test_says_410_and_what_is_left(client, path, see):
    problem = client.get(path, headers={"Accept": "application/json"})
    assert problem.status_code == 410
    told = problem.get_json()
    assert told["snapshot"] == client.first.digest
    assert told["see"] == f"/versions/{client.first.digest[:16]}/{see}"
    assert told["label"] in {"Once here & <there>", "graph/dropped"}


def test_shows_people_a_tombstone(client):
    page = client.get("/page/gone", headers={"Accept": "text/html"})
    assert page.status_code == 410
    assert "What was here is gone" in page.text
    assert "Once here &amp; &lt;there&gt;" in page.text
    assert f'href="/versions/{client.first.digest[:16]}/data/gone"' in page.text


def test_answers_200_for_what_stayed_and_404_for_what_never_was(client):
    assert client.get("/page/kept").status_code == 200
    assert client.get("/id/never").status_code == 404
    assert client.get("/graph/never").status_code == 404
