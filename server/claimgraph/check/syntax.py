"""Every file must be Turtle 1.1 to all three readers: ours, which knows places, the store's, and rdflib's."""

from __future__ import annotations

from typing import TYPE_CHECKING

import rdflib
from pyoxigraph import RdfFormat, parse
from rdflib.plugins.parsers.notation3 import BadSyntax

from claimgraph.check.finding import Edit, Finding
from claimgraph.check.quiet import quiet_rdflib
from claimgraph.check.vocabulary import did_you_mean
from claimgraph.dataset.positions import Positions, positions
from claimgraph.errors import BadTurtle, Place
from claimgraph.sparql.prefixes import PREFIXES

if TYPE_CHECKING:
    from pathlib import Path

_UNDECLARED = "the prefix "


def read(path: Path, relative: str, *, scope: str) -> Positions | Finding:
    """Parse one file with every reader, or say where and why one of them cannot."""
    try:
        found = positions(path, file=relative, scope=scope)
    except OSError as error:
        return Finding(Place(relative, 1, 1), "CG002", f"the file cannot be read: {error.strerror}")
    except BadTurtle as error:
        return _bad(error, relative)
    return _refused_by_the_store(found) or _refused_by_rdflib(found) or found


def decoded(path: Path, relative: str) -> str | Finding:
    """Read a text file, or say why it cannot be read."""
    try:
        return path.read_bytes().decode()
    except OSError as error:
        return Finding(Place(relative, 1, 1), "CG002", f"the file cannot be read: {error.strerror}")
    except UnicodeDecodeError as error:
        before = error.object[: error.start]
        place = Place(relative, before.count(b"\n") + 1, len(before.rpartition(b"\n")[2].decode()) + 1)
        return Finding(place, "CG002", f"byte 0x{error.object[error.start]:02X} is not UTF-8")


def _bad(error: BadTurtle, relative: str) -> Finding:
    place = error.place or Place(relative, 1, 1)
    if "UTF-8" in error.message:
        return Finding(place, "CG002", error.message)
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


def _refused_by_rdflib(found: Positions) -> Finding | None:
    graph = rdflib.Graph()
    try:
        with quiet_rdflib():
            graph.parse(data=found.text, format="turtle")
    except BadSyntax as error:
        line = getattr(error, "lines", 0) + 1
        reason = str(getattr(error, "_why", "")) or "syntax error"
        return Finding(Place(found.file, line, 1), "CG001", f"rdflib cannot read this: {reason}")
    return None
