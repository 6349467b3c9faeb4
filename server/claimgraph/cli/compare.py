"""The command that compares two states of a dataset: ``claimgraph diff``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import click

from claimgraph.cli.options import both_folders, layout_of, settings_from

if TYPE_CHECKING:
    from pathlib import Path

FORMATS: Final = ("text", "markdown", "json", "html")


@click.command()
@click.argument("before", metavar="A")
@click.argument("after", metavar="[B]", required=False)
@both_folders
@click.option(
    "--format", "format_", type=click.Choice(FORMATS), default="text", show_default=True, help="How to write it."
)
@click.option("--exit-code", is_flag=True, help="End with status 1 if anything changed.")
def diff(  # noqa: PLR0913 - click passes each option by name
    before: str, after: str | None, dataset: Path | None, snapshots: Path | None, format_: str, *, exit_code: bool
) -> int:
    r"""Say what changes from A to B: claims, positions, disputes, terms, answers.

    A and B are files, folders, digests of snapshots or commits of git; without B, A is held against the dataset as it
    lies in its folder. Layout, order and the names of blank nodes do not count. Of the data of others the rows of the
    grain are compared that a snapshot holds; where none is asked for, a sample of them.

    \b
      claimgraph diff HEAD
      claimgraph diff main my-branch --format markdown
      claimgraph diff 3f2a91 97c0de --exit-code
    """
    # Reasoning brings rdflib along, which other commands need not wait for.
    from claimgraph.compare import WRITERS, difference  # noqa: PLC0415
    from claimgraph.compare.sources import Sources  # noqa: PLC0415

    settings = settings_from(dataset=dataset, snapshots=snapshots)
    sources = Sources(layout_of(settings), settings.snapshots, settings.sources or "sample")
    found = difference(*sources.pair(before, after))
    click.echo(WRITERS[format_](found), nl=False)
    return 1 if found and exit_code else 0
