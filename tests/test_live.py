"""`claimgraph serve --watch`: a save is checked, built and served; a broken file leaves the last good state served."""

import json
import shutil
import threading
import time
from pathlib import Path

import pytest
from playwright.sync_api import expect, sync_playwright

from serving import Server, children, until

SHIPPED = Path(__file__).parent.parent
CHROMIUM = shutil.which("chromium")
CLAIMS = "data/ttl/iskander-shusha/claims.ttl"
LABEL = 'rdfs:label "'


@pytest.fixture(scope="module")
def dataset(tmp_path_factory):
    folder = tmp_path_factory.mktemp("watched")
    for name in ("ontology", "data", "queries"):
        shutil.copytree(SHIPPED / name, folder / name)
    return folder


@pytest.fixture(scope="module")
def snapshots(tmp_path_factory):
    return tmp_path_factory.mktemp("snapshots")


@pytest.fixture(scope="module")
def server(dataset, snapshots):
    command = ["-m", "claimgraph", "serve", "--watch", "--port", "0", "--dataset", str(dataset)]
    running = Server(snapshots, command=command, http_workers=2)
    yield running
    running.stop()


@pytest.fixture
def claims(dataset, server):
    """Give the file of claims, and put it back to what it was."""
    path = dataset / CLAIMS
    before = path.read_text(encoding="utf-8")
    yield path
    path.write_text(before, encoding="utf-8")
    good = state(server)["good"]
    assert until(lambda: state(server)["good"] and (good or is_settled(server)), 20)


def state(server):
    return json.loads(server.get("/live")[2])


def is_settled(server):
    told = state(server)
    return told["good"] and told["digest"] == told["snapshot"]


def replace(path, old, new):
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def labelled(server, words):
    label = "<http://www.w3.org/2000/01/rdf-schema#label>"
    query = f'SELECT ?x {{ ?x {label} ?label FILTER(CONTAINS(STR(?label), "{words}")) }}'
    return b"https://w3id.org" in server.ask(query, accept="text/csv")[2]


def test_serves_what_was_saved(server, claims):
    assert until(lambda: is_settled(server), 20)
    replace(claims, LABEL, f"{LABEL}Freshly said: ")
    assert until(lambda: labelled(server, "Freshly said"), 20)
    assert until(lambda: is_settled(server), 5)


def test_keeps_the_last_good_state_and_tells_the_line_of_the_fault(server, claims):
    assert until(lambda: is_settled(server), 20)
    before = state(server)["snapshot"]
    replace(claims, "cg:heldBy", "cg:heldby")
    line = 1 + claims.read_text(encoding="utf-8").split("cg:heldby")[0].count("\n")
    assert until(lambda: not state(server)["good"], 20)
    told = state(server)
    (finding,) = (found for found in told["findings"] if found["code"] == "CG103")
    assert (finding["file"], finding["line"], finding["code"]) == (CLAIMS, line, "CG103")
    assert finding["advice"] == "did you mean cg:heldBy?"
    assert told["snapshot"] == before
    assert f"{CLAIMS}:{line}:" in server.log()


def test_tells_a_syntax_error_and_recovers(server, claims):
    assert until(lambda: is_settled(server), 20)
    replace(claims, " ;\n", " \n")
    assert until(lambda: [f["code"] for f in state(server)["findings"]] == ["CG001"], 20)
    replace(claims, " \n", " ;\n")
    assert until(lambda: is_settled(server), 20)


def test_answers_all_the_while(server, claims):
    stop, statuses = threading.Event(), []

    def ask():
        while not stop.is_set():
            statuses.append(server.ask("ASK {}")[0])

    asking = threading.Thread(target=ask)
    asking.start()
    replace(claims, LABEL, f"{LABEL}Said once more: ")
    served = until(lambda: labelled(server, "Said once more"), 20)
    stop.set()
    asking.join()
    assert served
    assert set(statuses) == {200}


def test_takes_a_burst_of_saves_to_its_end(server, claims):
    for number in range(12):
        replace(claims, LABEL, f"{LABEL}Burst {number}, ")
        time.sleep(0.03)
    assert until(lambda: labelled(server, "Burst 11"), 20)


def test_makes_a_state_from_the_one_before_it(server, claims, snapshots):
    """So a save takes about a second; how long, the benchmark measures."""
    before = state(server)["snapshot"]
    replace(claims, LABEL, f"{LABEL}Followed, ")
    assert until(lambda: labelled(server, "Followed"), 30)
    manifest = json.loads((snapshots / state(server)["snapshot"] / "manifest.json").read_text(encoding="utf-8"))
    assert (manifest["after"], manifest["whole_because"]) == (before, "")


def test_leaves_no_process_behind(dataset, tmp_path):
    command = ["-m", "claimgraph", "serve", "--watch", "--port", "0", "--dataset", str(dataset)]
    running = Server(tmp_path, command=command, http_workers=1)
    begun = {child for first in children(running.process.pid) for child in (first, *children(first))}
    running.stop()
    assert until(lambda: not any(Path(f"/proc/{child}").exists() for child in begun), 10)
    assert "Traceback" not in running.said


@pytest.fixture(scope="module")
def browser():
    if CHROMIUM is None:
        pytest.skip("there is no chromium")
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield started
        started.close()


@pytest.fixture
def page(browser):
    context = browser.new_context()
    opened = context.new_page()
    opened.faults = []
    opened.on("pageerror", lambda error: opened.faults.append(str(error)))
    opened.on("console", lambda said: opened.faults.append(said.text) if said.type == "error" else None)
    yield opened
    assert opened.faults == []
    context.close()


def test_an_open_page_shows_the_new_state_by_itself(server, claims, page):
    page.goto(f"{server.url}/page/iskander-shusha/st14")
    replace(claims, f"{LABEL}ST14: ", f"{LABEL}ST14, seen anew: ")
    expect(page.locator("h1")).to_contain_text("seen anew", timeout=20_000)
    page.wait_for_timeout(600)
    assert page.evaluate("performance.getEntriesByType('navigation').length") == 1


def test_an_open_page_shows_the_findings_until_they_are_mended(server, claims, page):
    page.goto(f"{server.url}/queries/")
    replace(claims, "cg:heldBy", "cg:heldby")
    banner = page.locator("#live")
    expect(banner).to_contain_text("CG103", timeout=20_000)
    expect(banner).to_contain_text(f"{CLAIMS}:")
    replace(claims, "cg:heldby", "cg:heldBy")
    expect(banner).to_be_hidden(timeout=20_000)


def test_a_page_with_words_typed_in_is_left_alone_and_offers_the_new_state(server, claims, page):
    page.goto(f"{server.url}/sparql")
    replace(claims, LABEL, f"{LABEL}Offered: ")
    expect(page.locator("#live")).to_contain_text("There is a new state", timeout=20_000)


def test_a_service_that_does_not_watch_has_no_such_script(web):
    assert b"live.js" not in web.get("/").data
    assert web.get("/live").status_code == 404
