"""Which thing an address of this host stands for, and which addresses a thing has here.

RDF keeps the names below the base (``https://w3id.org/…``); links on pages lead to the host that serves them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import quote

from pyoxigraph import NamedNode
from werkzeug.urls import uri_to_iri

from claimgraph.errors import UnknownName
from claimgraph.sparql.prefixes import BASE
from claimgraph.web.tables import IN_PATHS
from claimgraph.web.tombstones import raise_removed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from claimgraph.web.service import View

_KINDS = "SELECT ?kind ?g { GRAPH ?g { ?thing a ?kind } }"
_KNOWN = "SELECT ?any { { ?thing ?any ?o } UNION { ?s ?any ?thing } UNION { GRAPH ?thing { ?s ?any ?o } } } LIMIT 1"


@dataclass(frozen=True, slots=True)
class Resource:
    """Be a thing that the snapshot knows: its IRI, its classes, the licences of the graphs that say so, its addresses.

    ``page`` is the path of its page, ``data`` that of its data without the extension of a format.
    """

    iri: str
    kinds: tuple[str, ...]
    licenses: tuple[str, ...]
    page: str
    data: str


def find_thing(view: View, name: str, sent: str) -> Resource:
    """Find the thing below ``id/`` whose name is that of an address; ``sent`` is the name as it was sent, undecoded.

    Raises:
        UnknownName: there is none.
        RemovedName: a kept snapshot had it.
    """
    iri, kinds, licenses = _find(view, BASE + "id/", name, sent)
    path = _path(iri.removeprefix(BASE + "id/"))
    return Resource(iri, kinds, licenses, f"/page/{path}", f"/data/{path}")


def find_document(view: View, place: str, name: str, sent: str) -> Resource:
    """Find what has one address for its page and its data, below ``graph/`` or ``shape/``; see :func:`find_thing`."""
    iri, kinds, licenses = _find(view, f"{BASE}{place}/", name, sent)
    path = f"/{_path(iri.removeprefix(BASE))}"
    return Resource(iri, kinds, licenses, f"{path}.html", path)


def ontology() -> Resource:
    """Return the ontology, whose terms are fragments of one page."""
    return Resource(BASE + "ontology", (), (), "/ontology.html", "/ontology")


def _path(name: str) -> str:
    return quote(name, safe=IN_PATHS)


def _find(view: View, start: str, name: str, sent: str) -> tuple[str, tuple[str, ...], tuple[str, ...]]:
    possible = list(_possible(start, name, sent))
    if not possible:
        raise UnknownName(f"{start}{name} is no IRI, so it is the name of nothing")
    for iri in possible:
        thing = {"thing": NamedNode(iri)}
        rows = view.rows(_KINDS, thing)
        if rows or view.rows(_KNOWN, thing):
            licenses = {license_ for row in rows for license_ in view.licenses.get(row["g"].value, ())}
            return iri, tuple(sorted({row["kind"].value for row in rows})), tuple(sorted(licenses))
    for iri in possible:
        raise_removed(view, iri)
    raise UnknownName(f"this snapshot says nothing of {possible[0]}, and no kept one does")


def _possible(start: str, name: str, sent: str) -> Iterator[str]:
    """Yield the IRIs that an address can mean: with all escapes that were sent, with those of reserved ones, with none.

    A server hands the name on without its escapes, but an IRI may have been given with them.
    """
    escaped = quote(name, safe=IN_PATHS + "%")
    for ending in dict.fromkeys((sent, uri_to_iri(sent), name, escaped, uri_to_iri(escaped))):
        try:
            yield NamedNode(start + ending).value
        except ValueError:
            continue
