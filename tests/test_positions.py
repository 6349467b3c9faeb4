"""Places in Turtle: the same triples as the store's parser, each at its line and column."""

import string

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from pyoxigraph import (
    CanonicalizationAlgorithm,
    Dataset,
    DefaultGraph,
    Literal,
    NamedNode,
    Quad,
    RdfFormat,
    parse,
)

from claimgraph.dataset.positions import positions, read
from claimgraph.errors import BadTurtle, Place

HEAD = "@prefix : <http://e/#> .\n@prefix ex: <http://e/x/> .\nPREFIX xsd: <http://www.w3.org/2001/XMLSchema#>\n"
A, B, P, Q = (NamedNode("http://e/#" + name) for name in "abpq")

gaps = st.sampled_from([" ", "\n", "\t", "\r\n", " # a . comment ; \n", "\n\n  "])
names = st.one_of(
    st.sampled_from(
        [":a", "ex:b", "ex:a.b", "ex:a..b", ":1", "ex:", ":", "ex:%41", "ex:a\\,b", ":a:b", "ex:é-", "ex:a\\."]
    ),
    st.sampled_from(["<http://e/full>", "<rel/../tive>", "<>", "<#x>", "<http://e/\\u00e9>", "<http://e/a/../b>"]),
)
labels = st.sampled_from(["_:b", "_:a.b", "_:0", "_:é"])
verbs = st.one_of(names, st.just("a"))
characters = st.text(alphabet=string.ascii_letters + " .;#<>@é😀^", max_size=8)
escapes = st.sampled_from(["", "\\n", '\\"', "\\'", "\\\\", "\\u00e9", "\\U0001F600"])
short = st.builds(lambda t, e, q: q + t + e + q, characters, escapes, st.sampled_from(["'", '"']))
long = st.builds(
    lambda t, e, q: q * 3 + t + q + "\n" + q * 2 + " " + e + " " + q * 3,
    characters,
    escapes,
    st.sampled_from(["'", '"']),
)
tails = st.sampled_from(["", "@en", "@en-GB", " @de", "^^xsd:date", "^^<http://e/dt>", " ^^ # why not\n xsd:string"])
literals = st.builds(lambda s, t: s + t, st.one_of(short, long), tails)
shorthands = st.sampled_from(["1", "-1", "+1.5", ".5", "1e3", "-.5E-2", "1.0e+2", "true", "false", "007"])


def lists(things):
    return st.lists(things, max_size=3).map(lambda found: "( " + " ".join(found) + " )")


def descriptions(things):
    pair = st.builds(
        lambda verb, objects: verb + " " + " , ".join(objects), verbs, st.lists(things, min_size=1, max_size=3)
    )
    return st.builds(
        lambda pairs, end: " ; ".join(pairs) + end,
        st.lists(pair, min_size=1, max_size=3),
        st.sampled_from(["", " ;", ";;"]),
    )


objects = st.recursive(
    st.one_of(names, labels, literals, shorthands, st.just("[]")),
    lambda inner: st.one_of(lists(inner), descriptions(inner).map(lambda text: "[ " + text + " ]")),
    max_leaves=6,
)
subjects = st.one_of(names, labels, st.just("[ ]"), lists(objects))
sentences = st.one_of(
    st.builds(lambda s, gap, d: s + gap + d + gap + ".", subjects, gaps, descriptions(objects)),
    descriptions(objects).map(lambda text: "[ " + text + " ] ."),
    st.sampled_from(["@prefix ex: <http://other/> .", "BASE <http://base/a/b>", "@base <c/d> .", "prefix ex: <y/>"]),
)
documents = st.lists(sentences, max_size=5).map(lambda found: HEAD + "\n".join(found))


def canonical(quads):
    dataset = Dataset(quads)
    dataset.canonicalize(CanonicalizationAlgorithm.RDFC_1_0)
    return {str(quad) for quad in dataset}


def quads(found):
    return [Quad(s, p, o, DefaultGraph()) for s, p, o in found]


@given(documents)
@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@example(HEAD + ":a a ex:b.")
@example(HEAD + ":a :p 1.")
@example(HEAD + ":a :p ((1) [:q ()] ()).")
def test_reads_the_same_triples_as_the_store_does(text):
    expected = list(parse(text, format=RdfFormat.TURTLE, base_iri="http://host/dir/file"))
    assert canonical(quads(read(text, base="http://host/dir/file"))) == canonical(expected)


@given(documents, st.data())
@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_accepts_nothing_that_the_store_refuses(text, data):
    cut = data.draw(st.integers(0, len(text)))
    broken = text[:cut] + text[cut + 1 :]
    try:
        found = read(broken, base="http://host/dir/file")
    except BadTurtle:
        return
    assert canonical(quads(found)) == canonical(parse(broken, format=RdfFormat.TURTLE, base_iri="http://host/dir/file"))


