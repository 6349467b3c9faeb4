"""``/reconcile``: names of other people's tables matched with things, by the Reconciliation Service API 0.2.

The specification is https://reconciliation-api.github.io/specs/0.2/. OpenRefine speaks it, and so do others.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import Blueprint, Response, jsonify, request

from claimgraph.errors import BadParameter, UnknownMediaType, UsageError
from claimgraph.formats import HTML
from claimgraph.web.answers import etag_of, name_snapshot
from claimgraph.web.documents import host_of
from claimgraph.web.policy import allow_frames
from claimgraph.web.reconciliation import suggest
from claimgraph.web.reconciliation.asked import read_batch, read_extension, read_single
from claimgraph.web.reconciliation.candidates import answer
from claimgraph.web.reconciliation.entities import Ground
from claimgraph.web.reconciliation.manifest import manifest
from claimgraph.web.reconciliation.values import extend
from claimgraph.web.vocabulary import Vocabularies

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from claimgraph.settings import Settings
    from claimgraph.web.service import Service

_FORM = "application/x-www-form-urlencoded"
_FORMS = frozenset({_FORM, "multipart/form-data"})
_LARGEST = 10**6


def blueprint(service: Service, settings: Settings) -> Blueprint:  # noqa: C901 - one small function for each route
    """Make the routes."""
    routes = Blueprint("reconciliation", __name__, url_prefix="/reconcile")
    vocabularies = Vocabularies()

    def ground() -> Ground:
        view = service.current()
        return Ground(view, vocabularies.of(view))

    @routes.route("", methods=["GET", "POST"])
    def reconcile() -> Response:
        asked, here = _asked(), ground()
        for name, respond in _ANSWERS.items():
            if name in asked:
                return _respond(here, respond(here, asked[name]))
        if request.method == "POST":
            raise UsageError(
                f"a POST needs one of the form fields {', '.join(_ANSWERS)}, and this one has none of them"
            )
        return _respond(here, manifest(here.vocabulary, host_of(settings)), host_of(settings))

    @routes.get("/suggest/entity")
    def suggest_entity() -> Response:
        here = ground()
        kinds = [kind for kind in request.args.getlist("type") if kind]
        return _respond(here, suggest.entities(here, _given("prefix"), kinds, _count("cursor", 0)))

    @routes.get("/suggest/type")
    def suggest_type() -> Response:
        here = ground()
        return _respond(here, suggest.types(here, _given("prefix"), _count("cursor", 0)))

    @routes.get("/suggest/property")
    def suggest_property() -> Response:
        here = ground()
        return _respond(here, suggest.properties(here, _given("prefix"), _count("cursor", 0)))

    @routes.get("/flyout/entity")
    def flyout_entity() -> Response:
        here = ground()
        return _respond(here, suggest.flyout(here, _given("id")))

    @routes.get("/flyout/type")
    def flyout_type() -> Response:
        here, name = ground(), _given("id")
        return _respond(here, suggest.flyout_of_term(here.kind(name), name))

    @routes.get("/flyout/property")
    def flyout_property() -> Response:
        here, name = ground(), _given("id")
        return _respond(here, suggest.flyout_of_term(here.property(name), name))

    @routes.get("/properties")
    def properties() -> Response:
        here = ground()
        limit = _count("limit", 1) if "limit" in request.args else None
        return _respond(here, suggest.proposals(here, request.args.get("type", ""), limit))

    @routes.get("/preview")
    def preview() -> Response:
        here = ground()
        page = Response(suggest.preview(here, _given("id")), content_type=HTML.content_type)
        return _named(here, allow_frames(page))

    return routes


_ANSWERS: dict[str, Callable[[Ground, str], dict[str, Any]]] = {
    "queries": lambda here, text: answer(here, read_batch(text)),
    "extend": lambda here, text: extend(here, read_extension(text)),
    "query": lambda here, text: answer(here, {"": read_single(text)})[""],
}
"""What answers each parameter; ``query`` is of version 0.1."""


def _asked() -> Mapping[str, str]:
    if request.method != "POST":
        return request.args
    if request.mimetype not in _FORMS:
        raise UnknownMediaType(f"a batch is sent as a form ({_FORM}), not as {request.mimetype or 'nothing'}")
    return request.form


def _given(name: str) -> str:
    """Return a parameter.

    Raises:
        BadParameter: it is missing.
    """
    if name not in request.args:
        raise BadParameter(name, "a text", "", hint="it is missing")
    return request.args[name]


def _count(name: str, least: int) -> int:
    """Return a parameter that is a number, the least where it is missing.

    Raises:
        BadParameter: it is no such number.
    """
    text = request.args.get(name, str(least))
    if not (text.isascii() and text.isdecimal() and len(text) <= len(str(_LARGEST)) and least <= int(text) <= _LARGEST):
        raise BadParameter(name, f"a whole number from {least} to {_LARGEST}", text[:80])
    return int(text)


def _respond(ground: Ground, told: Mapping[str, Any], *depends: str) -> Response:
    return _named(ground, jsonify(told), *depends)


def _named(ground: Ground, response: Response, *depends: str) -> Response:
    """Name an answer to a GET, so that it can be kept as long as its snapshot is in service."""
    name_snapshot(response, ground.view)
    if request.method == "POST":
        return response
    query = request.query_string.decode("latin-1")
    response.set_etag(etag_of(ground.view, request.path, query, *depends))
    response.headers["Cache-Control"] = "public, no-cache"
    return response.make_conditional(request)  # type: ignore[return-value]
