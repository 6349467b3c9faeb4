"""What each derived property means in asserted ones: what somebody writes who has our files and not our rules."""

from __future__ import annotations

from typing import Final

PATHS: Final = {
    "cg:belongsTo": "(cg:variantOf|cg:munitionOf|cg:belongsTo)+",
    "cg:claimedIn": "cg:groundedIn/cg:inDocument",
    "cg:claimedWithin": "(^cg:containedPlace/cg:containingPlace/cg:readAs?)+",
    "cg:concernsWeapon": "(cg:concernsWeapon|cg:aboutWeapon)",
    "cg:custodyAfter": "cg:custodyAfter+",
    "cg:derivedFromReport": "cg:derivedFromReport+",
    "cg:expressedBy": "^cg:expresses",
    "cg:partOfEvent": "cg:partOfEvent+",
    "cg:predicateEntails": "cg:predicateEntails+",
    "cg:presupposes": "cg:presupposes+",
    "cg:saidDuring": "^cg:expresses/cg:utteredDuring",
    "cg:withdrawnExplicitlyBy": "^cg:retracts/cg:expresses",
}
"""Properties that are a path through others."""

_JUDGED: Final = "?_relation cg:relationKind cg:%s ; cg:relationSource $o ; cg:relationTarget $s ."


def _read(path: str) -> str:
    """Take whom a mention is read as, or else who is named."""
    return f"$s {path}/cg:readAs? $o . FILTER NOT EXISTS {{ $o cg:readAs ?_meant }}"


def _earliest(bound: str) -> str:
    """Take the earliest of the days of all acts that express a claim."""
    days = f"?_act cg:expresses $s ; cg:utteredDuring/cg:{bound} ?_day"
    return f"{{ SELECT $s (MIN(?_day) AS $o) WHERE {{ {days} }} GROUP BY $s }}"


_UNNAMED: Final = (
    "{ $s cg:holder $o }",
    "{ $s cg:speaker $o }",
    "{ $s cg:hasBasis/cg:basisReport/cg:reportedBy $o }",
    "{ $s cg:hasProposition/cg:aboutReport/cg:reportedBy $o }",
    "{ ?_act cg:expresses $s . ?_report cg:reports ?_act ; cg:reportedBy $o }",
)
_SAME_ROLE: Final = "FILTER NOT EXISTS { $o cg:%s ?_%s . FILTER NOT EXISTS { $s cg:%s ?_%s } }"

PATTERNS: Final = {
    "cg:holder": _read("cg:heldBy"),
    "cg:speaker": _read("^cg:expresses/cg:hasSpeaker"),
    "cg:principal": _read("^cg:expresses/cg:spokeFor"),
    "cg:inEvent": _read("cg:aboutEvent"),
    "cg:partOfDossier": "?_graph cg:inDossier $o . GRAPH ?_graph { $s a cg:Claim }",
    "cg:saidNotBefore": _earliest("notBefore"),
    "cg:saidNotAfter": _earliest("notAfter"),
    "cg:repeats": "?_relation cg:relationKind cg:repetition ; cg:relationSource $s ; cg:relationTarget $o .",
    "cg:withdrawnInEffectBy": _JUDGED % "withdrawsByImplicature",
    "cg:withdrawalUndecidedBy": _JUDGED % "scopeUndecided",
    "cg:withdrawnBy": "{ $s cg:withdrawnExplicitlyBy $o } UNION { $s cg:withdrawnInEffectBy $o }",
    "cg:passesThrough": "$o a cg:UnidentifiedSource . "
    + " UNION ".join(_UNNAMED)
    + " FILTER NOT EXISTS { $s cg:claimedIn/cg:narratedBy $o }",
    "cg:entails": (
        "$s a cg:OccurrenceProposition ; cg:predicate/cg:predicateEntails? ?_weak ; "
        "cg:aboutWeapon/cg:belongsTo? ?_wide . "
        "$o a cg:OccurrenceProposition ; cg:predicate ?_weak ; cg:aboutWeapon ?_wide . FILTER($s != $o) "
        "FILTER NOT EXISTS { $o cg:inEvent ?_event . "
        "FILTER NOT EXISTS { $s cg:inEvent ?_event } "
        "FILTER NOT EXISTS { $s cg:inEvent ?_part . ?_part cg:partOfEvent ?_event } } "
        "FILTER NOT EXISTS { $o cg:aboutPlace ?_place . "
        "FILTER NOT EXISTS { $s cg:aboutPlace ?_place } "
        "FILTER NOT EXISTS { $s cg:aboutPlace ?_inner . ?_inner cg:claimedWithin ?_place } } "
        + " ".join(_SAME_ROLE % ((role,) * 4) for role in ("aboutActor", "aboutItem", "aboutTime"))
    ),
    "cg:detectionStrains": (
        "$s a cg:OccurrenceProposition ; cg:predicate cg:detectionOfUse ; cg:inEvent ?_event ; cg:aboutWeapon ?_wide . "
        "$o cg:predicate cg:use ; cg:inEvent ?_event ; cg:aboutWeapon ?_narrow . "
        "FILTER(?_narrow = ?_wide || EXISTS { ?_narrow cg:belongsTo ?_wide })"
    ),
    "cg:normStrains": (
        "$s a cg:OccurrenceProposition ; cg:predicate cg:existenceAllowed ; cg:aboutWeapon ?_weapon . "
        "cg:existenceAllowed cg:predicateConcerns ?_fact . $o cg:aboutWeapon ?_weapon ; cg:predicate ?_said . "
        "FILTER(?_said = ?_fact || EXISTS { ?_said cg:predicateEntails ?_fact })"
    ),
    "cg:variantStrains": (
        "$s a cg:OccurrenceProposition ; cg:predicate ?_predicate ; cg:inEvent ?_event ; cg:aboutWeapon ?_variant . "
        "?_variant cg:belongsTo/^cg:munitionOf? ?_weapon . "
        "$o cg:predicate/cg:predicateEntails? ?_predicate ; cg:inEvent ?_event ; cg:aboutWeapon ?_weapon . "
        "FILTER($s != $o && ?_variant != ?_weapon) FILTER NOT EXISTS { $o cg:entails $s }"
    ),
    "cg:strains": "{ $s cg:variantStrains $o } UNION { $s cg:detectionStrains $o } UNION { $s cg:normStrains $o }",
}
"""Properties that are a pattern: ``$s`` and ``$o`` stand for subject and object, ``?_name`` is new each time."""

CLASSES: Final = {"cg:UnidentifiedSource": "a/<http://www.w3.org/2000/01/rdf-schema#subClassOf>*"}
"""Classes whose instances may be known by a class below alone, with the path that leads to them."""
TESTED: Final = {
    "cg:saidNotBefore": "^cg:expresses/cg:utteredDuring/cg:notBefore",
    "cg:saidNotAfter": "^cg:expresses/cg:utteredDuring/cg:notAfter",
}
"""Paths that do instead of a pattern where it is only tested whether there is such a thing."""
