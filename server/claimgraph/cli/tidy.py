"""The command that lays Turtle files out anew: ``claimgraph fmt``."""

from __future__ import annotations

import os
import sys
from difflib import unified_diff
from pathlib import Path
from typing import TYPE_CHECKING

import click

from claimgraph.cli.options import dataset_option, layout_of, settings_from
from claimgraph.dataset.tidy import tidy
from claimgraph.errors import BadTurtle, ClaimgraphError, Place

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_STANDARD_INPUT = "-"


@click.command()
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path, exists=True, allow_dash=True), metavar="[PATH]...")
@dataset_option
@click.option("--check", is_flag=True, help="Change nothing; name the files that are laid out otherwise.")
@click.option("--diff", is_flag=True, help="Change nothing; show what would change.")
def fmt(paths: tuple[Path, ...], dataset: Path | None, *, check: bool, diff: bool) -> int:
    r"""Lay out Turtle files anew: those in PATHs, or the whole dataset.

    Comments stay, statements keep their order, and what a file says never changes. A second run changes nothing. With
    - as PATH, standard input is laid out to standard output. With --check or --diff the exit status is 1 if a file
    would change.

    \b
      claimgraph fmt data/ttl/iskander-shusha
      claimgraph fmt --check --diff
      claimgraph fmt - < draft.ttl
    """
    if [str(path) for path in paths] == [_STANDARD_INPUT]:
        sys.stdout.write(tidy(_decoded(sys.stdin.buffer.read(), "<stdin>"), "<stdin>"))
        return 0
    changed = faulty = 0
    for path in _turtle(paths or _whole(dataset)):
        try:
            changed += _lay_out(path, keep=check or diff, show=diff)
        except ClaimgraphError as error:
            faulty += 1
            click.echo(f"claimgraph: {error}", err=True)
    verb = "would change" if check or diff else "changed"
    click.echo(f"{changed} files {verb}" + (f", {faulty} cannot be read" if faulty else ""), err=True)
    return 1 if faulty or (changed and (check or diff)) else 0


def _whole(dataset: Path | None) -> Iterable[Path]:
    layout = layout_of(settings_from(dataset=dataset))
    return [folder for folder in (layout.ontology, layout.data) if folder.is_dir()]


def _turtle(paths: Iterable[Path]) -> Iterator[Path]:
    """List the files given, and the Turtle files in the folders given; links to folders are not followed."""
    for path in paths:
        if path.is_file():
            yield path
            continue
        for parent, folders, names in os.walk(path):
            folders[:] = sorted(name for name in folders if not name.startswith("."))
            yield from (Path(parent, name) for name in sorted(names) if name.endswith(".ttl"))


def _lay_out(path: Path, *, keep: bool, show: bool) -> bool:
    """Lay out one file and tell whether it changes.

    Raises:
        BadTurtle: the file is not Turtle.
        ClaimgraphError: the file cannot be read or written.
    """
    try:
        before = _decoded(path.read_bytes(), str(path))
        after = tidy(before, str(path))
        if after == before:
            return False
        if keep:
            click.echo("".join(_difference(before, after, str(path))) if show else str(path), nl=not show)
        else:
            _replace(path, after)
    except OSError as error:
        raise ClaimgraphError(f"{path}: {error.strerror}") from error
    return True


def _decoded(data: bytes, file: str) -> str:
    try:
        return data.decode()
    except UnicodeDecodeError as error:
        place = Place(file, data.count(b"\n", 0, error.start) + 1, 1)
        raise BadTurtle(f"byte 0x{data[error.start]:02X} is not UTF-8", place=place) from error


def _difference(before: str, after: str, file: str) -> Iterator[str]:
    old, new = before.splitlines(keepends=True), after.splitlines(keepends=True)
    for line in unified_diff(old, new, file, f"{file} (laid out)"):
        yield line if line.endswith("\n") else f"{line}\n"


def _replace(path: Path, text: str) -> None:
    """Write a file whole or not at all, with the permissions that it had."""
    path = path.resolve()
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        beside.write_bytes(text.encode())
        beside.chmod(path.stat().st_mode)
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)
