"""What the page of a claim shows."""

from __future__ import annotations

from claimgraph.web.pages.pictures import chain
from claimgraph.web.pages.section import Section, facts
from claimgraph.web.pages.standing import standing
from claimgraph.web.pages.words import words

_WORDS = """SELECT ?locus ?document ?quote ?start ?end ?note ?sha {
  ?thing cg:groundedIn ?locus .
  OPTIONAL { ?locus cg:inDocument ?document OPTIONAL { ?document cg:sha256 ?sha } }
  OPTIONAL { ?locus cg:quotedText ?quote ; cg:startOffset ?start ; cg:endOffset ?end }
  OPTIONAL { ?locus cg:noteText ?note }
} ORDER BY ?document ?start"""

_WHO = """SELECT ?what ?value ?property ?subject ?g ?note {
  {
    VALUES (?order ?property ?what) {
      (1 cg:holder "Held by") (2 cg:heldBy "Whom the source calls") (3 cg:speaker "Spoken by")
      (4 cg:principal "Spoken for") (10 cg:hasProposition "What is claimed") (11 cg:polarity "Polarity")
      (12 cg:modality "How firmly") (13 cg:statementKind "Kind of statement") (14 cg:hasBasis "On what basis")
      (17 cg:hasOrigin "Comes in the end from") (18 cg:passesThrough "Comes through somebody unnamed")
      (19 cg:accuses "Accuses") (20 cg:repeats "Repeats") (21 cg:repliesFor "Replies for")
      (30 cg:partOfDossier "Dossier")
    }
    BIND(?thing AS ?subject)
    GRAPH ?g { ?subject ?property ?value }
    FILTER(?property != cg:heldBy || EXISTS { ?value a cg:Mention })
  } UNION {
    ?subject cg:expresses ?thing .
    VALUES (?order ?property ?what) {
      (5 cg:hasAddressee "Said to") (6 cg:throughChannel "Through the channel") (7 cg:utteredAt "Said at")
      (8 cg:utteredOn "Said on the occasion of")
    }
    GRAPH ?g { ?subject ?property ?value }
  } UNION {
    ?value cg:expresses ?thing BIND("In the act" AS ?what) BIND(9 AS ?order)
  } UNION {
    ?thing cg:hasBasis ?basis . ?basis a ?value .
    VALUES ?value { cg:StatedBasis cg:BasisReportedUnspecified cg:BasisNotReported cg:BasisNotApplicable }
    BIND("Kind of basis" AS ?what) BIND(15 AS ?order)
  } UNION {
    ?thing cg:hasBasis/(cg:basisEvidence|cg:basisClaim|cg:basisReport) ?value
    BIND("Which rests on" AS ?what) BIND(16 AS ?order)
  }
} ORDER BY ?order ?value"""

_STANDING = """SELECT ?first ?last ?words ?edtf ?resolved ?note ?kind ?by ?from ?until {
  { SELECT ?first ?last ?words ?edtf ?resolved ?note {
    OPTIONAL { ?thing cg:saidNotBefore ?first } OPTIONAL { ?thing cg:saidNotAfter ?last }
    OPTIONAL { ?thing cg:saidDuring ?time
      OPTIONAL { ?time cg:textAsGiven ?words } OPTIONAL { ?time cg:edtf ?edtf }
      OPTIONAL { ?time cg:resolvedBy/rdfs:label ?resolved } OPTIONAL { ?time cg:resolutionNote ?note } } } LIMIT 1 }
  OPTIONAL {
    VALUES ?kind { cg:withdrawnExplicitlyBy cg:withdrawnInEffectBy cg:withdrawalUndecidedBy }
    ?thing ?kind ?by
    OPTIONAL { ?by cg:saidNotBefore ?from } OPTIONAL { ?by cg:saidNotAfter ?until }
  }
}"""

