"""The copies of documents that a snapshot keeps, each by its SHA-256, so that a page can show the words in place."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from claimgraph.dataset import SourceFile

TEXTS: Final = "texts"
_FOLDER, _SUFFIX = "data/ttl/", ".txt"


def text_part(path: str, sha256: str) -> str | None:
    """Return where in a snapshot a file of a dataset is kept, if it is the copy of a document, as its path tells."""
    return f"{TEXTS}/{sha256}" if path.startswith(_FOLDER) and path.endswith(_SUFFIX) else None


def write_texts(folder: Path, files: Iterable[SourceFile]) -> None:
    """Write the copies into the folder of a snapshot.

    Raises:
        OSError: one cannot be read or written, or has changed.
    """
    (folder / TEXTS).mkdir()
    for file in files:
        part = text_part(file.relative, file.sha256)
        if part:
            (folder / part).write_bytes(file.read())
