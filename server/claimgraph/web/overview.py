"""What there is to say of the dataset as a whole: sizes, graphs with their licences, files, versions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from pyoxigraph import NamedNode

from claimgraph.sparql.prefixes import BASE, expand, shorten
from claimgraph.web.description import graphs as graphs_of
from claimgraph.web.kept import before, changed, kept_with

if TYPE_CHECKING:
    from collections.abc import Mapping

    from claimgraph.snapshot import Download
    from claimgraph.web.kept import Kept
    from claimgraph.web.service import View
    from claimgraph.web.vocabulary import Vocabularies, Vocabulary

_LICENSES: Final = "SELECT ?graph ?license { ?graph dcterms:license ?license } ORDER BY ?license"
_FIGURES: Final = """SELECT DISTINCT ?property ?count { GRAPH ?graph {
  VALUES ?property { void:triples void:distinctSubjects void:distinctObjects void:classes void:properties }
  ?all a sd:Graph ; void:classPartition ?part ; ?property ?count } } ORDER BY ?property"""
_EXAMPLES: Final = ("WeaponModel", "Person", "Claim", "Proposition")


@dataclass(frozen=True, slots=True)
class Graph:
    """Be a named graph: its IRI, its name for people, how large it is, and its licences; a derived one has none."""

    iri: str
    name: str
    triples: int
    licenses: tuple[str, ...]
    is_derived: bool


@dataclass(frozen=True, slots=True)
class Overview:
    """Be the dataset in one state, served at an address.

    ``figures`` are the counts of VoID by CURIE. ``versions`` are all kept states, the first first, ``since`` the one
    before this, if it is kept, and ``changes`` what changed since, in words.
    """

    view: View
    vocabulary: Vocabulary
    host: str
    graphs: tuple[Graph, ...]
    figures: Mapping[str, int]
    examples: tuple[str, ...]
    downloads: tuple[Download, ...]
    versions: tuple[Kept, ...]
    since: Kept | None
    changes: str

    @property
    def licenses(self) -> tuple[str, ...]:
        """List the licences of all graphs."""
        return tuple(dict.fromkeys(iri for graph in self.graphs for iri in graph.licenses))

    @property
    def key(self) -> tuple[str, ...]:
        """Return what it depends on besides the snapshot."""
        return self.host, str(len(self.downloads)), *(one.digest for one in self.versions)


def overview(view: View, vocabularies: Vocabularies, host: str) -> Overview:
    """Gather what there is to say of the state that a view shows."""
    licenses: dict[str, dict[str, None]] = {}
    for row in view.rows(_LICENSES):
        licenses.setdefault(row["graph"].value, {})[row["license"].value] = None
    derived = {entry.graph for entry in view.manifest.rules}
    graphs = tuple(
        Graph(iri, iri.removeprefix(BASE + "graph/"), triples, tuple(licenses.get(iri, ())), iri in derived)
        for iri, triples in graphs_of(view)
    )
    rows = view.rows(_FIGURES, {"graph": NamedNode(BASE + "graph/snapshot")})
    figures = {shorten(row["property"].value): int(row["count"].value) for row in rows}
    versions = kept_with(view)
    since = before(versions, view.digest)
    own = next((one for one in versions if one.digest == view.digest), None)
    changes = changed(since.snapshot.dump, own.snapshot.dump).words() if since and own else ""
    return Overview(
        view,
        vocabularies.of(view),
        host,
        graphs,
        figures,
        _examples(view),
        view.downloads,
        tuple(versions),
        since,
        changes,
    )


def _examples(view: View) -> tuple[str, ...]:
    """Return the most important thing of some classes."""
    found = []
    for name in _EXAMPLES:
        ranges = view.index.ranges([frozenset({expand("cg:" + name)})])
        found += [thing.iri for first, _ in ranges[:1] for thing in view.index.part(first, 1)]
    return tuple(found)
