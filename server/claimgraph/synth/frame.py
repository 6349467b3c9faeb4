"""The frame of a document: what all its acts share, and what its narrator says of place and time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from claimgraph.synth import matters, times
from claimgraph.synth.sheet import Content
from claimgraph.synth.turtle import block, label
from claimgraph.synth.world import TOWNS_OF_REGION, label_of, region_name

if TYPE_CHECKING:
    from datetime import date

    from claimgraph.synth.sheet import Sheet
    from claimgraph.synth.sources import Document


@dataclass(frozen=True, slots=True)
class Scene:
    """Hold what the acts of one document have in common: the document, the note on it, its matter, its day."""

    document: Document
    note: str
    matter: int
    conflict: int
    day: date


def containment(sheet: Sheet, scene: Scene) -> None:
    """Let the narrator say that a town lies in a region, once for each dossier."""
    inner = matters.battlefield(sheet.world, scene.conflict, sheet.chance.below(9))
    region = (int(inner.rpartition("-")[2]) - 1) // TOWNS_OF_REGION
    outer = region_name(region)
    name = f":containment-{inner.partition(':')[2]}"
    if not sheet.once(name):
        return
    text = f"{label_of(inner)} lies in {label_of(outer)}"
    proposition = f":that-{inner.partition(':')[2]}-lies-in-{outer.partition(':')[2]}"
    facts = (label(text), f'cg:canonicalText "{text}"', "cg:predicate cg:location", f"cg:aboutPlace {inner} , {outer}")
    sheet.claims.append(block(proposition, "cg:OccurrenceProposition", *facts))
    said = sheet.claim(scene.document.outlet, Content(proposition, text), scene.note, kind="placeStatement")
    places = (f"cg:containedPlace {inner}", f"cg:containingPlace {outer}", f"cg:accordingTo {said.name}")
    sheet.acts.append(block(name, "cg:PlaceContainment", label(text), *places))


def ending(sheet: Sheet, scene: Scene) -> None:
    """Let the narrator say when the conflict ended, in propositions of the dossier's own: narrators differ by days."""
    name = f":that-conflict-{scene.conflict + 1:04}-ended"
    day = times.day_in(scene.conflict, 150 + sheet.chance.below(2))
    sheet.claims.append(matters.ending(scene.conflict, name, day))
    content = Content(name, f"{label_of(matters.event_name(scene.conflict))} ended on {day}")
    sheet.claim(scene.document.outlet, content, scene.note, kind="eventTime")
