"""The one place where Turtle files are read into quads, with blank nodes that are named alike on every machine."""

from __future__ import annotations

import hashlib
import re
from contextlib import contextmanager
from typing import TYPE_CHECKING

from pyoxigraph import BlankNode, Quad, RdfFormat, parse

from claimgraph.errors import BadTurtle, Place

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pyoxigraph import Store

    from claimgraph.dataset.files import SourceFile

_BLANK_NODE_MARKS = (b"[", b"(", b"_:")
_LONG_STRING_MARKS = (b'"""', b"'''")
_ONLY_STRING = re.compile(rb"""^([^"'\\\r\n]*")[^"'\\\r\n]*("[^"'\\\r\n]*)$""", re.MULTILINE)


def load(file: SourceFile) -> list[Quad]:
    """Read a Turtle file as the quads of its graph.

    Blank nodes are numbered in the order in which they appear, below a name made from the file's relative path, so the
    same text gives the same quads anywhere.

    Raises:
        BadTurtle: the file is not Turtle, is not UTF-8, cannot be read or has changed meanwhile; carries the place.
    """
    return _quads(file, _read(file))


def load_into(store: Store, file: SourceFile) -> None:
    """Read a Turtle file into its graph of a store; like :func:`load`, but faster where there is no blank node.

    Raises:
        BadTurtle: as :func:`load` does.
    """
    text = _read(file)
    if _may_have_blank_nodes(text):
        store.bulk_extend(_quads(file, text))
        return
    with _faults_placed(file):
        store.load(text, RdfFormat.TURTLE, to_graph=file.graph)  # in memory quicker than to load in bulk


def _may_have_blank_nodes(text: bytes) -> bool:
    """Tell whether there may be a blank node; a bracket inside a string may be taken for one, which only costs time.

    Strings are left out where they are easily told: the only one on its line, in a text without those of many lines.
    """
    if not any(mark in text for mark in _BLANK_NODE_MARKS):
        return False
    bare = text if any(mark in text for mark in _LONG_STRING_MARKS) else _ONLY_STRING.sub(rb"\1\2", text)
    return any(mark in bare for mark in _BLANK_NODE_MARKS)


def _read(file: SourceFile) -> bytes:
    try:
        return file.read()
    except OSError as error:
        raise BadTurtle(f"cannot be read: {error.strerror}", place=Place(file.relative, 1, 1)) from error


def _quads(file: SourceFile, text: bytes) -> list[Quad]:
    names: dict[str, BlankNode] = {}
    prefix = "b" + hashlib.sha256(file.relative.encode()).hexdigest()[:8]

    def rename(term: object) -> BlankNode | None:
        if not isinstance(term, BlankNode):
            return None
        return names.setdefault(term.value, BlankNode(f"{prefix}n{len(names)}"))

    with _faults_placed(file):
        return [
            Quad(rename(quad.subject) or quad.subject, quad.predicate, rename(quad.object) or quad.object, file.graph)
            for quad in parse(text, RdfFormat.TURTLE)
        ]


@contextmanager
def _faults_placed(file: SourceFile) -> Iterator[None]:
    """Turn the parser's error into one that names the file as people know it."""
    try:
        yield
    except SyntaxError as error:
        place = Place(file.relative, error.lineno or 1, error.offset or 1)
        raise BadTurtle(_reason(error), place=place) from error


def _reason(error: SyntaxError) -> str:
    """Cut off the place that the parser's message repeats."""
    message = error.msg or str(error)
    head, colon, tail = message.partition(": ")
    return tail if colon and head.startswith("Parser error at") else message
