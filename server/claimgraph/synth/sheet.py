"""The sheet that one synthetic dossier is written on: its files so far, and what later parts refer back to."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from claimgraph.synth import matters
from claimgraph.synth.turtle import block, label

if TYPE_CHECKING:
    from claimgraph.synth.chance import Chance
    from claimgraph.synth.world import World

SILENT: Final = ":basis-not-reported"


@dataclass(frozen=True, slots=True)
class Content:
    """Name a proposition, and its words without polarity."""

    name: str
    text: str


@dataclass(frozen=True, slots=True)
class Said:
    """Remember a claim: its name, its identifier, who holds it, what it says, and on which side it stands."""

    name: str
    identifier: str
    holder: str
    content: Content
    denied: bool


@dataclass
class Sheet:
    """Collect the parts of one dossier.

    ``first`` is the number of its first claim, ``left`` how many claims are still to be written. ``claims``, ``acts``
    and ``relations`` become its three files.
    """

    world: World
    chance: Chance
    name: str
    first: int
    left: int
    claims: list[str] = field(default_factory=list)
    acts: list[str] = field(default_factory=list)
    relations: list[str] = field(default_factory=list)
    said: list[Said] = field(default_factory=list)
    described: set[str] = field(default_factory=set)
    counts: dict[str, int] = field(default_factory=dict)

    def number(self, kind: str) -> int:
        """Count one more thing of a kind, from 1."""
        self.counts[kind] = self.counts.get(kind, 0) + 1
        return self.counts[kind]

    def once(self, name: str) -> bool:
        """Say whether a resource still has to be described, and take it as described from now on."""
        if name in self.described:
            return False
        self.described.add(name)
        return True

    def content(self, matter: int) -> Content:
        """Draw one of the propositions of a matter."""
        number = self.chance.rank(self.world.salience)
        return Content(matters.proposition_name(matter, number), matters.text_of(self.world, matter, number))

    def claim(  # noqa: PLR0913 - a claim has as many sides as the shape of claims asks for
        self,
        holder: str,
        content: Content,
        locus: str,
        *,
        kind: str = "said",
        sign: str = "positive",
        mode: str = "asserted",
        basis: str = SILENT,
        presupposes: str = "",
    ) -> Said:
        """Write one claim and remember it."""
        identifier = f"SY{self.first + len(self.said):07}"
        said = Said(f":{identifier.lower()}", identifier, holder, content, sign == "negative")
        facts = [
            f'dcterms:identifier "{identifier}"',
            label(f"{identifier}: {'Not: ' if said.denied else ''}{content.text}"),
            f"cg:statementKind cg:{kind}",
            f"cg:heldBy {holder}",
            f"cg:hasProposition {content.name}",
            f"cg:polarity cg:{sign}",
            f"cg:modality cg:{mode}",
            f"cg:hasBasis {basis}",
            f"cg:groundedIn {locus}",
        ]
        if presupposes:
            facts.append(f"cg:presupposes {presupposes}")
        self.claims.append(block(said.name, "cg:Claim", *facts))
        self.said.append(said)
        self.left -= 1
        return said

    def note(self, document: str, text: str) -> str:
        """Write a note on a document, in which claims are grounded, and return its name."""
        number = self.number("note")
        name = f":note-{number}"
        facts = (label(f"Note {number}"), f"cg:inDocument {document}", f'cg:noteText "{text}"')
        self.claims.append(block(name, "cg:Note", *facts))
        return name
