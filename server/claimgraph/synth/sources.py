"""Who speaks in a synthetic dossier and through whom it gets there: holders, spokespersons, reports, relay chains."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from claimgraph.synth.sheet import Content
from claimgraph.synth.turtle import block, label
from claimgraph.synth.world import BODIES_OF_STATE, label_of, outlet_name, person_name

if TYPE_CHECKING:
    from claimgraph.synth.sheet import Sheet

_LONGEST_RELAY: Final = 5
_EDITORS: Final = "actor:synth-editors"


@dataclass(frozen=True, slots=True)
class Document:
    """Name a document and the outlet in whose voice it speaks."""

    name: str
    outlet: str


@dataclass(frozen=True, slots=True)
class Voice:
    """Tell who holds what is said, who speaks it, and for whom he speaks, if for another."""

    holder: str
    speaker: str
    principal: str | None


def document(sheet: Sheet, published: str) -> Document:
    """Write a document of some outlet."""
    number = sheet.number("document")
    outlet = outlet_name(sheet.chance.below(1 + sheet.chance.below(sheet.world.outlets)))
    name = f":document-{number}"
    facts = (
        label(f"Report {number} of {label_of(outlet)} in {sheet.name}"),
        f"cg:publishedBy {outlet}",
        f"cg:narratedBy {outlet}",
        f"cg:publishedDuring {published}",
    )
    sheet.acts.append(block(name, "cg:Document", *facts))
    return Document(name, outlet)


def voice(sheet: Sheet, source: Document, locus: str) -> Voice:
    """Draw who speaks; a body of a state speaks through somebody, and a claim of the document says through whom."""
    chance = sheet.chance
    if chance.percent(3):
        unnamed = _unnamed(sheet)
        return Voice(unnamed, unnamed, None)
    actor = sheet.world.actors[chance.rank(sheet.world.loudness)]
    if actor.startswith("actor:ministry"):
        if chance.percent(15):
            return Voice(actor, f"{actor}-press", actor)
        return Voice(actor, _spokesperson(sheet, actor, source, locus), actor)
    holder = _mention(sheet, actor) if chance.percent(5) else actor
    return Voice(holder, holder, None)


def reports(sheet: Sheet, act: str, source: Document) -> None:
    """Write how an act reached the document: at first hand, or along a chain of outlets."""
    chance = sheet.chance
    if chance.percent(35):
        return  # The document speaks for itself: nothing is said of how it knows.
    earlier = None
    if chance.percent(30):
        for _ in range(1 + chance.below(1 + chance.below(_LONGEST_RELAY))):
            earlier = _report(sheet, act, outlet_name(chance.below(sheet.world.outlets)), earlier)
    own = _report(sheet, act, source.outlet, earlier, source)
    if earlier and chance.permille(5):
        # Circular reporting: the one from whom the chain comes takes it from its end.
        sheet.acts.append(f"{earlier} cg:derivedFromReport {own} .\n\n")


def information(sheet: Sheet) -> str:
    """Write a report that a claim rests on, by an outlet or by somebody without a name."""
    name = f":information-{sheet.number('information')}"
    by = _unnamed(sheet) if sheet.chance.percent(40) else outlet_name(sheet.chance.below(sheet.world.outlets))
    sheet.acts.append(block(name, "cg:Report", label("Information received"), f"cg:reportedBy {by}"))
    return name


def reading(sheet: Sheet, name: str, meant: str, text: str) -> None:
    """Let the editors read a resource as another one."""
    number = sheet.number("reading")
    facts = (
        f'dcterms:identifier "J{sheet.name[-5:]}-{number}"',
        label(text),
        'cg:ground "Invented, like everything here"',
        f"cg:assessedBy {_EDITORS}",
        f"cg:readingConcerns {name}",
    )
    sheet.relations.append(block(f":j{number}", "cg:Reading", *facts))
    sheet.relations.append(f"{name}\n    cg:readAs {meant} ;\n    cg:restsOn :j{number} .\n\n")


def _report(sheet: Sheet, act: str, outlet: str, earlier: str | None, source: Document | None = None) -> str:
    name = f":report-{sheet.number('report')}"
    facts = [label(f"{label_of(outlet)} on {act[1:]}"), f"cg:reportedBy {outlet}", f"cg:reports {act}"]
    if source:
        endorses = sheet.chance.percent(20)
        facts += [f"cg:reportedIn {source.name}", f"cg:narratorStance cg:{'endorsed' if endorses else 'relayed'}"]
        facts.append(f'cg:reportingVerb "{"confirmed" if endorses else "said"}"')
    if earlier:
        facts.append(f"cg:derivedFromReport {earlier}")
    sheet.acts.append(block(name, "cg:Report", *facts))
    return name


def _unnamed(sheet: Sheet) -> str:
    number = sheet.number("source")
    name = f":source-{number}"
    facts = [label(f"Source {number} of {sheet.name}, not named"), 'cg:textAsGiven "a source"']
    if sheet.chance.percent(10):
        facts.append("cg:redacted true")
    sheet.acts.append(block(name, "cg:UnidentifiedSource", *facts))
    return name


def _mention(sheet: Sheet, actor: str) -> str:
    local = actor.partition(":")[2]
    name = f":called-{local}"
    if sheet.once(name):
        words = f"the one called {label_of(actor)}"
        facts = (label(f"'{words}'"), f'cg:textAsGiven "{words}"')
        sheet.acts.append(block(name, "cg:Mention", *facts))
        reading(sheet, name, actor, f"'{words}' is {label_of(actor)}")
    return name


def _spokesperson(sheet: Sheet, body: str, source: Document, locus: str) -> str:
    ministry, state = (int(part) for part in body.removeprefix("actor:ministry-").split("-of-state-"))
    person = person_name((state - 1) * BODIES_OF_STATE + ministry - 1)
    name = f":delegation-{body.partition(':')[2]}"
    if sheet.left > 1 and sheet.once(name):
        text = f"{label_of(person)} speaks for {label_of(body)}"
        proposition = f":that-{person.partition(':')[2]}-speaks-for-{body.partition(':')[2]}"
        words = (label(text), f'cg:canonicalText "{text}"', "cg:predicate cg:holdsOffice", f"cg:aboutActor {person}")
        sheet.claims.append(block(proposition, "cg:OccurrenceProposition", *words))
        said = sheet.claim(source.outlet, Content(proposition, text), locus, kind="role")
        facts = (
            label(text),
            f"cg:delegate {person}",
            f"cg:onBehalfOf {body}",
            "cg:delegationGround cg:statedGround",
            f"cg:accordingTo {said.name}",
        )
        sheet.acts.append(block(name, "cg:Delegation", *facts))
    return person
