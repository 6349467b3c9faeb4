"""What the mappings make: kept by the hash of all that it is made from, and put into the dataset as its graphs."""

from __future__ import annotations

import hashlib
import os
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

from claimgraph.dataset import SourceFile
from claimgraph.errors import UsageError
from claimgraph.sources.make import graph_of, make
from claimgraph.sources.mapping import SUFFIX
from claimgraph.sources.source import DESCRIPTION, find_sources

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from claimgraph.dataset import Layout
    from claimgraph.sources.mapping import Mapping
    from claimgraph.sources.source import Source

    Progress = Callable[[str, int, int], None]
    """Is told the stage, how much of it is done and how much there is."""

NONE: Final = "none"
_FOLDER: Final = ".claimgraph-cache"
_FORMAT: Final = "1"
"""Is raised when the same files give other triples than with an earlier version of the program."""


def with_sources(
    layout: Layout,
    grain: str,
    progress: Progress = lambda _stage, _done, _all: None,
    later: Layout | None = None,
) -> Layout:
    """Put what the mappings of a dataset make of its sources into it, at a grain; ``none`` leaves them out.

    What was made before of the same files is not made again; for an earlier state of a dataset, also what was made for
    the ``later`` one.

    Raises:
        BadHeader, BadMapping, BadSource, BadTurtle: a mapping or its data are at fault; carries the place.
    """
    plan = [(source, mapping) for source in find_sources(layout) for mapping in source.mappings()]
    if grain == NONE or not plan:
        return layout
    folder = _folder(later or layout)
    made = []
    for number, (source, mapping) in enumerate(plan):
        progress(f"map {source.name}/{mapping.name}", number, len(plan))
        made.append(_product(folder, source, mapping, grain))
    if later is None:
        _prune(folder, grain, made)
    return replace(layout, made=tuple(made))


def _product(folder: Path, source: Source, mapping: Mapping, grain: str) -> SourceFile:
    path = folder / f"{grain}-{_key(source, mapping, grain)}.nt"
    if not path.exists():
        # Written beside and renamed: what is there is whole.
        with tempfile.NamedTemporaryFile(dir=folder, delete=False) as beside:
            for piece in make(source, mapping, grain):
                beside.write(piece)
        Path(beside.name).rename(path)
    with path.open("rb") as file:
        sha256 = hashlib.file_digest(file, "sha256").hexdigest()
    return SourceFile(path, product_name(mapping.file), graph_of(source, mapping), sha256)


def product_name(file: str) -> str:
    """Name what a mapping makes as if it stood in the dataset; ``file`` is that of the mapping."""
    folder, _, name = file.rpartition("/")
    return f"{folder}/made/{name.removesuffix(SUFFIX)}.ttl"


def _key(source: Source, mapping: Mapping, grain: str) -> str:
    """Hash all that a product depends on.

    Raises:
        BadSource: a file cannot be read.
    """
    parts = [_FORMAT, source.layout.base, source.name, mapping.name, mapping.text, mapping.selection(grain) or ""]
    parts += [hashlib.sha256(source.read(path)).hexdigest() for path in (source.folder / DESCRIPTION, *mapping.files)]
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()


def _folder(layout: Layout) -> Path:
    """Make the folder for products: in the dataset, or with the user's caches where that cannot be written to.

    Raises:
        UsageError: neither can.
    """
    users = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache", "claimgraph")
    for parent in (layout.root / _FOLDER, users):
        try:
            (parent / "sources").mkdir(parents=True, exist_ok=True)
            (parent / ".gitignore").write_text("*\n", encoding="utf-8")
        except OSError:
            continue
        return parent / "sources"
    message = f"what is made of the sources can be kept neither in {layout.root} nor in {users}"
    raise UsageError(message)


def _prune(folder: Path, grain: str, made: Iterable[SourceFile]) -> None:
    """Remove what the grain no longer needs."""
    needed = {file.path for file in made}
    for path in folder.glob(f"{grain}-*.nt"):
        if path not in needed:
            path.unlink(missing_ok=True)
