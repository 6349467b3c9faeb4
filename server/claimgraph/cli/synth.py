"""The command that invents a dataset: ``claimgraph synth``."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from claimgraph.synth import synthesise


@click.command()
@click.argument("claims", type=click.IntRange(min=1), metavar="N")
@click.option("--seed", type=int, default=1, show_default=True, help="The same seed gives the same files, anywhere.")
@click.option(
    "--out",
    type=click.Path(path_type=Path, file_okay=False),
    required=True,
    metavar="DIR",
    help="The folder to make; it must not be there yet, or be empty.",
)
def synth(claims: int, seed: int, out: Path) -> None:
    r"""Invent a dataset of N claims, skewed as real ones are, to try things at scale.

    Nothing in it is real, and its names say so by their numbers. The folder is a dataset of its own.

    \b
      claimgraph synth 10000 --out ten-thousand
      claimgraph build --dataset ten-thousand --unchecked
    """
    with click.progressbar(length=claims, label="claims", file=sys.stderr, hidden=not sys.stderr.isatty()) as bar:
        files = synthesise(claims, seed, out, lambda done, _all: bar.update(done - bar.pos))
    size = sum(file.stat().st_size for file in files)
    click.echo(f"{claims:,} invented claims in {len(files):,} files, {size / 1e6:,.1f} MB, in {out}")
