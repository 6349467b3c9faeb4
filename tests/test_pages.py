"""Pages of things: a claim's page tells its whole story, and none states as a fact what is only claimed."""

import json
import re
from html import unescape
from pathlib import Path
from types import SimpleNamespace
from urllib.parse import unquote

import pytest
from pyoxigraph import RdfFormat, Store

from claimgraph.catalog import Catalog
from claimgraph.dataset import Layout, root
from claimgraph.engine.embedded import Embedded, KeeperProcess
from claimgraph.reason import load_on_demand_rules
from claimgraph.settings import Settings
from claimgraph.snapshot import build
from claimgraph.web.app import create_app
from claimgraph.web.pages import fill, kind_of
from claimgraph.web.pages.kinds import KINDS
from claimgraph.web.paging import Page
from claimgraph.web.service import View

BASE = "https://w3id.org/claimgraph/"
TEMPLATES = Path(__file__).parent.parent / "server/claimgraph/web/templates"


def section(web, path, slug):
    """Return one section of a page, as text with its tags."""
    [found] = re.findall(rf'<section id="{slug}">(.*?)</section>', web.get(f"/page/{path}").text, re.DOTALL)
    return found


def said(html):
    return " ".join(unescape(re.sub(r"<[^>]*>", " ", html)).split())


# Claims


def test_marks_the_words_of_a_claim_in_their_paragraph(web):
    words = section(web, "iskander-shusha/st34", "the-words")
    assert "<mark>the conclusion was made about the use of missiles during hostilities</mark>" in words
    assert "At the same time, the agency did not specify" in words
    assert "In March, Azerbaijan" not in words


def test_gives_our_note_where_no_text_is_kept(web):
    words = section(web, "iskander-other-reports/or09", "the-words")
    assert "our note; no text is kept" in words
    assert "<mark>" not in words


@pytest.mark.parametrize(
    ("claim", "line"),
    [
        ("st44", "Held by Nikol Pashinyan"),
        ("st44", "Spoken by Mane Gevorgyan"),
        ("st44", "Spoken for Nikol Pashinyan"),
        ("st14", 'Whom the source calls "the Azerbaijani leader"'),
        ("st14", "Through the channel Press service of Ilham Aliyev"),
        ("st34", "Kind of basis basis reported unspecified"),
        ("st38", "Which rests on"),
        ("st07", "Said on the occasion of The opening of the Military Trophy Park"),
    ],
)
def test_tells_whose_a_claim_is_and_on_what_it_rests(web, claim, line):
    assert line in said(section(web, f"iskander-shusha/{claim}", "whose-it-is-and-on-what-it-rests"))


def test_draws_the_chain_of_a_claim_with_links(web):
    chain = section(web, "iskander-shusha/st44", "how-it-reached-us")
    assert chain.count("<svg") == 1
    assert 'href="/page/actor/mane-gevorgyan"' in chain
    assert "spoke for the holder" in chain


def test_leads_from_what_stands_against_a_claim_to_why_it_does(web):
    against = section(web, "iskander-shusha/st34", "what-stands-against-it")
    links = [unescape(link) for link in re.findall(r'href="(/explain[^"]+)"', against)]
    assert "ST49" in against
    assert len(links) >= 4
    assert [link for link in links if web.get(link).status_code != 200] == []


def test_finds_against_each_claim_what_the_rules_derive(shipped):
    store = Store()
    store.bulk_load(path=str(shipped.folder / "dataset.nq"), format=RdfFormat.N_QUADS)
    wanted = set()
    for rule in load_on_demand_rules(Layout(root())):
        derived = store.query(rule.text, use_default_graph_as_union=True)
        wanted |= {(triple.subject.value, triple.predicate.value, triple.object.value) for triple in derived}
    [against] = [one for one in KINDS[0].sections if one.slug == "what-stands-against-it"]
    for claim in {term for one, _, other in wanted for term in (one, other)}:
        rows = against.ask(shipped, claim, Page(1, 1000))
        found = {tuple(row[name].value for name in ("s", "relation", "o")) for row in rows}
        assert found == {triple for triple in wanted if claim in {triple[0], triple[2]}}, claim
    assert len(wanted) > 20


def test_says_since_when_a_claim_stands_and_what_takes_it_back(web):
    standing = said(section(web, "iskander-shusha/st38", "how-it-stands"))
    assert "Put forward between 2021-02-01 and 2021-02-28" in standing
    assert "“In February”" in standing
    assert "the year is inferred" in standing
    assert "Withdrawn in effect, as we read it, by ST44" in standing
    assert "Nothing in this snapshot withdraws it." in said(section(web, "iskander-shusha/st49", "how-it-stands"))


