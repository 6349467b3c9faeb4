"""What an ontology declares: which name is which kind of thing. All profile rules ask this one reading."""

from __future__ import annotations

from collections import defaultdict
from functools import cached_property
from typing import TYPE_CHECKING, Final, NamedTuple

from pyoxigraph import BlankNode, NamedNode

from claimgraph.check.names import RDF_TYPE, name
from claimgraph.check.owl.vocabulary import (
    ANNOTATIONS,
    CLASS_TYPES,
    DATATYPES,
    EXTREMES,
    OBJECT_PROPERTY_TYPES,
    ONTOLOGY_PROPERTIES,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from claimgraph.dataset.positions import Node, Positions, Term
    from claimgraph.errors import Place

_FIRST: Final = name("rdf:first")
_REST: Final = name("rdf:rest")
_NIL: Final = name("rdf:nil")


class Statement(NamedTuple):
    """One triple and the document and offset at which its object is written."""

    subject: Node
    predicate: NamedNode
    object: Term
    document: Positions
    offset: int

    @property
    def place(self) -> Place:
        """Find the line and column of the object."""
        return self.document.at(self.offset)


class Facts:
    """Hold the triples of the modules of one ontology and the kinds of their names."""

    def __init__(self, documents: Sequence[Positions]) -> None:
        """Take the modules together, as an importing ontology would."""
        self.statements = [
            Statement(s, p, o, document, at) for document in documents for s, p, o, _, _, at in document.triples
        ]
        self.by_subject: defaultdict[Term, list[Statement]] = defaultdict(list)
        self.types: defaultdict[Term, set[Term]] = defaultdict(set)
        for statement in self.statements:
            self.by_subject[statement.subject].append(statement)
            if statement.predicate == RDF_TYPE:
                self.types[statement.subject].add(statement.object)

    def objects(self, subject: Term, predicate: NamedNode) -> list[Term]:
        """List the objects of a subject and a predicate."""
        return [s.object for s in self.by_subject.get(subject, ()) if s.predicate == predicate]

    def statement(self, subject: Term, predicates: Iterable[NamedNode]) -> list[Statement]:
        """List the statements of a subject with one of several predicates."""
        wanted = frozenset(predicates)
        return [s for s in self.by_subject.get(subject, ()) if s.predicate in wanted]

    def items(self, head: Term) -> list[Term] | None:
        """List the items of an RDF list, or return None when it is no proper list."""
        found: list[Term] = []
        seen: set[Term] = set()
        while head != _NIL:
            firsts, rests = self.objects(head, _FIRST), self.objects(head, _REST)
            if len(firsts) != 1 or len(rests) != 1 or head in seen:
                return None
            seen.add(head)
            found.append(firsts[0])
            head = rests[0]
        return found

    def _typed(self, kinds: frozenset[NamedNode]) -> set[Term]:
        return {term for term, types in self.types.items() if types & kinds}

    @cached_property
    def classes(self) -> set[Term]:
        """Class names: declared ones, owl:Thing and owl:Nothing."""
        named: set[Term] = {term for term in self._typed(CLASS_TYPES) if isinstance(term, NamedNode)}
        return named | EXTREMES

    @cached_property
    def class_nodes(self) -> set[Term]:
        """Blank nodes that are classes, restrictions among them."""
        return {term for term in self._typed(CLASS_TYPES) if isinstance(term, BlankNode)}

    @cached_property
    def restrictions(self) -> set[Term]:
        """Nodes declared to be restrictions."""
        return self._typed(frozenset({name("owl:Restriction")}))

    @cached_property
    def datatypes(self) -> set[Term]:
        """Datatypes: the built-in ones and those declared."""
        return self._typed(frozenset({name("rdfs:Datatype")})) | DATATYPES

    @cached_property
    def object_properties(self) -> set[Term]:
        """Properties whose values are things."""
        return self._typed(OBJECT_PROPERTY_TYPES)

    @cached_property
    def data_properties(self) -> set[Term]:
        """Properties whose values are literals."""
        return self._typed(frozenset({name("owl:DatatypeProperty")}))

    @cached_property
    def annotation_properties(self) -> set[Term]:
        """Properties without meaning: the built-in ones and those declared."""
        return self._typed(frozenset({name("owl:AnnotationProperty")})) | ANNOTATIONS

    @cached_property
    def ontology_properties(self) -> set[Term]:
        """Properties between ontologies."""
        return self._typed(frozenset({name("owl:OntologyProperty")})) | ONTOLOGY_PROPERTIES

    @cached_property
    def ontologies(self) -> set[Term]:
        """Names of ontologies, those that an import mentions among them."""
        imported = {s.object for s in self.statements if s.predicate in ONTOLOGY_PROPERTIES}
        return self._typed(frozenset({name("owl:Ontology")})) | imported

    @cached_property
    def schema(self) -> set[Term]:
        """Every name that is no individual."""
        return (
            self.classes
            | self.class_nodes
            | self.datatypes
            | self.object_properties
            | self.data_properties
            | self.annotation_properties
            | self.ontology_properties
            | self.ontologies
        )
