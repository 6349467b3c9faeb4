"""What a source is: a folder with data of another maker, their licence, a description in Turtle, and mappings."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Final

from pyoxigraph import NamedNode, Quad, RdfFormat, parse

from claimgraph.errors import BadSource, BadTurtle, Place
from claimgraph.sources.mapping import GRAINS, SUFFIX, Mapping, load_mapping
from claimgraph.sparql.prefixes import expand

if TYPE_CHECKING:
    from pathlib import Path

    from claimgraph.dataset import Layout

DESCRIPTION: Final = "source.ttl"
_TYPE: Final = NamedNode(expand("rdf:type"))
_DATA_SOURCE: Final = NamedNode(expand("cg:DataSource"))
PASSED_ON: Final = ("dcterms:license", "dcterms:source", "cg:atCommit", "dcterms:rights")
"""What every graph that is made from a source says as the source does."""


@dataclass(frozen=True)
class Source:
    """Be a folder below ``data/sources``; its name is that of its dossier too."""

    folder: Path
    layout: Layout

    @property
    def name(self) -> str:
        """The name of the folder."""
        return self.folder.name

    def shown(self, path: Path) -> str:
        """Write the path of a file as places show it."""
        return path.relative_to(self.layout.root).as_posix()

    @cached_property
    def tables(self) -> list[Path]:
        """The Turtle files beside the data, each of which is a graph of the dataset: the description, and names."""
        return sorted(self.folder.glob("*.ttl"))

    def mappings(self) -> list[Mapping]:
        """Read the mappings, sorted by name.

        Raises:
            BadHeader, BadMapping: one is not understood; carries the place.
        """
        return [self.mapping(path) for path in self.mapping_files]

    def mapping(self, path: Path) -> Mapping:
        """Read one of the mappings.

        Raises:
            BadHeader, BadMapping: it is not understood; carries the place.
        """
        return load_mapping(self, path)

    @cached_property
    def mapping_files(self) -> list[Path]:
        """The files of the mappings; those that only select rows are left out."""
        selecting = tuple(f".{grain}{SUFFIX}" for grain in GRAINS)
        return [path for path in sorted(self.folder.glob(f"*{SUFFIX}")) if not f".{path.name}".endswith(selecting)]

    def read(self, path: Path) -> bytes:
        """Read one of the files.

        Raises:
            BadSource: it cannot be read; carries the place.
        """
        try:
            return path.read_bytes()
        except OSError as error:
            raise BadSource(f"cannot be read: {error.strerror}", place=Place(self.shown(path), 1, 1)) from error

    def description(self) -> tuple[NamedNode, dict[str, list[Quad]]]:
        """Find the resource that describes the source, and what it says under each name of :data:`PASSED_ON`.

        Raises:
            BadSource: there is no such resource, or a licence, an address or a commit is missing.
            BadTurtle: the description does not parse.
        """
        path = self.folder / DESCRIPTION
        shown = self.shown(path)
        try:
            quads = list(parse(self.read(path), RdfFormat.TURTLE))
        except SyntaxError as error:
            raise BadTurtle(error.msg, place=Place(shown, error.lineno or 1, error.offset or 1)) from error
        found = [quad.subject for quad in quads if (quad.predicate, quad.object) == (_TYPE, _DATA_SOURCE)]
        if len(found) != 1 or not isinstance(found[0], NamedNode):
            raise BadSource("describe exactly one cg:DataSource", place=Place(shown, 1, 1))
        about = {
            name: [quad for quad in quads if (quad.subject, quad.predicate.value) == (found[0], expand(name))]
            for name in PASSED_ON
        }
        for name in PASSED_ON[:3]:
            if not about[name]:
                raise BadSource(f"the cg:DataSource lacks {name}", place=Place(shown, 1, 1))
        return found[0], about

    @property
    def dossier(self) -> NamedNode:
        """The dossier that all graphs of the source are in."""
        return NamedNode(expand(f"id:dossier/{self.name}"))


def find_sources(layout: Layout) -> list[Source]:
    """List the sources of a dataset, sorted by name."""
    if not layout.sources.is_dir():
        return []
    folders = (path for path in layout.sources.iterdir() if path.is_dir() and not path.name.startswith("."))
    return [Source(folder, layout) for folder in sorted(folders)]
