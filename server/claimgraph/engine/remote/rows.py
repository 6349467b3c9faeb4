"""SPARQL JSON of an endpoint, written as clients know it while it passes through."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from claimgraph.sparql.version import BLANK

if TYPE_CHECKING:
    from claimgraph.sparql.version import Version

_LONGEST: Final = 1024
"""Bytes that are more than the longest thing that is written otherwise."""
_TYPED: Final = rb'("type"\s*:\s*)"typed-literal"'
"""What drafts of the recommendation called a literal with a datatype, and Virtuoso still does."""


class Rows:
    """Take the pieces of one answer; keeps back what may be the beginning of something that is written otherwise.

    In a value no quotation mark stands without a backslash before it, so nothing in a value is taken for a term.
    """

    def __init__(self, version: Version | None) -> None:
        """Take the version whose names are in the answer; without one, names stay as they are."""
        self._pattern = re.compile(_TYPED if version is None else _of_version(version.mark))
        self._kept = b""

    def take(self, piece: bytes) -> bytes:
        """Return what can be sent by now; an empty piece is the last one."""
        text = self._kept + piece
        end = len(text) if not piece else max(0, len(text) - _LONGEST)
        sent: list[bytes] = []
        place = 0
        for found in self._pattern.finditer(text):
            if found.start() >= end:
                break
            sent += (text[place : found.start()], _plain(found))
            place = found.end()
        end = max(end, place)
        self._kept = text[end:]
        return b"".join((*sent, text[place:end]))


def _of_version(mark: str) -> bytes:
    """Find the IRIs of blank nodes, with what says that they are IRIs, and marks anywhere else."""
    kind = rb'"type"\s*:\s*"uri"'
    blank = rb'"value"\s*:\s*"' + BLANK.encode() + rb"([A-Za-z0-9_.-]+?)" + mark.encode() + rb'"'
    either = (rb"\{\s*%s\s*,\s*%s\s*\}" % (kind, blank), rb"\{\s*%s\s*,\s*%s\s*\}" % (blank, kind))
    return b"|".join((_TYPED, *either, mark.encode()))


def _plain(found: re.Match[bytes]) -> bytes:
    if found[1]:
        return found[1] + b'"literal"'
    label = found[2] or found[3] if found.re.groups > 1 else None
    return b'{"type":"bnode","value":"%s"}' % label if label else b""
