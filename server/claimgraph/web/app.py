"""Put the application together from its blueprints."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from flask import Flask, Response

from claimgraph import __version__
from claimgraph.web import (
    api,
    catalogue,
    dumps,
    editor,
    explain,
    home,
    linked_data,
    memento,
    pinned,
    problems,
    queries,
    reconciliation,
    search,
    sitemap,
    sparql,
    versions,
)
from claimgraph.web import live as live_pages
from claimgraph.web.policy import POLICY, keep_frames
from claimgraph.web.service import name_of
from claimgraph.web.tables import href_of

if TYPE_CHECKING:
    from pathlib import Path

    from claimgraph.settings import Settings
    from claimgraph.web.service import Service

HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Allow-Methods": "GET, HEAD, POST, QUERY, OPTIONS",
    "Access-Control-Allow-Headers": "Accept, Content-Type, If-None-Match",
    "Access-Control-Expose-Headers": "ETag, Server-Timing, Claimgraph-Snapshot, Claimgraph-Commit, "
    "Claimgraph-Total, Link, Retry-After",
    "Access-Control-Max-Age": "86400",
}
"""On every response. Any site may read: everything here is public and nothing can be written."""


def create_app(service: Service, settings: Settings, vendor: Path = editor.VENDOR, live: Path | None = None) -> Flask:
    """Make the WSGI application over whatever snapshot the service gives.

    ``vendor`` has the JavaScript of others; ``live`` is the file that tells how the dataset stands while it is edited.
    """
    service = pinned.Pinned(service)
    app = Flask(__name__)
    app.wsgi_app = pinned.rewrite(app.wsgi_app)  # type: ignore[assignment,method-assign]
    app.config["MAX_CONTENT_LENGTH"] = app.config["MAX_FORM_MEMORY_SIZE"] = settings.max_request_bytes
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.jinja_env.globals.update(version=__version__, has_assets=editor.is_complete(vendor))
    app.jinja_env.globals.update(href_of=href_of, name_of=name_of)
    app.register_blueprint(home.blueprint(service, settings))
    app.register_blueprint(sparql.blueprint(service, settings))
    app.register_blueprint(editor.blueprint(service))
    app.register_blueprint(queries.blueprint(service, settings))
    app.register_blueprint(api.blueprint(service, settings))
    app.register_blueprint(linked_data.blueprint(service, settings))
    app.register_blueprint(explain.blueprint(service, settings))
    app.register_blueprint(search.blueprint(service, settings))
    app.register_blueprint(reconciliation.blueprint(service, settings))
    app.register_blueprint(catalogue.blueprint(service, settings))
    app.register_blueprint(dumps.blueprint(service))
    app.register_blueprint(sitemap.blueprint(service, settings))
    app.register_blueprint(versions.blueprint(service))
    app.register_blueprint(memento.blueprint(service, settings))
    if live:
        app.register_blueprint(live_pages.blueprint(service, live))
    problems.register(app)
    app.after_request(partial(pinned.keep_for_good, service))
    app.after_request(partial(memento.add_links, service, settings))
    app.jinja_env.globals["past"] = partial(memento.past_of, service)
    app.after_request(_add_headers)
    return app


def _add_headers(response: Response) -> Response:
    keep_frames(response, HEADERS)
    return response
