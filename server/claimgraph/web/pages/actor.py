"""What the page of an actor shows: what he holds over time, for whom he speaks and who for him."""

from __future__ import annotations

from claimgraph.web.pages.claim import ASSESSED
from claimgraph.web.pages.pictures import timeline
from claimgraph.web.pages.section import Section, facts

_WHO = """SELECT ?what ?value ?property ?g ?note {
  {
    VALUES (?order ?property ?what) {
      (2 skos:altLabel "Also called") (3 cg:textAsGiven "In the source's words") (4 cg:readAs "Read by us as")
      (5 cg:possiblyIs "Possibly") (6 cg:bodyOf "Organ of") (7 cg:unitOf "Part of") (9 skos:exactMatch "The same as")
    }
    GRAPH ?g { ?thing ?property ?value }
  } UNION {
    ?tenure cg:tenureOf ?thing ; cg:tenureIn ?value .
    OPTIONAL { ?tenure cg:accordingTo ?claim OPTIONAL { ?claim dcterms:identifier ?by } }
    BIND("Office or rank" AS ?what) BIND(1 AS ?order) BIND(CONCAT("according to ", ?by) AS ?note)
  } UNION {
    ?value cg:readAs ?thing BIND("Called by a source, as we read it" AS ?what) BIND(8 AS ?order)
  }
} ORDER BY ?order ?value"""

_SPEAKS = """SELECT DISTINCT ?delegate ?principal ?ground ?said {
  {
    ?delegation cg:delegate ?thing ; cg:onBehalfOf ?named . BIND(?thing AS ?delegate)
    OPTIONAL { ?named cg:readAs ?read } BIND(COALESCE(?read, ?named) AS ?principal)
  } UNION {
    ?delegation cg:onBehalfOf ?thing ; cg:delegate ?delegate . BIND(?thing AS ?principal)
  } UNION {
    ?mention cg:readAs ?thing . ?delegation cg:onBehalfOf ?mention ; cg:delegate ?delegate . BIND(?thing AS ?principal)
  }
  OPTIONAL { ?delegation cg:delegationGround ?ground } OPTIONAL { ?delegation cg:accordingTo ?said }
}"""

# The latest claims are looked for first, and what belongs to each of them after that: an actor may have thousands.
_POSITIONS = """SELECT ?claim ?position ?proposition ?side ?said ?withdrawn {
  { SELECT ?claim ?first { ?claim cg:holder ?thing ; cg:saidNotBefore ?first } ORDER BY DESC(?first) LIMIT 60 }
  ?at cg:takenIn ?claim ; cg:positionOf ?thing ; cg:onProposition ?proposition ; cg:positionPolarity ?side .
  OPTIONAL { ?proposition cg:canonicalText ?position }
  OPTIONAL { ?claim cg:saidDuring ?time OPTIONAL { ?time cg:edtf ?said } }
  OPTIONAL { ?claim cg:withdrawnBy ?withdrawn }
} ORDER BY DESC(?first) ?claim"""
_REST = ("positions-of-actor", "actor")

# Judgements that a position was changed are few, so the engine begins with them: it takes what is written first. The
# limit has it find the withdrawals of this holder before it looks for the grounds; without it, it joins all there are.
_CHANGES = """SELECT DISTINCT ?before ?after ?kind ?ground {
  {
    ?judgement cg:relationKind cg:changedPosition ; cg:relationSource ?before ; cg:relationTarget ?after .
    ?before cg:holder ?thing .
    BIND("changed without withdrawal" AS ?kind) OPTIONAL { ?judgement cg:ground ?ground }
  } UNION {
    { SELECT ?before ?after { ?before cg:holder ?thing ; cg:withdrawnBy ?after } LIMIT 500 }
    BIND(IF(EXISTS { ?before cg:withdrawnExplicitlyBy ?after }, "withdrawn expressly", "withdrawn in effect") AS ?kind)
    OPTIONAL { ?judgement cg:relationTarget ?before ; cg:relationSource ?after ; cg:ground ?ground }
  }
}"""

SECTIONS = (
    Section("Who this is", _WHO, part="facts", most=60, make=facts),
    Section(
        "Who speaks for whom",
        _SPEAKS,
        {"delegate": "who speaks", "principal": "for whom", "ground": "on what ground", "said": "as told by"},
    ),
    Section(
        "Positions over time",
        _POSITIONS,
        part="picture",
        most=30,
        make=timeline,
        rest=_REST,
        note="The latest first. Full: affirms. Hollow: denies. Dashed: nothing bounds the time on that side.",
    ),
    Section(
        "What he holds",
        _POSITIONS,
        {"side": "polarity", "proposition": "claimed", "said": "said", "claim": "claim", "withdrawn": "withdrawn by"},
        rest=_REST,
        note="The latest first. Each is what he claims, not what is so.",
    ),
    Section(
        "Changes of position",
        _CHANGES,
        {"before": "from", "after": "to", "kind": "how", "ground": "on what ground"},
        note="That it is a change is a judgement, unless he withdrew expressly.",
    ),
    Section(
        "What is claimed of this actor",
        """SELECT ?claim ?holder { ?proposition cg:aboutActor ?thing . ?claim cg:hasProposition ?proposition
  OPTIONAL { ?claim cg:holder ?holder } }""",
        {"claim": "claim", "holder": "of"},
    ),
    Section(
        "Documents",
        "SELECT DISTINCT ?document { ?document cg:publishedBy|cg:narratedBy ?thing }",
        {"document": "published or told by this actor"},
    ),
    Section(
        "Reports",
        "SELECT ?report ?act { ?report cg:reportedBy ?thing OPTIONAL { ?report cg:reports ?act } }",
        {"report": "report", "act": "of what"},
    ),
    ASSESSED,
)  # fmt: skip
"""The page of an actor."""