@given(documents)
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_every_place_lies_on_the_first_character_of_its_token(text):
    found = read(text, base="http://host/dir/file")
    for s, _p, o, s_at, p_at, o_at in found.triples:
        assert not any(text[offset].isspace() for offset in (s_at, p_at, o_at))
        if isinstance(o, Literal) and o.datatype == NamedNode("http://e/dt"):
            assert text[o_at] in "\"'"
        assert found.subject(s) in {found.at(t[3]) for t in found.triples if t[0] == s}


def test_finds_a_triple_its_predicate_and_its_subject():
    found = read(HEAD + ":a :p :b ,\n    1 ;\n  :q 'x'@en .\n", "f.ttl")
    assert found.triple(A, P, Literal(1)) == [Place("f.ttl", 5, 5)]
    assert found.pair(A, Q) == [Place("f.ttl", 6, 3)]
    assert found.subject(A) == Place("f.ttl", 4, 1)


def test_finds_nothing_for_what_is_not_there():
    found = read(HEAD + ":a :p :b .")
    assert (found.subject(B), found.pair(A, Q), found.triple(A, P, A)) == (None, [], [])


def test_finds_a_triple_twice_that_is_written_twice():
    found = read(HEAD + ":a :p :b .\n:a :p :b .\n")
    assert [place.line for place in found.triple(A, P, B)] == [4, 5]


def test_places_what_stands_in_brackets_on_its_own_line():
    found = read(HEAD + ":a :p [\n  :q :b\n] .")
    (node,) = (s for s, _, o in found if o == B)
    assert found.subject(node) == Place("<text>", 4, 7)
    assert found.triple(node, Q, B) == [Place("<text>", 5, 6)]


def test_places_list_items_where_they_are_written():
    found = read(HEAD + ":a :p ( 1\n 2 ) .")
    assert [found.at(t[5]).line for t in found.triples if t[2] == Literal(2)] == [5]


def test_counts_columns_in_characters_and_lines_after_long_strings():
    found = read(HEAD + ":a :p '''é😀\r\n''' , 1 .", "f.ttl")
    assert found.triple(A, P, Literal(1)) == [Place("f.ttl", 5, 7)]
    assert read(HEAD + ":a :p 'é😀' , 1 .", "f.ttl").triple(A, P, Literal(1)) == [Place("f.ttl", 4, 14)]


def test_lists_prefixes_with_their_places():
    names = [(p.name, p.namespace, p.place.line, p.place.column) for p in read(HEAD).prefixes]
    assert names[0] == ("", "http://e/#", 1, 9)
    assert names[2] == ("xsd", "http://www.w3.org/2001/XMLSchema#", 3, 8)


def test_keeps_blank_nodes_of_different_documents_apart():
    first, second = (read(HEAD + "_:x :p [] .", scope=scope) for scope in ("one", "two"))
    assert not {t[i] for t in first.triples for i in (0, 2)} & {t[i] for t in second.triples for i in (0, 2)}


@pytest.mark.parametrize(
    ("text", "line", "column", "words"),
    [
        (":a :p :b .\n:a :p .", 2, 7, "expected an object, found ."),
        (":a :p :b\n:c :p :d .", 2, 1, "expected '.', found :c"),
        (":a nope:p :b .", 1, 4, "the prefix nope: is not declared"),
        (":a :p 'x .", 1, 7, "found something that is no Turtle token"),
        (":a :p <no scheme> .", 1, 7, "found something that is no Turtle token"),
        (":a :p <no-scheme> .", 1, 7, "No scheme"),
        (":a :p :b", 1, 9, "the file ends"),
        (":a :p << :a :p :b >> .", 1, 7, "no Turtle token"),
        (":a 'p' :b .", 1, 4, "expected a predicate"),
        ("'a' :p :b .", 1, 1, "expected a subject"),
        (":a :p ( :b .", 1, 12, "expected an object"),
        (":a :p [ :q :b .", 1, 15, "expected ']'"),
        ("@prefix x <http://x/> .", 1, 9, "expected a prefix and a colon"),
        (":a :p '\\uD800' .", 1, 7, "is no character"),
        (":a :p 'x'@toolonglanguage .", 1, 7, "is no language tag"),
        (":a :p :b . \x00", 1, 12, "no Turtle token"),
        (":a :p " + "[ :p " * 5000, 1, None, "brackets nest deeper than 100"),
        (":a :p maybe .", 1, 7, "maybe is no IRI"),
    ],
)
def test_names_the_place_and_the_fault(text, line, column, words):
    with pytest.raises(BadTurtle) as caught:
        read("@prefix : <http://e/#> . " + text, "f.ttl")
    assert words in caught.value.message
    place = caught.value.place
    assert place.line == line
    if column is not None:
        assert place.column == column + (len("@prefix : <http://e/#> . ") if line == 1 else 0)


def test_says_which_byte_is_not_utf8(tmp_path):
    (tmp_path / "f.ttl").write_bytes(b"<a:a> <a:b>\n 'caf\xe9' .")
    with pytest.raises(BadTurtle, match="byte 0xE9 is not UTF-8") as caught:
        positions(tmp_path / "f.ttl", file="f.ttl")
    assert caught.value.place == Place("f.ttl", 2, 6)


def test_reads_an_empty_file():
    assert read("").triples == []
    assert read("# nothing but a comment").triples == []
