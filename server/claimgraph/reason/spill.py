"""Conclusions that no rule reads, kept in files: the store takes some 350 bytes of memory for a triple."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from pyoxigraph import NamedNode

    from claimgraph.reason.shape import Shape

_LITERAL = b'"'


class Spill:
    """Keep triples as lines of N-Triples in a file for each graph; one may be there twice."""

    def __init__(self, folder: Path) -> None:
        """Keep them in a folder, which is made."""
        folder.mkdir()
        self._folder = folder
        self._files: dict[NamedNode, Path] = {}

    @property
    def graphs(self) -> set[NamedNode]:
        """Return the graphs of which something is kept here."""
        return set(self._files)

    def take(self, graph: NamedNode, text: bytes, shapes: Sequence[Shape], wanted: Sequence[Shape]) -> bytes:
        """Of lines of a graph, which have some shapes, keep those that have the wanted ones, and return the others.

        Text with literals is returned as it is: the store may write them otherwise than a query does.
        """
        if _LITERAL in text:
            return text
        taken, left = (text, b"") if len(wanted) == len(shapes) else _apart(text, wanted)
        path = self._files.setdefault(graph, self._folder / f"{len(self._files)}.nt")
        with path.open("ab") as file:
            file.write(taken)
        return left

    def files(self, graph: NamedNode) -> list[Path]:
        """Return the files with what is kept of a graph: one or none."""
        return [self._files[graph]] if graph in self._files else []


def _apart(text: bytes, shapes: Sequence[Shape]) -> tuple[bytes, bytes]:
    """Part lines by whether they have one of some shapes; no term of theirs has a space in it."""
    ends = "|".join(re.escape(f"{shape.predicate} {shape.class_ or ''}") for shape in shapes)
    taken = re.compile(rf"^\S+ (?:{ends}).*\n".encode(), re.MULTILINE)
    return b"".join(taken.findall(text)), taken.sub(b"", text)
