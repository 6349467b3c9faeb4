"""The program with its commands, and the one place where errors become exit statuses."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Final

import click
from pydantic import ValidationError

from claimgraph import __version__
from claimgraph.cli.options import both_folders
from claimgraph.errors import ClaimgraphError, UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence

EXIT_STATUSES: Final[dict[type[Exception], int]] = {UsageError: 2, ValidationError: 2, ClaimgraphError: 1}
"""What the program ends with: 0 fine, 1 findings or a failed answer, 2 wrong use. The first class that fits counts."""

COMMANDS: Final[dict[str, str]] = {
    "check": "check.check",
    "explain-code": "check.explain_code",
    "fmt": "tidy.fmt",
    "diff": "compare.diff",
    "new": "draft.new",
    "quote": "draft.quote",
    "build": "build.build",
    "publish": "publish.publish",
    "serve": "serve.serve",
    "query": "ask.query",
    "sparql": "ask.sparql",
    "explain": "explain.explain",
    "synth": "synth.synth",
    "docs": "docs.docs",
}
"""Where each command stands in this package."""

_INTERRUPTED = 130


class _Program(click.Group):
    """Import the command that is asked for and no other: all of them together take half a second."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Name the commands."""
        return sorted({*COMMANDS, *super().list_commands(ctx)})

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import a command."""
        if cmd_name in COMMANDS and cmd_name not in self.commands:
            module, _, attribute = COMMANDS[cmd_name].partition(".")
            command: click.Command = getattr(import_module(f"claimgraph.cli.{module}"), attribute)
            self.add_command(_with_examples(command), cmd_name)
        return super().get_command(ctx, cmd_name)


@click.group(cls=_Program, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, prog_name="claimgraph")
@both_folders
def program(**_before: object) -> None:
    r"""Build, serve and question a knowledge graph of contested claims.

    The dataset is a folder with 'ontology', 'data' and 'queries': the shipped one, or the one that --dataset names.
    A build checks it, reasons over it and publishes it as a snapshot, which the other commands read.

    \b
    Start with:
      claimgraph build
      claimgraph query --list
      claimgraph query claims-about-weapon weapon=weapon:iskander
      claimgraph serve

    Every setting can also be given as an environment variable, such as CLAIMGRAPH_DATASET.
    The exit status is 0 if all is well, 1 for findings or a failed answer, 2 for wrong use.
    """


def _with_examples(command: click.Command) -> click.Command:
    r"""Make click leave the lines after ``\b`` as they are; in a raw docstring the mark is two characters."""
    command.help = (command.help or "").replace("\\b\n", "\b\n")
    for inner in command.commands.values() if isinstance(command, click.Group) else ():
        _with_examples(inner)
    return command


_with_examples(program)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the program and return its exit status; an error is one line on standard error, never a traceback."""
    try:
        status = program.main(arguments, prog_name="claimgraph", standalone_mode=False)
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except click.exceptions.Abort:
        return _INTERRUPTED
    except tuple(EXIT_STATUSES) as error:
        click.echo(f"claimgraph: {_message(error)}", err=True)
        return next(status for kind, status in EXIT_STATUSES.items() if isinstance(error, kind))
    return status if isinstance(status, int) else 0


def _message(error: Exception) -> str:
    if isinstance(error, ValidationError):
        first = error.errors()[0]
        return f"the setting {'.'.join(str(part) for part in first['loc'])} is wrong: {first['msg']}"
    return str(error)
