"""The commands that ask the current snapshot: canned queries and SPARQL. No server is needed for them."""

from __future__ import annotations

import os
import signal
import sys
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

import click
from pyoxigraph import QuerySolutions

from claimgraph.catalog import Catalog
from claimgraph.cli.answer import OUTPUTS, write, write_labelled
from claimgraph.cli.draw import PICTURES, write_picture
from claimgraph.cli.options import both_folders, layout_of, settings_from
from claimgraph.cli.waiting import Waiting
from claimgraph.errors import BadQuery, UsageError
from claimgraph.snapshot import Identifiers, open_current
from claimgraph.sparql.prefixes import declarations
from claimgraph.sparql.query import parse

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from pyoxigraph import Store

    from claimgraph.catalog import CannedQuery
    from claimgraph.settings import Settings

_format_option = click.option(
    "--format",
    "format_",
    type=click.Choice(OUTPUTS),
    help="How to write the answer. [default: table, or ttl for a graph]",
)


@click.command()
@click.argument("name", required=False)
@click.argument("values", nargs=-1, metavar="[KEY=VALUE]...")
@click.option(
    "--format",
    "format_",
    type=click.Choice((*OUTPUTS, *PICTURES)),
    help="How to write the answer; svg and png draw its picture. [default: table, or ttl for a graph]",
)
@click.option("--list", "list_", is_flag=True, help="List the queries there are.")
@click.option("--describe", is_flag=True, help="Show what the query asks and which parameters it has.")
@both_folders
def query(  # noqa: PLR0913 - click passes each option by name
    name: str | None,
    values: tuple[str, ...],
    format_: str | None,
    dataset: Path | None,
    snapshots: Path | None,
    *,
    list_: bool,
    describe: bool,
) -> None:
    r"""Ask the canned query NAME of the current snapshot.

    A parameter that takes a resource takes its IRI, a CURIE (id:weapon/iskander, weapon:iskander) or its identifier
    (ST14). Nothing behind the equals sign takes a default away: 'dossier=' asks over all dossiers.

    \b
      claimgraph query --list
      claimgraph query attribution-chain --describe
      claimgraph query attribution-chain statement=ST14
      claimgraph query standing-as-of as_of=2021-02-27 --format csv
      claimgraph query contradictions dossier= --format png > pairs.png
    """
    settings = settings_from(dataset=dataset, snapshots=snapshots)
    catalog = Catalog.load(layout_of(settings).queries)
    if list_ or name is None:
        width = max((len(one.name) for one in catalog), default=0)
        click.echo("\n".join(f"{one.name:{width}}  {one.summary}" for one in catalog))
    elif describe:
        click.echo("\n".join(_description(catalog[name])))
    else:
        canned = catalog[name]
        store = open_current(settings.snapshots).open_store()
        names = Identifiers(store)
        asked = canned.bind(_pairs(values), names.resolve, names.is_known)
        if format_ in PICTURES:
            write_picture(canned, asked, _pairs(values), store, format_)
        else:
            _answer(store, asked, format_, canned.things)


@click.command()
@click.argument("text", required=False, metavar="[QUERY]")
@click.option(
    "-f", "--file", type=click.File(encoding="utf-8"), help="Read the query from a file; - is standard input."
)
@_format_option
@click.option("--snapshots", type=click.Path(path_type=Path), metavar="DIR", help="Where snapshots are kept.")
def sparql(text: str | None, file: TextIO | None, format_: str | None, snapshots: Path | None) -> None:
    r"""Ask a SPARQL query of the current snapshot.

    The usual prefixes (cg, id, rdfs, dcterms, skos and others) need not be declared.

    \b
      claimgraph sparql 'SELECT ?c { ?c a cg:Claim } LIMIT 5'
      claimgraph sparql -f query.rq --format csv
    """
    if (text is None) == (file is None):
        message = "give either a query or a file with -f"
        raise UsageError(message)
    asked = file.read() if file else text or ""
    settings: Settings = settings_from(snapshots=snapshots)
    _answer(open_current(settings.snapshots).open_store(), _with_prefixes(asked), format_)


def _answer(store: Store, text: str, format_: str | None, things: frozenset[str] | None = None) -> None:
    """Ask and write; ``things`` are the columns of IRIs of a canned query, which has labels in its answer."""
    parsed = parse(text)
    ask: Callable[[str], Any] = partial(store.query, use_default_graph_as_union=True)
    # The engine does not hear of an interrupt while it works, so let one end the process at once.
    before = signal.signal(signal.SIGINT, signal.SIG_DFL)
    try:
        with Waiting(sys.stdout) as stream:
            answer = ask(parsed.text)
            if things is not None and isinstance(answer, QuerySolutions):
                write_labelled(answer, format_, stream, ask, things)
            else:
                write(answer, format_, stream)
            stream.flush()
    except BrokenPipeError:
        # The reader has what it wanted. What Python still holds goes nowhere when it ends.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    finally:
        signal.signal(signal.SIGINT, before)


def _with_prefixes(text: str) -> str:
    """Declare the usual prefixes on one line before the query.

    Raises:
        BadQuery: the query does not parse; line and column are those of the text as it was given.
    """
    parsed_alone = declarations().replace("\n", " ") + "\n" + text
    try:
        parse(parsed_alone)
    except BadQuery as error:
        line = error.line - 1 if error.line else None
        raise type(error)(error.reason, line=line, column=error.column) from error
    return parsed_alone


def _pairs(values: Iterable[str]) -> dict[str, str]:
    """Split ``key=value`` arguments.

    Raises:
        UsageError: one has no equals sign, or a key comes twice.
    """
    found: dict[str, str] = {}
    for text in values:
        key, equals, value = text.partition("=")
        if not equals or key in found:
            message = f"parameters are written key=value, each once, not {text!r}"
            raise UsageError(message)
        found[key] = value
    return found


def _description(canned: CannedQuery) -> Iterable[str]:
    yield f"{canned.name}: {canned.summary}"
    if canned.description:
        yield f"\n{canned.description}"
    if canned.parameters:
        yield "\nParameters:"
    for parameter in canned.parameters.values():
        notes = [f"default: {parameter.default}"] if parameter.default is not None else []
        notes += ["optional"] if parameter.optional else []
        yield f"  {parameter.name}: {parameter.label}; {parameter.spoken_type} [{', '.join(notes)}]"
    if canned.columns:
        yield "\nColumns:"
    for column, meaning in canned.columns.items():
        yield f"  {column}: {meaning}"
