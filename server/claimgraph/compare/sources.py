"""Where the states that are compared come from: files, folders, snapshots, commits."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from pyoxigraph import NamedNode, RdfFormat, Store

from claimgraph.catalog import Catalog
from claimgraph.compare.state import State
from claimgraph.dataset import Layout, load_into
from claimgraph.dataset.commits import checked_out
from claimgraph.errors import UnknownName, UsageError
from claimgraph.reason import load_rules, reason
from claimgraph.snapshot import open_snapshot, read_snapshot

_PARTS: Final = ("ontology", "data", "queries")
_SHORT: Final = 12


@dataclass(frozen=True)
class Sources:
    """Find states by name: for a commit in the repository of ``layout``, for a digest among ``snapshots``.

    The ontology, rules and queries of ``layout`` stand in where a source has none of its own.
    """

    layout: Layout
    snapshots: Path

    def state(self, name: str) -> State:
        """Find and load the state that a name stands for: a file, a folder, a snapshot's digest, or a commit.

        Raises:
            UnknownName: it stands for none of them.
            ClaimgraphError: it cannot be read.
        """
        path = Path(name)
        if path.exists():
            return self._of_path(path)
        try:
            snapshot = open_snapshot(self.snapshots, name)
        except UnknownName:
            return self._of_commit(name)
        return self._of_store(f"snapshot {snapshot.digest[:_SHORT]}", snapshot.open_store())

    def of_work_tree(self) -> State:
        """Load the dataset as it lies in its folder."""
        return self._of_layout("the files as they are", self.layout)

    def _of_path(self, path: Path) -> State:
        if (path / "manifest.json").is_file():
            return self._of_store(f"snapshot {path.name[:_SHORT]}", read_snapshot(path.resolve()).open_store())
        if path.is_dir() and any((path / part).is_dir() for part in _PARTS[:2]):
            return self._of_layout(str(path), Layout(path, self.layout.base))
        files = sorted(path.rglob("*.ttl")) if path.is_dir() else [path]
        store = Store()
        for file in self.layout.graphs():
            if file.path.is_relative_to(self.layout.ontology):
                load_into(store, file)
        for number, loose in enumerate(files):
            graph = NamedNode(f"{self.layout.base}graph/compared/{number}")
            try:
                store.bulk_load(path=str(loose), format=RdfFormat.TURTLE, to_graph=graph)
            except (OSError, SyntaxError) as error:
                raise UsageError(f"{loose} is no Turtle: {error}") from error
        reason(store, load_rules(self.layout))
        return State(str(path), store, self.layout.base, Catalog([]))

    def _of_layout(self, title: str, layout: Layout) -> State:
        store = Store()
        for file in layout.graphs():
            load_into(store, file)
        reason(store, load_rules(layout))
        return State(title, store, layout.base, Catalog.load(layout.queries))

    def _of_store(self, title: str, store: Store) -> State:
        return State(title, store, self.layout.base, Catalog.load(self.layout.queries))

    def _of_commit(self, name: str) -> State:
        try:
            with checked_out(self.layout, name) as (layout, _):
                return self._of_layout(name, layout)
        except UnknownName as error:
            message = f"{name!r} is no file, no folder, no kept snapshot and no commit of {self.layout.root}"
            raise UnknownName(message) from error
