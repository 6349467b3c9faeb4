"""The description of the whole interface in OpenAPI 3.1, derived from the catalogue and the table of formats."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from claimgraph import __version__
from claimgraph.formats import GRAPHS, HTML, ROWS
from claimgraph.picture import can_compose
from claimgraph.sparql.query import read
from claimgraph.web.compact import COMPACT
from claimgraph.web.openapi_routes import ROUTES
from claimgraph.web.parameters import COMMON, DRAWINGS, PNG, RECORDS

if TYPE_CHECKING:
    from collections.abc import Iterable

    from claimgraph.catalog import CannedQuery, Catalog, Parameter
    from claimgraph.formats import Format
    from claimgraph.web import openapi_routes as routes

    Schema = dict[str, Any]

_TEXT: Schema = {"type": "string"}
_FAILURES = {
    "400": "The request is not right; the problem names the parameter, or line and column.",
    "403": "The query would change data or call another endpoint.",
    "404": "There is nothing of that name.",
    "406": "None of the formats asked for is available; the problem lists those that are.",
    "413": "The request is too large.",
    "415": "The body is neither a form nor a query.",
    "502": "The query engine failed.",
    "503": "No query worker is free, or no snapshot can be read; try again after Retry-After.",
    "504": "The query took longer than it may.",
    "507": "The answer is larger than it may be.",
}
_GONE = "What had that name is gone; the problem says which kept snapshot had it."
_NAME = {
    "name": "name",
    "in": "path",
    "required": True,
    "description": "the end of its IRI, such as weapon/iskander; slashes stay as they are",
    "schema": {"type": "string"},
}
_PAGED = (
    {
        "name": "page",
        "in": "query",
        "description": "which page, where there is much",
        "schema": {"type": "integer", "minimum": 1},
    },
    {
        "name": "page_size",
        "in": "query",
        "description": "statements on a page, in either direction",
        "schema": {"type": "integer", "minimum": 1, "maximum": 10_000},
    },
)
_PROBLEM: Schema = {
    "type": "object",
    "description": "Problem details (RFC 9457)",
    "required": ["type", "title", "status", "detail"],
    "properties": {
        "type": _TEXT,
        "title": _TEXT,
        "status": {"type": "integer"},
        "detail": _TEXT,
        "line": {"type": "integer", "description": "line of the query, from 1"},
        "column": {"type": "integer", "description": "column of the query, from 1"},
        "parameter": {**_TEXT, "description": "the parameter that is wrong"},
        "value": {**_TEXT, "description": "the value that it was given"},
        "offered": {"type": "array", "items": _TEXT, "description": "the formats there are"},
    },
}
_RECORDS_SCHEMA: Schema = {
    "type": "object",
    "required": ["query", "columns", "total", "rows", "snapshot"],
    "properties": {
        "query": _TEXT,
        "snapshot": {**_TEXT, "description": "digest of the snapshot that was asked"},
        "columns": {"type": "object", "additionalProperties": _TEXT, "description": "what each column says"},
        "total": {"type": "integer", "description": "number of rows on all pages"},
        "rows": {"type": "array", "items": {"type": "object"}, "description": "an IRI has its label beside it"},
    },
}
_SEARCH_SCHEMA: Schema = {
    "type": "object",
    "required": ["query", "snapshot", "total", "total_is_exact", "found_by", "page", "results"],
    "properties": {
        "query": _TEXT,
        "snapshot": {**_TEXT, "description": "digest of the snapshot that was asked"},
        "total": {"type": "integer", "description": "number of things on all pages"},
        "total_is_exact": {"type": "boolean", "description": "false: more match than were ranked"},
        "found_by": {"type": "string", "enum": ["words", "beginnings", "spellings"]},
        "page": {"type": "integer"},
        "results": {
            "type": "array",
            "items": {"type": "object", "required": ["iri", "label", "name", "score", "types"]},
        },
    },
}
_RESULTS_SCHEMA: Schema = {
    "type": "object",
    "required": ["head"],
    "properties": {"head": {"type": "object"}, "results": {"type": "object"}, "boolean": {"type": "boolean"}},
    "description": "SPARQL 1.1 Query Results JSON Format",
}


def describe_interface(catalog: Catalog, address: str) -> dict[str, Any]:
    """Describe every route of a service at an address, one operation for each canned query."""
    paths: dict[str, Any] = {f"/queries/{query.name}": {"get": _canned(query)} for query in catalog}
    paths |= _fixed_paths()
    for route in ROUTES:
        paths.setdefault(route.path, {})[route.method] = _described(route)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "claimgraph",
            "version": __version__,
            "summary": "Who said what about which weapon, when, through whom, on what basis, and who denied it.",
            "description": "Every answer names the snapshot it speaks of in the header Claimgraph-Snapshot.",
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "servers": [{"url": address}],
        "tags": [{"name": name} for name in ("questions", "sparql", "linked data", "dataset", "reconciliation")],
        "paths": paths,
        "components": {
            "schemas": {
                "Problem": _PROBLEM,
                "Records": _RECORDS_SCHEMA,
                "Results": _RESULTS_SCHEMA,
                "Found": _SEARCH_SCHEMA,
            }
        },
    }


def _canned(query: CannedQuery) -> dict[str, Any]:
    is_rows = read(query.text).answers_rows
    formats: tuple[Format, ...] = (HTML, *ROWS, RECORDS) if is_rows else (HTML, *GRAPHS)
    if can_compose(query.picture):
        formats = (*formats, *DRAWINGS)
    columns = "".join(f"\n- `{name}`: {meaning}" for name, meaning in query.columns.items())
    return {
        "operationId": query.name,
        "tags": ["questions"],
        "summary": query.summary,
        "description": query.description + (f"\n\nColumns:\n{columns}" if columns else ""),
        "parameters": [*map(_parameter, query.parameters.values()), *_common(formats)],
        "responses": _responses("The answer", formats),
    }


def _parameter(parameter: Parameter) -> dict[str, Any]:
    schema: Schema = {"type": "string"}
    if parameter.type == "integer":
        schema = {"type": "integer"}
    elif parameter.type == "xsd_date":
        schema = {"type": "string", "format": "date"}
    if parameter.choices:
        schema["enum"] = list(parameter.choices)
    if parameter.default is not None:
        schema["default"] = int(parameter.default) if parameter.type == "integer" else parameter.default
    said = f"{parameter.label}. Takes {parameter.spoken_type}."
    if parameter.optional and parameter.default is not None:
        said += " Empty: all."
    return {"name": parameter.name, "in": "query", "required": False, "description": said, "schema": schema}


def _common(formats: Iterable[Format]) -> list[dict[str, Any]]:
    """List what every question takes besides its own parameters."""
    listed = [
        {"name": known.name, "in": "query", "description": known.meaning, "schema": dict(known.schema)}
        for known in COMMON
    ]
    names = {"type": "string", "enum": [format_.name for format_ in formats]}
    return [*listed, {"name": "format", "in": "query", "description": "instead of Accept", "schema": names}]


def _responses(said: str, formats: Iterable[Format]) -> dict[str, Any]:
    content = {format_.media_type: {"schema": _schema_of(format_)} for format_ in formats}
    return {"200": {"description": said, "content": content}, "304": {"description": "Not modified"}, **_problems()}


def _schema_of(format_: Format) -> Schema:
    if format_ is RECORDS:
        return {"$ref": "#/components/schemas/Records"}
    if format_.name == "json" and format_.kind == "rows":
        return {"$ref": "#/components/schemas/Results"}
    return {} if format_.media_type.endswith("json") or format_ is PNG else _TEXT


def _problems() -> dict[str, Any]:
    content = {
        "application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}},
        HTML.media_type: {"schema": _TEXT},
    }
    return {status: {"description": said, "content": content} for status, said in _FAILURES.items()}


def _fixed_paths() -> dict[str, Any]:
    """Describe the routes that do not depend on the catalogue."""
    every = (HTML, *ROWS, *GRAPHS)
    asked: dict[str, Schema] = {
        "query": {"type": "string", "description": "a SPARQL 1.1 query"},
        "timeout": {"type": "number"},
        "format": {"type": "string", "enum": [format_.name for format_ in every]},
    }
    form = {"schema": {"type": "object", "required": ["query"], "properties": asked}}
    ask = _operation("sparqlGet", "sparql", "Ask a query; without one, the service description", every)
    ask["parameters"] = [{"name": name, "in": "query", "schema": schema} for name, schema in asked.items()]
    post = _operation("sparqlPost", "sparql", "Ask a query", every)
    bodies = {"application/x-www-form-urlencoded": form, "application/sparql-query": {"schema": _TEXT}}
    post["requestBody"] = {"required": True, "content": bodies}
    page = (HTML, RECORDS)
    return {
        "/sparql": {"get": ask, "post": post},
        "/queries/": {"get": _operation("questions", "questions", "List the questions", page, records=False)},
        "/id/{name}": {"get": _redirected()},
        "/page/{name}": {"get": _named("page", "What is known of a thing, for people", (HTML,), _PAGED)},
        "/data/{name}": {"get": _named("thing", "What is known of a thing", (*GRAPHS, COMPACT), _PAGED)},
        "/graph/{name}": {"get": _named("graph", "A named graph", (HTML, *GRAPHS))},
        "/ontology": {"get": _operation("ontology", "linked data", "The ontology", (HTML, *GRAPHS))},
        "/search": {"get": _search()},
    }


def _search() -> dict[str, Any]:
    found = _operation("search", "linked data", "Find things by names and words", (HTML, RECORDS), records=False)
    found["responses"]["200"]["content"][RECORDS.media_type] = {"schema": {"$ref": "#/components/schemas/Found"}}
    asked = {
        "q": ({**_TEXT, "minLength": 1, "maxLength": 500}, 'words, "exact words", or beginnings*, in any script'),
        "type": (_TEXT, "a class, such as Actor; by name, CURIE or IRI; given twice, both must hold"),
        "page": ({"type": "integer", "minimum": 1}, "which page of what was found"),
        "page_size": ({"type": "integer", "minimum": 1, "maximum": 10_000}, "things on a page"),
        "format": ({"type": "string", "enum": ["html", "json"]}, "instead of Accept"),
    }
    found["parameters"] = [
        {"name": name, "in": "query", "required": name == "q", "description": said, "schema": schema}
        for name, (schema, said) in asked.items()
    ]
    return found


def _described(route: routes.Route) -> dict[str, Any]:
    """Write the operation of a route of the table."""
    content = {media_type: {"schema": dict(schema)} for media_type, schema in route.answers.items()}
    answers = {route.status: {"description": route.summary, **({"content": content} if content else {})}}
    responses = {**answers, "304": {"description": "Not modified"}, **_problems()}
    told: dict[str, Any] = {
        "operationId": route.name,
        "tags": [route.tag],
        "summary": route.summary,
        "responses": responses,
    }
    told["parameters"] = [
        {
            "name": parameter.name,
            "in": parameter.place,
            "required": parameter.is_required,
            "description": parameter.meaning,
            "schema": dict(parameter.schema),
        }
        for parameter in route.parameters
    ]
    if route.form:
        fields = {field.name: {**field.schema, "description": field.meaning} for field in route.form}
        schema = {"type": "object", "properties": fields, "minProperties": 1}
        told["requestBody"] = {"required": True, "content": {"application/x-www-form-urlencoded": {"schema": schema}}}
    return told


def _operation(name: str, tag: str, summary: str, formats: Iterable[Format], *, records: bool = True) -> dict[str, Any]:
    responses = _responses(summary, formats)
    if not records:
        responses["200"]["content"][RECORDS.media_type] = {"schema": {}}
    return {"operationId": name, "tags": [tag], "summary": summary, "responses": responses}


def _named(name: str, summary: str, formats: Iterable[Format], more: Iterable[dict[str, Any]] = ()) -> dict[str, Any]:
    """Describe the operation on what a name stands for; what had it may be gone."""
    formats = tuple(formats)
    operation = _operation(name, "linked data", summary, formats)
    operation["responses"]["410"] = {**operation["responses"]["404"], "description": _GONE}
    names = {"type": "string", "enum": [format_.name for format_ in formats]}
    chosen = {"name": "format", "in": "query", "description": "instead of Accept", "schema": names}
    return {**operation, "parameters": [_NAME, *([chosen] if len(formats) > 1 else []), *more]}


def _redirected() -> dict[str, Any]:
    operation = _named("identifier", "Lead from a thing to its page or its data", (HTML, *GRAPHS, COMPACT))
    found = {"description": "Where its page or its data are", "headers": {"Location": {"schema": _TEXT}}}
    kept = {status: said for status, said in operation["responses"].items() if status not in {"200", "304"}}
    return {**operation, "responses": {"303": found, **kept}}
