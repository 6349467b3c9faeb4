"""Files to take away: the dump of a snapshot as N-Quads and TriG, each packed by gzip and by zstd.

They are written from the dump in threads, for packing holds no lock of Python's. They are no part of what makes a
snapshot complete: it answers without them, and the next build writes those that are missing.
"""

from __future__ import annotations

import hashlib
import json
import shutil
import zlib
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Final, Protocol

import zstandard

from claimgraph.errors import SnapshotError
from claimgraph.snapshot.blocks import END, blocks, mapped

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from mmap import mmap
    from pathlib import Path

    Lines = bytes | mmap

_FOLDER: Final = "downloads"
_LISTING: Final = "files.json"
_PIECE: Final = 1 << 20


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
    "gzip": (".gz", lambda: zlib.compressobj(level=1, wbits=31)),
    "zstd": (".zst", lambda: zstandard.ZstdCompressor(level=3, write_checksum=True).compressobj()),
}
"""The ending of each packing, and what packs."""


def write_downloads(snapshot: Path, dump: Path) -> tuple[Download, ...]:
    """Write the files into the folder of a snapshot, whole or not at all.

    Raises:
        SnapshotError: the disk is full or cannot be written to.
    """
    folder = snapshot / _FOLDER
    try:
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
        with ThreadPoolExecutor(len(_FORMATS), thread_name_prefix="download") as pool:
            written = [pool.submit(_write, folder, dump, format_) for format_ in _FORMATS]
            downloads = tuple(download for future in written for download in future.result())
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


def _write(folder: Path, dump: Path, format_: str) -> list[Download]:
    """Write a format in every packing, which reads, or writes, the unpacked text once."""
    with ExitStack() as stack:
        lines = stack.enter_context(mapped(dump))
        files = [_File(folder, format_, packing) for packing in PACKINGS]
        for file in files:
            stack.enter_context(file)
        for piece in _FORMATS[format_](lines):
            for file in files:
                file.write(piece)
    return [file.described() for file in files]


class _File:
    """Pack one file, count and hash it; use it as a context manager."""

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

    def __enter__(self) -> None:
        pass

    def __exit__(self, *_: object) -> None:
        self._put(self._packer.flush())
        self._file.close()

    def described(self) -> Download:
        path = f"{_FOLDER}/{self._name}"
        return Download(path, self._format, self._packing, self._bytes, self._unpacked, self._digest.hexdigest())


def _nquads(lines: Lines) -> Iterator[bytes]:
    for start in range(0, len(lines), _PIECE):
        yield lines[start : start + _PIECE]


def _trig(lines: Lines) -> Iterator[bytes]:
    """Put the lines of each graph, less its name, between braces; a line break stands at ends alone."""
    for block in blocks(lines):
        yield block.graph + b" {\n"
        ending = b" " + block.graph + END
        rest = b""
        for start in range(block.start, block.end, _PIECE):
            text = rest + lines[start : min(start + _PIECE, block.end)]
            whole = text.rfind(b"\n") + 1
            yield text[:whole].replace(ending, END)
            rest = text[whole:]
        yield b"}\n"


_FORMATS: Final[dict[str, Callable[[Lines], Iterator[bytes]]]] = {"nq": _nquads, "trig": _trig}
"""What writes each format, from the lines of the dump."""
