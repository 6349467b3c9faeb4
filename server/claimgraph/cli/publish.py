"""The command from a snapshot to an engine elsewhere."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from claimgraph.cli.options import progress, settings_from, snapshots_option
from claimgraph.errors import UsageError
from claimgraph.snapshot import open_current, open_snapshot

if TYPE_CHECKING:
    from claimgraph.publish import Load, Published
    from claimgraph.settings import Settings


@click.command()
@snapshots_option
@click.argument("digest", required=False)
@click.option("--engine", metavar="URL", help="Where the engine answers queries.")
@click.option("--update", metavar="URL", help="Where it takes updates.")
@click.option("--graph-store", metavar="URL", help="Where it speaks the Graph Store Protocol.")
@click.option(
    "--by",
    type=click.Choice(["updates", "graph-store", "bulk"]),
    help="How to load. [default: graph-store where its address is given, otherwise updates]",
)
@click.option("--isql", metavar="HOST:PORT", help="Where Virtuoso listens for isql, for its bulk loader.")
@click.option(
    "--folder",
    type=click.Path(path_type=Path, file_okay=False),
    metavar="DIR",
    help="A folder that Virtuoso may read (DirsAllowed), for its bulk loader.",
)
@click.option("--seen-as", metavar="DIR", help="The name of that folder on Virtuoso's machine. [default: the same]")
@click.option("--keep", type=click.IntRange(1), metavar="N", help="How many versions the engine keeps. [default: 3]")
def publish(  # noqa: PLR0913, PLR0917 - click passes each option by name
    snapshots: Path | None,
    digest: str | None,
    engine: str | None,
    update: str | None,
    graph_store: str | None,
    by: str | None,
    isql: str | None,
    folder: Path | None,
    seen_as: str | None,
    keep: int | None,
) -> None:
    r"""Load a snapshot into an engine elsewhere, for 'claimgraph serve --engine' to answer from.

    It is the current snapshot, or the one whose DIGEST begins as given. Its graphs are kept beside those of earlier
    versions, under names of their own, and nobody reads them before all are there. After a break the same command goes
    on where it was. The account at the engine is taken from CLAIMGRAPH_ENGINE_USER and CLAIMGRAPH_ENGINE_PASSWORD.

    \b
    For example:
      claimgraph publish --engine http://localhost:7878/query --update http://localhost:7878/update
      claimgraph publish --engine … --update … --by bulk --isql localhost:1111 --folder /var/lib/virtuoso/load
    """
    from claimgraph.publish import publish as run  # noqa: PLC0415 - no other command sends anything

    settings = settings_from(
        snapshots=snapshots, engine=engine, engine_update=update, engine_graph_store=graph_store, keep_snapshots=keep
    )
    snapshot = open_snapshot(settings.snapshots, digest) if digest else open_current(settings.snapshots)
    load = _load(settings, by, isql, folder, seen_as)
    with progress() as told:
        done = run(snapshot, settings, load, told)
    _tell(done, snapshot.manifest.triples)


def _load(settings: Settings, by: str | None, isql: str | None, folder: Path | None, seen_as: str | None) -> Load:
    """Choose the way to load.

    Raises:
        UsageError: what it needs is not given.
    """
    from claimgraph.publish import Bulk, ByGraphStore, ByUpdates  # noqa: PLC0415 - as above

    if by == "bulk":
        if not (isql and folder):
            raise UsageError("the bulk loader needs --isql and --folder")
        return Bulk.of(settings, isql, folder, seen_as or str(folder.resolve()))
    if by == "updates" or (by is None and settings.engine_graph_store is None):
        return ByUpdates()
    if settings.engine_graph_store is None:
        raise UsageError("to load by the Graph Store Protocol takes --graph-store")
    return ByGraphStore(url=settings.engine_graph_store)


def _tell(done: Published, triples: int) -> None:
    name = done.digest[:12]
    if done.was_whole:
        click.echo(f"snapshot {name} was published before")
    else:
        click.echo(f"snapshot {name} is published: {triples:,} triples, {done.sent:,} of them sent by this command")
    for graph, missing in done.fewer.items():
        click.echo(f"the engine takes {missing:,} triples of {graph} for others of the same graph", err=True)
    if done.removed:
        click.echo("removed " + ", ".join(digest[:12] for digest in done.removed))
