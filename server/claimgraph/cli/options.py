"""The options that several commands share, and the settings that come of them."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from claimgraph.dataset import Layout, root
from claimgraph.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

dataset_option = click.option(
    "--dataset",
    type=click.Path(path_type=Path),
    metavar="DIR",
    help="The dataset: a folder with 'ontology', 'data' and 'queries'. [default: the shipped one]",
)
snapshots_option = click.option(
    "--snapshots",
    type=click.Path(path_type=Path),
    metavar="DIR",
    help="Where snapshots are kept. [default: ./snapshots]",
)


def settings_from(**given: Any) -> Settings:  # noqa: ANN401 - each setting has its own type
    """Make the settings from options, where they are given, and otherwise from the environment and the defaults.

    An option given before the command counts like one given behind it, which wins.
    """
    context = click.get_current_context(silent=True)
    before = context.find_root().params if context else {}
    chosen = {name: before.get(name) if value is None else value for name, value in given.items()}
    return Settings(**{name: value for name, value in chosen.items() if value is not None})


def layout_of(settings: Settings) -> Layout:
    """Find the dataset that the settings name, or the shipped one.

    Raises:
        UsageError: the folder is no dataset.
    """
    return Layout(settings.dataset or root(), settings.base)


def whole_layout_of(settings: Settings) -> Layout:
    """Find the dataset that the settings name, with what mappings make of the data of others, and show the progress.

    Raises:
        UsageError: the folder is no dataset.
        BadHeader, BadMapping, BadSource, BadTurtle: a mapping or its data are at fault.
    """
    return with_data_of_others(layout_of(settings), settings)


def with_data_of_others(layout: Layout, settings: Settings) -> Layout:
    """Add what mappings make of the data of others to a dataset, and show the progress; raises as above."""
    # Most commands map nothing.
    from claimgraph.sources import with_sources  # noqa: PLC0415

    with progress() as told:
        return with_sources(layout, settings.sources or "default", told)


@contextmanager
def progress() -> Iterator[Callable[[str, int, int], None]]:
    """Show on the terminal how much of a piece of work is done: its stage, and a bar."""
    with click.progressbar(
        length=1, file=sys.stderr, hidden=not sys.stderr.isatty(), item_show_func=lambda stage: stage and f"{stage} "
    ) as bar:

        def told(stage: str, done: int, total: int) -> None:
            bar.length = total
            bar.pos = 0
            bar.update(done, stage)

        yield told


def both_folders(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add the options for the dataset and for the snapshots to a command."""
    return dataset_option(snapshots_option(command))
