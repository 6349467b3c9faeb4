"""Old versions in a remote store: taken out of the register first, so that nobody begins to read them, then removed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from claimgraph.engine.remote.register import REGISTER, graphs_of, registered
from claimgraph.publish.store import PATIENCE
from claimgraph.sparql.version import Version

if TYPE_CHECKING:
    from claimgraph.publish.store import RemoteStore


def remove_old(store: RemoteStore, current: str, keep: int) -> tuple[str, ...]:
    """Remove all but the newest versions, and what was begun and never became whole; the current one always stays.

    What is left when this breaks off is still in the register, as a version that is not whole, and goes the next time.

    Raises:
        BadQuery, EngineError: the engine failed.
    """
    others = [entry for entry in registered(store.endpoint, PATIENCE) if entry.digest != current]
    stay = [entry for entry in others if entry.whole][: max(0, keep - 1)]
    gone = [entry.digest for entry in others if entry not in stay]
    for digest in gone:
        store.forget(digest, f"<{REGISTER}:whole>")
        version = Version(digest, graphs_of(store.endpoint, digest, PATIENCE))
        for graph in sorted(version.graphs):
            store.drop(version.named(graph))
        store.drop(version.merged)
        store.forget(digest)
    return tuple(gone)
