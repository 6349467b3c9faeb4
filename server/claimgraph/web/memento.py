"""States of the past by time (Memento, RFC 7089): a TimeGate and a TimeMap for each resource and for the dataset.

A memento is the resource as a kept snapshot has it, and its time is that of the commit which the snapshot was built
from: when that state entered the graph.
"""

from __future__ import annotations

from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING, Final
from urllib.parse import quote

from flask import Blueprint, Response, jsonify, redirect, request
from werkzeug.http import http_date, parse_date

from claimgraph.errors import BadParameter, UnknownName
from claimgraph.formats import GRAPHS, HTML, Format, by_extension
from claimgraph.sparql.prefixes import BASE
from claimgraph.web.answers import name_snapshot
from claimgraph.web.documents import host_of
from claimgraph.web.kept import kept_with
from claimgraph.web.negotiation import negotiate
from claimgraph.web.pinned import asked_digest
from claimgraph.web.tables import IN_PATHS

if TYPE_CHECKING:
    import datetime as dt

    from werkzeug.wrappers import Response as BaseResponse

    from claimgraph.settings import Settings
    from claimgraph.snapshot import Manifest
    from claimgraph.web.kept import Kept
    from claimgraph.web.service import Service, View

LINKS: Final = Format("link", "links", "application/link-format", "link", "page")
JSON: Final = Format("json", "JSON", "application/json", "json", "page")
_ABOUT_THINGS: Final = ("id/", "page/", "data/")
_WHOLE: Final = ("ontology", "catalog", "dump", ".well-known/void")
_GRAPH: Final = "graph/"
_TIMED: Final = frozenset({HTTPStatus.OK, HTTPStatus.NOT_MODIFIED, HTTPStatus.SEE_OTHER})


@dataclass(frozen=True, slots=True)
class _Moment:
    """A memento: its time, and its address on this host."""

    at: dt.datetime
    address: str

    @property
    def date(self) -> str:
        return http_date(self.at)


def blueprint(service: Service, settings: Settings) -> Blueprint:
    """Make the routes."""
    routes = Blueprint("memento", __name__)

    @routes.get("/timegate/<path:name>")
    def timegate(name: str) -> BaseResponse:
        view = service.current()
        wanted = _accepted()
        moments = _moments(view, name)
        chosen = _closest(moments, wanted)
        response = redirect(host_of(settings) + chosen.address, HTTPStatus.FOUND)
        response.vary.add("Accept-Datetime")
        response.headers["Cache-Control"] = "no-cache"
        links = [_link(host_of(settings) + "/" + _quoted(name), "original"), *_timemap(settings, name)]
        response.headers["Link"] = ", ".join([*links, *_written(settings, moments, {moments[0], chosen, moments[-1]})])
        return response

    @routes.get("/timemap/<path:name>")
    def timemap(name: str) -> Response:
        view = service.current()
        chosen = negotiate(request.headers.get("Accept"), (LINKS, JSON), request.args.get("format"))
        moments = _moments(view, name)
        response = _listed(settings, name, moments) if chosen is LINKS else _as_json(settings, name, moments)
        response.vary.add("Accept")
        response.headers["Cache-Control"] = "no-cache"  # another snapshot may be kept at any time
        name_snapshot(response, view)
        return response

    return routes


def add_links(service: Service, settings: Settings, response: Response) -> Response:
    """Say in a response about a resource where its past is, and in one from the past, of when it is."""
    name = request.path.removeprefix("/")
    if response.status_code not in _TIMED or not _is_about(name):
        return response
    links = [_link(f"{host_of(settings)}/timegate/{_quoted(name)}", "timegate"), *_timemap(settings, name)]
    if asked_digest():
        links.append(_link(host_of(settings) + "/" + _quoted(name), "original"))
        if response.status_code != HTTPStatus.SEE_OTHER:
            response.headers["Memento-Datetime"] = http_date(service.current().manifest.recorded)
    response.headers["Link"] = ", ".join(filter(None, (response.headers.get("Link"), *links)))
    return response


def past_of(service: Service) -> Manifest | None:
    """Return the snapshot of the past that a page is of, which the page then says; None where it is of the present."""
    return service.current().manifest if asked_digest() and _is_about(request.path[1:]) else None


