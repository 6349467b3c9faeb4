"""``/dump/FILE``: the whole dataset as files to take away, in parts if a client asks so (RFC 9110, section 14)."""

from __future__ import annotations

import base64
import re
from typing import TYPE_CHECKING

from flask import Blueprint, Response, request, send_file

from claimgraph.errors import UnknownName
from claimgraph.web.answers import name_snapshot
from claimgraph.web.overview_as_rdf import PACKED, name_of

if TYPE_CHECKING:
    from pathlib import Path

    from claimgraph.snapshot import Download
    from claimgraph.web.service import Service, View

_ONE_RANGE = re.compile(r"bytes=\s*(?:\d+-\d*|-\d+)\s*", re.IGNORECASE)


def blueprint(service: Service) -> Blueprint:
    """Make the route."""
    routes = Blueprint("dumps", __name__)

    @routes.get("/dump/<name>")
    def file(name: str) -> Response:
        view = service.current()
        download, path = _find(view, name)
        if not _ONE_RANGE.fullmatch(request.headers.get("Range", "")):
            request.environ.pop("HTTP_RANGE", None)  # what is not one range of bytes may be ignored, and is
        response = send_file(
            path,
            PACKED[download.packing],
            as_attachment=True,
            download_name=f"claimgraph-{view.digest[:16]}.{name.partition('.')[2]}",
            etag=download.sha256,
            last_modified=view.manifest.recorded,
        )
        response.headers["Repr-Digest"] = f"sha-256=:{base64.b64encode(bytes.fromhex(download.sha256)).decode()}:"
        response.headers["Cache-Control"] = "public, no-cache"
        name_snapshot(response, view)
        return response

    return routes


def _find(view: View, name: str) -> tuple[Download, Path]:
    """Find a file of the snapshot.

    Raises:
        UnknownName: there is none of that name.
    """
    files = {name_of(download): download for download in view.downloads}
    if name not in files or view.folder is None:
        there = f"there are {', '.join(files)}" if files else "'claimgraph build' writes files to take away"
        raise UnknownName(f"there is no file {name[:80]!r} here; {there}")
    return files[name], view.folder.resolve() / files[name].path
