"""The manifest of a snapshot: what it was made from and what is in it."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any

from claimgraph.errors import SnapshotError

if TYPE_CHECKING:
    from pathlib import Path

NAME = "manifest.json"


@dataclass(frozen=True)
class FileEntry:
    """Describe one file: its path in the dataset, its SHA-256, and for Turtle its graph and number of triples."""

    path: str
    sha256: str
    graph: str | None = None
    triples: int | None = None


@dataclass(frozen=True)
class RuleEntry:
    """Describe what one rule derived: its graph, the number of triples, and the seconds of its last run over all."""

    name: str
    graph: str
    triples: int
    seconds: float


@dataclass(frozen=True)
class Manifest:
    """Say what a snapshot is made of.

    ``digest`` depends on ``version`` and on the content of the files alone; ``commit``, ``built_at`` and the seconds do
    not count. ``parts`` maps the path of each file of the snapshot to its size in bytes. ``program`` is the SHA-256 of
    the program's code. ``after`` is the digest of the snapshot that this one was made from by following what had
    changed; ``whole_because`` says why it was made whole although there was one.
    """

    digest: str
    version: str
    commit: str | None
    built_at: str
    triples: int
    seconds: dict[str, float]
    program: str = ""
    after: str | None = None
    whole_because: str = ""
    files: tuple[FileEntry, ...] = ()
    rules: tuple[RuleEntry, ...] = ()
    dump_sha256: str = ""
    index_sha256: str = ""
    parts: dict[str, int] = field(default_factory=dict)
    committed_at: str | None = None

    def way(self) -> str:
        """Say in words how the snapshot was made, to go on a sentence; empty where it was the first."""
        if self.after:
            return f", from {self.after[:12]} and what had changed"
        return f", as a whole: {self.whole_because}" if self.whole_because else ""

    @property
    def graphs(self) -> dict[str, int]:
        """Return how many triples each named graph has that a file or a rule gave."""
        asserted = {entry.graph: entry.triples or 0 for entry in self.files if entry.graph}
        return asserted | {entry.graph: entry.triples for entry in self.rules}

    @property
    def recorded(self) -> dt.datetime:
        """Return when what it holds entered the graph: the time of its commit, or where there is none, of the build."""
        return dt.datetime.fromisoformat(self.committed_at or self.built_at)

    def write(self, folder: Path) -> None:
        """Write the manifest into the folder of its snapshot."""
        text = json.dumps(asdict(self), indent=1, ensure_ascii=False)
        (folder / NAME).write_text(text + "\n", encoding="utf-8")


def read_manifest(folder: Path) -> Manifest:
    """Read the manifest of a snapshot.

    Raises:
        SnapshotError: there is none, or it is cut short.
    """
    try:
        known: dict[str, Any] = json.loads((folder / NAME).read_text(encoding="utf-8"))
        files = tuple(FileEntry(**entry) for entry in known.pop("files"))
        rules = tuple(RuleEntry(**entry) for entry in known.pop("rules"))
        return Manifest(**known, files=files, rules=rules)
    except FileNotFoundError as error:
        raise SnapshotError(f"the snapshot {folder.name} has no {NAME}; run 'claimgraph build'") from error
    except (OSError, ValueError, TypeError, KeyError, AttributeError) as error:
        raise SnapshotError(
            f"the {NAME} of the snapshot {folder.name} is cut short or damaged; run 'claimgraph build'"
        ) from error
