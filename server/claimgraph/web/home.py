"""The home page, and the two answers for whoever watches the service."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, Response, render_template

from claimgraph.engine import Limits
from claimgraph.formats import by_name
from claimgraph.sparql.query import read
from claimgraph.web.queries import groups

if TYPE_CHECKING:
    from claimgraph.settings import Settings
    from claimgraph.web.service import Service

_FIGURES = """SELECT ?kind (COUNT(DISTINCT ?thing) AS ?count) {
  VALUES ?kind { cg:Claim cg:Proposition cg:SpeechAct cg:Document cg:Actor cg:WeaponModel } ?thing a ?kind
} GROUP BY ?kind ORDER BY DESC(?count)"""


def blueprint(service: Service, settings: Settings) -> Blueprint:
    """Make these routes."""
    routes = Blueprint("home", __name__)

    @routes.get("/")
    def home() -> Response:
        view = service.current()
        figures = [(row["kind"].value.rpartition("#")[2], row["count"].value) for row in view.rows(_FIGURES)]
        page = render_template("home.html", view=view, groups=groups(view), figures=figures)
        return Response(page, headers={"Cache-Control": "no-cache"})

    @routes.get("/healthz")
    def healthz() -> Response:
        return Response("ok\n", content_type="text/plain", headers={"Cache-Control": "no-store"})

    @routes.get("/readyz")
    def readyz() -> Response:
        limits = Limits(min(2.0, settings.query_timeout), 1 << 16)
        b"".join(service.current().engine.answer(read("ASK {}"), by_name("json"), limits))
        return Response("ready\n", content_type="text/plain", headers={"Cache-Control": "no-store"})

    return routes
