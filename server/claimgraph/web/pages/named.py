"""What the pages of weapons, events, places, documents, items and dossiers show."""

from __future__ import annotations

from claimgraph.web.pages.claim import ASSESSED
from claimgraph.web.pages.custody import custody
from claimgraph.web.pages.family import family
from claimgraph.web.pages.marked import marked
from claimgraph.web.pages.section import Section, facts

_CLAIMED = """SELECT DISTINCT ?claim ?holder ?side ?said %(more)s {
  %(which)s
  ?claim cg:hasProposition ?proposition ; cg:polarity ?side .
  OPTIONAL { ?claim cg:holder ?holder } OPTIONAL { ?claim cg:saidDuring ?time OPTIONAL { ?time cg:edtf ?said } }
}"""
_COLUMNS = {"claim": "claim", "holder": "of", "side": "polarity", "said": "said"}
_NOTHING = "Nobody in this snapshot claims anything about it."
_CLAIMS_ONLY = "Each is what its holder claims, not what is so."
_NAMES = """SELECT ?what ?value ?property ?g { VALUES (?order ?property ?what) {
    (1 skos:altLabel "Also called") (2 cg:textAsGiven "In the source's words") (3 cg:readAs "Read by us as")
    (4 dcterms:description "What it is") (5 skos:exactMatch "The same as") (6 skos:note "Note")
    (7 cg:partOfEvent "Part of") (8 cg:publishedBy "Published by") (9 cg:narratedBy "Told by")
    (10 cg:publishedDuring "Published") (11 cg:originalLocation "Where it was") (12 dcterms:rights "Rights")
  } GRAPH ?g { ?thing ?property ?value } } ORDER BY ?order ?value"""


def _claims(which: str, more: str = "") -> Section:
    """Return the section of the claims on propositions that a pattern finds; ``more`` is a variable to show as well."""
    columns = {**_COLUMNS, **({more: more} if more else {})}
    text = _CLAIMED % {"which": which, "more": f"?{more}" if more else ""}
    return Section("Claims about it", text, columns, note=_CLAIMS_ONLY, empty=_NOTHING)


_FACTS = Section("What it is", _NAMES, part="facts", most=60, make=facts)

OF_WEAPON = (
    _FACTS,
    Section(
        "Its family",
        """SELECT DISTINCT ?model ?parent {
  { BIND(?thing AS ?model) } UNION { ?thing cg:belongsTo ?model } UNION { ?model cg:belongsTo ?thing }
  UNION { ?thing cg:belongsTo ?top . ?model cg:belongsTo ?top }
  OPTIONAL { VALUES ?way { cg:variantOf cg:munitionOf } GRAPH ?g { ?model ?way ?parent }
    ?g a ?sort FILTER(?sort != cg:DerivedGraph) }
} ORDER BY ?model ?parent""",
        part="picture",
        most=200,
        make=family,
        note="Each model below the one of which it is a variant or a munition.",
    ),
    Section(
        "Claims by model",
        """SELECT ?model ?claims {
  { SELECT ?model (COUNT(DISTINCT ?claim) AS ?claims) {
      { BIND(?thing AS ?model) } UNION { ?model cg:belongsTo ?thing }
      ?proposition cg:aboutWeapon ?model . ?claim cg:hasProposition ?proposition } GROUP BY ?model }
} ORDER BY DESC(?claims) ?model""",
        {"model": "model", "claims": "claims about it"},
    ),
    _claims(
        "{ BIND(?thing AS ?model) } UNION { ?model cg:belongsTo ?thing } ?proposition cg:concernsWeapon ?model .",
        "model",
    ),
)
"""The page of a model of weapons."""

OF_EVENT = (
    _FACTS,
    Section(
        "Its parts",
        "SELECT ?part { ?part cg:partOfEvent ?thing } ORDER BY ?part",
        {"part": "part"},
    ),
    Section(
        "Expressions that we read as this event",
        """SELECT ?expression ?words { ?expression cg:readAs ?thing
  OPTIONAL { ?expression cg:textAsGiven ?words } } ORDER BY ?expression""",
        {"expression": "expression", "words": "words"},
        note="Our reading.",
    ),
    _claims("?proposition cg:aboutEvent|cg:inEvent ?thing ."),
)
"""The page of an event."""

OF_PLACE = (
    _FACTS,
    Section(
        "Where it lies, as claimed",
        """SELECT DISTINCT ?inner ?outer ?said {
  { ?at cg:containedPlace ?thing } UNION { ?at cg:containingPlace ?thing }
  ?at cg:containedPlace ?inner ; cg:containingPlace ?outer . OPTIONAL { ?at cg:accordingTo ?said }
} ORDER BY ?inner ?outer""",
        {"inner": "place", "outer": "within", "said": "as told by"},
        note="Which place lies in which is itself claimed.",
    ),
    _claims("?proposition cg:aboutPlace ?thing ."),
    Section(
        "What was said there",
        "SELECT ?act { ?act cg:utteredAt ?thing }",
        {"act": "act of speech"},
    ),
)
"""The page of a place."""

