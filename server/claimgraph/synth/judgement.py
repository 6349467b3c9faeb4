"""What claims rest on, what is shown for them, and how the invented editors relate them to each other."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from claimgraph.synth.sheet import SILENT
from claimgraph.synth.sources import information
from claimgraph.synth.turtle import block, label

if TYPE_CHECKING:
    from claimgraph.synth.sheet import Said, Sheet

_RELATIONS: Final = ("repetition", "repetition", "sameDirection", "maySupport", "undercuts", "changedPosition")


def shared_bases(sheet: Sheet) -> None:
    """Write the bases that most claims share: the source is silent about any."""
    sheet.acts.append(block(SILENT, "cg:BasisNotReported", label("The source is silent about a basis")))


def basis(sheet: Sheet) -> str:
    """Draw on what a claim rests, and return the name of its basis; most rest on nothing that is reported."""
    drawn = sheet.chance.below(1000)
    if drawn >= 120:  # noqa: PLR2004 - shares of a thousand, here and below
        return SILENT
    number = sheet.number("basis")
    name = f":basis-{number}"
    if drawn < 20:  # noqa: PLR2004
        sheet.acts.append(block(name, "cg:BasisReportedUnspecified", label(f"Basis {number}, not specified")))
        return name
    facts = [label(f"Basis {number}"), 'cg:basisText "the facts"']
    if drawn < 60 and sheet.said:  # noqa: PLR2004
        facts.append(f"cg:basisClaim {_earlier(sheet).name}")
    elif drawn < 90:  # noqa: PLR2004
        facts.append(f"cg:basisReport {information(sheet)}")
    elif drawn < 100 and sheet.counts.get("item"):  # noqa: PLR2004
        facts.append(f"cg:basisEvidence :item-{sheet.chance.below(sheet.counts['item']) + 1}")
    sheet.acts.append(block(name, "cg:StatedBasis", *facts))
    return name


def evidence(sheet: Sheet, said: Said, found: str, shown: str) -> None:
    """Write an item that a claim speaks of, the line of evidence drawn from it, and who held it when."""
    number = sheet.number("item")
    item, find = f":item-{number}", f":find-{number}"
    according = f"cg:accordingTo {said.name}"
    sheet.acts.append(block(item, "cg:EvidenceItem", label(f"Item {number} of {sheet.name}")))
    facts = (f"cg:drawnBy {said.holder}", f"cg:usesItem {item}", f"cg:supportsProposition {said.content.name}")
    sheet.acts.append(block(f":line-{number}", "cg:EvidenceLine", label(f"Line {number}"), *facts, according))
    first = ("cg:custodyKind cg:custodyFind", f"cg:custodyItem {item}", f"cg:custodyDuring {found}", according)
    sheet.acts.append(block(find, "cg:CustodyEvent", label(f"The find of item {number}"), *first))
    steps = ("cg:custodyKind cg:custodyExhibition", f"cg:custodyItem {item}", f"cg:custodian {said.holder}")
    later = (f"cg:custodyAfter {find}", f"cg:custodyDuring {shown}", according)
    sheet.acts.append(block(f":showing-{number}", "cg:CustodyEvent", label(f"Showing {number}"), *steps, *later))


def relation(sheet: Sheet, said: Said) -> None:
    """Relate a claim to an earlier one of the dossier."""
    other = _earlier(sheet)
    if other.name == said.name:
        return
    kind = sheet.chance.one(_RELATIONS)
    _relate(sheet, kind, said, other)


def withdrawn_in_effect(sheet: Sheet, said: Said, earlier: Said) -> None:
    """Say that a claim takes an earlier one of the same holder back without saying so."""
    _relate(sheet, "withdrawsByImplicature", said, earlier)


def _relate(sheet: Sheet, kind: str, said: Said, other: Said) -> None:
    number = sheet.number("relation")
    facts = (
        f'dcterms:identifier "R{sheet.name[-5:]}-{number}"',
        label(f"{said.identifier} and {other.identifier}: {kind}"),
        f"cg:relationKind cg:{kind}",
        f"cg:relationSource {said.name}",
        f"cg:relationTarget {other.name}",
        'cg:ground "Invented, like everything here"',
        "cg:assessedBy actor:synth-editors",
    )
    sheet.relations.append(block(f":r{number}", "cg:ClaimRelation", *facts))


def _earlier(sheet: Sheet) -> Said:
    return sheet.chance.one(sheet.said)
