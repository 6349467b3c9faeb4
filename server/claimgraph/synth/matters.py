"""Matters of dispute: one family of weapons in one conflict, with the propositions that claims about it share.

The propositions of a matter differ in weapon, predicate, event, place or actor, and the more special ones entail the
more general ones. Every proposition has a bounded number of more general ones, so entailment grows as the claims do.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from claimgraph.synth.turtle import block, label
from claimgraph.synth.world import BATTLES, PHASES, PROPOSITIONS_OF_MATTER, STATES, label_of, state_name, town_name

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from claimgraph.synth.world import World

_PHASE_FIRST: Final = 12
_BATTLE_FIRST: Final = _PHASE_FIRST + PHASES
_FIND_FIRST: Final = _BATTLE_FIRST + BATTLES
_VARIANT_FIRST: Final = _FIND_FIRST + BATTLES - 1

# Predicate, weapon and words of the general propositions; "state" is added where they speak of an actor.
_GENERAL: Final = (
    ("use", "missile", "was used", False),
    ("use", "mark-1-missile", "was used", False),
    ("use", "system", "was used", False),
    ("use", "mark-1", "was used", False),
    ("detectionOfUse", "system", "was detected in use", False),
    ("nonExplosion", "missile", "did not explode", False),
    ("explosion", "missile", "exploded", False),
    ("possession", "mark-1", "is held", True),
    ("existenceAllowed", "system", "is allowed", False),
    ("acquisition", "mark-1-missile", "was acquired", True),
    ("crime", "missile", "was used in a crime", True),
    ("use", "missile", "was used", True),
)


def subject_of(world: World, matter: int) -> tuple[int, int]:
    """Return the family and the conflict of a matter; no two matters share both."""
    return matter % world.families, matter // world.families % world.conflicts


def proposition_name(matter: int, number: int) -> str:
    """Name a proposition of a matter."""
    return f"matter:that-{matter + 1:05}-{number + 1:02}"


def accused_of(conflict: int) -> str:
    """Name the state that the claims of a conflict accuse."""
    return state_name(conflict * 2 % STATES)


def weapon_name(family: int, model: str) -> str:
    """Name a model of a family: the ``system`` itself, its ``missile``, ``mark-1``, ``mark-1-missile``, ..."""
    return f"weapon:family-{family + 1:04}" + ("" if model == "system" else f"-{model}")


def event_name(conflict: int, part: str = "") -> str:
    """Name a conflict, or its part: ``phase-1``, ``battle-1``, ..."""
    return f"event:conflict-{conflict + 1:04}" + (f"-{part}" if part else "")


def battlefield(world: World, conflict: int, battle: int) -> str:
    """Name the town at which a battle is said to have been fought."""
    return town_name((conflict * BATTLES + battle) % world.towns)


def text_of(world: World, matter: int, number: int) -> str:
    """Write what a proposition says, without polarity."""
    return _contents(world, matter, number)[0]


def propositions(world: World, matter: int) -> Iterator[str]:
    """Write the propositions of a matter as Turtle."""
    for number in range(PROPOSITIONS_OF_MATTER):
        text, facts = _contents(world, matter, number)
        name = proposition_name(matter, number)
        yield block(name, "cg:OccurrenceProposition", label(text), f'cg:canonicalText "{text}"', *facts)


def ending(conflict: int, name: str, day: date) -> str:
    """Write the proposition that a conflict ended on a day, and the day."""
    text, time = f"{label_of(event_name(conflict))} ended on {day}", f"{name}-on"
    bounds = (f'cg:notBefore "{day}"^^xsd:date', f'cg:notAfter "{day}"^^xsd:date')
    span = block(time, "cg:TimeSpan", label(str(day)), f'cg:edtf "{day}"', *bounds, "cg:resolvedBy cg:asStated")
    facts = (f"cg:aboutEvent {event_name(conflict)}", f"cg:aboutTime {time}", "cg:predicate cg:ending")
    return block(name, "cg:OccurrenceProposition", label(text), f'cg:canonicalText "{text}"', *facts) + span


def _contents(world: World, matter: int, number: int) -> tuple[str, list[str]]:
    family, conflict = subject_of(world, matter)
    actor = part = place = low = high = ""
    if number < _PHASE_FIRST:
        predicate, model, words, accuses = _GENERAL[number]
        actor = accused_of(conflict) if accuses else ""
    elif number < _BATTLE_FIRST:
        predicate, model, words, part = "use", "missile", "was used", f"phase-{number - _PHASE_FIRST + 1}"
    elif number < _FIND_FIRST:
        predicate, model, words, part = "use", "missile", "was used", f"battle-{number - _BATTLE_FIRST + 1}"
    elif number < _VARIANT_FIRST:
        predicate, model, words, part = "find", "mark-1-missile", "was found", f"battle-{number - _FIND_FIRST + 1}"
        least = 1 + (matter + number) % 9
        low, high = f"{least}.0", f"{least + number % 3}.0"
    else:
        predicate, model, words, part = "use", "mark-1-missile", "was used", f"battle-{number - _VARIANT_FIRST + 1}"
        actor = accused_of(conflict)
    if part.startswith("battle"):
        place = battlefield(world, conflict, int(part.rpartition("-")[2]) - 1)
    weapon, event = weapon_name(family, model), event_name(conflict, part)
    said = [f"cg:predicate cg:{predicate}", f"cg:aboutWeapon {weapon}", f"cg:aboutEvent {event}"]
    roles = (("cg:aboutPlace ", place), ("cg:aboutActor ", actor), ("cg:quantityLow ", low), ("cg:quantityHigh ", high))
    said += [f"{role}{value}" for role, value in roles if value]
    return _sentence(weapon, words, event, place, actor), said


def _sentence(weapon: str, words: str, event: str, place: str, actor: str) -> str:
    ending = (f" at {label_of(place)}" if place else "") + (f" by {label_of(actor)}" if actor else "")
    return f"{label_of(weapon)} {words} in {label_of(event)}{ending}"
