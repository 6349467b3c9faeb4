"""What differs between the dumps of two snapshots: found graph by graph, without reading what is the same."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from claimgraph.snapshot.blocks import blocks, mapped
from claimgraph.sparql.prefixes import expand

if TYPE_CHECKING:
    from mmap import mmap
    from pathlib import Path

MOST: Final = 20_000
"""Things that are told one by one; beyond, only counts are."""
_DESCRIPTION: Final = b"graph/snapshot>"  # a snapshot's own description is no content
_TYPE, _CLAIM, _POSITION, _WITHDRAWN = (
    f"<{expand(curie)}>".encode() for curie in ("rdf:type", "cg:Claim", "cg:Position", "cg:withdrawnBy")
)


@dataclass(slots=True)
class Changed:
    """Be what differs: how many claims and positions came and went, and the IRIs of the things that differ.

    ``things`` has at most so many as are told one by one, and one more where there are more.
    """

    claims_added: int = 0
    claims_removed: int = 0
    claims_withdrawn: int = 0
    positions_taken: int = 0
    positions_gone: int = 0
    things: set[str] = field(default_factory=set)

    @property
    def is_whole(self) -> bool:
        """Tell whether ``things`` are all that differ."""
        return len(self.things) <= MOST

    def words(self) -> str:
        """Say it in words."""
        said = [
            _counted(self.claims_added, "claim", "added"),
            _counted(self.claims_removed, "claim", "removed"),
            _counted(self.claims_withdrawn, "claim", "withdrawn"),
            _counted(self.positions_taken, "position", "taken"),
            _counted(self.positions_gone, "position", "given up"),
        ]
        told = ", ".join(filter(None, said))
        return told or ("changes, but none of claims or positions" if self.things else "no change")

    def counts(self) -> dict[str, int]:
        """Return the counts by name."""
        names = ("claims_added", "claims_removed", "claims_withdrawn", "positions_taken", "positions_gone")
        return {name: getattr(self, name) for name in names}


def _counted(count: int, what: str, verb: str) -> str:
    return f"{count:,} {what}{'' if count == 1 else 's'} {verb}" if count else ""


def compare_dumps(before: Path, after: Path) -> Changed:
    """Compare two dumps."""
    changed = Changed()
    come, gone = _Told(), _Told()
    with mapped(before) as old_lines, mapped(after) as new_lines:
        old, new = _by_graph(old_lines), _by_graph(new_lines)
        for graph in sorted(old.keys() | new.keys()):
            was, now = old.get(graph, b""), new.get(graph, b"")
            if len(was) == len(now) and bytes(was) == bytes(now):
                continue
            lines_before, lines_now = set(bytes(was).splitlines()), set(bytes(now).splitlines())
            owners = _owners(lines_before | lines_now) if any(map(_is_blank, lines_before ^ lines_now)) else {}
            for lines, told in ((lines_before - lines_now, gone), (lines_now - lines_before, come)):
                for line in lines:
                    _take(line, told, owners, changed.things)
        for view in (*old.values(), *new.values()):
            view.release()
    changed.claims_added = len(come.claims - gone.claims)
    changed.claims_removed = len(gone.claims - come.claims)
    changed.claims_withdrawn = len(come.withdrawn - gone.withdrawn)
    changed.positions_taken = len(come.positions - gone.positions)
    changed.positions_gone = len(gone.positions - come.positions)
    return changed


@dataclass(slots=True)
class _Told:
    """What lines tell of claims and positions: who is one, and which claims were withdrawn by what."""

    claims: set[bytes] = field(default_factory=set)
    positions: set[bytes] = field(default_factory=set)
    withdrawn: set[bytes] = field(default_factory=set)


def _by_graph(lines: bytes | mmap) -> dict[bytes, memoryview]:
    whole = memoryview(lines)
    return {
        block.graph: whole[block.start : block.end] for block in blocks(lines) if not block.graph.endswith(_DESCRIPTION)
    }


def _take(line: bytes, told: _Told, owners: dict[bytes, set[bytes]], things: set[str]) -> None:
    subject, predicate, rest = line.split(b" ", 2)
    if predicate == _TYPE:
        kind = rest.partition(b" ")[0]
        if kind == _CLAIM:
            told.claims.add(subject)
        elif kind == _POSITION:
            told.positions.add(subject)
    elif predicate == _WITHDRAWN:
        told.withdrawn.add(subject + b" " + rest.partition(b" ")[0])
    if len(things) <= MOST:
        things.update(iri[1:-1].decode() for iri in _named(subject, owners))


def _is_blank(line: bytes) -> bool:
    return line.startswith(b"_:")


def _owners(lines: set[bytes]) -> dict[bytes, set[bytes]]:
    """Map each blank node to what points to it."""
    found: defaultdict[bytes, set[bytes]] = defaultdict(set)
    for line in lines:
        subject, _, rest = line.split(b" ", 2)
        if rest.startswith(b"_:"):
            found[rest.partition(b" ")[0]].add(subject)
    return found


def _named(subject: bytes, owners: dict[bytes, set[bytes]]) -> set[bytes]:
    """Return a thing, or for a blank node the things that lead to it."""
    found, seen, waiting = set(), {subject}, [subject]
    while waiting:
        one = waiting.pop()
        if one.startswith(b"_:"):
            waiting += owners.get(one, set()) - seen
            seen |= owners.get(one, set())
        else:
            found.add(one)
    return found
