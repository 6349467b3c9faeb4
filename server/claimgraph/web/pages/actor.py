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
    OPTIONAL { ?tenure cg:accordingTo/dcterms:identifier ?by }
    BIND("Office or rank" AS ?what) BIND(1 AS ?order) BIND(CONCAT("according to ", ?by) AS ?note)
  } UNION {
    ?value cg:readAs ?thing BIND("Called by a source, as we read it" AS ?what) BIND(8 AS ?order)
  }
} ORDER BY ?order ?value"""

_SPEAKS = """SELECT DISTINCT ?delegate ?principal ?ground ?said {
  { ?delegation cg:delegate ?thing } UNION { ?delegation cg:onBehalfOf ?thing }
  UNION { ?mention cg:readAs ?thing . ?delegation cg:onBehalfOf ?mention }
  ?delegation cg:delegate ?delegate ; cg:onBehalfOf ?named .
  OPTIONAL { ?named cg:readAs ?read } BIND(COALESCE(?read, ?named) AS ?principal)
  OPTIONAL { ?delegation cg:delegationGround ?ground } OPTIONAL { ?delegation cg:accordingTo ?said }
}"""

_POSITIONS = """SELECT ?claim ?position ?proposition ?side ?said ?withdrawn {
  { SELECT ?claim ?first { ?claim cg:holder ?thing ; cg:saidNotBefore ?first } ORDER BY DESC(?first) ?claim LIMIT 200 }
  ?at cg:takenIn ?claim ; cg:positionOf ?thing ; cg:onProposition ?proposition ; cg:positionPolarity ?side .
  OPTIONAL { ?proposition cg:canonicalText ?position }
  OPTIONAL { ?claim cg:saidDuring/cg:edtf ?said }
  OPTIONAL { ?claim cg:withdrawnBy ?withdrawn }
} ORDER BY DESC(?first) ?claim"""

_CHANGES = """SELECT DISTINCT ?before ?after ?kind ?ground {
  { SELECT ?before { ?before cg:holder ?thing } }
  {
    ?judgement cg:relationTarget ?before ; cg:relationKind cg:withdrawsByImplicature ; cg:relationSource ?after ;
               cg:ground ?ground BIND("withdrawn in effect" AS ?kind)
  } UNION {
    ?judgement cg:relationSource ?before ; cg:relationKind cg:changedPosition ; cg:relationTarget ?after ;
               cg:ground ?ground BIND("changed without withdrawal" AS ?kind)
  } UNION { ?before cg:withdrawnExplicitlyBy ?after BIND("withdrawn expressly" AS ?kind) }
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
        note="The latest first. Full: affirms. Hollow: denies. Dashed: nothing bounds the time on that side.",
    ),
    Section(
        "What he holds",
        _POSITIONS,
        {"side": "polarity", "proposition": "claimed", "said": "said", "claim": "claim", "withdrawn": "withdrawn by"},
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
