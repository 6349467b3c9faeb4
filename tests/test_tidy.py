"""The layout of Turtle: every comment stays, the graph stays, and a second time changes nothing."""

import importlib.util
import time
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from pyoxigraph import RdfFormat, parse

from claimgraph.dataset import Layout
from claimgraph.dataset.positions.tokens import split
from claimgraph.dataset.tidy import tidy
from claimgraph.dataset.tidy.gaps import read_gap
from claimgraph.errors import BadTurtle

_SPEC = importlib.util.spec_from_file_location("positions_tests", Path(__file__).parent / "test_positions.py")
positions_tests = importlib.util.module_from_spec(_SPEC)
_SPEC.loader.exec_module(positions_tests)

SHIPPED = Path(__file__).parent.parent
BASE = "http://host/dir/file"
HEAD = "@prefix : <http://e/#> .\n\n"
GAPS = st.sampled_from(
    [" ", "\n", "\n\n\n\n", "\r\n\t", " # one\n", "\n# two\n", " #\r\n   # four  \n\n # five\n", "\t"]
)


@st.composite
def loosely_written(draw):
    """Take a document and put other white space and comments between its tokens."""
    tokens = [token for _, token in split(draw(positions_tests.documents))]
    return "".join(token + draw(GAPS) for token in tokens)


def graph(text):
    return positions_tests.canonical(parse(text, format=RdfFormat.TURTLE, base_iri=BASE))


def comments(text):
    return [comment.text for skipped, _ in split(text) for comment in read_gap(skipped).comments]


@given(st.one_of(positions_tests.documents, loosely_written()))
@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@example(HEAD + "[]\na :a\n.")
@example(HEAD + ":a :b 1 # one\n ; # two\n ;; # three\n . # four\n# five\n")
@example(HEAD + ":a :b 'x' # within\n @en . # after")
@example(HEAD + ":a :b 'x' ^^\n <http://e/dt>, [ # in\n :c () ; ] .")
def test_keeps_graph_and_comments_and_is_settled_after_one_pass(text):
    once = tidy(text)
    assert graph(once) == graph(text)
    assert comments(once) == comments(text)
    assert tidy(once) == once
    assert not any(line != line.rstrip() for line in once.split("\n") if line.lstrip().startswith("#"))


@pytest.mark.parametrize("file", Layout(SHIPPED).graphs(), ids=lambda file: file.relative)
def test_the_shipped_file_is_laid_out(file):
    text = file.path.read_bytes().decode()
    assert tidy(text) == text


def test_puts_a_predicate_on_each_line():
    assert tidy(HEAD + ":a a :C;:p 1,2 ;\n:q 3 .") == HEAD + ":a a :C ;\n    :p 1 , 2 ;\n    :q 3 .\n"


def test_puts_the_first_predicate_below_a_subject_that_gets_no_class_there():
    assert tidy(HEAD + ":a :p 1;\n:q 3 .") == HEAD + ":a\n    :p 1 ;\n    :q 3 .\n"


def test_leaves_on_one_line_what_was_written_on_one_and_fits():
    assert tidy(HEAD + ":a :p 1;:q 2.") == HEAD + ":a :p 1 ; :q 2 .\n"


def test_opens_a_bracket_only_where_it_was_open():
    text = HEAD + ":a a :C ;\n    :p [ :q 1 ; :r 2 ] , [\n        :q 3 ;\n        :r 4\n    ] .\n"
    assert tidy(text) == text


def test_puts_objects_on_lines_of_their_own_where_they_do_not_fit():
    names = [f":a-rather-long-name-{number}" for number in range(6)]
    listed = " ,\n        ".join(names)
    text = HEAD + ":a a :C ;\n    :p " + ", ".join(names) + " ."
    assert tidy(text) == HEAD + f":a a :C ;\n    :p\n        {listed} .\n"


def test_keeps_a_comment_where_it_stands():
    text = "# head\n" + HEAD + "# of a\n:a a :C ; # its class\n    # why\n    :p 1 , # 1\n        2 . # end\n\n# foot\n"
    assert tidy(text) == text.replace(":p 1 ,", ":p\n        1 ,")


def test_keeps_up_to_two_blank_lines_and_parts_tall_blocks_with_one():
    text = HEAD + ":a :p 1 .\n:b :p 1 .\n\n\n\n\n:c :p 1 ;\n    :q 2 .\n:d :p 1 ."
    assert tidy(text) == HEAD + ":a :p 1 .\n:b :p 1 .\n\n\n:c\n    :p 1 ;\n    :q 2 .\n\n:d :p 1 .\n"


def test_leaves_line_ends_inside_strings_alone():
    assert tidy(HEAD + ':a :p """x \r\ny""" .\r\n') == HEAD + ':a :p """x \r\ny""" .\n'


def test_leaves_an_empty_file_empty():
    assert tidy(" \n\n") == ""


def test_refuses_what_is_no_turtle_with_its_place():
    with pytest.raises(BadTurtle) as caught:
        tidy(":a :p .", "f.ttl")
    assert str(caught.value.place) == "f.ttl:1:1"


def test_refuses_brackets_that_nest_deeper_than_anybody_writes():
    text = HEAD + ":a :p " + "[\n:p " * 3000 + "1" + " ]" * 3000 + " ."
    with pytest.raises(BadTurtle, match="nest deeper"):
        tidy(text)


def test_lays_out_five_megabytes_in_a_second_give_or_take():
    text = (SHIPPED / "data/ttl/iskander-shusha/claims.ttl").read_text(encoding="utf-8") * 40
    started = time.process_time()
    tidy(text)
    # Half of what is wished, since the machine may be busy; the bench has the exact figure.
    assert len(text) / 1e6 / (time.process_time() - started) > 2.5
