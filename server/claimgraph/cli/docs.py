"""The command that writes the pages of the ontology: ``claimgraph docs``."""

from __future__ import annotations

from pathlib import Path

import click

from claimgraph.catalog import Catalog
from claimgraph.cli.options import both_folders, layout_of, settings_from
from claimgraph.errors import UsageError
from claimgraph.snapshot import open_current


@click.command()
@both_folders
@click.option(
    "--out",
    type=click.Path(path_type=Path, file_okay=False),
    required=True,
    metavar="DIR",
    help="The folder to write into; files of the same names are replaced.",
)
def docs(dataset: Path | None, snapshots: Path | None, out: Path) -> None:
    r"""Write the ontology of the current snapshot as a page and in each format, for any web server.

    \b
      claimgraph docs --out site
    """
    # Only this command and serve need the web application, which takes long to import.
    from claimgraph.engine.embedded import Embedded, KeeperProcess  # noqa: PLC0415
    from claimgraph.web.service import View  # noqa: PLC0415
    from claimgraph.web.site import ontology_files  # noqa: PLC0415

    settings = settings_from(dataset=dataset, snapshots=snapshots)
    layout = layout_of(settings)
    snapshot = open_current(settings.snapshots)
    with KeeperProcess(snapshot.dump, snapshot.store, settings) as keeper:
        engine = Embedded(keeper.socket, settings)
        try:
            files = ontology_files(View(snapshot.manifest, engine, Catalog.load(layout.queries)), settings)
        finally:
            engine.close()
    try:
        out.mkdir(parents=True, exist_ok=True)
        for name, content in files.items():
            (out / name).write_bytes(content)
    except OSError as error:
        raise UsageError(f"cannot write to {out}: {error.strerror}") from error
    click.echo(f"{len(files)} files in {out}; begin at {out / 'index.html'}")
