"""While the dataset is edited: how it stands, for the script that each page then carries."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from flask import Blueprint, Response, jsonify

from claimgraph.errors import SnapshotError
from claimgraph.web.pinned import asked_digest

if TYPE_CHECKING:
    from pathlib import Path

    from claimgraph.web.service import Service


def blueprint(service: Service, file: Path) -> Blueprint:
    """Make the route ``/live``, and tell templates which snapshot a page shows; ``file`` is what the curator writes."""
    routes = Blueprint("live", __name__)

    @routes.get("/live")
    def live() -> Response:
        state: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
        response = jsonify(state | {"snapshot": service.current().digest})
        response.headers["Cache-Control"] = "no-store"
        return response

    @routes.app_context_processor
    def shown() -> dict[str, str]:
        # A page of a snapshot that was asked for by its digest stays as it is.
        try:
            return {} if asked_digest() else {"live_snapshot": service.current().digest}
        except SnapshotError:
            return {}

    return routes
