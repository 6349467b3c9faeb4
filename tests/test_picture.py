"""Pictures of answers: what they show, and that what is drawn can be read, followed and heard."""

import re
import xml.etree.ElementTree as ET
from datetime import date

from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st
from pyoxigraph import Literal, NamedNode

from claimgraph.catalog.table import Table
from claimgraph.cli.program import program
from claimgraph.picture import Bar, Timeline, can_compose, compose, draw
from claimgraph.picture.scale import Scale

SVG = "{http://www.w3.org/2000/svg}"
BROWSER = {"Accept": "text/html"}


def svg(web, name, **given):
    response = web.get(f"/queries/{name}.svg", query_string=given)
    assert response.mimetype == "image/svg+xml"
    return ET.fromstring(response.text)  # noqa: S314 - our own


def names(root):
    return [one.find(SVG + "title").text for one in root.iter() if one.tag == SVG + "a" or one.get("role") == "img"]


def test_every_query_names_a_picture_that_there_is(shipped):
    assert {query.picture for query in shipped.catalog if not can_compose(query.picture)} == {"none"}


def test_draws_the_picture_of_every_query_that_names_one(web, shipped):
    for query in shipped.catalog:
        if can_compose(query.picture) and len(web.get(f"/queries/{query.name}.csv").text.splitlines()) > 1:
            root = svg(web, query.name)
            assert root.get("aria-label").startswith(query.summary)
            assert names(root)


def test_counts_fill_the_months_between_and_totals_leave_them_out():
    integer = NamedNode("http://www.w3.org/2001/XMLSchema#integer")
    rows = [
        (Literal("2022-03"), Literal("900", datatype=integer), Literal("1600.0"), Literal("2500")),
        (Literal("2022-01"), Literal("0"), Literal("7"), Literal("7")),
    ]
    table = Table(["month", "confirmed", "more_stated", "stated"], rows, {})

    def said(kind):
        picture = compose(kind, "Totals", table, lambda _text: [], {})
        return names(ET.fromstring(draw(picture, lambda _iri: None)))  # noqa: S314 - our own

    first, between, last = said("counts")
    assert (first, last) == ("2022-01: 0 confirmed, 7 more stated", "2022-03: 900 confirmed, 1600 more stated")
    assert between == "2022-02: 0 confirmed, 0 more stated"
    assert said("totals") == [first, last]


def test_says_in_words_what_a_bar_shows(web):
    said = names(svg(web, "disputes", dossier=""))
    assert any(re.fullmatch(r"ST49 Igor Konashenkov, denies, 2021-02-26\. .*", text) for text in said)
    assert any("between 2021-02-" in text for text in said)
    assert any("undated" in text for text in said)


def test_leads_from_a_drawing_to_the_page_of_the_claim(web):
    page = web.get("/queries/disputes", headers=BROWSER).text
    assert re.search(r'<a href="/page/iskander-shusha/st49"><title>ST49', page)


def test_draws_a_chain_in_the_order_of_its_steps(web):
    root = svg(web, "attribution-chain", statement="ST14")
    boxes = [
        (float(next(one.iter(SVG + "rect")).get("x")), one.find(SVG + "title").text) for one in root.iter(SVG + "a")
    ]
    assert [text.split(",")[0] for _, text in sorted(boxes)][:2] == ["Ilham Aliyev", "Press service of Ilham Aliyev"]


def test_marks_the_day_that_was_asked_for(web):
    assert "2021-03-15" in [text.text for text in svg(web, "disputes", as_of="2021-03-15").iter(SVG + "text")]


def test_draws_the_months_without_a_claim_too(web):
    months = [text.split(":")[0] for text in names(svg(web, "claims-per-month", dossier="")) if text.startswith("20")]
    assert "2020-12" in months
    assert months == sorted(months)


def test_has_no_picture_where_there_are_no_rows(web):
    response = web.get("/queries/disputes.svg?as_of=1900-01-01&format=svg")
    assert response.status_code in {200, 406}
    assert "<svg" not in web.get("/queries/positions-of-actor?actor=id:actor/nobody", headers=BROWSER).text


