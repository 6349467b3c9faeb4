"""A snapshot made from the one before it, against one made whole: the same dump, store, index and counts."""

import sqlite3
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pyoxigraph import RdfFormat, parse

from claimgraph.cli import main
from claimgraph.dataset import Layout
from claimgraph.search import NoRoom
from claimgraph.snapshot import branch, build
from claimgraph.sparql.prefixes import BASE
from small_world import EX, HEADER, ONTOLOGY, fact, things, write_rules

PREFIXES = f"""@prefix : <{EX}> . @prefix cg: <https://w3id.org/claimgraph/ontology#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> . @prefix dcterms: <http://purl.org/dc/terms/> .
"""
QUERY = """#+ summary: "{}"
#+ x-claimgraph:
#+   columns:
#+     x: "a thing"
PREFIX : <{}>
SELECT ?x WHERE {{ ?x a :C }}
"""
words = st.sampled_from(["Shusha", "Şuşa", "the second of January", "missile", "missiles were used"])
text = st.builds(
    '{} {} "{}"{} .'.format,
    things,
    st.sampled_from(["rdfs:label", "dcterms:identifier", "cg:quotedText", "cg:canonicalText"]),
    words,
    st.sampled_from(["", "@en", "@az"]),
)
known_kind = st.builds("{} a cg:{} .".format, things, st.sampled_from(["Actor", "Claim", "Place"]))
grounded = st.builds("{} cg:groundedIn {} .".format, things, things)
in_graph = st.builds(f"<{BASE}graph/{{}}> :holds {{}} .".format, st.sampled_from("ab"), things)
blank = st.builds("{} :a [ a :C ; :b {} ] .".format, things, things)
line = st.one_of(fact, fact, fact, text, text, known_kind, grounded, in_graph, blank)
lines = st.lists(line, max_size=12)

data = st.sampled_from(["data/ttl/a.ttl", "data/ttl/b.ttl", "data/ttl/deep/c.ttl"])
place = st.integers(0, 11)
edit = st.one_of(
    st.tuples(st.just("add"), data, line),
    st.tuples(st.just("drop"), data, place),
    st.tuples(st.just("alter"), data, place, line),
    st.tuples(st.just("write"), data, lines),
    st.tuples(st.just("remove"), data),
    st.tuples(st.just("query"), words),
)
axiom = st.sampled_from([":G rdfs:subClassOf :F .", ":b rdfs:range :G .", ":E rdfs:subClassOf :K ."])
larger_edit = st.one_of(
    edit,
    st.tuples(st.just("add"), st.just("ontology/terms.ttl"), axiom),
    st.tuples(st.just("drop"), st.just("ontology/terms.ttl"), place),
    st.tuples(st.just("rule"), st.sampled_from(["{ ?x :late true } WHERE { ?x :a ?y }", None])),
)


class Folder:
    """Be a dataset that is edited line by line."""

    def __init__(self, root, first, second):
        self.root = root
        write_rules(root)
        self.files = {"data/ttl/a.ttl": list(first), "data/ttl/b.ttl": list(second), "ontology/terms.ttl": []}
        (root / "ontology/core.ttl").write_text(ONTOLOGY, encoding="utf-8")
        for name in self.files:
            self.write(name)
        self.apply(("query", "first"))

    def write(self, name):
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(PREFIXES + "\n".join(self.files[name]) + "\n", encoding="utf-8")

    def apply(self, edit):
        match edit:
            case "add", name, one:
                self.files.setdefault(name, []).append(one)
                self.write(name)
            case "drop" | "alter", name, at, *new:
                found = self.files.get(name)
                if found:
                    found[at % len(found)] = new[0] if new else ""
                    self.write(name)
            case "write", name, found:
                self.files[name] = list(found)
                self.write(name)
            case "remove", name:
                self.files.pop(name, None)
                (self.root / name).unlink(missing_ok=True)
            case "query", summary:
                path = self.root / "queries/things.rq"
                path.parent.mkdir(exist_ok=True)
                path.write_text(QUERY.format(summary, EX), encoding="utf-8")
            case "rule", rule:
                path = self.root / "ontology/rules/late.rq"
                path.unlink(missing_ok=True)
                if rule:
                    path.write_text(HEADER.format("late") + "CONSTRUCT " + rule, encoding="utf-8")


def index_of(snapshot):
    """Read an index: what is in it and in which order, but not the numbers, which may have gaps."""
    with closing(sqlite3.connect(snapshot.index)) as index:
        things = index.execute("SELECT id, iri, label, names, words FROM things ORDER BY id").fetchall()
        at = {number: place for place, (number, *_) in enumerate(things)}
        sets = index.execute("SELECT first, last, rank, classes FROM sets ORDER BY first").fetchall()
        index.execute("CREATE VIRTUAL TABLE temp.told USING fts5vocab(main, texts, instance)")
        told = index.execute('SELECT term, doc, col, "offset" FROM temp.told').fetchall()
        return (
            [rest for _, *rest in things],
            [(at[first], at[last], *rest) for first, last, *rest in sets],
            sorted((term, at[number], *rest) for term, number, *rest in told),
            index.execute("SELECT key, word FROM spellings").fetchall(),
        )


