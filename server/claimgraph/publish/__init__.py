"""Load a snapshot into an engine elsewhere, beside the versions there, and let readers see it when it is whole.

Every graph is kept under a name of its version, so no reader meets a version that is half there. All that is sent may
be sent twice, so a load that broke off is gone on with by the same command. What makes a version visible is one triple
in the register, written last.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from claimgraph.dataset import description_graph
from claimgraph.engine.remote.register import registered
from claimgraph.errors import EngineError
from claimgraph.publish.bulk import Bulk
from claimgraph.publish.load import ByGraphStore, ByUpdates, Job, Load
from claimgraph.publish.old import remove_old
from claimgraph.publish.store import PATIENCE, RemoteStore
from claimgraph.sparql.version import Version

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from claimgraph.settings import Settings
    from claimgraph.snapshot import Manifest, Snapshot

    Progress = Callable[[str, int, int], None]

__all__ = ["Bulk", "ByGraphStore", "ByUpdates", "Job", "Load", "Published", "RemoteStore", "publish", "version_of"]


@dataclass(frozen=True, slots=True)
class Published:
    """Say what was done: whether the version was there before, what was sent, and which old versions were removed.

    ``fewer`` names the graphs of which the engine holds fewer triples than it was sent, and how many: it takes some
    values for the same that are written differently.
    """

    digest: str
    was_whole: bool = False
    sent: int = 0
    removed: tuple[str, ...] = ()
    fewer: dict[str, int] = field(default_factory=dict)


def version_of(manifest: Manifest, base: str) -> Version:
    """Name the graphs of a snapshot as a version in a store that holds several."""
    return Version(manifest.digest, frozenset((*manifest.graphs, description_graph(base).value)))


def publish(
    snapshot: Snapshot, settings: Settings, load: Load, progress: Progress = lambda _stage, _done, _all: None
) -> Published:
    """Load a snapshot into the engine that the settings name, unless it is there as a whole, and remove old versions.

    Raises:
        SnapshotError: the snapshot is damaged.
        EngineError, BadQuery: the engine failed, or holds something else than it was sent; run again to go on.
    """
    store = RemoteStore(settings)
    version = version_of(snapshot.manifest, settings.base)
    known = {entry.digest: entry for entry in registered(store.endpoint, PATIENCE)}
    before = known.get(version.digest)
    if before and before.whole:
        removed = remove_old(store, version.digest, settings.keep_snapshots)
        return Published(version.digest, was_whole=True, removed=removed)
    snapshot.verify(content=True)
    if not before:
        store.begin(version)
    job = Job(store, version, snapshot.dump, progress, goes_on=before is not None)
    sent = load.run(job)
    faults = _faults(store, version, load.expected, progress)
    if faults:  # a part was lost, or something was there before: these graphs are sent anew
        sent += load.run(replace(job, goes_on=False, only=faults))
        faults = _faults(store, version, {graph: load.expected[graph] for graph in faults}, progress)
    for graph, missing in faults.items():
        if missing <= 0:
            raise EngineError(f"the engine does not hold in the graph {graph} what it was sent")
    store.mark_whole(version)
    removed = remove_old(store, version.digest, settings.keep_snapshots)
    return Published(version.digest, sent=sent, removed=removed, fewer=faults)


def _faults(store: RemoteStore, version: Version, expected: Mapping[str, int], progress: Progress) -> dict[str, int]:
    """Return the graphs that are not in the store as they were sent, and by how many triples each falls short.

    It may fall short by none, or by less than none, where the graph that holds everything lacks some, or where
    something was there before.
    """
    found: dict[str, int] = {}
    for number, (graph, triples) in enumerate(expected.items()):
        progress("verify", number, len(expected))
        missing = triples - store.count(version.named(graph))
        if store.lacks(version.merged, version.named(graph)):
            found[graph] = min(missing, 0)
        elif missing:
            found[graph] = missing
    return found