def test_draws_the_same_as_png(web):
    response = web.get("/queries/contradictions.png?kind=strict")
    assert response.mimetype == "image/png"
    assert response.data.startswith(b"\x89PNG\r\n\x1a\n")
    width, height = (int.from_bytes(response.data[at : at + 4]) for at in (16, 20))
    drawn = svg(web, "contradictions", kind="strict")
    assert (width, height) == (2 * int(drawn.get("width")), 2 * int(drawn.get("height")))
    assert web.get("/queries/contradictions?kind=strict", headers={"Accept": "image/png"}).data == response.data
    assert web.get("/queries/contradictions.png?as_of=1900-01-01").status_code == 406
    assert web.get("/queries/chain-lengths.png").status_code == 406


def test_writes_no_png_without_a_font_to_write_its_words_in(web, monkeypatch):
    monkeypatch.setattr("claimgraph.picture.raster.family", lambda: None)
    response = web.get("/queries/contradictions.png")
    assert response.status_code == 400
    assert "no font" in response.get_json()["detail"]


def test_keeps_the_table_beside_the_picture(web):
    page = web.get("/queries/disputes", headers=BROWSER).text
    assert page.index("<svg") < page.index("<table>")


@given(
    st.lists(
        st.builds(
            Bar,
            label=st.text(max_size=80),
            note=st.text(max_size=20),
            lane=st.text(max_size=20),
            first=st.none() | st.dates(date(1, 2, 1), date(9999, 1, 1)).map(str),
            last=st.none() | st.dates(date(1, 2, 1), date(9999, 1, 1)).map(str),
            tone=st.sampled_from(["for", "against", "open"]),
            iri=st.none() | st.just('https://example.org/"<&'),
        ),
        min_size=1,
        max_size=5,
    )
)
def test_draws_well_formed_svg_whatever_the_texts_are(bars):
    drawn = draw(Timeline("<&>", tuple(bars)), lambda iri: iri)
    ET.fromstring(re.sub(r"[^\t\n\r -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]", "", drawn))  # noqa: S314


@given(st.lists(st.dates(date(1, 2, 1), date(9999, 1, 1)), max_size=4))
def test_keeps_every_day_and_tick_on_the_line(days):
    scale = Scale.around(days, 100, 900)
    assert all(100 <= scale.at(day) <= 900 for day in days)
    assert all(100 <= x <= 900 for x, _ in scale.ticks())
    assert len(list(scale.ticks())) <= 12


def test_composes_nothing_of_a_kind_that_it_does_not_know():
    table = Table(("a",), ((Literal("x"),),), {})
    assert compose("sculpture", "", table, lambda _: [], {}) is None


def test_takes_the_strict_ground_where_a_pair_has_two():
    one, other = NamedNode("https://x.example/1"), NamedNode("https://x.example/2")
    columns = ("id_a", "id_b", "holder_a", "holder_b", "kind", "ground", "claim_a", "claim_b")
    rows = tuple(
        (Literal("1"), Literal("2"), one, other, Literal(kind), Literal("why"), one, other)
        for kind in ("tension", "strict")
    )
    (edge,) = compose("pairs", "", Table(columns, rows, {}), lambda _: [], {}).edges
    assert not edge.weak


def run(shipped, shipped_settings, *arguments):
    assert (shipped_settings.snapshots / shipped.digest).is_dir()
    return CliRunner().invoke(program, ["query", *arguments, "--snapshots", str(shipped_settings.snapshots)])


def test_draws_the_same_picture_on_the_command_line_as_on_the_web(web, shipped, shipped_settings):
    done = run(shipped, shipped_settings, "contradictions", "kind=strict", "--format", "svg")
    assert done.output == web.get("/queries/contradictions.svg?kind=strict").text


def test_writes_no_png_onto_a_terminal(shipped, shipped_settings, monkeypatch):
    monkeypatch.setattr("claimgraph.cli.draw.is_terminal", lambda: True)
    done = run(shipped, shipped_settings, "contradictions", "--format", "png")
    assert "write it to a file" in str(done.exception)


def test_says_that_a_query_has_no_picture(shipped, shipped_settings):
    done = run(shipped, shipped_settings, "chain-lengths", "--format", "svg")
    assert done.exit_code != 0
    assert "no picture" in str(done.exception)
