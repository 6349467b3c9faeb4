"""Snapshots: the immutable, complete states of the dataset that are served."""

from claimgraph.snapshot.build import build, digest_of, is_complete
from claimgraph.snapshot.downloads import Download, read_downloads
from claimgraph.snapshot.identifiers import Identifiers
from claimgraph.snapshot.made import commit_of
from claimgraph.snapshot.manifest import FileEntry, Manifest, RuleEntry
from claimgraph.snapshot.snapshot import Snapshot, kept, open_current, open_snapshot, read_snapshot

__all__ = [
    "Download",
    "FileEntry",
    "Identifiers",
    "Manifest",
    "RuleEntry",
    "Snapshot",
    "build",
    "commit_of",
    "digest_of",
    "is_complete",
    "kept",
    "open_current",
    "open_snapshot",
    "read_downloads",
    "read_snapshot",
]
