"""The dump of a snapshot: every quad as N-Quads, in an order that is the same on any machine."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Self

from pyoxigraph import RdfFormat

if TYPE_CHECKING:
    from pathlib import Path

    from pyoxigraph import NamedNode, Store

_END = b" .\n"


class Dump:
    """Write graphs into a file, each with its quads sorted, and count them; use it as a context manager."""

    def __init__(self, path: Path) -> None:
        """Create the file."""
        self.triples: dict[NamedNode, int] = {}
        self._file = path.open("wb")
        self._digest = hashlib.sha256()

    @property
    def sha256(self) -> str:
        """Return the SHA-256, in hexadecimal, of what was written so far."""
        return self._digest.hexdigest()

    def add(self, store: Store, *graphs: NamedNode) -> None:
        """Append graphs of a store, sorted by name."""
        for graph in sorted(graphs, key=lambda graph: graph.value):
            triples = store.dump(format=RdfFormat.N_TRIPLES, from_graph=graph) or b""
            lines = sorted(triples.splitlines(keepends=True))
            end = f" {graph}".encode() + _END
            text = b"".join(line[: -len(_END)] + end for line in lines)
            self._digest.update(text)
            self._file.write(text)
            self.triples[graph] = len(lines)

    def flush(self) -> None:
        """Make what was added so far readable for others."""
        self._file.flush()

    def __enter__(self) -> Self:
        """Return itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close the file."""
        self._file.close()
