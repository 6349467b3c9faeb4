"""The table of the kinds of things that have a page of their own; everything else has the general one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from claimgraph.sparql.prefixes import expand
from claimgraph.web.pages import actor, claim, named, proposition

if TYPE_CHECKING:
    from collections.abc import Collection

    from claimgraph.web.pages.section import Section


@dataclass(frozen=True, slots=True)
class Kind:
    """Be a kind: the class of its things, what a page calls one, what it warns of, and its sections.

    ``is_quoted`` says that what its things are called is a sentence, which stands in quotation marks.
    """

    name: str
    said: str
    sections: tuple[Section, ...]
    warning: str = ""
    is_quoted: bool = False


KINDS: tuple[Kind, ...] = (
    Kind("cg:Claim", "Claim", claim.SECTIONS, "What its holder claims. This page does not say that it is so."),
    Kind(
        "cg:Dispute",
        "Dispute",
        proposition.OF_DISPUTE,
        "Found by rule: somebody affirms this, somebody denies it. No document says that there is a dispute.",
    ),
    Kind(
        "cg:Proposition",
        "Proposition",
        proposition.SECTIONS,
        "What can be affirmed or denied. That it has a page does not mean that it is so.",
        is_quoted=True,
    ),
    Kind("cg:WeaponModel", "Weapon", named.OF_WEAPON),
    Kind("cg:WorldEvent", "Event", named.OF_EVENT),
    Kind("cg:Place", "Place", named.OF_PLACE),
    Kind("cg:Document", "Document", named.OF_DOCUMENT),
    Kind(
        "cg:EvidenceItem",
        "Item of evidence",
        named.OF_ITEM,
        "What it is, and where it was found, is what others claim of it.",
    ),
    Kind("cg:Dossier", "Dossier", named.OF_DOSSIER),
    Kind("cg:Actor", "Actor", actor.SECTIONS),
)
"""The first one whose class a thing has decides."""

_BY_CLASS = {expand(kind.name): kind for kind in KINDS}


def kind_of(classes: Collection[str]) -> Kind | None:
    """Return the kind of a thing of some classes, or None where it has the general page."""
    return next((kind for iri, kind in _BY_CLASS.items() if iri in classes), None)
