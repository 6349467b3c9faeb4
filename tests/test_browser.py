"""The service in a real browser: what people do, at two widths, readable by assistive programs, with no other host."""

import contextlib
import re
import shutil
import subprocess
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

import pytest
from playwright.sync_api import expect, sync_playwright

CHROMIUM = shutil.which("chromium")
SHOTS = Path("test-artefacts")
AXE = "axe-core"
WIDTHS = {"narrow": 375, "wide": 1280}

spec = spec_from_file_location("hatch_build", Path(__file__).parent.parent / "hatch_build.py")
hook = module_from_spec(spec)
spec.loader.exec_module(hook)

pytestmark = [
    pytest.mark.skipif(CHROMIUM is None, reason="there is no chromium"),
    pytest.mark.timeout(180),
]


@pytest.fixture(scope="module")
def browser():
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield running
        running.close()


@pytest.fixture(params=WIDTHS, scope="module")
def width(request):
    return WIDTHS[request.param]


@pytest.fixture
def page(browser, width, address, request):
    context = browser.new_context(viewport={"width": width, "height": 900}, base_url=address, accept_downloads=True)
    context.set_default_timeout(15_000)
    opened = context.new_page()
    asked, broken = [], []
    opened.on("request", lambda each: asked.append(each.url))
    opened.on("pageerror", lambda error: broken.append(str(error)))
    yield opened
    SHOTS.mkdir(exist_ok=True)
    opened.screenshot(path=SHOTS / f"{re.sub(r'[^a-z0-9]+', '-', request.node.name)}.png")
    context.close()
    assert [url for url in asked if not url.startswith((address, "data:", "blob:"))] == []
    assert broken == []


@pytest.fixture(scope="session")
def axe(request):
    """Bring axe-core, once, into the cache of the test runner."""
    folder = request.config.cache.mkdir("axe")
    if not (folder / "package/axe.min.js").is_file():
        try:
            archive = hook.fetch(AXE, "4.14.1", folder)
        except hook.AssetsMissing as error:
            pytest.skip(str(error))
        shutil.unpack_archive(archive, folder, filter="data")
    return (folder / "package/axe.min.js").read_text()


def faults(page, axe):
    page.evaluate(axe)
    found = page.evaluate("axe.run(document, { resultTypes: ['violations'] })")["violations"]
    serious = [one for one in found if one["impact"] in {"serious", "critical"}]
    return [(one["id"], [node["target"] for node in one["nodes"]][:3]) for one in serious]


def fits(page):
    return page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_leads_from_the_home_page_to_the_passage_of_a_claim(page):
    page.goto("/")
    page.get_by_role("link", name="Who contradicts whom about a weapon?").click()
    page.get_by_label("the weapon").fill("Iskander")
    page.get_by_role("button", name="Ask").click()
    claim = page.get_by_role("table").first.get_by_role("link", name=re.compile("^ST14")).first
    claim.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("ST14")
    page.goto("/queries/attribution-chain")
    page.get_by_label("the statement").fill("ST14")
    page.get_by_role("button", name="Ask").click()
    expect(page.get_by_role("table").first).to_contain_text("Ilham Aliyev")
    page.goto("/page/iskander-shusha/st14")
    expect(page.locator("mark")).to_have_text("There should be no such missiles.")
    page.get_by_role("link", name="Words of ST14").click()
    expect(page.locator("main")).to_contain_text(re.compile("quoted text", re.IGNORECASE))


def test_changes_the_day_and_sees_another_answer(page):
    page.goto("/queries/contradictions")
    everything = page.get_by_role("table").first.get_by_role("row").count()
    page.get_by_label("only what can have been said by this day").fill("2021-02-25")
    page.get_by_role("button", name="Ask").click()
    expect(page).to_have_url(re.compile("as_of=2021-02-25"))
    assert page.get_by_role("table").first.get_by_role("row").count() < everything


def test_downloads_the_answer_as_csv(page):
    page.goto("/queries/contradictions")
    with page.expect_download() as started:
        page.get_by_role("link", name="CSV", exact=True).evaluate("link => { link.download = ''; link.click(); }")
    text = Path(started.value.path()).read_text()
    assert text.splitlines()[0].startswith("id_a,id_b,holder_a,holder_a_label")


def test_completes_names_that_are_too_many_for_the_page(page):
    def as_if_there_were_many(route):
        whole = route.fetch()
        body = whole.text().replace('<input name="actor"', '<input data-kind="cg:Actor" name="actor"')
        route.fulfill(response=whole, body=re.sub("<option .*?</option>", "", body))

    page.route("**/queries/positions-of-actor", as_if_there_were_many)
    page.goto("/queries/positions-of-actor")
    field = page.get_by_label("the actor")
    field.fill("")
    field.press_sequentially("pash")
    expect(page.locator("#actor-names option[value='Nikol Pashinyan']")).to_have_count(1)
    field.fill("Nikol Pashinyan")
    page.get_by_role("button", name="Ask").click()
    expect(page.get_by_role("table").first).to_contain_text("ST38")


