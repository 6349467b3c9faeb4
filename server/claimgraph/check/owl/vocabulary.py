"""The vocabulary of OWL, sorted by what OWL Lite does with it.

Sources: OWL Reference, section 8.3 (https://www.w3.org/TR/owl-ref/#OWLLite), OWL Semantics and Abstract Syntax,
sections 2 and 4 (https://www.w3.org/TR/owl-semantics/), OWL 2 Profiles, section 4
(https://www.w3.org/TR/owl2-profiles/#OWL_2_RL).
"""

from __future__ import annotations

from typing import Final

from claimgraph.check.names import name, names

NOT_LITE: Final = names("owl", "oneOf unionOf complementOf hasValue disjointWith DataRange")
"""Constructs of OWL DL that OWL Lite leaves out (OWL Reference 8.3)."""

NOT_OWL1: Final = names(
    "owl",
    "propertyChainAxiom hasKey propertyDisjointWith disjointUnionOf onClass onDataRange qualifiedCardinality "
    "minQualifiedCardinality maxQualifiedCardinality hasSelf onDatatype withRestrictions datatypeComplementOf "
    "onProperties assertionProperty sourceIndividual targetIndividual targetValue members annotatedSource "
    "annotatedProperty annotatedTarget versionIRI deprecated topObjectProperty bottomObjectProperty "
    "topDataProperty bottomDataProperty real rational NamedIndividual AllDisjointClasses AllDisjointProperties "
    "AsymmetricProperty ReflexiveProperty IrreflexiveProperty NegativePropertyAssertion Axiom Annotation",
)
"""Constructs that came with OWL 2."""

CLASS_TYPES: Final = names("owl", "Class Restriction DeprecatedClass") | {name("rdfs:Class")}
OBJECT_PROPERTY_TYPES: Final = names(
    "owl", "ObjectProperty InverseFunctionalProperty TransitiveProperty SymmetricProperty"
)
PROPERTY_TYPES: Final = OBJECT_PROPERTY_TYPES | names("owl", "DatatypeProperty AnnotationProperty OntologyProperty")

ANNOTATIONS: Final = names("rdfs", "label comment seeAlso isDefinedBy") | {name("owl:versionInfo")}
"""Annotation properties that need no declaration (OWL Semantics 2.1)."""

ONTOLOGY_PROPERTIES: Final = names("owl", "imports priorVersion backwardCompatibleWith incompatibleWith")

EXTREMES: Final = names("owl", "Thing Nothing")

DATATYPES: Final = names(
    "xsd",
    "string boolean decimal float double dateTime time date gYearMonth gYear gMonthDay gDay gMonth hexBinary "
    "base64Binary anyURI normalizedString token language NMTOKEN Name NCName integer nonPositiveInteger "
    "negativeInteger long int short byte nonNegativeInteger unsignedLong unsignedInt unsignedShort unsignedByte "
    "positiveInteger",
) | {name("rdfs:Literal"), name("rdf:XMLLiteral")}
"""The built-in datatypes of OWL 1 (OWL Reference 6.2)."""

RL_DATATYPES: Final = (
    names(
        "xsd",
        "decimal integer nonNegativeInteger nonPositiveInteger positiveInteger negativeInteger long int short byte "
        "unsignedLong unsignedInt unsignedShort unsignedByte float double string normalizedString token language Name "
        "NCName NMTOKEN boolean hexBinary base64Binary anyURI dateTime dateTimeStamp",
    )
    | names("rdf", "PlainLiteral XMLLiteral langString")
    | {name("rdfs:Literal")}
)
"""The datatypes of OWL 2 RL (OWL 2 Profiles 4.2.1)."""

CARDINALITIES: Final = names("owl", "cardinality minCardinality maxCardinality")
FILLERS: Final = names("owl", "allValuesFrom someValuesFrom")
CONSTRAINTS: Final = CARDINALITIES | FILLERS | {name("owl:hasValue")}

STRUCTURE: Final = names("rdf", "first rest") | names("owl", "distinctMembers onProperty") | CARDINALITIES | FILLERS
"""Properties that build an axiom and are judged where the axiom begins."""

BUILT_IN: Final = tuple(name(prefix + ":a").value[:-1] for prefix in ("owl", "rdf", "rdfs", "xsd"))
"""The namespaces about whose terms an ontology says nothing."""