# The same as the rules in ontology/rules/on-demand say, from one claim: what it affirms against what is denied, and
# what it denies against what is affirmed. A test holds the two together.
_AGAINST = """SELECT DISTINCT ?kind ?other ?holder ?ground ?s ?relation ?o {
  {
    ?thing cg:polarity cg:positive ; cg:modality ?mode ; cg:hasProposition/cg:entails? ?theirs .
    FILTER(?mode IN (cg:asserted, cg:presupposed))
    ?other cg:hasProposition ?theirs ; cg:polarity cg:negative ; cg:modality cg:asserted .
    BIND("contradicts" AS ?kind) BIND(cg:contradicts AS ?relation) BIND(?thing AS ?s) BIND(?other AS ?o)
    BIND("it denies what this claim affirms, or what follows from that" AS ?ground)
  } UNION {
    ?thing cg:polarity cg:negative ; cg:modality cg:asserted ; cg:hasProposition/^cg:entails? ?theirs .
    ?other cg:hasProposition ?theirs ; cg:polarity cg:positive ; cg:modality ?mode .
    FILTER(?mode IN (cg:asserted, cg:presupposed))
    BIND("contradicts" AS ?kind) BIND(cg:contradicts AS ?relation) BIND(?other AS ?s) BIND(?thing AS ?o)
    BIND("it affirms what this claim denies, or more" AS ?ground)
  } UNION {
    VALUES (?strains ?needed ?ground) {
      (cg:variantStrains cg:asserted "it denies a variant of what this claim affirms of the family")
      (cg:detectionStrains cg:asserted "it denies that what this claim affirms was detected")
      (cg:normStrains cg:deontic "it says that what this claim takes for granted should not be")
    }
    ?thing cg:polarity cg:positive ; cg:modality ?mode ; cg:hasProposition ?mine .
    FILTER(?mode IN (cg:asserted, cg:presupposed))
    ?theirs ?strains ?mine .
    ?other cg:hasProposition ?theirs ; cg:polarity cg:negative ; cg:modality ?needed .
    BIND("in tension" AS ?kind) BIND(cg:inTensionWith AS ?relation) BIND(?thing AS ?s) BIND(?other AS ?o)
  } UNION {
    VALUES (?strains ?needed ?ground) {
      (cg:variantStrains cg:asserted "it affirms of the family what this claim denies of a variant")
      (cg:detectionStrains cg:asserted "it affirms what this claim says was not detected")
      (cg:normStrains cg:deontic "it takes for granted what this claim says should not be")
    }
    ?thing cg:polarity cg:negative ; cg:modality ?needed ; cg:hasProposition ?mine .
    ?mine ?strains ?theirs .
    ?other cg:hasProposition ?theirs ; cg:polarity cg:positive ; cg:modality ?mode .
    FILTER(?mode IN (cg:asserted, cg:presupposed))
    BIND("in tension" AS ?kind) BIND(cg:inTensionWith AS ?relation) BIND(?other AS ?s) BIND(?thing AS ?o)
  }
  OPTIONAL { ?other cg:holder ?holder }
}"""

_JUDGED = """SELECT DISTINCT ?kind ?other ?ground ?assessor ?judgement {
  { ?judgement cg:relationSource ?thing ; cg:relationTarget ?other }
  UNION { ?judgement cg:relationTarget ?thing ; cg:relationSource ?other }
  ?judgement cg:relationKind ?kind .
  OPTIONAL { ?judgement cg:ground ?ground } OPTIONAL { ?judgement cg:assessedBy ?assessor }
} ORDER BY ?judgement ?other"""

_DEPENDING = (
    """SELECT ?claim ?holder { ?claim cg:fallsWith ?thing OPTIONAL { ?claim cg:holder ?holder } } ORDER BY ?claim"""
)
_GROUNDS = (
    """SELECT ?claim ?holder { ?thing cg:fallsWith ?claim OPTIONAL { ?claim cg:holder ?holder } } ORDER BY ?claim"""
)
_TOLD = """SELECT ?it { ?it cg:accordingTo ?thing } ORDER BY ?it"""

ASSESSED = Section(
    "Assessments",
    """SELECT ?assessor ?day ?likelihood ?confidence ?reliability ?credibility ?assessment {
  ?assessment cg:assesses ?thing .
  OPTIONAL { ?assessment cg:assessedBy ?assessor } OPTIONAL { ?assessment cg:assessedOn ?day }
  OPTIONAL { ?assessment cg:likelihood ?likelihood } OPTIONAL { ?assessment cg:confidence ?confidence }
  OPTIONAL { ?assessment cg:sourceReliability ?reliability }
  OPTIONAL { ?assessment cg:informationCredibility ?credibility }
} ORDER BY ?day ?assessment""",
    {
        "assessor": "by",
        "day": "on",
        "likelihood": "how likely",
        "confidence": "how sure",
        "reliability": "source",
        "credibility": "information",
        "assessment": "assessment",
    },
    note="Judgements of those who are named, not of this service.",
)
"""How a thing was judged, where somebody did."""

SECTIONS = (
    Section("The words", _WORDS, part="words", make=words, empty="No passage and no note is recorded for it."),
    Section("Whose it is, and on what it rests", _WHO, part="facts", most=60, make=facts),
    Section(
        "How it reached us",
        part="picture",
        most=40,
        make=chain,
        canned=("attribution-chain", "_statement_iri"),
        note="From the first source on the left to the document. Dashed: the source has no name.",
    ),
    Section("How it stands", _STANDING, part="standing", make=standing),
    Section(
        "What stands against it",
        _AGAINST,
        {"kind": "how", "other": "claim", "holder": "of", "ground": "why"},
        note="Our reasoning; that two claims contradict each other is not said by any document.",
        empty="Nothing in this snapshot contradicts it or is in tension with it.",
    ),
    Section(
        "How it was related to other claims",
        _JUDGED,
        {
            "kind": "how",
            "other": "claim",
            "ground": "on what ground",
            "assessor": "judged by",
            "judgement": "judgement",
        },
        note="Judgements of those who are named; no document says so.",
    ),
    Section("What falls if it falls", _DEPENDING, {"claim": "claim", "holder": "of"}),
    Section("What it falls with", _GROUNDS, {"claim": "claim", "holder": "of"}),
    Section("What is known by it alone", _TOLD, {"it": "what this claim tells of"}),
    ASSESSED,
)
"""The page of a claim."""