def test_says_what_falls_with_a_claim(web):
    assert "ST38" in section(web, "iskander-shusha/st45", "what-falls-if-it-falls")
    assert "ST45" in section(web, "iskander-shusha/st38", "what-it-falls-with")


# The other kinds


def test_shows_the_sides_of_a_proposition_over_time(web):
    path = "iskander-shusha/that-iskander-m-used"
    assert "<svg" in section(web, path, "the-sides-over-time")
    assert "ST49" in section(web, path, "who-claims-it-and-who-denies-it")
    assert "ST34" in section(web, path, "who-affirms-it-by-affirming-more")


def test_shows_what_an_actor_holds_and_who_speaks_for_him(web):
    assert "Mane Gevorgyan" in section(web, "actor/nikol-pashinyan", "who-speaks-for-whom")
    assert "<svg" in section(web, "actor/nikol-pashinyan", "positions-over-time")
    changes = said(section(web, "actor/nikol-pashinyan", "changes-of-position"))
    assert "ST38" in changes
    assert "withdrawn in effect" in changes
    assert "changed without withdrawal" in section(web, "actor/ilham-aliyev", "changes-of-position")


def test_draws_the_family_of_a_weapon_with_the_one_at_hand_marked(web):
    family = section(web, "weapon/iskander-m", "its-family")
    drawn = {name: int(x) for x, name in re.findall(r'<text x="(\d+)"[^>]*>([^<]*)</text>', family)}
    assert drawn["Iskander"] < drawn["Iskander-M"]
    assert drawn["Iskander-M"] < drawn["Iskander-M missile"]
    assert 'font-weight="700">Iskander-M<' in family


def test_counts_claims_by_model(web):
    counts = said(section(web, "weapon/iskander", "claims-by-model"))
    assert re.search(r"Iskander-M missile \d+", counts)
    assert re.search(r"Iskander-M \d+", counts)


def test_shows_an_article_word_for_word_with_every_passage_led_to_its_statement(web):
    text = section(web, "iskander-shusha/article", "the-text")
    bare = re.sub(r'<a class="sign".*?</a>', "", text)
    paragraphs = [re.sub(r"<[^>]*>", "", one) for one in re.findall(r"<p>(.*?)</p>", bare, re.DOTALL)]
    assert unescape("\n".join(paragraphs)) == (root() / "data/ttl/iskander-shusha/article.txt").read_text().rstrip("\n")
    signs = re.findall(r'<a class="sign" href="([^"]*)"[^>]*>([^<]*)</a>', text)
    assert {sign for _, sign in signs} == {f"ST{number:02}" for number in range(1, 61)}
    assert all(href == f"/page/iskander-shusha/{sign.lower()}" for href, sign in signs)


def test_says_where_custody_has_a_gap(web):
    steps = said(section(web, "iskander-shusha/fragments", "who-is-said-to-have-held-it"))
    assert "by whom is not said" in steps
    assert "Nobody is said to have held it since: The find of the fragments" in steps
    other = said(section(web, "iskander-other-reports/fragments", "who-is-said-to-have-held-it"))
    assert "Nobody is said" not in other


def test_lists_what_a_dossier_holds(web):
    assert "The seed article" in section(web, "dossier/iskander-shusha", "documents")
    assert "/graph/iskander-shusha/claims" in section(web, "dossier/iskander-shusha", "its-graphs")
    assert "Dispute:" in section(web, "dossier/iskander-shusha", "disputes")


def test_shows_places_and_events_as_claimed(web):
    assert "ST10" in section(web, "place/shusha", "where-it-lies-as-claimed")
    assert "hostilities" in section(web, "event/escalation-of-2020", "expressions-that-we-read-as-this-event")


# What holds for all


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.said)
def test_every_kind_has_a_thing_whose_page_is_whole(web, shipped, kind):
    rows = shipped.rows(f"SELECT DISTINCT ?thing {{ ?thing a {kind.name} }} ORDER BY ?thing")
    ours = []
    for row in rows:
        iri = row["thing"].value
        classes = [one["c"].value for one in shipped.rows("SELECT ?c { ?thing a ?c }", {"thing": row["thing"]})]
        if kind_of(classes) is kind:
            ours.append(iri)
    shown = {one.section.title for iri in ours for one in fill(shipped, iri, kind.sections, "/page/x")[1]}
    assert ours
    # None of the shipped things is assessed, and the article alone is kept as a text.
    assert {one.title for one in kind.sections} - shown <= {"Assessments"}
    assert all((TEMPLATES / f"parts/{one.part}.html").is_file() for one in kind.sections)
    assert web.get("/page/" + ours[0].removeprefix(BASE + "id/")).status_code == 200


