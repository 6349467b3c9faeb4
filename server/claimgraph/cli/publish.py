"""The commands from text files to a service: build and serve."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from claimgraph.cli.options import both_folders, layout_of, settings_from
from claimgraph.errors import FindingsError
from claimgraph.snapshot import build as build_snapshot
from claimgraph.snapshot import digest_of, is_complete

if TYPE_CHECKING:
    from collections.abc import Collection
    from pathlib import Path

    from claimgraph.check import Finding
    from claimgraph.dataset import Layout


def find_faults(layout: Layout, paths: Collection[Path] | None = None) -> list[Finding]:
    """Check a dataset; the check brings SHACL and rdflib along, so it is imported only where it is used."""
    from claimgraph.check import check as run  # noqa: PLC0415

    return run(layout, paths)


@click.command()
@both_folders
@click.option("--unchecked", is_flag=True, help="Build without looking for faults first.")
def build(dataset: Path | None, snapshots: Path | None, *, unchecked: bool) -> None:
    """Check the dataset, reason over it, and publish it as the current snapshot.

    A dataset that was built before is not built again. If anything fails, the snapshot that was current stays so.
    """
    settings = settings_from(dataset=dataset, snapshots=snapshots)
    layout = layout_of(settings)
    if not unchecked and not is_complete(settings.snapshots, digest_of(layout)):
        errors = _errors(find_faults(layout))
        if errors:
            raise FindingsError(errors)
    built = build_snapshot(layout, settings.snapshots, settings.keep_snapshots, _show_progress)
    derived = sum(rule.triples for rule in built.manifest.rules)
    seconds = sum(built.manifest.seconds.values())
    click.echo(
        f"snapshot {built.digest[:12]}: {built.manifest.triples:,} triples, "
        f"{derived:,} of them derived by {len(built.manifest.rules)} rules, built in {seconds:.1f} s"
    )


@click.command()
@both_folders
@click.option("--host", metavar="ADDRESS", help="The address to listen on. [default: 127.0.0.1]")
@click.option(
    "--port", type=click.IntRange(0, 65535), help="The port to listen on; 0 takes a free one. [default: 8000]"
)
@click.option("--engine", metavar="URL", help="Answer from this SPARQL endpoint instead of the snapshot.")
@click.option("--watch", is_flag=True, default=None, help="Check, build and serve again whenever a file is saved.")
def serve(  # noqa: PLR0913 - click passes each option by name
    dataset: Path | None,
    snapshots: Path | None,
    host: str | None,
    port: int | None,
    engine: str | None,
    *,
    watch: bool | None,
) -> None:
    """Serve the current snapshot over HTTP until interrupted.

    With --watch a saved file is checked, built and served; open pages show the new state by themselves. While there
    is an error, they show the findings, and the last good snapshot stays in service.
    """
    # Only this command needs the web server, and to import it takes longer than the others run.
    from claimgraph.serve import serve as run  # noqa: PLC0415

    settings = settings_from(dataset=dataset, snapshots=snapshots, host=host, port=port, engine=engine, watch=watch)
    run(layout_of(settings), settings)


def _show_progress(stage: str, done: int, total: int) -> None:
    if sys.stderr.isatty():
        part = f" {done}/{total}" if total > 1 else ""
        click.echo(f"\r\x1b[K{stage}{part} ...\r", err=True, nl=False)


def _errors(findings: Collection[Finding]) -> list[Finding]:
    return [finding for finding in findings if finding.severity == "error"]
