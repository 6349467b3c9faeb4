"""The files of a dataset, each parsed when something in it is asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from pyoxigraph import BlankNode, Literal

from claimgraph.check.again.change import Everything
from claimgraph.check.again.numbers import number, number_of
from claimgraph.check.reading import parse, role
from claimgraph.check.vocabulary import OURS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from claimgraph.check.again.memory import Memory
    from claimgraph.check.corpus import Source
    from claimgraph.check.finding import Finding
    from claimgraph.dataset import Layout, SourceFile
    from claimgraph.dataset.positions import Node, Term, Triple

_LARGE: Final = 100_000
"""Triples from which on it matters how many files are read."""


class Shelf:
    """Give the parsed files, and what all of them say of a thing."""

    def __init__(self, layout: Layout, memory: Memory) -> None:
        """Take a dataset and what is remembered of it, which must know of all files as they are."""
        self._layout = layout
        self._memory = memory
        self._known: dict[Term, Term] = {}
        self._nodes: dict[str, dict[int, Node]] = {}
        self._read = 0
        self.files = {file.relative: file for file in layout.graphs()}
        self.data = {name: file for name, file in self.files.items() if role(layout, file) == "data"}
        self.sources: dict[str, Source] = {}

    def read(self, files: Iterable[SourceFile]) -> set[Finding]:
        """Parse some files, and return what is wrong with those that do not parse."""
        wanted = [file for file in files if file.relative not in self.sources]
        found, faults = parse(self._layout, wanted, known=self._known)
        self.sources |= {source.positions.file: source for source in found}
        self._read += sum(len(source.positions.triples) for source in found)
        return set(faults)

    def source(self, file: str) -> Source:
        """Return a file.

        Raises:
            Everything: it does not parse any more, or most of a large dataset has been read by now.
        """
        if file not in self.sources:
            if self._read > _LARGE and len(self.sources) * 2 > len(self.files):
                raise Everything("the change bears on most files")
            if self.read([self.files[file]]):
                raise Everything(f"{file} changed while it was read")
        return self.sources[file]

    def nodes(self, file: str) -> dict[int, Node]:
        """Map the numbers of what a file describes to what they stand for."""
        if file not in self._nodes:
            self._nodes[file] = {number(node): node for node in self.source(file).positions.subjects}
        return self._nodes[file]

    def said_of(self, subjects: Iterable[int]) -> Iterator[tuple[str, Node, list[Triple]]]:
        """Give what each file of data says of some things: its name, the thing, and the triples."""
        for file, there in self._memory.files_of(subjects).items():
            nodes, described = self.nodes(file), self.source(file).positions.subjects
            for one in there:
                yield file, nodes[one], described[nodes[one]]

    def values(self, subjects: Iterable[int], *curies: str) -> set[int]:
        """Find the values that some things have of some predicates."""
        wanted = set(map(number_of, curies))
        triples = (triple for _, _, said in self.said_of(subjects) for triple in said)
        return {number(triple[2]) for triple in triples if number(triple[1]) in wanted}

    def reached(self, subjects: Iterable[int], *curies: str) -> set[int]:
        """Find what some things lead to over predicates, step by step; over any where none is named."""
        wanted = set(map(number_of, curies))
        found, new = set(subjects), set(subjects)
        while new:
            triples = (triple for _, _, said in self.said_of(new) for triple in said)
            new = {number(o) for _, p, o, *_ in triples if _leads(o) and (not wanted or number(p) in wanted)} - found
            found |= new
        return found

    def parts(self, subjects: Iterable[int]) -> set[int]:
        """Find the blank nodes that some things lead to: they have no place of their own in other files."""
        found, new = set(subjects), set(subjects)
        while new:
            triples = (triple for _, _, said in self.said_of(new) for triple in said)
            new = {number(triple[2]) for triple in triples if isinstance(triple[2], BlankNode)} - found
            found |= new
        return found


def _leads(term: Term) -> bool:
    return not isinstance(term, Literal) and not term.value.startswith(OURS)
