"""Canned queries: they parse, and their header tells the truth about parameters, defaults and columns.

Only the engine's own parser is asked here: rdflib takes some 40 ms for each query and answers none. A test holds the
shipped queries against it.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from pyoxigraph import Literal, NamedNode, QuerySolutions, Store

from claimgraph.check.finding import Finding
from claimgraph.check.literals import is_valid
from claimgraph.check.names import name
from claimgraph.check.vocabulary import did_you_mean
from claimgraph.errors import BadHeader, BadQuery, Place
from claimgraph.sparql.header import read_header, require
from claimgraph.sparql.query import parse

if TYPE_CHECKING:
    from collections.abc import Iterator

    from claimgraph.check.corpus import Corpus
    from claimgraph.check.texts import SparqlText

_PARAMETER: Final = re.compile(
    r"[?$](?P<optional>__?)(?P<name>[a-z][a-z_]*?)_(?P<type>iri|literal|integer|xsd_[a-zA-Z]+)"
)
_OURS: Final = "x-claimgraph"


def faulty_queries(corpus: Corpus) -> Iterator[Finding]:
    """Check every canned query."""
    for text in corpus.texts:
        if text.kind == "query":
            yield from _query(text)


def _query(text: SparqlText) -> Iterator[Finding]:
    fault = _syntax(text)
    if fault:
        yield fault
    try:
        header = read_header(text.text, text.file)
        require(header, ("summary",), text.file)
    except BadHeader as error:
        yield Finding(error.place or text.at(0), "CG602", error.message)
        return
    shape = _misshapen(header)
    if shape:
        yield Finding(text.line(f"#+ {shape}"), "CG602", f"'{shape}' is not written as a query header asks")
    elif not fault:
        yield from _parameters(text, header)
        yield from _columns(text, header)


def _syntax(text: SparqlText) -> Finding | None:
    try:
        parse(text.text)
    except BadQuery as error:
        return Finding(Place(text.file, error.line or 1, error.column or 1), "CG601", error.reason)
    return None


def _misshapen(header: dict[str, Any]) -> str | None:
    """Name the first key whose value is not of its form, if there is one."""
    for key in ("defaults", "enumerate"):
        entries = header.get(key, [])
        if not isinstance(entries, list) or any(not isinstance(entry, dict) or len(entry) != 1 for entry in entries):
            return key
    ours = header.get(_OURS, {})
    if not isinstance(ours, dict) or not isinstance(ours.get("columns", {}), dict):
        return _OURS
    return None


def _single(entries: list[dict[str, Any]]) -> dict[str, Any]:
    return {key: value for entry in entries for key, value in entry.items()}


def _parameters(text: SparqlText, header: dict[str, Any]) -> Iterator[Finding]:
    defaults, choices = _single(header.get("defaults", [])), _single(header.get("enumerate", []))
    found: dict[str, re.Match[str]] = {}
    for token in text.tokens:
        match = _PARAMETER.fullmatch(token.text) if token.kind == "variable" else None
        if match is None or match["name"] in found:
            continue
        found[match["name"]] = match
        if match["optional"] == "_" and match["name"] not in defaults:
            yield Finding(text.at(token.start), "CG603", f"the parameter {match['name']} has no default in the header")
    labelled = header.get(_OURS, {}).get("parameters") or {}
    for parameter in [*defaults, *choices, *labelled]:
        if parameter not in found:
            message = f"the header speaks of a parameter {parameter} that the query does not use"
            yield Finding(text.line(f"{parameter}:"), "CG603", message, did_you_mean(parameter, found))
    for parameter, value in defaults.items():
        if parameter in found:
            yield from _default(text, found[parameter], value, choices.get(parameter))


def _default(text: SparqlText, parameter: re.Match[str], value: object, choices: object) -> Iterator[Finding]:
    place = text.line(f"- {parameter['name']}:")
    shown = f"the default of {parameter['name']}, {value!r},"
    if isinstance(choices, list) and value not in choices:
        yield Finding(place, "CG604", f"{shown} is not among the values of the header")
    elif not _is_typed(parameter["type"], str(value)):
        yield Finding(place, "CG604", f"{shown} is no {parameter['type'].removeprefix('xsd_')}")


def _is_typed(kind: str, value: str) -> bool:
    if kind == "literal":
        return True
    if kind == "iri":
        try:
            NamedNode(value)
        except ValueError:
            return False
        return True
    return is_valid(Literal(value, datatype=name(f"xsd:{kind.removeprefix('xsd_')}")))


def _columns(text: SparqlText, header: dict[str, Any]) -> Iterator[Finding]:
    described = header.get(_OURS, {}).get("columns") or {}
    answer = Store().query(text.text)
    if not isinstance(answer, QuerySolutions):
        return
    projected = [variable.value for variable in answer.variables]
    for column in projected:
        if column not in described:
            yield Finding(text.line("SELECT"), "CG605", f"the header does not describe the column {column}")
    for column in described:
        if column not in projected:
            message = f"the header describes a column {column} that the query does not project"
            yield Finding(text.line(f"{column}:"), "CG605", message, did_you_mean(column, projected))
