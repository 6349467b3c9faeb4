"""The command from text files to a snapshot."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import click

from claimgraph.cli.options import (
    both_folders,
    layout_of,
    progress,
    settings_from,
    whole_layout_of,
    with_data_of_others,
)
from claimgraph.dataset.commits import checked_out
from claimgraph.errors import BadHeader, BadMapping, BadSource, BadTurtle, FindingsError
from claimgraph.snapshot import build as build_snapshot
from claimgraph.snapshot import digest_of, is_complete
from claimgraph.sources import ALL

if TYPE_CHECKING:
    from collections.abc import Collection
    from pathlib import Path

    from claimgraph.check import Finding
    from claimgraph.dataset import Layout
    from claimgraph.settings import Settings
    from claimgraph.snapshot import Snapshot


def find_faults(layout: Layout, grain: str, *, full: bool = False) -> list[Finding]:
    """Check a dataset, of one that was checked before what has changed; with ``full`` all of it.

    The check brings SHACL along, so it is imported only where it is used.
    """
    from claimgraph.check import check, check_again  # noqa: PLC0415

    with progress() as told:
        if full:
            return check(layout, progress=partial(told, "check"), grain=grain)
        return check_again(layout, partial(told, "check"), grain).findings


@click.command()
@both_folders
@click.option("--unchecked", is_flag=True, help="Build without looking for faults first.")
@click.option("--all-sources", is_flag=True, help="Map every row of the data of others, and not only those of a grain.")
@click.option("--full", is_flag=True, help="Make everything anew, also what the current snapshot has already.")
@click.option("--commit", metavar="REV", help="Publish the dataset as it was at a commit, beside the current snapshot.")
def build(  # noqa: PLR0913 - click passes each option by name
    dataset: Path | None, snapshots: Path | None, commit: str | None, *, unchecked: bool, all_sources: bool, full: bool
) -> None:
    """Map the data of others, check the dataset, reason over it, and publish it as the current snapshot.

    A dataset that was built before is not built again, and one that differs from the current snapshot is made from it
    by following what has changed; the result is the same as with --full. If anything fails, the snapshot that was
    current stays so. With --all-sources the mappings are checked by the rows of the default grain.

    With --commit an older state is published under /versions. It is not checked, for the rules were others then, and
    the current snapshot stays in service. No later build removes it.
    """
    settings = settings_from(dataset=dataset, snapshots=snapshots, sources=ALL if all_sources else None)
    if commit is not None:
        _publish(commit, settings)
        return
    try:
        layout = whole_layout_of(settings)
    except (BadHeader, BadMapping, BadSource, BadTurtle):
        # The check names every fault, and this error only the first.
        _refuse_faults(settings)
        raise
    if not unchecked and (full or not is_complete(settings.snapshots, digest_of(layout))):
        _refuse_faults(settings, full=full)
    with progress() as told:
        built = build_snapshot(layout, settings.snapshots, settings.keep_snapshots, told, full=full)
    _tell(built)


def _publish(commit: str, settings: Settings) -> None:
    with checked_out(layout_of(settings), commit) as (older, named):
        layout = with_data_of_others(older, settings)
        with progress() as told:
            built = build_snapshot(layout, settings.snapshots, progress=told, past=named)
    _tell(built)


def _tell(built: Snapshot) -> None:
    derived = sum(rule.triples for rule in built.manifest.rules)
    seconds = sum(built.manifest.seconds.values())
    click.echo(
        f"snapshot {built.digest[:12]}: {built.manifest.triples:,} triples, "
        f"{derived:,} of them derived by {len(built.manifest.rules)} rules, built in {seconds:.1f} s"
        f"{built.manifest.way()}"
    )


def _refuse_faults(settings: Settings, *, full: bool = False) -> None:
    """Refuse a dataset with errors.

    Raises:
        FindingsError: there are some.
    """
    grain = "default" if settings.sources in {None, ALL} else str(settings.sources)
    errors = _errors(find_faults(layout_of(settings), grain, full=full))
    if errors:
        raise FindingsError(errors)


def _errors(findings: Collection[Finding]) -> list[Finding]:
    return [finding for finding in findings if finding.severity == "error"]
