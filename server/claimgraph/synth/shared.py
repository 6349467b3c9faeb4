"""What the synthetic dossiers share: actors, weapons, places, events, and the propositions they dispute."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from claimgraph.synth import matters
from claimgraph.synth import world as names
from claimgraph.synth.turtle import block, head, label, numbered
from claimgraph.synth.world import BATTLES, BODIES_OF_STATE, PHASES, STATES, label_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from claimgraph.synth.world import World

FOLDER: Final = "synth-shared"
_MATTERS_OF_FILE: Final = 25


def files(world: World) -> Iterator[tuple[str, str]]:
    """Write every shared file: its path below ``data/ttl`` and its text."""
    for name, title, parts in (
        ("actors", "Invented actors", _actors(world)),
        ("weapons", "Invented weapons", _weapons(world)),
        ("places", "Invented places", _places(world)),
        ("events", "Invented events", _events(world)),
    ):
        yield f"{FOLDER}/{name}.ttl", head(FOLDER, name, "cg:ReferenceGraph", title) + "".join(parts)
    yield from _propositions(world)


def _propositions(world: World) -> Iterator[tuple[str, str]]:
    texts = ("".join(matters.propositions(world, matter)) for matter in range(world.matters))
    for number, parts in numbered(texts, _MATTERS_OF_FILE):
        name = f"propositions-{number:04}"
        title = f"What the invented claims are about, part {number}"
        yield f"{FOLDER}/{name}.ttl", head(FOLDER, name, "cg:SourceGraph", title, FOLDER) + "".join(parts)


def _actors(world: World) -> Iterator[str]:
    for state in range(STATES):
        yield block(names.state_name(state), "cg:State", label(f"State {state + 1:02}"))
    for number in range(world.bodies):
        body = names.body_name(number)
        state_of = f"cg:bodyOf {names.state_name(number // BODIES_OF_STATE)}"
        yield block(body, "cg:StateBody", label(label_of(body)), state_of)
        press = f"{body}-press"
        yield block(press, "cg:PressService", label(f"Press service of {label_of(body)}"), f"cg:unitOf {body}")
    for number in range(world.outlets):
        outlet = names.outlet_name(number)
        yield block(outlet, "cg:MediaOutlet", label(label_of(outlet)))
    for number in range(world.people):
        person = names.person_name(number)
        yield block(person, "cg:Person", label(label_of(person)))
    text = '"What the invented dossiers share"@en'
    yield block(f"dossier:{FOLDER}", "cg:Dossier", f"rdfs:label {text}")
    yield block("actor:synth-editors", "cg:Organisation", label("The invented editors"))


def _weapons(world: World) -> Iterator[str]:
    for family in range(world.families):
        system, missile = matters.weapon_name(family, "system"), matters.weapon_name(family, "missile")
        yield block(system, "cg:WeaponSystemModel", label(f"Weapon family {family + 1:04}"))
        yield block(missile, "cg:MunitionModel", label(label_of(missile)), f"cg:munitionOf {system}")
        for mark in range(1, names.variants(family) + 1):
            variant = matters.weapon_name(family, f"mark-{mark}")
            munition = matters.weapon_name(family, f"mark-{mark}-missile")
            yield block(variant, "cg:WeaponSystemModel", label(label_of(variant)), f"cg:variantOf {system}")
            facts = (f"cg:variantOf {missile}", f"cg:munitionOf {variant}")
            yield block(munition, "cg:MunitionModel", label(label_of(munition)), *facts)


def _places(world: World) -> Iterator[str]:
    for name, count in ((names.region_name, world.regions), (names.town_name, world.towns)):
        for number in range(count):
            place = name(number)
            yield block(place, "cg:Place", label(label_of(place)))


def _events(world: World) -> Iterator[str]:
    for conflict in range(world.conflicts):
        whole = matters.event_name(conflict)
        yield block(whole, "cg:ArmedConflict", label(label_of(whole)))
        for phase in range(1, PHASES + 1):
            part = matters.event_name(conflict, f"phase-{phase}")
            yield block(part, "cg:WorldEvent", label(label_of(part)), f"cg:partOfEvent {whole}")
        for battle in range(1, BATTLES + 1):
            part = matters.event_name(conflict, f"battle-{battle}")
            during = matters.event_name(conflict, f"phase-{(battle - 1) % PHASES + 1}")
            yield block(part, "cg:WorldEvent", label(label_of(part)), f"cg:partOfEvent {during}")
