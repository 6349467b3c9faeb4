"""Every file must be Turtle 1.1 to both readers: ours, which knows places, and the store's."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from pyoxigraph import RdfFormat, parse

from claimgraph.check.finding import Edit, Finding
from claimgraph.check.quick import quick
from claimgraph.check.vocabulary import did_you_mean
from claimgraph.dataset.positions import read as read_turtle
from claimgraph.errors import BadTurtle, Place
from claimgraph.sparql.prefixes import PREFIXES

if TYPE_CHECKING:
    from claimgraph.dataset import SourceFile
    from claimgraph.dataset.positions import Positions, Term

LARGEST: Final = 100_000_000
"""Bytes of the largest file that is read; such a graph is nothing that people review, and hosts of git refuse it."""
_UNDECLARED = "the prefix "


def read(file: SourceFile, *, scope: str, known: dict[Term, Term] | None = None) -> Positions | Finding:
    """Parse one file, or say where and why one of the readers cannot.

    ``scope`` begins the names of its blank nodes; ``known`` holds the terms of other files, so that each is kept once.
    """
    text, relative = decoded(file), file.relative
    if isinstance(text, Finding):
        return text
    fast = quick(text, relative, {} if known is None else known)
    if fast is not None:
        return fast
    try:
        found = read_turtle(text, relative, scope=scope)
    except BadTurtle as error:
        return _bad(error, relative)
    return _refused_by_the_store(found) or found


def decoded(file: SourceFile) -> str | Finding:
    """Read a text file, or say why it cannot be read."""
    relative = file.relative
    try:
        size = file.path.stat().st_size
        if size > LARGEST:
            message = f"the file has {size:,} bytes; more than {LARGEST:,} are not read"
            return Finding(Place(relative, 1, 1), "CG002", message, "divide it into several files")
        return file.read().decode()
    except OSError as error:
        return Finding(Place(relative, 1, 1), "CG002", f"the file cannot be read: {error.strerror}")
    except UnicodeDecodeError as error:
        before = error.object[: error.start]
        place = Place(relative, before.count(b"\n") + 1, len(before.rpartition(b"\n")[2].decode()) + 1)
        return Finding(place, "CG002", f"byte 0x{error.object[error.start]:02X} is not UTF-8")


def _bad(error: BadTurtle, relative: str) -> Finding:
    place = error.place or Place(relative, 1, 1)
    if not error.message.startswith(_UNDECLARED):
        return Finding(place, "CG001", error.message)
    prefix = error.message.removeprefix(_UNDECLARED).partition(":")[0]
    if prefix in PREFIXES:
        declaration = f"@prefix {prefix}: <{PREFIXES[prefix]}> ."
        fix = Edit(Place(relative, 1, 1), "", f"{declaration}\n")
        return Finding(place, "CG101", error.message, f"add {declaration}", fix=(fix,))
    return Finding(place, "CG101", error.message, did_you_mean(prefix, PREFIXES))


def _refused_by_the_store(found: Positions) -> Finding | None:
    try:
        for _ in parse(found.text, format=RdfFormat.TURTLE):
            pass
    except SyntaxError as error:
        place = Place(found.file, error.lineno or 1, error.offset or 1)
        return Finding(place, "CG001", error.msg.partition(": ")[2] or error.msg)
    return None
