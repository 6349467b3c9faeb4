"""The dataset as the checks see it: every Turtle file parsed once, with places, and indexed."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Literal, NamedTuple

from pyoxigraph import NamedNode

from claimgraph.check.names import RDF_TYPE, folder_of
from claimgraph.errors import BadHeader, BadRule

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator
    from pathlib import Path

    from claimgraph.check.texts import SparqlText
    from claimgraph.dataset import Layout
    from claimgraph.dataset.positions import Node, Positions, Term
    from claimgraph.errors import ClaimgraphError, Place
    from claimgraph.reason import Rule

Role = Literal["ontology", "alignments", "shapes", "data"]


@dataclass(frozen=True, slots=True)
class Source:
    """One Turtle file that parses: where it is, which graph it fills, what it is for, and its triples with places."""

    path: Path
    graph: NamedNode
    role: Role
    positions: Positions


class Statement(NamedTuple):
    """One triple with the file and the offsets of its three parts."""

    subject: Node
    predicate: NamedNode
    object: Term
    source: Source
    subject_at: int
    predicate_at: int
    object_at: int

    def at(self, offset: int) -> Place:
        """Turn one of the offsets into a place."""
        return self.source.positions.at(offset)


@dataclass(frozen=True, slots=True)
class Part:
    """Say what is judged, where the rest is there only to judge that by.

    ``files`` are judged as files, ``things`` by all that is said of them. ``led_to`` are those to which something leads
    that is not there; ``in_folder`` gives the things of a folder of names that may not be there.
    """

    files: Collection[str]
    things: Collection[Term]
    led_to: Collection[Term]
    in_folder: Callable[[str], Iterable[NamedNode]]


class Corpus:
    """Hold the parsed files and answer what they say together."""

    def __init__(
        self, layout: Layout, sources: list[Source], texts: list[SparqlText], part: Part | None = None
    ) -> None:
        """Take the Turtle and the SPARQL files in the order of the dataset, or what is needed to judge a part of it."""
        self.layout = layout
        self.sources = sources
        self.texts = texts
        self._part = part

    def judges_file(self, source: Source) -> bool:
        """Tell whether a file is judged as such, and all of it is there."""
        return self._part is None or source.positions.file in self._part.files

    def judges(self, thing: Term) -> bool:
        """Tell whether a thing is judged."""
        return self._part is None or thing in self._part.things

    @property
    def led_to(self) -> Collection[Term]:
        """Things that something leads to which is not there."""
        return self._part.led_to if self._part else ()

    def in_folder(self, folder: str) -> set[NamedNode]:
        """Find all that is described and has a name in a folder of names."""
        return self._folders.get(folder, set()).union(self._part.in_folder(folder) if self._part else ())

    @cached_property
    def _folders(self) -> dict[str, set[NamedNode]]:
        found: defaultdict[str, set[NamedNode]] = defaultdict(set)
        for node in self.described:
            if isinstance(node, NamedNode):
                found[folder_of(node.value)].add(node)
        return dict(found)

    def of(self, *roles: Role) -> Iterator[Source]:
        """Iterate over the sources of some roles."""
        return (source for source in self.sources if source.role in roles)

    def statements(self, *roles: Role) -> Iterator[Statement]:
        """Iterate over the triples of some roles, in the order of files and lines."""
        for source in self.of(*roles):
            for s, p, o, s_at, p_at, o_at in source.positions.triples:
                yield Statement(s, p, o, source, s_at, p_at, o_at)

    @cached_property
    def _by_predicate(self) -> dict[NamedNode, list[Statement]]:
        found: defaultdict[NamedNode, list[Statement]] = defaultdict(list)
        for statement in self.statements("data"):
            found[statement.predicate].append(statement)
        return dict(found)

    @cached_property
    def predicates(self) -> frozenset[NamedNode]:
        """The predicates that data use."""
        return frozenset(self._by_predicate)

    def with_predicate(self, predicate: NamedNode) -> list[Statement]:
        """List the triples of the data that have a predicate, in the order of files and lines."""
        return self._by_predicate.get(predicate, [])

    def first_of(self, predicate: NamedNode) -> dict[Term, Statement]:
        """Map each subject of the data that has a predicate to the first triple that says so."""
        return {statement.subject: statement for statement in reversed(self.with_predicate(predicate))}

    @cached_property
    def loaded_rules(self) -> tuple[list[Rule], list[ClaimgraphError]]:
        """The rules that load, and why the others do not."""
        from claimgraph.reason import load_rule  # noqa: PLC0415 - it brings rdflib, which data need not wait for

        rules: list[Rule] = []
        faults: list[ClaimgraphError] = []
        for text in self.texts:
            if text.kind == "rule":
                try:
                    rules.append(load_rule(self.layout, text.path, text.text))
                except (BadHeader, BadRule) as error:
                    faults.append(error)
        return rules, faults

    @cached_property
    def types(self) -> dict[Term, set[Term]]:
        """The classes that ontology and data give each thing."""
        found: defaultdict[Term, set[Term]] = defaultdict(set)
        in_ontology = (statement for statement in self.statements("ontology") if statement.predicate == RDF_TYPE)
        for statement in (*in_ontology, *self.with_predicate(RDF_TYPE)):
            found[statement.subject].add(statement.object)
        return dict(found)

    @cached_property
    def described_severally(self) -> set[Node]:
        """Whatever several files of data describe."""
        seen: set[Node] = set()
        again: set[Node] = set()
        for source in self.of("data"):
            again.update(seen.intersection(source.positions.subjects))
            seen.update(source.positions.subjects)
        return again

    @cached_property
    def described(self) -> set[Term]:
        """Everything that is a subject in ontology, shapes or data."""
        return {s for source in self.of("ontology", "shapes", "data") for s in source.positions.subjects}
