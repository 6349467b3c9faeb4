"""Which things come first: names that many dossiers share before claims, claims before what is said about them."""

from __future__ import annotations

from typing import Final

from claimgraph.sparql.prefixes import expand

ORDER: Final = tuple(
    expand("cg:" + name)
    for name in (
        "Actor", "WeaponModel", "Place", "WorldEvent", "Dossier", "Document", "EvidenceItem", "Proposition", "Claim",
        "SpeechAct", "Passage", "Report", "Note", "EvidenceLine", "ClaimRelation", "Reading", "Dispute", "Position",
        "Feature", "TimeSpan", "Basis",
    )
)  # fmt: skip
"""Classes, the one whose things are shown first at the front."""

_MENTION: Final = expand("cg:Mention")
_SHARED: Final = ORDER.index(expand("cg:Proposition"))


def rank_of(classes: frozenset[str]) -> int:
    """Return the place of things of some classes; what is of none of the known ones comes before the last two."""
    found = min((place for place, kind in enumerate(ORDER) if kind in classes), default=len(ORDER) - 2)
    return len(ORDER) - 3 if _MENTION in classes else found


def is_shared(rank: int) -> bool:
    """Tell whether things of a rank are actors, weapons, places and the like, whose names are worth spelling out."""
    return rank < _SHARED
