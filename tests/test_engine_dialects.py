"""How engines elsewhere answer the canned questions, held against what ``docs/engines.md`` says of them."""

import re
from pathlib import Path

import pytest
from pyoxigraph import NamedNode

import engines
from claimgraph.dataset import root
from claimgraph.engine import Limits
from claimgraph.engine.remote import Endpoint, Remote
from claimgraph.errors import AnswerTooLarge, BadQuery, ClaimgraphError
from claimgraph.formats import by_name
from claimgraph.publish import Bulk, ByGraphStore, publish, version_of
from claimgraph.settings import Settings
from claimgraph.snapshot import read_snapshot
from claimgraph.sparql.bind import bind
from claimgraph.sparql.prefixes import declarations, expand
from claimgraph.sparql.query import read
from claimgraph.web import about
from claimgraph.web.pages.kinds import KINDS
from claimgraph.web.pages.section import PAGE

LISTED = dict(
    re.findall(
        r"^\| ([a-z-]+) \| (refused|other) \|",
        (Path(__file__).parent.parent / "docs/engines.md").read_text(encoding="utf-8"),
        re.MULTILINE,
    )
)
NAMES = sorted(path.stem for path in (root() / "queries").glob("*.rq"))


def serve(kind, folder, shipped):
    snapshot = read_snapshot(shipped.folder)
    with getattr(engines, kind)(folder) as server:
        settings = Settings(**server.named())
        bulk = server.isql and Bulk.of(settings, server.isql, folder, str(folder))
        publish(snapshot, settings, bulk or ByGraphStore(url=server.store))
        yield Remote(Endpoint(server.query, settings), None, version_of(snapshot.manifest, settings.base))


@pytest.fixture(scope="module")
def virtuoso(tmp_path_factory, shipped):
    yield from serve("virtuoso", tmp_path_factory.mktemp("virtuoso"), shipped)


@pytest.fixture(scope="module")
def oxigraph(tmp_path_factory, shipped):
    yield from serve("oxigraph", tmp_path_factory.mktemp("oxigraph"), shipped)


def answer(engine, shipped, name):
    query = read(shipped.catalog[name].bind({}, lambda _name: None))
    return sorted(b"".join(engine.answer(query, by_name("csv"), Limits(20, 1 << 28))).splitlines())


def judged(engine, shipped, name):
    try:
        found = answer(engine, shipped, name)
    except BadQuery:
        return "refused"
    except ClaimgraphError as error:
        return "refused" if "37000" in str(error) else str(error)
    return "same" if found == answer(shipped.engine, shipped, name) else "other"


@pytest.mark.parametrize("name", NAMES)
def test_oxigraph_answers_as_the_embedded_engine(oxigraph, shipped, name):
    assert judged(oxigraph, shipped, name) == "same"


@pytest.mark.parametrize("name", NAMES)
def test_virtuoso_answers_as_listed(virtuoso, shipped, name):
    assert judged(virtuoso, shipped, name) == LISTED.get(name, "same")


def test_virtuoso_passes_no_answer_that_it_cut_for_whole(tmp_path, monkeypatch):
    monkeypatch.setattr(engines, "VIRTUOSO", engines.VIRTUOSO.replace("Rows = 2000000", "Rows = 10"))
    with engines.virtuoso(tmp_path) as server:
        engine = Remote(Endpoint(server.query, Settings(**server.named())), None)
        with pytest.raises(AnswerTooLarge, match="10 rows"):
            list(engine.answer(read("SELECT * { ?s ?p ?o }"), by_name("csv"), Limits(20, 1 << 28)))
        assert list(engine.answer(read("SELECT * { ?s ?p ?o } LIMIT 3"), by_name("csv"), Limits(20, 1 << 28)))


def test_lists_questions_that_there_are():
    assert set(LISTED) <= set(NAMES)


TOLD = {name: text for name, text in vars(about).items() if re.match("_(OWN|INTO|OF|COUNT)", name)}
SECTIONS = {
    f"{kind.name} {section.slug}": section.query for kind in KINDS for section in kind.sections if section.query
}
MANY = 1000


def things_of(shipped, kind):
    """Name some things of a kind."""
    rows = shipped.rows("SELECT DISTINCT ?s { ?s a ?kind } ORDER BY ?s", {"kind": NamedNode(expand(kind))})
    return [row["s"] for row in rows[::7]]


@pytest.mark.parametrize("name", [*SECTIONS, *TOLD])
def test_virtuoso_tells_pages_the_same(virtuoso, shipped, name):
    text = SECTIONS.get(name) or TOLD[name] % {"offset": 0, "limit": MANY}
    things = things_of(shipped, name.split()[0] if name in SECTIONS else "cg:Proposition")
    assert things
    for thing in things:
        query = read(declarations() + bind(text.replace(PAGE, f"OFFSET 0 LIMIT {MANY}"), {"thing": thing}))
        theirs, ours = (
            engine.answer(query, by_name("csv"), Limits(20, 1 << 28)) for engine in (virtuoso, shipped.engine)
        )
        assert sorted(b"".join(theirs).splitlines()) == sorted(b"".join(ours).splitlines()), thing
