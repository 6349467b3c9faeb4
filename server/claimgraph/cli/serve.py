"""The command from a snapshot to a service."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from claimgraph.cli.options import both_folders, layout_of, settings_from

if TYPE_CHECKING:
    from pathlib import Path


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
