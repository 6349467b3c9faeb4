"""Files to take away: the dump of a snapshot as N-Quads and TriG, each packed by gzip and by zstd.

They are written from the dump, or while it is being written, with a thread for each format, for packing holds no lock
of Python's. They are no part of what makes a snapshot complete: it answers without them, and the next build writes
those that are missing.
"""

from __future__ import annotations

import hashlib
import json
import shutil
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Final, Protocol, Self

import zstandard
from isal import isal_zlib

from claimgraph.errors import SnapshotError
from claimgraph.snapshot.blocks import END, pieces

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

    from claimgraph.snapshot.blocks import Block

_FOLDER: Final = "downloads"
_LISTING: Final = "files.json"
_CLOSED: Final = b"}\n"


@dataclass(frozen=True, slots=True)
class Download:
    """Describe one file: its path in the snapshot, the names of its format and packing, sizes, and SHA-256.

    ``unpacked`` is the size in bytes of what is in it.
    """

    path: str
    format: str
    packing: str
    bytes: int
    unpacked: int
    sha256: str


class _Packer(Protocol):
    def compress(self, data: bytes, /) -> bytes: ...

    def flush(self) -> bytes: ...


PACKINGS: Final[dict[str, tuple[str, Callable[[], _Packer]]]] = {
    "gzip": (".gz", lambda: isal_zlib.compressobj(level=1, wbits=31)),
    "zstd": (".zst", lambda: zstandard.ZstdCompressor(level=3, write_checksum=True).compressobj()),
}
"""The ending of each packing, and what packs."""


def write_downloads(snapshot: Path, dump: Path, following: Iterable[Block] | None = None) -> tuple[Download, ...]:
    """Write the files into the folder of a snapshot, whole or not at all.

    Where the dump is still being written, ``following`` gives each block of it as soon as it can be read.

    Raises:
        SnapshotError: the disk is full or cannot be written to.
    """
    folder = snapshot / _FOLDER
    try:
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
        downloads = _write(folder, pieces(dump, following))
        listed = folder / f".{_LISTING}"
        listed.write_text(json.dumps([asdict(download) for download in downloads], indent=1), encoding="utf-8")
        listed.replace(folder / _LISTING)  # which says that the others are whole
    except OSError as error:
        shutil.rmtree(folder, ignore_errors=True)
        raise SnapshotError(f"the files to take away could not be written: {error.strerror or error}") from error
    return downloads


def read_downloads(snapshot: Path, *, content: bool = False) -> tuple[Download, ...]:
    """Return the files of a snapshot; none where they are not there or not whole, with ``content`` by their SHA-256."""
    try:
        listed = json.loads((snapshot / _FOLDER / _LISTING).read_text(encoding="utf-8"))
        found = tuple(Download(**entry) for entry in listed)
        is_whole = all(_is_whole(snapshot / download.path, download, content=content) for download in found)
    except (OSError, ValueError, TypeError):
        return ()
    return found if is_whole else ()


def _is_whole(path: Path, known: Download, *, content: bool) -> bool:
    if path.stat().st_size != known.bytes:
        return False
    with path.open("rb") as file:
        return not content or hashlib.file_digest(file, "sha256").hexdigest() == known.sha256


def _write(folder: Path, read: Iterable[tuple[bytes, bytes]]) -> tuple[Download, ...]:
    """Write every format in every packing, piece by piece."""
    with ExitStack() as stack:
        formats = [stack.enter_context(format_(folder)) for format_ in (_NQuads, _TriG)]
        pool = stack.enter_context(ThreadPoolExecutor(len(formats), thread_name_prefix="download"))
        for graph, text in read:
            for written in [pool.submit(format_.add, graph, text) for format_ in formats]:
                written.result()
    return tuple(download for format_ in formats for download in format_.downloads)


class _NQuads:
    """Write a format in every packing; a context manager, after which its files are described."""

    name = "nq"

    def __init__(self, folder: Path) -> None:
        self._files = [_File(folder, self.name, packing) for packing in PACKINGS]
        self.downloads: list[Download] = []

    def add(self, _graph: bytes, lines: bytes) -> None:
        """Add lines of the dump, all of one graph."""
        self._put(lines)

    def _put(self, text: bytes) -> None:
        for file in self._files:
            file.write(text)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for file in self._files:
            file.close()
        self.downloads = [file.described() for file in self._files]


class _TriG(_NQuads):
    """Put the lines of each graph, less its name, between braces; a line break stands at ends alone."""

    name = "trig"
    _graph = b""

    def add(self, graph: bytes, lines: bytes) -> None:
        if graph != self._graph:
            self._put(_CLOSED * bool(self._graph) + graph + b" {\n")
            self._graph = graph
        self._put(lines.replace(b" " + graph + END, END))

    def __exit__(self, *error: object) -> None:
        self._put(_CLOSED * bool(self._graph))
        super().__exit__(*error)


class _File:
    """Pack one file, count and hash it."""

    def __init__(self, folder: Path, format_: str, packing: str) -> None:
        self._name = f"dataset.{format_}{PACKINGS[packing][0]}"
        self._format, self._packing = format_, packing
        self._packer = PACKINGS[packing][1]()
        self._file = (folder / self._name).open("wb")
        self._digest = hashlib.sha256()
        self._bytes = self._unpacked = 0

    def write(self, piece: bytes) -> None:
        self._unpacked += len(piece)
        self._put(self._packer.compress(piece))

    def _put(self, packed: bytes) -> None:
        if packed:
            self._digest.update(packed)
            self._file.write(packed)
            self._bytes += len(packed)

    def close(self) -> None:
        try:
            self._put(self._packer.flush())
        finally:
            self._file.close()

    def described(self) -> Download:
        path = f"{_FOLDER}/{self._name}"
        return Download(path, self._format, self._packing, self._bytes, self._unpacked, self._digest.hexdigest())
