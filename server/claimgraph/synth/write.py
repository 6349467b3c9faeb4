"""Write a synthetic dataset: the same seed gives the same bytes, on any machine."""

from __future__ import annotations

import shutil
from itertools import chain
from typing import TYPE_CHECKING, Final

from claimgraph.dataset import root
from claimgraph.errors import UsageError
from claimgraph.synth import defaults, dossier, shared
from claimgraph.synth.world import World

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

CLAIMS_OF_DOSSIER: Final = 1000


def synthesise(
    claims: int, seed: int, out: Path, progress: Callable[[int, int], None] = lambda _done, _all: None
) -> list[Path]:
    """Write a dataset of ``claims`` invented claims into the folder ``out``, and return the Turtle files written.

    The ontology, its rules and shapes, and the canned queries (with defaults that exist here) are copied beside the
    data, so the folder is a dataset of its own. One dossier is held in memory at a time. ``progress`` is told how many
    claims are written and how many there will be.

    Raises:
        UsageError: ``claims`` is below 1, or ``out`` is there already and not empty.
    """
    if claims < 1:
        raise UsageError(f"a dataset needs at least one claim, not {claims}")
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise UsageError(f"{out} is not empty; name a folder that is not there yet")
    for folder in ("ontology", "queries"):
        shutil.copytree(root() / folder, out / folder)
    defaults.adapt(out / "queries")
    written: list[Path] = []
    for relative, text in _files(World(claims), seed, progress):
        path = out / "data" / "ttl" / relative
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text.rstrip("\n").encode() + b"\n")
        written.append(path)
    return written


def _files(world: World, seed: int, progress: Callable[[int, int], None]) -> Iterator[tuple[str, str]]:
    return chain(shared.files(world), _dossiers(world, seed, progress))


def _dossiers(world: World, seed: int, progress: Callable[[int, int], None]) -> Iterator[tuple[str, str]]:
    for number, start in enumerate(range(0, world.claims, CLAIMS_OF_DOSSIER), start=1):
        size = min(CLAIMS_OF_DOSSIER, world.claims - start)
        yield from dossier.files(world, seed, number, start + 1, size)
        progress(start + size, world.claims)
