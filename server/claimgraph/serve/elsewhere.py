"""Look in the register of an engine elsewhere whether it has the snapshot that is to be served, and still has it."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Final

from claimgraph.engine.remote import Endpoint
from claimgraph.engine.remote.register import version_in
from claimgraph.errors import BadQuery, EngineError, NotPublished, SnapshotError
from claimgraph.publish import version_of

if TYPE_CHECKING:
    from claimgraph.settings import Settings
    from claimgraph.snapshot import Snapshot

_LOOK_AGAIN: Final = 5.0  # seconds after which it is asked again whether the version in service is still there


class Elsewhere:
    """Be what the main process knows of an engine elsewhere."""

    def __init__(self, url: str, settings: Settings) -> None:
        """Take its address; nothing is asked of it yet.

        Raises:
            UsageError: the file of certificates cannot be read.
        """
        self._endpoint = Endpoint(url, settings)
        self._settings = settings
        self._looked = 0.0
        self._lost: str | None = None

    def has(self, snapshot: Snapshot) -> bool:
        """Tell whether it has a snapshot by ``claimgraph publish``, and not by other means.

        Raises:
            SnapshotError: it has other versions alone, or cannot be asked.
        """
        version = version_of(snapshot.manifest, self._settings.base)
        try:
            found = version_in(self._endpoint, version, self._settings.query_timeout)
        except (EngineError, BadQuery) as error:
            raise SnapshotError(
                f"the engine at {self._endpoint.shown} cannot be asked whether it has the snapshot "
                f"{snapshot.digest[:12]}: {error}"
            ) from error
        self._looked, self._lost = time.monotonic(), None
        return found is not None

    def lost(self, snapshot: Snapshot) -> str | None:
        """Say that a snapshot which was there has been removed; None while it is there, or cannot be asked for."""
        if time.monotonic() - self._looked > _LOOK_AGAIN:
            try:
                self._lost = None if self.has(snapshot) else f"the engine at {self._endpoint.shown} has no register"
            except NotPublished as error:
                self._lost = str(error)
            except SnapshotError:  # who asks it a query hears why
                pass
            self._looked = time.monotonic()
        return self._lost

    def describe(self, *, is_published: bool) -> str:
        """Say in the log what is asked."""
        how = "this snapshot, published there" if is_published else "whatever is there, for it has no register"
        return f"{self._endpoint.shown}, {how}"
