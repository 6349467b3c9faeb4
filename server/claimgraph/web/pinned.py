"""Kept snapshots by their digest: ``/versions/DIGEST/`` before an address asks that snapshot, as does ``version=``."""

from __future__ import annotations

import hashlib
import re
from http import HTTPStatus
from typing import TYPE_CHECKING, Protocol, runtime_checkable

from flask import Response, request

from claimgraph.errors import UnknownName
from claimgraph.formats import HTML

if TYPE_CHECKING:
    from collections.abc import Iterable

    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

    from claimgraph.catalog import CannedQuery, Catalog
    from claimgraph.web.service import Service, View


_ADDRESS = re.compile(
    r"/versions/([0-9a-f]{8,64})"
    r"(/(?:sparql|(?:queries|id|page|data|graph|dump)/.*|(?:ontology|catalog)[^/]*|dump|\.well-known/void))?"
)
_KEY = "claimgraph.version"
_WHOLE = 64  # hexadecimal digits of a digest
_FOR_GOOD = "public, max-age=31536000, immutable"
_NAMED = frozenset({HTTPStatus.OK, HTTPStatus.NOT_MODIFIED})


@runtime_checkable
class Keeps(Protocol):
    """Give snapshots that are kept but not in service."""

    def pinned(self, digest: str) -> View:
        """Return the view of a kept snapshot by its digest, or the beginning of it.

        Raises:
            UnknownName: none is kept, or several begin so.
            SnapshotError: it cannot be opened.
        """
        ...


class Pinned:
    """Give the snapshot that the request at hand asks for: the one in service if it says nothing."""

    def __init__(self, service: Service) -> None:
        """Take who gives the snapshots."""
        self._service = service

    def current(self) -> View:
        """Return the view; see :class:`claimgraph.web.service.Service`."""
        view = self._service.current()
        digest = asked_digest()
        if not digest or view.digest.startswith(digest) or not isinstance(self._service, Keeps):
            return view
        return self._service.pinned(digest)


def asked_digest() -> str:
    """Return the digest that the request at hand names, or nothing."""
    named = request.environ.get(_KEY)
    if named is None and request.path.startswith("/queries/"):
        named = request.args.get("version")
    return named if named and named.isascii() else ""


def here() -> str:
    """Return the address of what is asked, without parameters, with the snapshot where the address names one."""
    return request.script_root + request.path


def rewrite(application: WSGIApplication) -> WSGIApplication:
    """Take the digest out of the address, and leave the rest to the application as if it were mounted there."""

    def rewritten(environ: WSGIEnvironment, start: StartResponse) -> Iterable[bytes]:
        found = _ADDRESS.fullmatch(environ["PATH_INFO"])
        if found:
            environ[_KEY] = found[1]
            environ["SCRIPT_NAME"] += f"/versions/{found[1]}"
            environ["PATH_INFO"] = found[2] or "/versions"
        return application(environ, start)

    return rewritten


def keep_for_good(service: Service, response: Response) -> Response:
    """Say that an answer from a snapshot named by its whole digest never changes, and let redirects stay in it.

    The first holds for a canned query only as long as its text is the one of that snapshot.
    """
    digest = request.environ.get(_KEY, "")
    if digest and (response.location or "").startswith("/"):
        response.location = request.script_root + response.location  # on in the same snapshot
    is_page = response.mimetype == HTML.media_type  # its layout may change
    if len(digest) == _WHOLE and not is_page and response.status_code in _NAMED and response.headers.get("ETag"):
        name = request.path.removeprefix("/queries/") if request.path.startswith("/queries/") else ""
        if not name or _is_as_then(service.current(), name):
            response.headers["Cache-Control"] = _FOR_GOOD
    return response


def _is_as_then(view: View, name: str) -> bool:
    """Tell whether the text of a canned query is that with which a snapshot was built."""
    query = _find(view.catalog, name)
    if query is None:
        return False
    now = hashlib.sha256(query.path.read_bytes()).hexdigest()
    return any(entry.sha256 == now and entry.path == f"queries/{query.path.name}" for entry in view.manifest.files)


def _find(catalog: Catalog, name: str) -> CannedQuery | None:
    for candidate in (name, name.rpartition(".")[0]):
        try:
            return catalog[candidate]
        except UnknownName:
            continue
    return None
