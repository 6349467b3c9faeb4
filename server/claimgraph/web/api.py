"""``/openapi.json``, and ``/api``: the same for people, rendered here without any other host."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, Response, jsonify, render_template, request

from claimgraph.web.answers import etag_of, name_snapshot
from claimgraph.web.openapi import describe_interface

if TYPE_CHECKING:
    from claimgraph.settings import Settings
    from claimgraph.web.service import Service


def blueprint(service: Service, settings: Settings) -> Blueprint:
    """Make the two routes."""
    routes = Blueprint("api", __name__)

    def address() -> str:
        return settings.public_url or request.host_url.rstrip("/")

    @routes.get("/openapi.json")
    def openapi() -> Response:
        view = service.current()
        response = jsonify(describe_interface(view.catalog, address()))
        response.set_etag(etag_of(view, "openapi", address()))
        response.make_conditional(request)
        name_snapshot(response, view)
        return response

    @routes.get("/api")
    def api() -> Response:
        view = service.current()
        described = describe_interface(view.catalog, address())
        response = Response(render_template("api.html", api=described, address=address()))
        name_snapshot(response, view)
        return response

    return routes
