"""Canned queries: they parse, and their header tells the truth about parameters, defaults and columns.

Only the engine's own parser is asked here: rdflib takes some 40 ms for each query and answers none. A test holds the
shipped queries against it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from pyoxigraph import NamedNode, QuerySolutions, Store

from claimgraph.catalog.parameter import spoken
from claimgraph.catalog.query import load_query
from claimgraph.check.finding import Finding
from claimgraph.check.names import name
from claimgraph.check.vocabulary import did_you_mean
from claimgraph.errors import BadHeader, BadParameter, BadQuery, Place
from claimgraph.sparql.header import read_header
from claimgraph.sparql.prefixes import PREFIXES, shorten
from claimgraph.sparql.query import parse

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from claimgraph.catalog import CannedQuery, Parameter
    from claimgraph.check.corpus import Corpus
    from claimgraph.check.texts import SparqlText

_OURS: Final = "x-claimgraph"
_IDENTIFIER: Final = name("dcterms:identifier")
_RESOURCES: Final = PREFIXES["id"]


def faulty_queries(corpus: Corpus) -> Iterator[Finding]:
    """Check every canned query."""
    for text in corpus.texts:
        if text.kind == "query":
            yield from _query(corpus, text)


def _query(corpus: Corpus, text: SparqlText) -> Iterator[Finding]:
    fault = _syntax(text)
    if fault:
        yield fault
        return
    try:
        header = read_header(text.text, text.file)
        refuse_misshapen(text, header)
        query = load_query(text.path, text.text)
    except BadHeader as error:
        place = error.place or text.at(0)
        yield Finding(Place(text.file, place.line, place.column), "CG602", error.message)
        return
    yield from _parameters(text, header, query)
    yield from _defaults(corpus, text, query)
    yield from _columns(text, query)


def _syntax(text: SparqlText) -> Finding | None:
    try:
        parse(text.text)
    except BadQuery as error:
        return Finding(Place(text.file, error.line or 1, error.column or 1), "CG601", error.reason)
    return None


def refuse_misshapen(text: SparqlText, header: Mapping[str, Any]) -> None:
    """Refuse a header with a value that is not of its form.

    Raises:
        BadHeader: with the place of the key.
    """
    ours = header.get(_OURS) or {}
    tables = [ours, *(ours.get(key) or {} for key in ("columns", "parameters"))] if isinstance(ours, dict) else [None]
    lists = [header.get(key) or [] for key in ("defaults", "enumerate")]
    wrong = [key for key, value in zip(("defaults", "enumerate"), lists, strict=True) if not _is_list_of_pairs(value)]
    if not all(isinstance(table, dict) for table in tables) or not _are_lists(tables[0]):
        wrong.append(_OURS)
    if wrong:
        raise BadHeader(f"'{wrong[0]}' is not written as a query header asks", place=text.line(f"#+ {wrong[0]}"))


def _is_list_of_pairs(value: object) -> bool:
    return isinstance(value, list) and all(isinstance(entry, dict) and len(entry) == 1 for entry in value)


def _are_lists(ours: Mapping[str, Any] | None) -> bool:
    numbers, things = ((ours or {}).get(key) or [] for key in ("questions", "things"))
    return isinstance(numbers, list) and all(str(one).isdecimal() for one in numbers) and isinstance(things, list)


def _parameters(text: SparqlText, header: Mapping[str, Any], query: CannedQuery) -> Iterator[Finding]:
    for parameter in query.parameters.values():
        if parameter.default is None and not parameter.optional:
            message = f"the parameter {parameter.name} has no default in the header"
            yield Finding(text.line(f"?{parameter.variable}"), "CG603", message)
    entries = [*(header.get("defaults") or ()), *(header.get("enumerate") or ())]
    labelled = (header.get(_OURS) or {}).get("parameters") or ()
    named = [*(spoken(key) for entry in entries for key in entry), *labelled]
    for key in dict.fromkeys(named):
        if key not in query.parameters:
            message = f"the header speaks of a parameter {key} that the query does not use"
            yield Finding(text.line(f"{key}:"), "CG603", message, did_you_mean(key, query.parameters))
    try:
        query.example()
    except BadQuery as error:
        yield Finding(Place(text.file, error.line or 1, error.column or 1), "CG603", error.reason)
    except BadParameter:
        return  # a default of the wrong type, which has its own finding


def _defaults(corpus: Corpus, text: SparqlText, query: CannedQuery) -> Iterator[Finding]:
    for parameter in query.parameters.values():
        if parameter.default:
            fault = _default(corpus, parameter, parameter.default, may_be_unknown=query.may_be_empty)
            if fault:
                yield Finding(text.line(f"- {parameter.written_name}:"), "CG604", fault)


def _default(corpus: Corpus, parameter: Parameter, value: str, *, may_be_unknown: bool) -> str:
    try:
        term = parameter.term(value, lambda identifier: _identified(corpus, identifier))
    except BadParameter as error:
        return f"the default is wrong: {error.message}"
    is_unknown = isinstance(term, NamedNode) and term.value.startswith(_RESOURCES) and term not in corpus.described
    if is_unknown and not may_be_unknown:
        return f"the default of {parameter.name} is {shorten(term.value)}, which nothing describes"
    return ""


def _identified(corpus: Corpus, identifier: str) -> str | None:
    for statement in corpus.statements("data"):
        if statement.predicate == _IDENTIFIER and statement.object.value == identifier:
            return statement.subject.value
    return None


def _columns(text: SparqlText, query: CannedQuery) -> Iterator[Finding]:
    answer = Store().query(text.text)
    if not isinstance(answer, QuerySolutions):
        return
    projected = [variable.value for variable in answer.variables]
    for column in projected:
        if column not in query.columns:
            yield Finding(text.line("SELECT"), "CG605", f"the header does not describe the column {column}")
    for column in query.columns:
        if column not in projected:
            message = f"the header describes a column {column} that the query does not project"
            yield Finding(text.line(f"{column}:"), "CG605", message, did_you_mean(column, projected))
    for column in sorted(query.things - set(projected)):
        message = f"the header lists a column {column} among the things, which the query does not project"
        yield Finding(text.line("things:"), "CG605", message, did_you_mean(column, projected))
