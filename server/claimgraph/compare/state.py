"""One state of a dataset: what its files say of each thing, what follows by the rules, what its queries answer."""

from __future__ import annotations

from collections import defaultdict
from functools import cached_property
from typing import TYPE_CHECKING, Final

from pyoxigraph import BlankNode, Literal, NamedNode, QueryBoolean, QuerySolutions, QueryTriples

from claimgraph.compare.blank import canonical_names
from claimgraph.errors import BadParameter, BadQuery
from claimgraph.snapshot import Identifiers
from claimgraph.sparql.prefixes import expand, shorten

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    from pyoxigraph import Quad, Store

    from claimgraph.catalog import CannedQuery, Catalog

    Term = NamedNode | BlankNode | Literal

LABEL: Final = NamedNode(expand("rdfs:label"))
TYPE: Final = NamedNode(expand("rdf:type"))
_LANGUAGES: Final = (None, "en")


class State:
    """Answer what one state of a dataset holds; ``title`` is how people call it."""

    def __init__(self, title: str, store: Store, base: str, catalog: Catalog) -> None:
        """Take a store that the rules have been run over."""
        self.title = title
        self.catalog = catalog
        self._store = store
        self._unsaid = (f"{base}graph/derived/", f"{base}graph/snapshot")

    @cached_property
    def said(self) -> dict[NamedNode, dict[str, frozenset[str]]]:
        """What the files say: for each resource its properties and, written as text, their values."""
        return self._told(self._store)

    def _told(self, found_quads: Iterable[Quad]) -> dict[NamedNode, dict[str, frozenset[str]]]:
        """Gather, of some quads, what the files say."""
        quads = [quad for quad in found_quads if not str(quad.graph_name)[1:].startswith(self._unsaid)]
        blanks = canonical_names(quads)
        found: defaultdict[NamedNode, defaultdict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
        for quad in quads:
            if isinstance(quad.subject, NamedNode):
                found[quad.subject][shorten(quad.predicate.value)].add(_written(quad.object, blanks))
        return {
            subject: {predicate: frozenset(values) for predicate, values in said.items()}
            for subject, said in found.items()
        }

    def of_class(self, curie: str) -> set[NamedNode]:
        """List the resources of a class, as asserted or derived."""
        quads = self._store.quads_for_pattern(None, TYPE, NamedNode(expand(curie)))
        return {quad.subject for quad in quads if isinstance(quad.subject, NamedNode)}

    def values(self, subject: NamedNode, curie: str) -> list[NamedNode]:
        """List the resources that a property of a resource leads to, sorted."""
        quads: Collection[Quad] = list(self._store.quads_for_pattern(subject, NamedNode(expand(curie)), None))
        return sorted({q.object for q in quads if isinstance(q.object, NamedNode)}, key=lambda term: term.value)

    def label(self, thing: NamedNode) -> str:
        """Return the English or untagged label of a resource, or its short name."""
        labels = [
            quad.object.value
            for quad in self._store.quads_for_pattern(thing, LABEL, None)
            if isinstance(quad.object, Literal) and quad.object.language in _LANGUAGES
        ]
        return min(labels, default=shorten(thing.value))

    def answer(self, query: CannedQuery) -> frozenset[str]:
        """Answer a canned query with its defaults; each row is one text.

        Raises:
            BadQuery: a parameter has no default that fits.
        """
        try:
            text = query.bind({}, Identifiers(self._store).resolve)
            answer = self._store.query(text, use_default_graph_as_union=True)
        except (BadParameter, SyntaxError) as error:
            raise BadQuery(str(error)) from error
        if isinstance(answer, QueryBoolean):
            return frozenset({"yes" if answer else "no"})
        if isinstance(answer, QueryTriples):
            return frozenset(f"{_written(t.subject)} {_written(t.predicate)} {_written(t.object)}" for t in answer)
        return self._rows(answer)

    def _rows(self, answer: QuerySolutions) -> frozenset[str]:
        names = [variable.value for variable in answer.variables]
        return frozenset(" | ".join(self._shown(row[name]) for name in names) for row in answer)

    def _shown(self, term: object) -> str:
        if isinstance(term, NamedNode):
            return self.label(term)
        return " ".join(term.value.split()) if isinstance(term, Literal | BlankNode) else ""


def _written(term: object, blanks: Mapping[BlankNode, str] | None = None) -> str:
    """Write a term as people read it; a blank node by what is said of it."""
    if isinstance(term, NamedNode):
        return shorten(term.value)
    if isinstance(term, BlankNode):
        return (blanks or {}).get(term, "_:")
    if isinstance(term, Literal):
        text = f'"{term.value}"'
        if term.language:
            return f"{text}@{term.language}"
        kind = shorten(term.datatype.value)
        return text if kind == "xsd:string" else f"{text}^^{kind}"
    return str(term)
