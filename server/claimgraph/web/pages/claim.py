"""What the page of a claim shows."""

from __future__ import annotations

import re

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

_WHO = """SELECT ?what ?value ?property ?subject ?g {
  {
    VALUES (?order ?property ?what) {
      (1 cg:holder "Held by") (2 cg:heldBy "Whom the source calls") (3 cg:speaker "Spoken by")
      (4 cg:principal "Spoken for") (10 cg:hasProposition "What is claimed") (11 cg:polarity "Polarity")
      (12 cg:modality "How firmly") (13 cg:statementKind "Kind of statement") (14 cg:hasBasis "On what basis")
      (17 cg:hasOrigin "Comes in the end from") (18 cg:passesThrough "Comes through somebody unnamed")
      (19 cg:accuses "Accuses") (20 cg:repeats "Repeats") (21 cg:repliesFor "Replies for")
      (30 cg:partOfDossier "Dossier")
    }
    GRAPH ?g { ?thing ?property ?value }
    FILTER(?property != cg:heldBy || EXISTS { ?value a cg:Mention })
  } UNION {
    ?value cg:expresses ?thing BIND("In the act" AS ?what) BIND(5 AS ?order)
  } @ACT UNION {
    ?thing cg:hasBasis ?basis . ?basis a ?value .
    FILTER(?value IN (cg:StatedBasis, cg:BasisReportedUnspecified, cg:BasisNotReported, cg:BasisNotApplicable))
    BIND("Kind of basis" AS ?what) BIND(15 AS ?order)
  } UNION {
    ?thing cg:hasBasis/(cg:basisEvidence|cg:basisClaim|cg:basisReport) ?value
    BIND("Which rests on" AS ?what) BIND(16 AS ?order)
  }
} ORDER BY ?order ?value""".replace(
    "@ACT",
    " ".join(
        f"""UNION {{ ?subject cg:expresses ?thing . GRAPH ?g {{ ?subject {name} ?value }}
      BIND({name} AS ?property) BIND("{said}" AS ?what) BIND({order} AS ?order) }}"""
        for order, name, said in (
            (6, "cg:hasAddressee", "Said to"),
            (7, "cg:throughChannel", "Through the channel"),
            (8, "cg:utteredAt", "Said at"),
            (9, "cg:utteredOn", "Said on the occasion of"),
        )
    ),
)

_STANDING = """SELECT ?first ?last ?words ?edtf ?resolved ?note ?kind ?by ?from ?until {
  { SELECT ?first ?last ?words ?edtf ?resolved ?note {
    OPTIONAL { ?thing cg:saidNotBefore ?first } OPTIONAL { ?thing cg:saidNotAfter ?last }
    OPTIONAL { ?thing cg:saidDuring ?time
      OPTIONAL { ?time cg:textAsGiven ?words } OPTIONAL { ?time cg:edtf ?edtf }
      OPTIONAL { ?time cg:resolvedBy ?resolver OPTIONAL { ?resolver rdfs:label ?resolved } }
      OPTIONAL { ?time cg:resolutionNote ?note } } } LIMIT 1 }
  OPTIONAL {
    VALUES ?kind { cg:withdrawnExplicitlyBy cg:withdrawnInEffectBy cg:withdrawalUndecidedBy }
    ?thing ?kind ?by
    OPTIONAL { ?by cg:saidNotBefore ?from } OPTIONAL { ?by cg:saidNotAfter ?until }
  }
}"""

_SIDES = """?s cg:polarity cg:positive ; cg:modality ?mode ; cg:hasProposition ?affirmed . %s
  ?o cg:hasProposition %s ; cg:polarity cg:negative ; cg:modality %s .
  FILTER(?mode = cg:asserted || ?mode = cg:presupposed)"""
_NUMBERS = """?s cg:hasProposition ?much ; cg:polarity cg:positive ; cg:modality cg:asserted ; cg:holder ?one .
  ?much cg:quantityLow ?low ; cg:ofQuantity%s ?quantity . ?little cg:ofQuantity ?quantity ; cg:quantityHigh ?high .
  ?o cg:hasProposition ?little ; cg:polarity cg:positive ; cg:modality cg:asserted ; cg:holder ?two .
  FILTER(?low > ?high && ?one != ?two)"""

# What ties two claims, as the rules in ontology/rules/on-demand say it: the pattern, the relation, and the ground as
# told on the page of the first claim and of the second. A test holds the two together. Each tie is asked in a pattern
# of its own, since the engine goes through everything there is when several are joined at once.
_TIES = (
    (
        _SIDES % ("", "?affirmed", "cg:asserted"),
        "contradicts",
        "it denies what this claim affirms",
        "it affirms what this claim denies",
    ),
    (
        _SIDES % ("?affirmed cg:entails ?denied .", "?denied", "cg:asserted"),
        "contradicts",
        "it denies what follows from what this claim affirms",
        "it affirms more than what this claim denies",
    ),
    (
        _NUMBERS % "",
        "contradicts",
        "it says that there are fewer than this claim says",
        "it says that there are more than this claim says",
    ),
    (
        _NUMBERS % "/cg:partOfQuantity",
        "contradicts",
        "it says that there are fewer of all than this claim says of a part",
        "it says of a part that there are more than this claim says of all",
    ),
    (
        _SIDES % ("?denied cg:variantStrains ?affirmed .", "?denied", "cg:asserted"),
        "inTensionWith",
        "it denies a variant of what this claim affirms of the family",
        "it affirms of the family what this claim denies of a variant",
    ),
    (
        _SIDES % ("?denied cg:detectionStrains ?affirmed .", "?denied", "cg:asserted"),
        "inTensionWith",
        "it denies that what this claim affirms was detected",
        "it affirms what this claim says was not detected",
    ),
    (
        _SIDES % ("?denied cg:normStrains ?affirmed .", "?denied", "cg:deontic"),
        "inTensionWith",
        "it says that what this claim takes for granted should not be",
        "it takes for granted what this claim says should not be",
    ),
)


def _against() -> str:
    """Write the question for all claims that are tied to a claim, whichever of the two that one is."""
    branches = []
    for pattern, relation, on_first, on_second in _TIES:
        for first, second, ground in (("?thing", "?other", on_first), ("?other", "?thing", on_second)):
            tie = re.sub(r"\?s\b", first, re.sub(r"\?o\b", second, pattern))
            branches.append(
                f"""{{ {tie} BIND({first} AS ?s) BIND(cg:{relation} AS ?relation) BIND({second} AS ?o)
  BIND("{ground}" AS ?ground) }}"""
            )
    pairs = " UNION ".join(branches)
    return (
        f"SELECT DISTINCT ?relation ?other ?holder ?ground ?s ?o {{ {pairs} OPTIONAL {{ ?other cg:holder ?holder }} }}"
    )


_JUDGED = """SELECT DISTINCT ?kind ?other ?ground ?assessor ?judgement {
  { ?judgement cg:relationSource ?thing ; cg:relationTarget ?other ; cg:relationKind ?kind }
  UNION { ?judgement cg:relationTarget ?thing ; cg:relationSource ?other ; cg:relationKind ?kind }
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
        _against(),
        {"relation": "how", "other": "claim", "holder": "of", "ground": "why"},
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