def assert_same(one, other):
    assert one.dump.read_text(encoding="utf-8").splitlines() == other.dump.read_text(encoding="utf-8").splitlines()
    assert one.manifest.dump_sha256 == other.manifest.dump_sha256
    quads = set(parse(path=str(other.dump), format=RdfFormat.N_QUADS))
    assert set(one.open_store()) == quads == set(other.open_store())
    assert index_of(one) == index_of(other)
    assert (one.path / "counts.json").read_bytes() == (other.path / "counts.json").read_bytes()
    counts = [
        ([(file.path, file.triples) for file in found.files], [(rule.name, rule.triples) for rule in found.rules])
        for found in (one.manifest, other.manifest)
    ]
    assert counts[0] == counts[1]
    assert one.manifest.triples == other.manifest.triples == len(quads)


def built_both_ways(root, edits, first, second):
    """Build after each edit, and whole in another place; give what was built."""
    folder, snapshots, others = Folder(root / "dataset", first, second), root / "snapshots", root / "others"
    build(Layout(folder.root), snapshots)
    for one in edits:
        folder.apply(one)
        made = build(Layout(folder.root), snapshots)
        assert_same(made, build(Layout(folder.root), others, full=True))
        yield made


def rarely(examples):
    return settings(max_examples=examples, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@given(lines, lines, st.lists(edit, min_size=1, max_size=3))
@rarely(5)
def test_any_edits_of_data_lead_to_the_snapshot_that_is_made_whole(first, second, edits):
    with TemporaryDirectory() as root:
        for made in built_both_ways(Path(root), edits, first, second):
            assert made.manifest.whole_because == ""


@given(lines, lines, st.lists(larger_edit, min_size=1, max_size=2))
@rarely(3)
def test_so_do_edits_of_terms_and_rules(first, second, edits):
    with TemporaryDirectory() as root:
        for _ in built_both_ways(Path(root), edits, first, second):
            pass


def spoil_dump(base, _folder, _monkeypatch):
    content = base.dump.read_bytes()
    base.dump.write_bytes(content[:-4] + b"# .\n")  # as long as before: nobody notices until it is read


def change_program(_base, _folder, monkeypatch):
    monkeypatch.setattr(branch, "program", lambda: "another")


def fill_index(_base, _folder, monkeypatch):
    def refuse(*_given):
        raise NoRoom

    monkeypatch.setattr(branch, "update_index", refuse)


def change_rule(_base, folder, _monkeypatch):
    folder.apply(("rule", "{ ?x :late true } WHERE { ?x :a ?y }"))


@pytest.mark.parametrize(
    ("prevent", "reason"),
    [
        (spoil_dump, "the current snapshot is damaged"),
        (change_program, "another version of the program has built the current snapshot"),
        (fill_index, "the search index has no room for so many new things in one place"),
        (change_rule, "the rule ontology/rules/late.rq has changed"),
    ],
)
def test_what_cannot_be_made_from_the_snapshot_before_is_made_whole_and_says_why(
    prevent, reason, tmp_path, monkeypatch, capsys
):
    folder, snapshots = Folder(tmp_path / "dataset", [":x :a :y ."], [":y :b :z ."]), tmp_path / "snapshots"
    base = build(Layout(folder.root), snapshots)
    folder.apply(("add", "data/ttl/a.ttl", ":x :b :z ."))
    prevent(base, folder, monkeypatch)
    arguments = ["build", "--unchecked", "--dataset", str(folder.root), "--snapshots", str(snapshots)]
    assert main(arguments) == 0
    assert capsys.readouterr().out.endswith(f", as a whole: {reason}\n")
    made = build(Layout(folder.root), snapshots)
    assert (made.manifest.after, made.manifest.whole_because) == (None, reason)
    assert_same(made, build(Layout(folder.root), tmp_path / "others", full=True))


def test_a_build_says_which_snapshot_it_started_from_unless_all_is_to_be_made_anew(tmp_path, capsys):
    folder, snapshots = Folder(tmp_path / "dataset", [":x :a :y ."], [":y :b :z ."]), tmp_path / "snapshots"
    base = build(Layout(folder.root), snapshots)
    folder.apply(("add", "data/ttl/a.ttl", ":x :b :z ."))
    arguments = ["build", "--unchecked", "--dataset", str(folder.root), "--snapshots", str(snapshots)]
    assert main(arguments) == 0
    assert capsys.readouterr().out.endswith(f", from {base.digest[:12]} and what had changed\n")
    assert main([*arguments, "--full"]) == 0
    assert " s\n" in capsys.readouterr().out