# Pictures


@pytest.mark.parametrize("name", ["disputes", "contradictions", "claims-per-month"])
def test_explores_a_picture_and_comes_back_to_the_drawing(page, name, axe):
    page.goto(f"/queries/{name}")
    expect(page.locator("svg.picture")).to_be_visible()
    page.get_by_role("button", name="Explore").click()
    page.wait_for_selector("figure[data-explored=ready]")
    expect(page.locator("svg.picture")).to_be_hidden()
    assert page.locator(".explored canvas, .explored svg").count() > 0
    assert faults(page, axe) == []
    page.get_by_role("button", name="Back to the drawing").click()
    expect(page.locator("svg.picture")).to_be_visible()


def test_walks_a_graph_by_the_keyboard_and_says_where_it_is(page):
    page.goto("/queries/attribution-chain?statement=ST14")
    page.get_by_role("button", name="Explore").click()
    page.wait_for_selector("figure[data-explored=ready]")
    page.locator(".explored").focus()
    page.keyboard.press("ArrowRight")
    expect(page.locator(".said")).to_contain_text("Ilham Aliyev")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("/page/actor/ilham-aliyev"))


# The editor


def editor(page, address="/sparql"):
    page.goto(address)
    page.wait_for_selector("html[data-editor=ready]")
    return page.locator(".tabPanel.active")


def write(page, text):
    code = "text => document.querySelector('.tabPanel.active .CodeMirror').CodeMirror.setValue(text)"
    page.evaluate(code, text)


def run(page):
    page.locator(".tabPanel.active .CodeMirror").evaluate("element => element.CodeMirror.focus()")
    page.keyboard.press("Control+Enter")


def test_runs_a_query_in_the_editor(page):
    shown = editor(page)
    write(page, "SELECT (COUNT(*) AS ?claims) { ?c a <https://w3id.org/claimgraph/ontology#Claim> }")
    run(page)
    expect(shown.locator(".yasr_results")).to_contain_text("claims")
    expect(shown.locator(".yasr_results td").last).to_contain_text(re.compile(r"\d+"))


def test_opens_the_query_of_a_question_in_the_editor_and_answers_it(page):
    page.goto("/queries/contradictions")
    page.get_by_role("link", name="open in the editor").click()
    page.wait_for_selector("html[data-editor=ready]")
    expect(page.locator(".tabPanel.active .yasr_results")).to_contain_text("ST14")


def test_opens_the_questions_as_examples_in_tabs(page):
    editor(page)
    before = page.locator("#editor [role=tab]").count()
    page.get_by_label("Examples").select_option(label="Who speaks for whom, and on what ground?")
    expect(page.locator("#editor [role=tab]")).to_have_count(before + 1)
    expect(page.locator(".tabPanel.active .CodeMirror")).to_contain_text("SELECT")


def test_completes_classes_and_properties_from_the_endpoint_itself(page):
    editor(page)
    for text, wanted in (("?s a cg:Clai", "cg:Claim"), ("?s cg:hasProp", "cg:hasProposition")):
        write(page, "PREFIX cg: <https://w3id.org/claimgraph/ontology#>\nSELECT * { " + text)
        page.evaluate(
            "() => { const c = document.querySelector('.tabPanel.active .CodeMirror').CodeMirror;"
            " c.focus(); c.setCursor(1, 999); }"
        )
        seen = page.locator(".CodeMirror-hint, .tabPanel.active .CodeMirror-lines").filter(has_text=wanted)
        for _ in range(10):  # the terms come once, by a request of their own: who is too early presses again
            page.keyboard.press("Control+Space")
            with contextlib.suppress(AssertionError):
                expect(seen.first).to_be_visible(timeout=2000)
                break
        expect(seen.first).to_be_visible()
        page.keyboard.press("Escape")


def test_marks_an_error_at_its_place_and_says_it(page):
    editor(page)
    write(page, "SELECT * {\n  ?s ?p ?o\n  FILTER(<http://x/nix>(?o)) SERVICE <http://127.0.0.1:1/> {}\n}")
    run(page)
    expect(page.locator("#editor-status")).to_contain_text("SERVICE")
    expect(page.locator(".tabPanel.active .at-fault").first).to_be_visible()


