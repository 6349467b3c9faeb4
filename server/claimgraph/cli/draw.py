"""The picture of a canned query's answer, drawn without a server."""

from __future__ import annotations

import sys
from functools import partial
from typing import TYPE_CHECKING, Any, Final

import click
from pyoxigraph import QuerySolutions

from claimgraph.catalog.table import Table
from claimgraph.errors import UsageError
from claimgraph.picture import can_compose, compose, draw, rasterise
from claimgraph.sparql.query import parse

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from pyoxigraph import Store

    from claimgraph.catalog import CannedQuery


PICTURES: Final = ("svg", "png")


def write_picture(canned: CannedQuery, text: str, given: Mapping[str, str], store: Store, output: str) -> None:
    """Draw the picture of an answer and write it.

    Raises:
        UsageError: there is nothing to draw, or a terminal would have to show a PNG file.
    """
    if output == "png" and is_terminal():
        raise UsageError("a PNG file is not for the terminal: write it to a file with '> picture.png'")
    svg = picture(canned, text, given, store)
    click.echo(rasterise(svg) if output == "png" else svg, nl=False)


def is_terminal() -> bool:
    """Tell whether standard output is a terminal."""
    return sys.stdout.isatty()


def picture(canned: CannedQuery, text: str, given: Mapping[str, str], store: Store) -> str:
    """Draw the picture that a query's header names, as SVG.

    Raises:
        UsageError: the header names none, or there are no rows to draw.
    """
    if not can_compose(canned.picture):
        raise UsageError(f"the query {canned.name!r} has no picture")
    ask: Callable[[str], Any] = partial(store.query, use_default_graph_as_union=True)
    answer = ask(parse(text).text)
    if not isinstance(answer, QuerySolutions):
        raise UsageError(f"the query {canned.name!r} has no rows to draw")
    names = [variable.value for variable in answer.variables]
    table = Table.of(names, ([row[name] for name in names] for row in answer), ask)
    values = {name: known.default or "" for name, known in canned.parameters.items()} | dict(given)
    composed = compose(canned.picture, canned.summary, table, ask, values)
    if composed is None:
        raise UsageError(f"the answer of {canned.name!r} has no row: there is nothing to draw")
    return draw(composed, lambda iri: iri)