OF_DOCUMENT = (
    _FACTS,
    Section(
        "The text",
        """SELECT ?claim ?id ?start ?end ?sha ?quote {
  ?passage cg:inDocument ?thing ; cg:startOffset ?start ; cg:endOffset ?end ; cg:quotedText ?quote .
  ?claim cg:groundedIn ?passage ; a cg:Claim . OPTIONAL { ?claim dcterms:identifier ?id }
  OPTIONAL { ?thing cg:sha256 ?sha }
} ORDER BY ?start ?end ?id""",
        part="marked",
        most=500,
        make=marked,
        note="What is marked is grounded in a statement; the sign after it leads there.",
    ),
    Section(
        "Notes",
        "SELECT ?note ?words { ?note cg:inDocument ?thing ; cg:noteText ?words } ORDER BY ?note",
        {"note": "note", "words": "words"},
        note="No text of this document is kept; the notes are ours.",
    ),
    Section(
        "Statements",
        """SELECT ?claim ?holder ?kind { ?claim cg:claimedIn ?thing
  OPTIONAL { ?claim cg:holder ?holder } OPTIONAL { ?claim cg:statementKind ?kind } } ORDER BY ?claim""",
        {"claim": "statement", "holder": "of", "kind": "kind"},
    ),
    Section(
        "Reports in it",
        """SELECT ?report ?act ?verb ?stance { ?report cg:reportedIn ?thing
  OPTIONAL { ?report cg:reports ?act } OPTIONAL { ?report cg:reportingVerb ?verb }
  OPTIONAL { ?report cg:narratorStance ?stance } } ORDER BY ?report""",
        {"report": "report", "act": "of what", "verb": "in the words", "stance": "taken over or relayed"},
    ),
    ASSESSED,
)
"""The page of a document."""

OF_ITEM = (
    _FACTS,
    Section(
        "Who is said to have held it",
        """SELECT ?event ?kind ?by ?when ?said ?after {
  ?event cg:custodyItem ?thing .
  OPTIONAL { ?event cg:custodyKind ?kind } OPTIONAL { ?event cg:custodian ?by }
  OPTIONAL { ?event cg:custodyDuring ?time OPTIONAL { ?time cg:edtf ?when } } OPTIONAL { ?event cg:accordingTo ?said }
  OPTIONAL { ?event cg:custodyAfter ?after
    FILTER NOT EXISTS { ?event cg:custodyAfter ?between . ?between cg:custodyAfter ?after } }
} ORDER BY ?when ?event""",
        part="custody",
        most=60,
        make=custody,
        note="Each step as a claim tells it. A gap is where nobody is said to have held it.",
        empty="Nothing is said of who held it.",
    ),
    _claims("?proposition cg:aboutItem ?thing ."),
    Section(
        "What it is offered as evidence for",
        """SELECT ?line ?kind ?proposition ?by { ?line cg:usesItem ?thing .
  VALUES ?kind { cg:supportsProposition cg:disputesProposition }
  ?line ?kind ?proposition . OPTIONAL { ?line cg:drawnBy ?by } } ORDER BY ?line""",
        {"line": "line of evidence", "kind": "how", "proposition": "proposition", "by": "drawn by"},
    ),
    Section(
        "Claims that rest on it",
        """SELECT ?claim ?holder { ?basis cg:basisEvidence ?thing . ?claim cg:hasBasis ?basis
  OPTIONAL { ?claim cg:holder ?holder } } ORDER BY ?claim""",
        {"claim": "claim", "holder": "of"},
    ),
)
"""The page of an item of evidence."""

OF_DOSSIER = (
    _FACTS,
    Section(
        "Documents",
        """SELECT DISTINCT ?document { ?graph cg:inDossier ?thing . GRAPH ?graph { ?document a cg:Document } }
ORDER BY ?document""",
        {"document": "document"},
    ),
    Section(
        "Disputes",
        """SELECT DISTINCT ?dispute { ?graph cg:inDossier ?thing . GRAPH ?graph { ?proposition cg:predicate ?any }
  ?dispute cg:disputedProposition ?proposition }""",
        {"dispute": "what is disputed"},
        note="Found by rule: somebody affirms, somebody denies.",
    ),
    Section(
        "Statements",
        """SELECT ?claim ?holder ?side { ?claim cg:partOfDossier ?thing
  OPTIONAL { ?claim cg:holder ?holder } OPTIONAL { ?claim cg:polarity ?side } } ORDER BY ?claim""",
        {"claim": "statement", "holder": "of", "side": "polarity"},
        note=_CLAIMS_ONLY,
    ),
    Section(
        "Its graphs",
        """SELECT ?graph ?sort { ?graph cg:inDossier ?thing ; a ?sort .
  FILTER(?sort IN (cg:SourceGraph, cg:ReadingGraph, cg:ReferenceGraph)) } ORDER BY ?graph""",
        {"graph": "graph", "sort": "what it holds"},
    ),
)
"""The page of a dossier."""
