"""The invented world that synthetic claims are about: how many of what there are, and what they are called.

Nothing here is real, and every name says so by its number. The counts grow with the number of claims, as they do in
collections of real claims: more claims bring more people and events, not only more claims about the same ones.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Final

from claimgraph.synth.chance import Zipf

STATES: Final = 12
BODIES_OF_STATE: Final = 4
TOWNS_OF_REGION: Final = 6
PHASES: Final = 3
BATTLES: Final = 9
PROPOSITIONS_OF_MATTER: Final = 40

# Actors in the order of how much they say; one in eight is a body of a state, one in eight an outlet.
_BODY_EVERY: Final = 8
_STATE_EVERY: Final = 24


@dataclass(frozen=True)
class World:
    """Know the counts of a world for ``claims`` claims, and who is loud and what is talked of in it."""

    claims: int

    @property
    def people(self) -> int:
        """Count the persons."""
        return 50 + self.claims // 20

    @property
    def outlets(self) -> int:
        """Count the media outlets."""
        return 30 + self.claims // 1000

    @property
    def bodies(self) -> int:
        """Count the bodies of states, each with a press service and a spokesperson."""
        return STATES * BODIES_OF_STATE

    @property
    def families(self) -> int:
        """Count the families of weapons."""
        return 8 + self.claims // 2000

    @property
    def conflicts(self) -> int:
        """Count the armed conflicts."""
        return 4 + self.claims // 5000

    @property
    def regions(self) -> int:
        """Count the regions."""
        return 10 + self.claims // 2000

    @property
    def towns(self) -> int:
        """Count the towns."""
        return self.regions * TOWNS_OF_REGION

    @property
    def matters(self) -> int:
        """Count the matters of dispute: one family of weapons in one conflict."""
        return max(2, self.claims // 400)

    @property
    def propositions(self) -> int:
        """Count the propositions that claims share; on average ten claims are about one."""
        return self.matters * PROPOSITIONS_OF_MATTER

    @cached_property
    def actors(self) -> tuple[str, ...]:
        """List who can hold a claim, the loudest first, as prefixed names."""
        names: list[str] = []
        person = body = outlet = state = 0
        while person < self.people:
            rank = len(names)
            if rank % _BODY_EVERY == 0 and body < self.bodies:
                names.append(body_name(body))
                body += 1
            elif rank % _BODY_EVERY == 1 and outlet < self.outlets:
                names.append(outlet_name(outlet))
                outlet += 1
            elif rank % _STATE_EVERY == 2 and state < STATES:  # noqa: PLR2004 - the place after body and outlet
                names.append(state_name(state))
                state += 1
            else:
                names.append(person_name(person))
                person += 1
        return tuple(names)

    @cached_property
    def loudness(self) -> Zipf:
        """Weigh the actors."""
        return Zipf(len(self.actors), shift=5)

    @cached_property
    def interest(self) -> Zipf:
        """Weigh the matters."""
        return Zipf(self.matters, shift=3)

    @cached_property
    def salience(self) -> Zipf:
        """Weigh the propositions of one matter."""
        return Zipf(PROPOSITIONS_OF_MATTER, shift=3)


def variants(family: int) -> int:
    """Count the variants of a family: two, three or four."""
    return 2 + family % 3


def state_name(number: int) -> str:
    """Name a state."""
    return f"actor:state-{number + 1:02}"


def body_name(number: int) -> str:
    """Name a body of a state."""
    return f"actor:ministry-{number % BODIES_OF_STATE + 1}-of-state-{number // BODIES_OF_STATE + 1:02}"


def person_name(number: int) -> str:
    """Name a person; the first ones are the spokespersons of the bodies."""
    return f"actor:person-{number + 1:05}"


def outlet_name(number: int) -> str:
    """Name a media outlet."""
    return f"actor:outlet-{number + 1:04}"


def town_name(number: int) -> str:
    """Name a town."""
    return f"place:town-{number + 1:05}"


def region_name(number: int) -> str:
    """Name a region."""
    return f"place:region-{number + 1:04}"


def label_of(name: str) -> str:
    """Write the label of a prefixed name: ``actor:person-00042`` is "Person 00042"."""
    words = name.partition(":")[2].replace("-", " ")
    return f"{words[0].upper()}{words[1:].replace(' state ', ' State ')}"
