"""Routes of fixed names, as a table from which :mod:`claimgraph.web.openapi` writes operations."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from claimgraph.formats import GRAPHS, HTML
from claimgraph.web.reconciliation.asked import BATCH

if TYPE_CHECKING:
    from collections.abc import Mapping

    Schema = dict[str, Any]

_TEXT: Final[Schema] = {"type": "string"}
_OBJECT: Final[Schema] = {"type": "object"}
_JSON: Final = "application/json"


@dataclass(frozen=True, slots=True)
class Parameter:
    """Be one parameter: its name, what it means, its schema, and where it stands."""

    name: str
    meaning: str
    schema: Mapping[str, Any] = field(default_factory=lambda: dict(_TEXT))
    is_required: bool = False
    place: str = "query"


@dataclass(frozen=True, slots=True)
class Route:
    """Be one operation: where it is, what it is called, what it answers, and what it takes.

    ``answers`` maps media types to schemas; ``form`` are the fields of the form that a POST takes.
    """

    path: str
    name: str
    tag: str
    summary: str
    answers: Mapping[str, Mapping[str, Any]]
    parameters: tuple[Parameter, ...] = ()
    form: tuple[Parameter, ...] = ()
    status: str = "200"

    @property
    def method(self) -> str:
        """Return the method of HTTP."""
        return "post" if self.form else "get"


def _list_of(name: str) -> Schema:
    return {**_OBJECT, "required": [name], "properties": {name: {"type": "array", "items": _OBJECT}}}


_COUNT: Final = {"type": "integer", "minimum": 1, "maximum": 10**6}
_ID: Final = Parameter("id", "the end of an IRI, such as weapon/iskander, or the IRI", is_required=True)
_TERM: Final = Parameter("id", "a short name, such as cg:Actor", is_required=True)
_PREFIX: Final = Parameter("prefix", "what was typed so far", {**_TEXT, "maxLength": 500}, is_required=True)
_CURSOR: Final = Parameter("cursor", "how many suggestions to skip", {**_COUNT, "minimum": 0})
_TYPE: Final = Parameter("type", "a class, such as cg:Actor")
_ASKED: Final = (
    Parameter("queries", f"a batch of at most {BATCH:,} names, in JSON"),
    Parameter("extend", "things and the properties to fetch of them, in JSON"),
    Parameter("query", "one name"),
)
_SHOWN: Final = {**_OBJECT, "required": ["id", "html"]}
RECONCILIATION: Final = (
    Route(
        "/reconcile", "reconcile", "reconciliation", "The manifest of the reconciliation service, or an answer of it",
        {_JSON: _OBJECT}, _ASKED,
    ),
    Route(
        "/reconcile", "reconcileBatch", "reconciliation", "Match names with things, or fetch properties of things",
        {_JSON: _OBJECT}, form=_ASKED,
    ),
    Route(
        "/reconcile/suggest/entity", "suggestEntity", "reconciliation", "Things whose names begin so",
        {_JSON: _list_of("result")}, (_PREFIX, _CURSOR, _TYPE),
    ),
    Route(
        "/reconcile/suggest/type", "suggestType", "reconciliation", "Classes whose names begin so",
        {_JSON: _list_of("result")}, (_PREFIX, _CURSOR),
    ),
    Route(
        "/reconcile/suggest/property", "suggestProperty", "reconciliation", "Properties whose names begin so",
        {_JSON: _list_of("result")}, (_PREFIX, _CURSOR),
    ),
    Route(
        "/reconcile/properties", "proposeProperties", "reconciliation", "Properties that things of a class have",
        {_JSON: _list_of("properties")}, (_TYPE, Parameter("limit", "how many at most", _COUNT)),
    ),
    Route(
        "/reconcile/preview", "preview", "reconciliation", "A small page about a thing", {HTML.media_type: _TEXT},
        (_ID,),
    ),
    Route(
        "/reconcile/flyout/entity", "flyoutEntity", "reconciliation", "What is shown beside a thing", {_JSON: _SHOWN},
        (_ID,),
    ),
    Route(
        "/reconcile/flyout/type", "flyoutType", "reconciliation", "What is shown beside a class", {_JSON: _SHOWN},
        (_TERM,),
    ),
    Route(
        "/reconcile/flyout/property", "flyoutProperty", "reconciliation", "What is shown beside a property",
        {_JSON: _SHOWN}, (_TERM,),
    ),
)  # fmt: skip
_RDF: Final[dict[str, Schema]] = {format_.media_type: {} for format_ in GRAPHS}
_PAGE: Final = {HTML.media_type: _TEXT}
_BINARY: Final = {**_TEXT, "format": "binary"}
_PATH: Final = Parameter(
    "path", "the address of a resource, such as data/weapon/iskander.ttl", is_required=True, place="path"
)
_FILE: Final = Parameter("name", "one of the files that /dump lists", is_required=True, place="path")
_PAIR: Final = Parameter(
    "pair", "two kept snapshots, A...B, by the beginning of digest or commit; .json or .md may follow",
    is_required=True, place="path",
)  # fmt: skip
_FORMAT: Final = Parameter("format", "instead of Accept")
DATASET: Final = (
    Route(
        "/catalog", "catalog", "dataset", "The dataset: licences, counts, files, versions (DCAT)", _PAGE | _RDF,
        (_FORMAT,),
    ),
    Route("/.well-known/void", "void", "dataset", "What is in the dataset (VoID)", _RDF | _PAGE, (_FORMAT,)),
    Route(
        "/dump", "dump", "dataset", "The files of the whole dataset", {**_PAGE, _JSON: _list_of("files"), **_RDF},
        (_FORMAT,),
    ),
    Route(
        "/dump/{name}", "dumpFile", "dataset", "The whole dataset as a file",
        {"application/gzip": _BINARY, "application/zstd": _BINARY}, (_FILE,),
    ),
    Route(
        "/versions", "versions", "dataset", "The kept snapshots, and what changed", _PAGE | {_JSON: _OBJECT}, (_FORMAT,)
    ),
    Route(
        "/versions/{pair}", "difference", "dataset", "What changed between two kept snapshots",
        {**_PAGE, _JSON: _OBJECT, "text/markdown": _TEXT}, (_PAIR, _FORMAT),
    ),
    Route(
        "/timemap/{path}", "timemap", "dataset", "The kept states of a resource (Memento)",
        {"application/link-format": _TEXT, _JSON: _OBJECT}, (_PATH, _FORMAT),
    ),
    Route(
        "/timegate/{path}", "timegate", "dataset", "Where the state of a resource at a time is (Memento)", {},
        (_PATH, Parameter("Accept-Datetime", "a time, such as Thu, 04 Mar 2021 12:00:00 GMT", place="header")),
        status="302",
    ),
)  # fmt: skip
_NUMBER: Final = Parameter("number", "which part", _COUNT, is_required=True, place="path")
FOR_PROGRAMS: Final = (
    Route(
        "/context.jsonld", "context", "linked data", "The JSON-LD context of all names",
        {"application/ld+json": _OBJECT},
    ),
    Route(
        "/sitemap.xml", "sitemap", "linked data", "The addresses of all pages, or of its parts",
        {"application/xml": _TEXT},
    ),
    Route(
        "/sitemap/{number}.xml", "sitemapPart", "linked data", "A part of a long sitemap", {"application/xml": _TEXT},
        (_NUMBER,),
    ),
    Route("/robots.txt", "robots", "linked data", "What crawlers should leave alone", {"text/plain": _TEXT}),
)  # fmt: skip
ROUTES: Final = (*RECONCILIATION, *DATASET, *FOR_PROGRAMS)
