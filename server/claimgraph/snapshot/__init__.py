"""Snapshots: the immutable, complete states of the dataset that are served."""

from claimgraph.snapshot.build import build, commit_of, digest_of
from claimgraph.snapshot.manifest import FileEntry, Manifest, RuleEntry
from claimgraph.snapshot.snapshot import Snapshot, kept, open_current, open_snapshot, read_snapshot

__all__ = [
    "FileEntry",
    "Manifest",
    "RuleEntry",
    "Snapshot",
    "build",
    "commit_of",
    "digest_of",
    "kept",
    "open_current",
    "open_snapshot",
    "read_snapshot",
]
