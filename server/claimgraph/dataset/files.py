"""The one place that knows how a dataset lies on disk and which named graph each of its files becomes."""

from __future__ import annotations

import errno
import hashlib
import os
import stat
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path, PurePosixPath

from pyoxigraph import NamedNode

from claimgraph.errors import UsageError
from claimgraph.sparql.prefixes import BASE

_PACKAGE = Path(__file__).resolve().parent.parent
_KEPT_SUFFIXES = frozenset({".ttl", ".rq", ".txt", ".csv", ".tsv", ".json", ".jsonl", ".gz"})


def description_graph(base: str) -> NamedNode:
    """Name the graph in which a snapshot describes itself; rules do not see it, since it is written after them."""
    return NamedNode(f"{base}graph/snapshot")


def derived_graphs(base: str) -> str:
    """Return what the names of all graphs of rules begin with."""
    return f"{base}graph/derived/"


def root() -> Path:
    """Return the folder of the shipped dataset: the checkout if this is one, otherwise what the wheel carries.

    Raises:
        UsageError: neither is there, so the installation is broken.
    """
    for candidate in (_PACKAGE.parent.parent, _PACKAGE / "shipped"):
        if (candidate / "ontology").is_dir() and (candidate / "queries").is_dir():
            return candidate
    message = "the shipped dataset is missing from this installation; name one with --dataset"
    raise UsageError(message)


@dataclass(frozen=True, slots=True)
class SourceFile:
    """Describe one file of a dataset.

    ``relative`` is its path inside the dataset with forward slashes, ``graph`` the named graph it becomes (only Turtle
    files are graphs), ``sha256`` the hexadecimal digest of its bytes.
    """

    path: Path
    relative: str
    graph: NamedNode
    sha256: str

    @property
    def is_graph(self) -> bool:
        """Tell whether the file is Turtle, hence a named graph."""
        return self.relative.endswith(".ttl")

    def read(self) -> bytes:
        """Read the file, which must be as it was when it was described.

        Raises:
            OSError: it cannot be read, or has changed.
        """
        found = self.path.read_bytes()
        if hashlib.sha256(found).hexdigest() != self.sha256:
            raise OSError(errno.ESTALE, f"{self.relative} has changed meanwhile; try again")
        return found


@dataclass(frozen=True)
class Layout:
    """Know the folders of a dataset; ``base`` is the IRI that the names of its graphs start with.

    ``made`` are files outside the dataset that mappings made of its sources: with them, the sources belong to it.
    """

    root: Path
    base: str = BASE
    made: tuple[SourceFile, ...] = ()

    def __post_init__(self) -> None:
        """Refuse a folder that is no dataset.

        Raises:
            UsageError: the folder is missing or holds neither an ontology nor data.
        """
        if not self.root.is_dir():
            message = f"no such folder: {self.root}"
            raise UsageError(message)
        if not self.ontology.is_dir() and not self.data.is_dir():
            message = f"{self.root} is no dataset: it has neither an 'ontology' nor a 'data' folder"
            raise UsageError(message)

    @property
    def ontology(self) -> Path:
        """Return the folder of the ontology modules."""
        return self.root / "ontology"

    @property
    def shapes(self) -> Path:
        """Return the folder of the SHACL shapes."""
        return self.ontology / "shapes"

    @property
    def rules(self) -> Path:
        """Return the folder of the rules; those of OWL lie in its ``owl`` folder."""
        return self.ontology / "rules"

    @property
    def data(self) -> Path:
        """Return the folder of the data; Turtle lies in its ``ttl`` folder."""
        return self.root / "data"

    @property
    def sources(self) -> Path:
        """Return the folder of the data sets of other makers, each in a folder of its own with its mappings."""
        return self.data / "sources"

    @property
    def queries(self) -> Path:
        """Return the folder of the canned queries."""
        return self.root / "queries"

    @cached_property
    def _files(self) -> tuple[SourceFile, ...]:
        found = (path for folder in (self.ontology, self.data, self.queries) for path in _walk(folder))
        belongs = (path for path in found if self.made or not path.is_relative_to(self.sources))
        described = [self._describe(path) for path in belongs]
        return tuple(sorted((*described, *self.made), key=lambda file: file.relative))

    def files(self) -> list[SourceFile]:
        """List every file that the dataset consists of, sorted by relative path.

        The files are read once for each layout object; make a new one to see later changes.

        Raises:
            UsageError: a file cannot be read.
        """
        return list(self._files)

    def graphs(self) -> list[SourceFile]:
        """List the Turtle files, each of which is one named graph, sorted by relative path."""
        return [file for file in self._files if file.is_graph]

    def graph_name(self, relative: str) -> NamedNode:
        """Name the graph of a file: its path without extension and without ``data/ttl/``, below ``<base>graph/``.

        Of what stands in ``data/sources/`` only ``data/`` is left out.

        A character that an IRI cannot hold is percent-encoded.
        """
        stem = str(PurePosixPath(relative).with_suffix(""))
        stem = stem.removeprefix("data/ttl/")
        stem = stem.removeprefix("data/") if stem.startswith("data/sources/") else stem
        quoted = "".join(_encode(character) for character in stem)
        return NamedNode(f"{self.base}graph/{quoted}")

    def derived_graph(self, rule: str) -> NamedNode:
        """Name the graph of what a rule derives; ``rule`` is its name, such as ``entailment`` or ``owl/subclass``."""
        return NamedNode(derived_graphs(self.base) + rule)

    def _describe(self, path: Path) -> SourceFile:
        relative = path.relative_to(self.root).as_posix()
        try:
            # To open a pipe would wait for its writer.
            if not stat.S_ISREG(path.stat().st_mode):
                raise UsageError(f"{relative} cannot be read: it is no regular file")
            with path.open("rb") as file:
                digest = hashlib.file_digest(file, "sha256").hexdigest()
        except OSError as error:
            message = f"{relative} cannot be read: {error.strerror}"
            raise UsageError(message) from error
        return SourceFile(path, relative, self.graph_name(relative), digest)


def _walk(folder: Path) -> list[Path]:
    """List the files of a folder that belong to a dataset; links to folders are not followed, so none can loop."""
    found: list[Path] = []
    for parent, folders, names in os.walk(folder, followlinks=False):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        paths = (Path(parent, name) for name in names if not name.startswith("."))
        found += [path for path in paths if path.suffix in _KEPT_SUFFIXES]
    return found


def _encode(character: str) -> str:
    if character.isalnum() or character in "-._~/":
        return character
    return "".join(f"%{byte:02X}" for byte in character.encode())
