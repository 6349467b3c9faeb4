"""What the page of a proposition shows: what is disputed, and who stands on which side since when."""

from __future__ import annotations

from claimgraph.web.pages.claim import ASSESSED
from claimgraph.web.pages.pictures import timeline
from claimgraph.web.pages.section import PAGE, Section, facts

_ABOUT = """SELECT ?what ?value ?property ?g {
  VALUES (?order ?property ?what) {
    (1 cg:predicate "What is said to be") (2 cg:aboutWeapon "Weapon") (3 cg:aboutEvent "Event, in the source's words")
    (4 cg:inEvent "Event") (5 cg:aboutPlace "Place") (6 cg:aboutActor "Actor") (7 cg:aboutItem "Item")
    (8 cg:aboutTime "Time") (9 cg:quantityLow "At least") (10 cg:quantityHigh "At most") (11 cg:aboutClaim "Claim")
    (12 cg:aboutAct "Act") (13 cg:aboutReport "Information") (14 cg:concernsWeapon "Concerns the weapon")
  }
  GRAPH ?g { ?thing ?property ?value }
  FILTER(?property != cg:concernsWeapon || NOT EXISTS { ?thing cg:aboutWeapon ?value })
  FILTER(?property != cg:inEvent || NOT EXISTS { ?thing cg:aboutEvent ?value })
} ORDER BY ?order ?value"""

# The claims of one page are found first, and when each was said after that: there may be thousands. Not every time has
# an EDTF, and to join what is unbound is an error.
SIDES = f"""SELECT ?claim ?position ?side ?holder ?modality
  (GROUP_CONCAT(DISTINCT IF(BOUND(?when), CONCAT(?when, " "), ""); separator="") AS ?said) {{
  {{
    SELECT ?claim ?side ?rank ?holder ?modality (MIN(?day) AS ?first) {{
      ?claim cg:hasProposition ?thing ; cg:polarity ?side ; cg:modality ?modality .
      BIND(IF(?side = cg:positive, "1 affirmed", IF(?side = cg:negative, "2 denied", "3 left open")) AS ?rank)
      OPTIONAL {{ ?claim cg:holder ?holder }} OPTIONAL {{ ?claim cg:saidNotBefore ?day }}
    }} GROUP BY ?claim ?side ?rank ?holder ?modality ORDER BY ?rank ?first ?claim ?holder ?modality {PAGE}
  }}
  BIND(SUBSTR(?rank, 3) AS ?position)
  OPTIONAL {{ ?claim cg:saidDuring ?time OPTIONAL {{ ?time cg:edtf ?when }} }}
}} GROUP BY ?claim ?position ?side ?holder ?modality ?rank ?first ORDER BY ?rank ?first ?claim ?holder ?modality"""
"""The claims of a proposition itself, by side and time."""

_STRONGER = """SELECT ?claim ?holder ?through {
  ?through cg:entails ?thing . ?claim cg:hasProposition ?through ; cg:polarity cg:positive ; cg:modality ?mode .
  FILTER(?mode IN (cg:asserted, cg:presupposed))
  OPTIONAL { ?claim cg:holder ?holder }
}"""
_CLAIMS = {"side": "polarity", "claim": "claim", "holder": "of", "modality": "how firmly", "said": "said"}

SECTIONS = (
    Section("What it is about", _ABOUT, part="facts", most=60, make=facts),
    Section(
        "The sides over time",
        SIDES,
        part="picture",
        most=40,
        make=timeline,
        note="Full: affirmed. Hollow: denied. Dashed: nothing bounds the time on that side.",
    ),
    Section("Who claims it, and who denies it", SIDES, _CLAIMS, empty="Nobody in this snapshot claims or denies it."),
    Section(
        "Who affirms it by affirming more",
        _STRONGER,
        {"claim": "claim", "holder": "of", "through": "which affirms"},
        note="Our reasoning: what they affirm cannot be without it.",
    ),
    Section(
        "What follows from it",
        "SELECT ?proposition { ?thing cg:entails ?proposition } ORDER BY ?proposition",
        {"proposition": "if it is so, then also"},
        note="Our reasoning.",
    ),
    Section(
        "What pulls against it",
        """SELECT DISTINCT ?other ?kind { { ?thing ?kind ?other } UNION { ?other ?kind ?thing }
  VALUES ?kind { cg:variantStrains cg:detectionStrains cg:normStrains } } ORDER BY ?other""",
        {"other": "proposition", "kind": "how"},
        note="Our reasoning: to deny the one is in tension with affirming the other.",
    ),
    Section(
        "Evidence that is offered",
        """SELECT ?line ?kind ?item ?by ?said { VALUES ?kind { cg:supportsProposition cg:disputesProposition }
  ?line ?kind ?thing . OPTIONAL { ?line cg:usesItem ?item } OPTIONAL { ?line cg:drawnBy ?by }
  OPTIONAL { ?line cg:accordingTo ?said } } ORDER BY ?line""",
        {"line": "line of evidence", "kind": "how", "item": "from", "by": "drawn by", "said": "as told by"},
        note="Drawn by those who are named.",
    ),
    ASSESSED,
)
"""The page of a proposition."""

_OF_SIDE = """SELECT ?claim ?holder ?said { ?thing %s ?claim
  OPTIONAL { ?claim cg:holder ?holder } OPTIONAL { ?claim cg:saidDuring ?time OPTIONAL { ?time cg:edtf ?said } } }"""
_SIDE = {"claim": "claim", "holder": "of", "said": "said"}

OF_DISPUTE = (
    Section(
        "What is disputed",
        """SELECT ?what ?value ?property ?g { VALUES (?property ?what) { (cg:disputedProposition "Proposition") }
  GRAPH ?g { ?thing ?property ?value } }""",
        part="facts",
        make=facts,
    ),
    Section(
        "The sides over time",
        SIDES.replace("cg:hasProposition ?thing", "cg:hasProposition/^cg:disputedProposition ?thing"),
        part="picture",
        most=40,
        make=timeline,
    ),
    Section("Who affirms it", _OF_SIDE % "cg:affirmedBy", _SIDE),
    Section("Who denies it", _OF_SIDE % "cg:deniedBy", _SIDE),
)
"""The page of a dispute."""
