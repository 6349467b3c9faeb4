"""Judge what a change bears on, and take the rest from memory."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Final

from pyoxigraph import NamedNode

from claimgraph.check.again.bearing import borne_on, judged_with
from claimgraph.check.again.change import Change, Everything
from claimgraph.check.again.numbers import Said, name_number, number, number_of, said_in
from claimgraph.check.again.remember import OF_FILES, UNREAD, read_finding, subjects_at, told
from claimgraph.check.again.shelf import Shelf
from claimgraph.check.corpus import Corpus, Part
from claimgraph.check.names import RDF_TYPE, folder_of, name
from claimgraph.check.reach import looks_further
from claimgraph.check.steps import ON_DATA

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from claimgraph.check.again.memory import Memory
    from claimgraph.check.corpus import Source
    from claimgraph.check.finding import Finding
    from claimgraph.dataset import Layout
    from claimgraph.dataset.positions import Node

_CLAIM: Final = name("cg:Claim")
_MOST: Final = 20_000
"""Things that are judged one by one."""


def judge_again(layout: Layout, memory: Memory) -> set[Finding]:
    """Return what a check of everything would find, echoes and fleeting findings aside, and remember it.

    Raises:
        Everything: all has to be judged; what is remembered must then be left as it is.
    """
    again = _Again(layout, memory)
    faults = again.read()
    return faults or again.findings()


@dataclass
class _Again:
    layout: Layout
    memory: Memory
    change: Change = field(default_factory=Change)
    whole: set[str] = field(default_factory=set)
    """The files that are judged as files too: those that have changed, and what a changed graph is the graph of."""

    def __post_init__(self) -> None:
        self.shelf = Shelf(self.layout, self.memory)

    def read(self) -> set[Finding]:
        """Read what has changed and what everything is judged by; return the faults of files that do not parse."""
        before, now = self.memory.files(), {file.relative: file.sha256 for file in self.layout.files()}
        self.hashes = now
        changed = {path for path in before.keys() | now.keys() if before.get(path) != now.get(path)}
        self.copies = {path for path in changed if _may_be_copy(self.layout, path)}
        self.gone = {path for path in changed if path not in now}
        graphs = changed & self.shelf.data.keys()
        for path in sorted(changed - graphs - self.copies):
            if not (path in self.gone and self.memory.is_data(path)) and not _is_mapped(self.layout, path):
                raise Everything(f"{path} has changed")
        around = [file for path, file in self.shelf.files.items() if path not in self.shelf.data]
        faults = self.shelf.read([*around, *(self.shelf.data[path] for path in sorted(graphs))])
        if faults:
            return faults
        self.fixed = [self.shelf.sources[file.relative] for file in around]
        reason = looks_further(source for source in self.fixed if source.role == "shapes")
        if reason:
            raise Everything(reason)
        self.whole |= graphs
        self._put(changed, graphs)
        return set()

    def _put(self, changed: set[str], graphs: set[str]) -> None:
        """Remember the files as they are, and find what they say otherwise."""
        described = self.memory.files_of({one for path in graphs for one in self.shelf.nodes(path)})
        for path in graphs:
            source = self.shelf.sources[path]
            elsewhere = set().union(*(there for other, there in described.items() if other != path))
            elsewhere |= {one for other in graphs - {path} for one in self.shelf.nodes(other)}
            several = {node for one, node in self.shelf.nodes(path).items() if one in elsewhere}
            now = said_in(source.positions, several)
            self.change.add(self.memory.said(path), now)
            self.memory.put(path, self.hashes[path], now)
        for path in changed - graphs:
            self.change.add(self.memory.said(path), Said())
            if path in self.gone:
                self.memory.drop(path)
            else:
                self.memory.put(path, self.hashes[path], Said(), leans=True)
        there = {one for found in self.memory.files_of(self.change.ended).values() for one in found}
        if self.change.of("rdf:type") & {
            one for path, found in described.items() if path not in graphs for one in found
        }:
            raise Everything("several files describe a thing whose class has changed")
        self.change.ended -= there
        self.change.begun -= {one for path, found in described.items() if path not in graphs for one in found}

    def findings(self) -> set[Finding]:
        """Judge, and put together with what stays."""
        known = [read_finding(told) for told in self.memory.findings()]
        judged = self._to_judge(known)
        if len(judged) > _MOST:
            raise Everything("the change bears on very many things")
        files = self.whole | self.gone
        kept = {
            finding: about
            for finding, about in known
            if finding.place.file not in files
            and (about.isdisjoint(judged) or finding.code in OF_FILES or finding.place.file not in self.shelf.data)
        }
        corpus = self._corpus(judged)
        new = {}
        for finding in (finding for step in ON_DATA for finding in step(corpus)):
            about = subjects_at(finding.place, self.shelf.sources) if finding.place.file in self.shelf.data else set()
            if finding.place.file in self.whole if finding.code in OF_FILES else not judged.isdisjoint(about):
                new[finding] = about
        if any(finding.code == UNREAD for finding in new):
            raise Everything("a file changed while it was read")
        self.memory.keep_findings(told(finding, about) for finding, about in (kept | new).items())
        return {*kept, *new}

    def _to_judge(self, known: Iterable[tuple[Finding, set[int]]]) -> set[int]:
        """Find what has to be judged: what the change bears on, and what was found in, or speaks of, changed files."""
        ours = {one for source in self.fixed for one in map(number, source.positions.subjects)}
        if not self.change.subjects.isdisjoint(ours):
            raise Everything("the data speak of what the ontology describes")
        judged: set[int] = set()
        graphs = {number(file.graph): path for path, file in self.shelf.data.items()}
        touched = {graphs[one] for one in self.change.subjects & graphs.keys()}
        for path in self._beside_copies():
            touched.add(path)
            said = self.memory.said(path).triples
            self.change.triples |= {triple for triple in said if triple[1] == number_of("cg:evidentiaryCopy")}
        for path in touched:
            # What a graph says of itself, and a copy beside it, bear on all that stands in it.
            self.whole.add(path)
            judged |= self.shelf.nodes(path).keys()
        judged |= borne_on(self.change, self.memory, self.shelf)
        judged |= {number(claim) for path in self.whole for claim in _first_claim(self.shelf.sources[path])}
        files = self.whole | self.gone
        is_named = self.change.begun | self.change.ended
        for finding, about in known:
            speaks = any(f"{file}:" in finding.hint for file in files)
            is_open = finding.code == "CG803" or (finding.code == "CG109" and is_named)
            if finding.place.file in files or speaks or is_open:
                judged |= about
        return self.shelf.parts(judged)

    def _beside_copies(self) -> Iterator[str]:
        folders = {str(folder) for path in self.copies for folder in PurePosixPath(path).parents}
        return (path for path in self.shelf.data if str(PurePosixPath(path).parent) in folders)

    def _corpus(self, judged: set[int]) -> Corpus:
        """Put together what is judged and what that takes."""
        mentioned = {one for source in self.fixed for _, _, o in source.positions for one in [number(o)]}
        there = judged_with(judged | mentioned, self.memory, self.shelf)
        if len(there) > _MOST * 5:
            raise Everything("very many things are needed to judge what the change bears on")
        sources = list(self.fixed)
        by_file = self.memory.files_of(there)
        for path in by_file.keys() | self.whole:
            source, nodes = self.shelf.source(path), self.shelf.nodes(path)
            kept = {nodes[one] for one in by_file.get(path, ())} | {source.graph}
            sources.append(replace(source, positions=source.positions.only(kept)))
        order = {file.path: place for place, file in enumerate(self.shelf.files.values())}
        sources.sort(key=lambda source: order[source.path])
        led_to = self._nodes(self.memory.mentioned(judged))
        part = Part(frozenset(self.whole), self._nodes(judged), led_to, self._in_folder)
        return Corpus(self.layout, sources, [], part)

    def _nodes(self, numbers: set[int]) -> frozenset[Node]:
        """Turn numbers into the things of the data that they stand for."""
        found = self.memory.files_of(numbers).items()
        return frozenset(self.shelf.nodes(path)[one] for path, there in found for one in there)

    def _in_folder(self, folder: str) -> Iterator[NamedNode]:
        for path in self.memory.files_naming([name_number(f"in {folder}")]):
            for node in self.shelf.source(path).positions.subjects:
                if isinstance(node, NamedNode) and folder_of(node.value) == folder:
                    yield node


def _first_claim(source: Source) -> list[Node]:
    found = (s for s, p, o in source.positions if p == RDF_TYPE and o == _CLAIM)
    return [claim for claim in [next(found, None)] if claim is not None]


def _may_be_copy(layout: Layout, path: str) -> bool:
    """Tell whether a file may be the copy of a document: it stands among the Turtle and is none."""
    return (
        path.startswith(f"{layout.data.name}/") and not path.startswith(_sources(layout)) and not path.endswith(".ttl")
    )


def _is_mapped(layout: Layout, path: str) -> bool:
    """Tell whether a file is only seen by mappings: what these make of it is a graph of its own."""
    return path.startswith(_sources(layout)) and not path.endswith((".rq", ".ttl"))


def _sources(layout: Layout) -> str:
    return layout.sources.relative_to(layout.root).as_posix() + "/"