def test_opens_the_editor_on_a_faulty_query_of_the_address_and_asks_it_only_once(page):
    asked = []
    page.on("request", lambda request: asked.append(request.url) if "query=" in request.url else None)
    shown = editor(page, "/sparql?query=SELECT%20*%20%7B%0A%20%20%3Fs%20%3Fp%20%3Fo%20FILTR(1)%0A%7D")
    expect(shown.locator(".at-fault").first).to_contain_text("FILTR")
    expect(page.locator("#editor-status")).to_contain_text("did you mean FILTER")
    expect(page.locator(".problem")).to_have_count(0)
    assert [address for address in asked if "FILTR" in address] == [page.url]


def test_marks_a_faulty_query_without_javascript(browser, address):
    context = browser.new_context(java_script_enabled=False, base_url=address)
    page = context.new_page()
    page.goto("/sparql")
    page.get_by_label("Query").fill("SELECT * {\n  ?s ?p ?o FILTR(1)\n}")
    page.get_by_role("button", name="Ask").click()
    expect(page.get_by_role("alert")).to_contain_text("did you mean FILTER")
    expect(page.locator("mark")).to_have_text("FILTR(1)")
    expect(page.get_by_label("Query")).to_have_value("SELECT * {\n  ?s ?p ?o FILTR(1)\n}")
    context.close()


def test_writes_the_query_in_python_curl_and_r_as_it_is_changed(page):
    editor(page)
    write(page, "ASK { ?s ?p 'it''s' }")
    for name, wanted in (("python", "SPARQLWrapper("), ("curl", "--data-urlencode"), ("r", "read.csv(")):
        assert wanted in page.locator(f"#snippet-{name}").text_content()
        assert "ASK" in page.locator(f"#snippet-{name}").text_content()


def test_runs_the_python_and_curl_that_it_writes(page):
    editor(page)
    write(page, "# it's a \"\"\" test \\\nSELECT ('it\\'s' AS ?x) {}")
    python, curl = (page.locator(f"#snippet-{name}").text_content() for name in ("python", "curl"))
    compile(python, "snippet", "exec")
    if shutil.which("curl") is None:
        pytest.skip("there is no curl")
    done = subprocess.run(
        ["sh", "-c", f"{curl.strip()} --silent --noproxy '*'"], capture_output=True, text=True, check=True
    )
    assert done.stdout.splitlines() == ["x", "it's"]


def test_offers_downloads_of_what_stands_in_the_editor(page):
    editor(page)
    write(page, "DESCRIBE <https://w3id.org/claimgraph/id/weapon/iskander>")
    expect(page.get_by_role("link", name="Download Turtle")).to_be_visible()
    expect(page.get_by_role("link", name="Download CSV")).to_be_hidden()


def test_keeps_the_plain_form_where_there_is_no_javascript(browser, address):
    context = browser.new_context(java_script_enabled=False, base_url=address)
    page = context.new_page()
    page.goto("/sparql")
    page.get_by_label("Query").fill("SELECT ?s { ?s a <https://w3id.org/claimgraph/ontology#Claim> } LIMIT 3")
    page.get_by_role("button", name="Ask").click()
    assert page.get_by_role("row").count() == 4
    page.goto("/queries/claims-about-weapon")
    assert page.locator("datalist option").count() > 5
    context.close()


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/queries/",
        "/queries/contradictions",
        "/queries/disputes",
        "/queries/standing-as-of",
        "/queries/attribution-chain",
        "/page/iskander-shusha/st14",
        "/page/iskander-shusha/st14?view=statements",
        "/page/iskander-shusha/that-iskander-m-used",
        "/page/iskander-shusha/that-iskander-m-used-dispute",
        "/page/actor/ilham-aliyev",
        "/page/weapon/iskander-m",
        "/page/event/escalation-of-2020",
        "/page/place/shusha",
        "/page/iskander-shusha/article",
        "/page/iskander-shusha/fragments",
        "/page/dossier/iskander-shusha",
        "/graph/iskander-shusha/claims",
        "/sparql",
        "/ontology",
        "/api",
        "/versions",
        "/queries/nix",
    ],
)
def test_has_no_serious_fault_for_assistive_programs_and_fits_the_screen(page, axe, path):
    page.goto(path)
    if path == "/sparql":
        page.wait_for_selector("html[data-editor=ready]")
    assert faults(page, axe) == []
    assert fits(page)


def test_sends_a_policy_that_lets_no_page_ask_another_host(page):
    response = page.goto("/sparql")
    assert response.headers["content-security-policy"].startswith("default-src 'self';")
    blocked = page.evaluate("fetch('http://127.0.0.1:1/').then(() => 'sent', error => 'blocked')")
    assert blocked == "blocked"