def _is_about(path: str) -> bool:
    """Tell whether something that has a past is at a path."""
    return path.startswith((*_ABOUT_THINGS, _GRAPH, *_WHOLE))


def _quoted(name: str) -> str:
    return quote(name, safe=IN_PATHS)


def _accepted() -> dt.datetime | None:
    """Return the time that is asked for; None where none is, which means now.

    Raises:
        BadParameter: it is no time.
    """
    text = request.headers.get("Accept-Datetime")
    if text is None:
        return None
    found = parse_date(text)
    if found is None:
        raise BadParameter("Accept-Datetime", "a time such as 'Thu, 04 Mar 2021 12:00:00 GMT'", text[:80])
    return found


def _moments(view: View, name: str) -> list[_Moment]:
    """List the mementos of a resource from the first to the last.

    Raises:
        UnknownName: no kept snapshot has it.
    """
    found = [_Moment(kept.recorded, f"{kept.address}/{_quoted(name)}") for kept in kept_with(view) if _has(kept, name)]
    if not found:
        raise UnknownName(f"no kept snapshot has anything at /{name[:200]}")
    return found


def _has(kept: Kept, name: str) -> bool:
    if name.startswith(_ABOUT_THINGS):
        return any(kept.label(BASE + "id/" + stem) is not None for stem in _stems(name.partition("/")[2]))
    if name.startswith(_GRAPH):
        return any(kept.label(BASE + stem) is not None for stem in _stems(name))
    return any(stem in _WHOLE for stem in _stems(name))


def _stems(name: str) -> tuple[str, ...]:
    """Return a name, and the name without the extension of a format."""
    stem, _, extension = name.rpartition(".")
    return (name, stem) if stem and by_extension(extension, (HTML, *GRAPHS)) else (name,)


def _closest(moments: list[_Moment], wanted: dt.datetime | None) -> _Moment:
    """Choose the last state that was there at a time; before the first one, the first."""
    if wanted is None:
        return moments[-1]
    return next((moment for moment in reversed(moments) if moment.at <= wanted), moments[0])


def _link(target: str, relation: str, **more: str) -> str:
    return f'<{target}>; rel="{relation}"' + "".join(f'; {name}="{value}"' for name, value in more.items())


def _timemap(settings: Settings, name: str, **more: str) -> list[str]:
    address = f"{host_of(settings)}/timemap/{_quoted(name)}"
    return [_link(address, "self" if more else "timemap", type=LINKS.media_type, **more)]


def _written(settings: Settings, moments: list[_Moment], shown: set[_Moment]) -> list[str]:
    """Write mementos as links, the first and the last marked as such."""
    found = []
    for moment in moments:
        if moment in shown:
            marks = [word for word, end in (("first", moments[0]), ("last", moments[-1])) if moment == end]
            found.append(_link(host_of(settings) + moment.address, " ".join([*marks, "memento"]), datetime=moment.date))
    return found


def _listed(settings: Settings, name: str, moments: list[_Moment]) -> Response:
    span = {"from": moments[0].date, "until": moments[-1].date}
    links = [
        _link(host_of(settings) + "/" + _quoted(name), "original"),
        *_timemap(settings, name, **span),
        _link(f"{host_of(settings)}/timegate/{_quoted(name)}", "timegate"),
        *_written(settings, moments, set(moments)),
    ]
    return Response(",\n".join(links) + "\n", content_type=LINKS.media_type)


def _as_json(settings: Settings, name: str, moments: list[_Moment]) -> Response:
    """Write a TimeMap as the services of the Memento project do."""
    listed = [{"datetime": moment.at.isoformat(), "uri": host_of(settings) + moment.address} for moment in moments]
    return jsonify(
        original_uri=f"{host_of(settings)}/{_quoted(name)}",
        timegate_uri=f"{host_of(settings)}/timegate/{_quoted(name)}",
        timemap_uri={"link_format": f"{host_of(settings)}/timemap/{_quoted(name)}",
                     "json_format": f"{host_of(settings)}/timemap/{_quoted(name)}?format=json"},
        mementos={"first": listed[0], "last": listed[-1], "list": listed},
    )  # fmt: skip
