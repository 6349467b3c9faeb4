"""Send a document about a resource: named by its ETag, dated by its snapshot, with links to what belongs to it."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING

from flask import Response, request
from werkzeug.http import http_date

from claimgraph.web.answers import etag_of, name_snapshot
from claimgraph.web.signposts import signposts

if TYPE_CHECKING:
    from collections.abc import Callable

    from claimgraph.formats import Format
    from claimgraph.settings import Settings
    from claimgraph.web.resources import Resource
    from claimgraph.web.service import View


@dataclass(frozen=True, slots=True)
class Document:
    """Be what is sent: about which resource, in which format, and which part of it, for its ETag.

    ``items`` are paths of what it is the entrance to.
    """

    resource: Resource
    shown: Format
    part: tuple[str, ...] = ()
    items: tuple[str, ...] = ()


def send(view: View, document: Document, settings: Settings, make: Callable[[], Response]) -> Response:
    """Send a document; it is not made where the client has it already. Links that it has of its own stay."""
    etag = etag_of(view, "document", document.resource.iri, document.shown.name, *document.part)
    if _has_it(view, etag):
        response = Response(status=304)
    else:
        response = make()
        response.content_type = document.shown.content_type
    response.set_etag(etag)
    response.headers["Cache-Control"] = "public, no-cache"
    response.headers["Last-Modified"] = _last_modified(view)
    links = signposts(document.resource, host_of(settings), document.shown, document.items)
    response.headers["Link"] = ", ".join(filter(None, (links, response.headers.get("Link"))))
    response.vary.add("Accept")
    name_snapshot(response, view)
    return response


def host_of(settings: Settings) -> str:
    """Return the address that people know this service by, without a slash at its end."""
    return (settings.public_url or request.host_url).rstrip("/")


def _has_it(view: View, etag: str) -> bool:
    """Tell whether the client has a document (RFC 9110, section 13.2.2): by its ETag, or else by its date.

    The date must be the very one, for a service can go back to an older snapshot.
    """
    if request.headers.get("If-None-Match"):
        return request.if_none_match.contains_weak(etag)
    return request.headers.get("If-Modified-Since") == _last_modified(view)


def _last_modified(view: View) -> str:
    return http_date(dt.datetime.fromisoformat(view.manifest.built_at))