def test_the_rest_of_a_long_section_has_pages_of_its_own(web):
    address, seen = "/page/dossier/iskander-shusha?section=statements", set()
    while address:
        page = web.get(address).text
        seen |= set(re.findall(r'href="/page/iskander-shusha/(st\d\d)"', page))
        assert "<h2>Documents</h2>" not in page
        address = next(iter(re.findall(r'<a href="([^"]*)" rel="next"', page)), None)
        address = unescape(address) if address else None
    assert len(seen) == 60
    assert (
        'href="/page/dossier/iskander-shusha?section=statements&amp;page=2"'
        in web.get("/page/dossier/iskander-shusha").text
    )


@pytest.mark.parametrize(
    ("query", "status"),
    [("section=nix", 404), ("section=statements&page=0", 400), ("section=statements&page=99", 200), ("view=nix", 200)],
)
def test_refuses_sections_that_there_are_not(web, query, status):
    assert web.get(f"/page/dossier/iskander-shusha?{query}").status_code == status


def test_needs_no_script_and_no_other_host(web):
    page = web.get("/page/iskander-shusha/st34").text
    assert re.findall(r"<script(?! type=\"application/ld\+json\")", page) == []
    assert re.findall(r'(?:src|action)="(?!/)', page) == []
    assert "onclick" not in page


def test_says_of_what_is_derived_that_it_is(web):
    told = said(section(web, "iskander-shusha/st44", "whose-it-is-and-on-what-it-rests"))
    assert "Held by Nikol Pashinyan derived, why?" in told
    assert "How firmly asserted Kind of statement" in told


def test_calls_a_proposition_by_its_words_in_quotation_marks(web):
    page = web.get("/page/iskander-shusha/that-iskander-m-used").text
    assert "<h1>“Iskander-M missile systems were used" in page


def test_warns_on_each_page_of_a_claim_or_proposition(web):
    assert "does not say that it is so" in web.get("/page/iskander-shusha/st34").text
    assert "does not mean that it is so" in web.get("/page/iskander-shusha/that-iskander-m-used").text


# JSON-LD of schema.org


def embedded(page):
    [text] = re.findall(r'<script type="application/ld\+json">(.*?)</script>', page, re.DOTALL)
    return json.loads(text)


def test_embeds_a_claim_with_its_author_and_nothing_that_it_claims(web):
    told = embedded(web.get("/page/iskander-shusha/st34").text)
    [claim] = told["@graph"]
    assert claim["@type"] == "Claim"
    assert claim["@id"] == f"{BASE}id/iskander-shusha/st34"
    assert claim["author"][0]["name"].startswith("The unnamed claimant")
    assert claim["text"] == "the conclusion was made about the use of missiles during hostilities"
    assert claim["appearance"][0]["@id"] == f"{BASE}id/iskander-shusha/article"


def test_embeds_no_review_where_nobody_has_assessed(web, shipped):
    claims = [row["c"].value for row in shipped.rows("SELECT ?c { ?c a cg:Claim }")]
    for claim in claims[::5]:
        assert "ClaimReview" not in web.get("/page/" + claim.removeprefix(BASE + "id/")).text


DATASET = f"""
@prefix cg: <{BASE}ontology#> . @prefix : <{BASE}id/x/> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> . @prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
cg:likely rdfs:label "likely"@en . cg:credible3 rdfs:label "3: possibly true"@en .
:c a cg:Claim ; rdfs:label "C: </script><b>&amp; so"@en ; cg:holder :h ; cg:groundedIn :p .
:p a cg:Passage ; cg:inDocument :d ; cg:quotedText "It was so" ; cg:startOffset 0 ; cg:endOffset 9 .
:q a cg:Passage ; cg:inDocument :d ; cg:quotedText "or not" ; cg:startOffset 40 ; cg:endOffset 46 .
:e a cg:Claim ; rdfs:label "E"@en ; cg:groundedIn :q .
:d a cg:Document ; rdfs:label "D"@en ; cg:sha256 "0" .
:h a cg:Person ; rdfs:label "H"@en . :a a cg:Organisation ; rdfs:label "Assessors"@en .
:r a cg:Assessment ; cg:assesses :c ; cg:assessedBy :a ; cg:assessedOn "2024-01-01"^^xsd:date ;
   cg:likelihood cg:likely ; cg:informationCredibility cg:credible3 .
<{BASE}id/x/caf\u00e9%20%2F> rdfs:label "Written with escapes"@en .
<{BASE}id/x/part#one> rdfs:label "A part"@en ;
    rdfs:seeAlso [ rdfs:label "inner" ; rdfs:seeAlso [ rdfs:label "innermost" ] ] .
<{BASE}id/x/v1.ttl> rdfs:label "Named like a file"@en .
:w a cg:Proposition ; rdfs:label "W"@en . :t1 cg:edtf "2024-01" . :t2 cg:edtf "2024-03" . :t3 rdfs:label "Some day"@en .
""" + "".join(
    f"""
:w{number:02} a cg:Claim ; rdfs:label "W{number:02}"@en ; cg:hasProposition :w ; cg:holder :h, :a ;
   cg:modality cg:asserted ; cg:polarity cg:{"negative" if number % 2 else "positive"} ; cg:saidDuring :t1, :t2, :t3 ;
   cg:saidNotBefore "2024-01-{number + 1:02}"^^xsd:date .
"""
    for number in range(25)
)


