"""Names of one version of a dataset in a store that holds several: what data, queries and answers have to agree in.

A graph of version ``0123456789abcdef…`` is kept under its name with ``--v0123456789abcdef`` behind it, so that its name
begins as it does anywhere else. Blank nodes are kept as IRIs, since the same triple may be sent twice. Both marks are
made of characters that no syntax of RDF escapes, so they can be taken out of an answer as they stand.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from pyoxigraph import BlankNode, Literal, NamedNode, Triple

BLANK = "urn:claimgraph:blank:"
"""What the IRI of a blank node begins with."""
ANY_MARK = re.compile(r"--v[0-9a-f]{16}")
"""What stands behind the names of any version."""
_SHOWN = 16  # hexadecimal digits of a digest: two versions in one store that agree in them do not happen


@dataclass(frozen=True)
class Version:
    """Be one version: the digest of its snapshot, and the names of its graphs."""

    digest: str
    graphs: frozenset[str]
    _kept: dict[bytes, bytes] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Have at hand what is looked up for every line."""
        kept = {f"<{name}>".encode(): f"<{self.named(name)}>".encode() for name in self.graphs}
        object.__setattr__(self, "_kept", kept)

    @property
    def mark(self) -> str:
        """Return what stands behind every name of the version."""
        return f"--v{self.digest[:_SHOWN]}"

    @property
    def merged(self) -> str:
        """Name the graph that holds every triple of the version, once."""
        return "urn:claimgraph:merged" + self.mark

    def named(self, graph: str) -> str:
        """Return the name under which a graph is kept; one that the version does not have names nothing then."""
        return graph + self.mark

    def line(self, triple: bytes) -> bytes:
        """Write a line of N-Triples in the names of the version."""
        subject, predicate, rest = triple.split(b" ", 2)
        return b"%s %s %s .\n" % (self._term(subject), predicate, self._term(rest[: -len(b" .\n")]))

    def triple_back(self, triple: Triple) -> Triple:
        """Write a triple of an answer in the names that clients know."""
        return Triple(_plain(triple.subject, self.mark), triple.predicate, _plain(triple.object, self.mark))

    def _term(self, written: bytes) -> bytes:
        if written.startswith(b"_:"):
            return b"<%s%s%s>" % (BLANK.encode(), written[2:], self.mark.encode())
        return self._kept.get(written, written) if written.startswith(b"<") else written


def _plain(term: Any, mark: str) -> Any:  # noqa: ANN401 - a term of any kind stays one that may stand there
    if isinstance(term, BlankNode | Triple) or mark not in term.value:
        return term
    plain = term.value.replace(mark, "")
    if isinstance(term, NamedNode):
        return BlankNode(plain.removeprefix(BLANK)) if plain.startswith(BLANK) else NamedNode(plain)
    return Literal(plain, language=term.language) if term.language else Literal(plain, datatype=term.datatype)
