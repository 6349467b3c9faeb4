"""Explanations over HTTP: why a triple is in the snapshot, as a page, as JSON or in PROV-O."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from flask import Blueprint, Response, render_template, request
from pyoxigraph import NamedNode

from claimgraph.dataset import Layout, root
from claimgraph.errors import UsageError
from claimgraph.explain import Entry, Explainer, Leaf, Proof, as_json, as_prov, outline
from claimgraph.formats import GRAPHS, HTML, Format
from claimgraph.snapshot import open_snapshot
from claimgraph.web.answers import etag_of, name_snapshot
from claimgraph.web.negotiation import negotiate
from claimgraph.web.tables import Cell, address_of, href_of

if TYPE_CHECKING:
    from claimgraph.explain import Source, Words
    from claimgraph.reason import Rule
    from claimgraph.settings import Settings
    from claimgraph.web.service import Service, Term

_JSON = Format("json", "JSON", "application/json", "json", "page")
_KEPT = 2  # the snapshot in service, and the one before it for requests that began then


@dataclass(frozen=True, slots=True)
class Step:
    """Be one step of an explanation, ready to be shown."""

    number: int
    sentence: tuple[Cell, Cell, Cell]
    children: tuple[Step, ...]
    sources: tuple[Source, ...]
    rule: Rule | None
    absences: tuple[str, ...]
    again: bool
    cut: bool
    href: str


def blueprint(service: Service, settings: Settings) -> Blueprint:
    """Make the route of explanations."""
    routes = Blueprint("explain", __name__)

    @lru_cache(maxsize=_KEPT)
    def explainer(digest: str) -> Explainer:
        return Explainer(open_snapshot(settings.snapshots, digest), _layout(settings))

    @routes.get("/explain")
    def explain() -> Response:
        view = service.current()
        chosen = negotiate(request.headers.get("Accept"), (HTML, _JSON, *GRAPHS), request.args.get("format"))
        terms = [request.args.get(name, "") for name in ("s", "p", "o")]
        etag = etag_of(view, "explain", chosen.name, *terms)
        if etag in request.if_none_match:
            response = Response(status=304)
        elif chosen is HTML and not any(terms):
            response = Response(render_template("explain.html", step=None, terms=terms))
        else:
            response = _write(explainer(view.digest), terms, chosen, settings)
        response.set_etag(etag)
        response.headers["Cache-Control"] = "public, no-cache"
        response.vary.add("Accept")
        name_snapshot(response, view)
        return response

    return routes


def _layout(settings: Settings) -> Layout | None:
    """Find the files of the dataset; without them explanations name no lines."""
    try:
        return Layout(settings.dataset or root(), settings.base)
    except UsageError:
        return None


def _write(explainer: Explainer, terms: list[str], chosen: Format, settings: Settings) -> Response:
    """Write an explanation in the format chosen.

    Raises:
        UsageError: a term is missing.
    """
    if not all(terms):
        raise UsageError("an explanation needs the three terms of a triple: s, p and o")
    proof: Proof = explainer.read(*terms)
    words = explainer.words
    if chosen is HTML:
        step = _step(outline(proof), words)
        return Response(render_template("explain.html", step=step, says=words.sentence(proof.fact), terms=terms))
    if chosen is _JSON:
        return Response(as_json(proof, words), content_type=chosen.content_type)
    assert chosen.rdf is not None  # noqa: S101 - every graph format has a serialiser
    return Response(as_prov(proof, words, settings.base, chosen.rdf), content_type=chosen.content_type)


def _step(entry: Entry, words: Words) -> Step:
    proof = entry.proof
    subject, predicate, value = proof.fact[:3]
    return Step(
        number=entry.number,
        sentence=(
            _cell(subject, words.name(subject)),
            _cell(predicate, words.verb(predicate)),
            _cell(value, words.name(value)),
        ),
        children=tuple(_step(child, words) for child in entry.children),
        sources=proof.sources if isinstance(proof, Leaf) else (),
        rule=None if isinstance(proof, Leaf) else proof.rule,
        absences=() if isinstance(proof, Leaf) or entry.again or entry.cut else proof.absences,
        again=entry.again,
        cut=entry.cut,
        href=address_of(subject, predicate, value),
    )


def _cell(term: Term, text: str) -> Cell:
    if isinstance(term, NamedNode):
        return Cell(text, href_of(term.value), title=term.value)
    return Cell(text)
