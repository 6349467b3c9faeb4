"""From an asserted triple to the line that asserts it, and to who wrote the line."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from pyoxigraph import BlankNode

from claimgraph.dataset import description_graph, load
from claimgraph.dataset.positions import read
from claimgraph.errors import BadTurtle
from claimgraph.explain.blank import key, signatures
from claimgraph.explain.history import blame
from claimgraph.explain.proof import Source
from claimgraph.reason.backward.fact import as_stored, terms_of

if TYPE_CHECKING:
    from pyoxigraph import NamedNode

    from claimgraph.dataset import Layout, SourceFile
    from claimgraph.errors import Place
    from claimgraph.explain.history import Change
    from claimgraph.reason.backward.fact import Fact
    from claimgraph.snapshot import Manifest

_CHANGED = "the file has changed since the snapshot was built"


class _File:
    """Find triples in one file; the file is read when it is first needed."""

    def __init__(self, source: SourceFile) -> None:
        written = read(source.read().decode(), source.relative)
        self._names: dict[BlankNode, str] = {}
        names: dict[BlankNode, str] = {}
        if any(isinstance(term, BlankNode) for triple in written for term in triple):
            self._names = signatures(terms_of(quad) for quad in load(source))
            names = signatures(iter(written))
        self._places: dict[object, list[Place]] = {}
        for subject, predicate, value, _, _, offset in written.triples:
            found = self._places.setdefault((key(subject, names), predicate, key(as_stored(value), names)), [])
            found.append(written.at(offset))

    def places(self, fact: Fact) -> list[Place]:
        """Find where a triple is written."""
        return self._places.get((key(fact.subject, self._names), fact.predicate, key(fact.value, self._names)), [])


class Sources:
    """Find the sources of asserted triples, as far as the files of the dataset are at hand."""

    def __init__(self, layout: Layout | None, manifest: Manifest | None, base: str) -> None:
        """Keep where the files are; ``manifest`` tells which of them are still what the snapshot was built from."""
        self._root = layout.root if layout else None
        self._files = {file.graph: file for file in layout.graphs()} if layout else {}
        self._built = {entry.graph: entry for entry in manifest.files if entry.graph} if manifest else {}
        self._described = description_graph(base)
        self._read: dict[NamedNode, _File | None] = {}
        self._changes: dict[str, dict[int, Change] | None] = {}

    def of(self, fact: Fact, graph: NamedNode) -> list[Source]:
        """List the places where a graph asserts a triple: one at least, with a note where the line is not known."""
        if graph == self._described:
            return [Source(graph, note="the build describes its own graphs")]
        file, built = self._files.get(graph), self._built.get(graph.value)
        if file is None:
            path = built.path if built else None
            return [Source(graph, path, note="the files of the dataset are not at hand")]
        if built and built.sha256 != file.sha256:
            return [Source(graph, file.relative, note=_CHANGED)]
        read = self._opened(file)
        places = read.places(fact) if read else []
        return [self._source(graph, place) for place in places] or [Source(graph, file.relative, note=_CHANGED)]

    def _opened(self, file: SourceFile) -> _File | None:
        if file.graph not in self._read:
            try:
                self._read[file.graph] = _File(file)
            except (BadTurtle, OSError, UnicodeDecodeError):
                self._read[file.graph] = None
        return self._read[file.graph]

    def _source(self, graph: NamedNode, place: Place) -> Source:
        source = Source(graph, place.file, place.line, place.column)
        if place.file not in self._changes:
            self._changes[place.file] = blame(self._root, place.file) if self._root else None
        changes = self._changes[place.file]
        change = changes.get(place.line) if changes else None
        if change is None:
            return replace(source, note="the dataset is no git checkout")
        note = "" if change.commit else "not committed yet"
        return replace(source, commit=change.commit, author=change.author, date=change.date, note=note)
