"""Answers on the terminal: a table for reading, or any of the formats that the service has."""

from __future__ import annotations

import shutil
import textwrap
from typing import TYPE_CHECKING, Final, Protocol

from pyoxigraph import BlankNode, Literal, NamedNode, QueryBoolean, QuerySolutions, QueryTriples, serialize

from claimgraph.catalog.table import Table, write_separated, write_turtle
from claimgraph.errors import UsageError
from claimgraph.formats import GRAPHS, ROWS, by_name
from claimgraph.sparql.prefixes import PREFIXES, shorten

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pyoxigraph import Triple

    from claimgraph.catalog.table import Select

OUTPUTS: Final = ("table", *(format_.name for format_ in (*ROWS, *GRAPHS)))
_GAP = "  "
_NARROWEST = 12


class Stream(Protocol):
    """Be where an answer is written."""

    def write(self, text: str, /) -> int:
        """Write a text."""
        ...

    def isatty(self) -> bool:
        """Tell whether people read it as it is written."""
        ...


def write(answer: QuerySolutions | QueryBoolean | QueryTriples, output: str | None, stream: Stream) -> None:
    """Write an answer in the output asked for; the default is a table for rows and Turtle for graphs.

    Raises:
        UsageError: rows were asked for in a format of graphs, or the other way round.
    """
    if isinstance(answer, QueryTriples):
        _serialise(answer, "ttl" if output in (None, "table") else output, stream)
    elif output in (None, "table"):
        _write_table(answer, stream)
    else:
        _serialise(answer, output, stream)


def write_labelled(
    answer: QuerySolutions, output: str | None, stream: Stream, select: Select, things: frozenset[str]
) -> None:
    """Write the rows of a canned query: labels for IRIs in a table, a label column beside each in CSV and TSV.

    Turtle holds the rows in the W3C's vocabulary for result sets. ``select`` is asked for the labels; ``things`` are
    the columns of IRIs.
    """
    names = [variable.value for variable in answer.variables]
    if output not in {None, "table", "csv", "tsv", "ttl"}:
        _serialise(answer, output, stream)
        return
    labelled = Table.of(names, ([row[name] for name in names] for row in answer), select, things)
    if output in {"csv", "tsv"}:
        stream.write(write_separated(labelled, "," if output == "csv" else "\t"))
    elif output == "ttl":
        stream.write(write_turtle(labelled))
    else:
        _lay_out(names, [[labelled.label(term) or _readable(term) for term in row] for row in labelled.rows], stream)


def _serialise(answer: QuerySolutions | QueryBoolean | QueryTriples, output: str | None, stream: Stream) -> None:
    is_graph = isinstance(answer, QueryTriples)
    offered = GRAPHS if is_graph else ROWS
    if output not in {format_.name for format_ in offered}:
        kind = "a graph" if is_graph else "rows"
        message = f"the answer is {kind}, which {output!r} cannot hold; use one of table, " + ", ".join(
            format_.name for format_ in offered
        )
        raise UsageError(message)
    chosen = by_name(output or "", offered)
    if isinstance(answer, QueryTriples):
        triples = list(answer)
        data = serialize(triples, format=chosen.rdf, prefixes=_used(triples))
    else:
        data = answer.serialize(format=chosen.results)
    text = (data or b"").decode()
    stream.write(text if text.endswith("\n") else text + "\n")


def _used(triples: Sequence[Triple]) -> dict[str, str]:
    """Pick the prefixes of which the namespace occurs."""
    text = "\n".join(str(triple) for triple in triples)
    return {prefix: namespace for prefix, namespace in PREFIXES.items() if f"<{namespace}" in text}


def _write_table(answer: QuerySolutions | QueryBoolean, stream: Stream) -> None:
    if isinstance(answer, QueryBoolean):
        stream.write("yes\n" if answer else "no\n")
        return
    names = [variable.value for variable in answer.variables]
    _lay_out(names, [[_readable(solution[name]) for name in names] for solution in answer], stream)


def _lay_out(names: Sequence[str], rows: Sequence[Sequence[str]], stream: Stream) -> None:
    width = shutil.get_terminal_size().columns if stream.isatty() else None
    stream.write(table(names, rows, width))
    stream.write(f"({len(rows)} {'row' if len(rows) == 1 else 'rows'})\n")


def table(names: Sequence[str], rows: Sequence[Sequence[str]], width: int | None) -> str:
    """Lay out rows under their names; where a width is given, long cells are broken over several lines to fit it."""
    widths = [max((len(cell) for cell in column), default=0) for column in zip(names, *rows, strict=True)]
    if width:
        widths = _fit(widths, width - len(_GAP) * (len(names) - 1))
    lines = [*_lines(names, widths), _GAP.join("-" * size for size in widths)]
    for row in rows:
        lines += _lines(row, widths)
    return "\n".join(lines) + "\n"


def _fit(widths: list[int], room: int) -> list[int]:
    """Make the widest columns narrower, one character at a time, until the table fits or nothing more can give."""
    fitted = list(widths)
    while sum(fitted) > room and max(fitted, default=0) > _NARROWEST:
        fitted[fitted.index(max(fitted))] -= 1
    return fitted


def _lines(cells: Sequence[str], widths: Sequence[int]) -> list[str]:
    broken = [textwrap.wrap(cell, size) or [""] for cell, size in zip(cells, widths, strict=True)]
    height = max((len(parts) for parts in broken), default=1)
    padded = [parts + [""] * (height - len(parts)) for parts in broken]
    return [
        _GAP.join(f"{part:{size}}" for part, size in zip(line, widths, strict=True)).rstrip()
        for line in zip(*padded, strict=True)
    ]


def _readable(term: object) -> str:
    """Write a term as people read it: IRIs with their prefix, literals as their text on one line."""
    if isinstance(term, NamedNode):
        return shorten(term.value)
    if isinstance(term, BlankNode):
        return f"_:{term.value}"
    if isinstance(term, Literal):
        return " ".join(term.value.split())
    return "" if term is None else str(term)
