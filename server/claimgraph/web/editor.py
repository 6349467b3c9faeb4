"""What the editor of ``/sparql`` asks for: prefixes and examples. It works in the browser, and asks no other host."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from flask import Blueprint, Response, jsonify, request

from claimgraph.sparql.prefixes import PREFIXES
from claimgraph.web.answers import etag_of, name_snapshot

if TYPE_CHECKING:
    from claimgraph.catalog import CannedQuery
    from claimgraph.web.service import Service

VENDOR = Path(__file__).parent / "static" / "vendor"
"""Where the JavaScript of others is, when it was brought; see ``hatch_build.py``."""


def is_complete(vendor: Path) -> bool:
    """Tell whether the JavaScript of others was brought."""
    return (vendor / "COMPLETE").is_file()


def blueprint(service: Service) -> Blueprint:
    """Make the route of what the editor needs."""
    routes = Blueprint("editor", __name__)

    @routes.get("/editor.json")
    def editor() -> Response:
        view = service.current()
        response = jsonify(prefixes=PREFIXES, examples=[_example(query) for query in view.catalog])
        response.set_etag(etag_of(view, "editor"))
        response.headers["Cache-Control"] = "public, no-cache"
        response.make_conditional(request)
        name_snapshot(response, view)
        return response

    return routes


def _example(query: CannedQuery) -> dict[str, str]:
    """Give a canned query with its defaults in place, without its header."""
    lines = query.example().splitlines()
    text = "\n".join(line for line in lines if not line.startswith("#+")).strip()
    return {"name": query.name, "title": query.summary, "query": f"# {query.summary}\n{text}\n"}
