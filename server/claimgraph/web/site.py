"""The ontology as files that any web server can hand out: a page, and the graph in each format."""

from __future__ import annotations

from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from typing import TYPE_CHECKING

from flask import render_template

from claimgraph.errors import EngineError
from claimgraph.formats import GRAPHS
from claimgraph.web.app import create_app
from claimgraph.web.hierarchy import diagram
from claimgraph.web.things import ontology_of

if TYPE_CHECKING:
    from flask import Flask

    from claimgraph.settings import Settings
    from claimgraph.web.service import View

_STYLE = "style.css"


@dataclass
class _Fixed:
    view: View

    def current(self) -> View:
        """Return the one view there is."""
        return self.view


def ontology_files(view: View, settings: Settings) -> dict[str, bytes]:
    """Return each file of the site by its name; they link to each other and to no other place of a service.

    Raises:
        EngineError: the ontology cannot be asked for.
    """
    app = create_app(_Fixed(view), settings)
    with app.test_request_context("/ontology"):
        terms = ontology_of(view)
        hierarchy = diagram(dict(terms)["Classes"])
        page = render_template("ontology.html", base="plain.html", terms=terms, hierarchy=hierarchy, formats=GRAPHS)
    made = {_STYLE: Path(__file__).with_name("static").joinpath(_STYLE).read_bytes()}
    for format_ in GRAPHS:
        name = f"ontology.{format_.extension}"
        if f'href="/{name}"' in page:
            made[name] = _answer(app, name)
    # The template speaks of places of a service; here they are files beside the page.
    made["index.html"] = (
        page.replace('href="/ontology#', 'href="#').replace('href="/ontology.', 'href="ontology.').encode()
    )
    return made


def _answer(app: Flask, name: str) -> bytes:
    answer = app.test_client().get(f"/{name}")
    if answer.status_code != HTTPStatus.OK:
        raise EngineError(f"{name} cannot be written: {answer.get_data(as_text=True)}")
    return answer.get_data()