@pytest.fixture(scope="module")
def client(tmp_path_factory):
    """Serve a dataset with an assessment, a document without its copy, and names that need escapes."""
    folder, snapshots = tmp_path_factory.mktemp("dataset"), tmp_path_factory.mktemp("snapshots")
    (folder / "data/ttl").mkdir(parents=True)
    (folder / "data/ttl/x.ttl").write_text(DATASET, encoding="utf-8")
    snapshot = build(Layout(folder), snapshots)
    settings = Settings(snapshots=snapshots)
    with KeeperProcess(snapshot.dump, None, settings) as keeper:
        engine = Embedded(keeper.socket, settings)
        view = View(snapshot.manifest, engine, Catalog([]), snapshot.path)
        yield create_app(SimpleNamespace(current=lambda: view), settings).test_client()
        engine.close()


def test_the_sides_of_a_proposition_are_whole_over_all_pages_and_have_every_holder_and_time(client):
    address, rows = "/page/x/w?section=who-claims-it-and-who-denies-it", []
    while address:
        page = client.get(address).text
        table = page[page.index("<tbody>") : page.index("</tbody>")]
        rows += [said(row) for row in re.findall(r"<tr>(.*?)</tr>", table, re.DOTALL)]
        address = next(map(unescape, re.findall(r'<a href="([^"]*)" rel="next"', page)), None)
    assert len(rows) == len(set(rows)) == 50
    claims = [re.search(r"W\d\d", row)[0] for row in rows[::2]]
    assert claims == [f"W{number:02}" for number in (*range(0, 25, 2), *range(1, 25, 2))]
    assert all("2024-01" in row and "2024-03" in row for row in rows)
    assert sum("Assessors" in row for row in rows) == 25


def test_embeds_a_review_where_somebody_has_assessed(client):
    page = client.get("/page/x/c").text
    claim, review = embedded(page)["@graph"]
    assert claim["name"] == "C: </script><b>&amp; so"
    assert review["@type"] == "ClaimReview"
    assert review["itemReviewed"] == {"@id": f"{BASE}id/x/c"}
    assert review["author"]["name"] == "Assessors"
    assert review["datePublished"] == "2024-01-01"
    assert set(review["reviewRating"]["alternateName"].split("; ")) == {"likely", "3: possibly true"}
    assert "Assessors" in page[page.index('id="assessments"') :]


def test_shows_passages_in_order_where_no_copy_is_kept(client):
    text = client.get("/page/x/d").text
    assert re.search(r"<mark>It was so</mark>.*\[…\].*<mark>or not</mark>", text, re.DOTALL)


def test_leaves_out_what_a_dataset_has_no_question_for(client):
    page = client.get("/page/x/c").text
    assert 'id="the-words"' in page
    assert 'id="how-it-reached-us"' not in page


@pytest.mark.parametrize(
    ("path", "label"),
    [
        ("x/caf%C3%A9%20%2F", "Written with escapes"),
        ("x/caf%C3%A9%2520%252F", "Written with escapes"),
        ("x/part%23one", "A part"),
        ("x/v1.ttl", "Named like a file"),
    ],
)
def test_finds_names_that_need_escapes(client, path, label):
    page = client.get(f"/page/{path}")
    assert page.status_code == 200
    assert f"<h1>{label}</h1>" in page.text
    for target in re.findall(r'href="(/data/[^"]*)"', page.text):
        assert client.get(unescape(target)).status_code == 200, unquote(target)
    led = client.get(f"/id/{path}", headers={"Accept": "text/html"})
    assert led.status_code == 303
    assert client.get(led.headers["Location"]).status_code == 200


def test_tells_what_blank_nodes_say_that_only_the_thing_leads_to(client):
    text = client.get("/data/x/part%23one.nt").text
    assert '"inner"' in text
    assert '"innermost"' in text


def test_tells_it_on_the_page_of_the_statement_that_leads_to_it(client):
    pages = [client.get(f"/data/x/part%23one.nt?page_size=1&page={number}").text for number in (1, 2)]
    assert sorted('"inner"' in page for page in pages) == [False, True]
    assert ['"innermost"' in page for page in pages] == ['"inner"' in page for page in pages]
