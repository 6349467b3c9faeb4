"""Where the states that are compared come from: files, folders, snapshots, commits."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

from pyoxigraph import Literal, NamedNode, RdfFormat, Store

from claimgraph.catalog import Catalog
from claimgraph.compare.state import State
from claimgraph.dataset import Layout, load_into
from claimgraph.dataset.commits import checked_out
from claimgraph.errors import UnknownName, UsageError
from claimgraph.reason import load_rules, reason
from claimgraph.snapshot import open_snapshot, read_snapshot
from claimgraph.sources import NONE, with_sources
from claimgraph.sparql.prefixes import expand

if TYPE_CHECKING:
    from claimgraph.snapshot import Snapshot

_PARTS: Final = ("ontology", "data", "queries")
_SHORT: Final = 12


@dataclass(frozen=True)
class Sources:
    """Find states by name: for a commit in the repository of ``layout``, for a digest among ``snapshots``.

    The ontology, rules and queries of ``layout`` stand in where a source has none of its own. Of the data of others the
    rows of ``grain`` are mapped, wherever files are read: a snapshot has them mapped already.
    """

    layout: Layout
    snapshots: Path
    grain: str = NONE

    def pair(self, before: str, after: str | None) -> tuple[State, State]:
        """Find and load two states, the later one being the dataset as it lies in its folder if it has no name.

        Where one of them is a snapshot, files are mapped by its grain: else all that it lacks would have changed.

        Raises:
            UnknownName, ClaimgraphError: as :meth:`state` does.
        """
        snapshots = filter(None, map(self._snapshot, filter(None, (before, after))))
        snapshot = next(snapshots, None)
        here = replace(self, grain=_grain_of(snapshot.open_store())) if snapshot else self
        return here.state(before), here.state(after) if after else here.of_work_tree()

    def _snapshot(self, name: str) -> Snapshot | None:
        """Find the snapshot that a name stands for; None where it stands for something else."""
        path = Path(name)
        try:
            if path.exists():
                return read_snapshot(path.resolve()) if (path / "manifest.json").is_file() else None
            return open_snapshot(self.snapshots, name)
        except UnknownName:
            return None

    def state(self, name: str) -> State:
        """Find and load the state that a name stands for: a file, a folder, a snapshot's digest, or a commit.

        Raises:
            UnknownName: it stands for none of them.
            ClaimgraphError: it cannot be read.
        """
        snapshot = self._snapshot(name)
        if snapshot:
            return self._of_store(f"snapshot {snapshot.digest[:_SHORT]}", snapshot.open_store())
        return self._of_path(Path(name)) if Path(name).exists() else self._of_commit(name)

    def of_work_tree(self) -> State:
        """Load the dataset as it lies in its folder."""
        return self._of_layout("the files as they are", self.layout)

    def _of_path(self, path: Path) -> State:
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
        for file in with_sources(layout, self.grain, later=self.layout).graphs():
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


def _grain_of(store: Store) -> str:
    """Tell by which grain the data of others were mapped that a snapshot holds."""
    quad = next(store.quads_for_pattern(None, NamedNode(expand("cg:grain")), None), None)
    return quad.object.value if quad and isinstance(quad.object, Literal) else NONE
