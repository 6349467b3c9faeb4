"""A dump is read in pieces, whole or while it is being written: the same lines come, and the same classes."""

from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given
from hypothesis import strategies as st

from claimgraph.snapshot import blocks
from claimgraph.snapshot.blocks import Block, mapped, pieces
from claimgraph.snapshot.census import TYPE, classes_in

LINES = st.lists(
    st.tuples(st.sampled_from("abc"), st.sampled_from([TYPE.decode(), "<x:p>"]), st.sampled_from(["<x:A>", "<x:B>"])),
    max_size=20,
)


def written(dump, graphs):
    """Write graphs one by one, each in two parts, and tell of each part at once."""
    for number, lines in enumerate(graphs):
        for part in (lines[:3], lines[3:]):
            if part:
                start = dump.stat().st_size if dump.exists() else 0
                with dump.open("ab") as file:
                    file.write("".join(f"<x:{s}> {p} {o} <x:{number}> .\n" for s, p, o in part).encode())
                    file.flush()
                    end = file.tell()
                    file.write(b"<x:not> ")  # what comes next may be there in part
                yield Block(f"<x:{number}>".encode(), start, end)
                with dump.open("ab") as file:
                    file.truncate(end)


@given(graphs=st.lists(LINES, max_size=4), piece=st.integers(1, 200))
def test_the_same_is_read_of_a_dump_that_is_whole_and_of_one_that_is_being_written(graphs, piece):
    with TemporaryDirectory() as name, pytest.MonkeyPatch.context() as patched:
        patched.setattr(blocks, "_PIECE", piece)
        dump = Path(name) / "dump.nq"
        dump.touch()
        followed = list(pieces(dump, written(dump, graphs)))
        whole = dump.read_bytes()
        assert b"".join(text for _, text in followed) == b"".join(text for _, text in pieces(dump)) == whole
        assert all(text.endswith(graph + b" .\n") for graph, text in followed)
        dump.unlink()
        dump.touch()
        classes = classes_in(dump, written(dump, graphs))
        assert classes == classes_in(dump)
        said = {(s, o) for lines in graphs for s, p, o in lines if p == TYPE.decode()}
        assert {(s[3:-1].decode(), o.decode()) for s, kinds in classes.items() for o in kinds} == said


def test_an_empty_dump_has_no_pieces(tmp_path):
    (tmp_path / "dump").touch()
    assert list(pieces(tmp_path / "dump")) == []
    with mapped(tmp_path / "dump") as lines:
        assert lines == b""
