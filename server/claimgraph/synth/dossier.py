"""One synthetic dossier: documents, each with a few acts of speech, each with a few claims on one matter."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from claimgraph.synth import frame, judgement, sources, times
from claimgraph.synth.chance import Chance
from claimgraph.synth.frame import Scene
from claimgraph.synth.matters import accused_of, subject_of
from claimgraph.synth.sheet import Content, Said, Sheet
from claimgraph.synth.turtle import block, head, label, several

if TYPE_CHECKING:
    from collections.abc import Iterator

    from claimgraph.synth.sources import Voice
    from claimgraph.synth.world import World


def files(world: World, seed: int, number: int, first: int, size: int) -> Iterator[tuple[str, str]]:
    """Write dossier ``number`` with ``size`` claims, numbered from ``first``: paths below ``data/ttl`` and texts."""
    name = f"synth-{number:05}"
    sheet = Sheet(world, Chance(seed, name), name, first, size)
    judgement.shared_bases(sheet)
    sheet.acts.append(block(f"dossier:{name}", "cg:Dossier", label(f"Invented dossier {number}")))
    while sheet.left:
        _document(sheet)
    yield (
        f"{name}/claims.ttl",
        head(name, "claims", "cg:SourceGraph", f"Claims of {name}", name) + "".join(sheet.claims),
    )
    yield f"{name}/acts.ttl", head(name, "acts", "cg:SourceGraph", f"Acts of {name}", name) + "".join(sheet.acts)
    judged = head(name, "relations", "cg:ReadingGraph", f"Readings and relations of {name}", name)
    yield f"{name}/relations.ttl", judged + "".join(sheet.relations)


def _document(sheet: Sheet) -> None:
    chance, world = sheet.chance, sheet.world
    matter = chance.rank(world.interest)
    conflict = subject_of(world, matter)[1]
    # Most is said early; some is still said long after.
    day = times.day_in(conflict, chance.below(1 + chance.below(400)))
    document = sources.document(sheet, times.exact(sheet, day))
    note = sheet.note(document.name, f"Notes on matter {matter + 1}, invented.")
    scene = Scene(document, note, matter, conflict, day)
    if chance.percent(20):
        frame.containment(sheet, scene)
    if sheet.left and sheet.once(f":end-of-conflict-{conflict}"):
        frame.ending(sheet, scene)
    for _ in range(2 + chance.below(4)):
        if sheet.left:
            _act(sheet, scene)


def _act(sheet: Sheet, scene: Scene) -> None:
    chance = sheet.chance
    voice = sources.voice(sheet, scene.document, scene.note)
    when = times.vague(sheet, scene.day - timedelta(days=chance.below(4)))
    drawn = chance.below(100)
    if drawn < 5:  # noqa: PLR2004 - shares of a hundred, here and below
        _request(sheet, scene, voice, when)
    elif drawn < 8 and (mine := _of_holder(sheet, voice.holder)):  # noqa: PLR2004
        _retraction(sheet, scene, voice, when, mine)
    else:
        _assertion(sheet, scene, voice, when)


def _assertion(sheet: Sheet, scene: Scene, voice: Voice, when: str | None) -> None:
    chance = sheet.chance
    denies = chance.percent(14)
    spoken = [_spoken(sheet, scene, voice, denies=denies)]
    while sheet.left and chance.percent(80):
        spoken.append(_spoken(sheet, scene, voice, denies=denies))
    if sheet.left and chance.percent(15):
        spoken.append(_taken_for_granted(sheet, scene, voice, spoken[0]))
    act = _speech(sheet, "Denial" if denies else "Assertion", voice, when, spoken)
    sources.reports(sheet, act, scene.document)
    if sheet.left and chance.percent(2):
        _told_again(sheet, scene, voice, act, denies=denies)
    if chance.percent(3):
        shown = times.exact(sheet, scene.day)
        judgement.evidence(sheet, spoken[0], when or shown, shown)


def _told_again(sheet: Sheet, scene: Scene, voice: Voice, act: str, *, denies: bool) -> None:
    """Tell an act a second time, with another day and other words, as two outlets do of one speech."""
    when = times.exact(sheet, scene.day - timedelta(days=4 + sheet.chance.below(3)))
    sign, mode = ("negative", "asserted") if denies else ("positive", "presupposed")
    said = sheet.claim(voice.holder, sheet.content(scene.matter), scene.note, sign=sign, mode=mode)
    again = _speech(sheet, "Assertion", voice, when, [said])
    sources.reading(sheet, again, act, f"{again[1:]} is {act[1:]}, told otherwise")


def _spoken(sheet: Sheet, scene: Scene, voice: Voice, *, denies: bool) -> Said:
    mode = "predicted" if sheet.chance.percent(3) else "asserted"
    said = sheet.claim(
        voice.holder,
        sheet.content(scene.matter),
        scene.note,
        sign="negative" if denies else "positive",
        mode=mode,
        basis=judgement.basis(sheet),
    )
    if sheet.chance.percent(3):
        judgement.relation(sheet, said)
    return said


def _taken_for_granted(sheet: Sheet, scene: Scene, voice: Voice, by: Said) -> Said:
    content = sheet.content(scene.matter)
    said = sheet.claim(voice.holder, content, scene.note, kind="presup", mode="presupposed")
    sheet.claims.append(f"{by.name} cg:presupposes {said.name} .\n\n")
    return said


def _request(sheet: Sheet, scene: Scene, voice: Voice, when: str | None) -> None:
    content = sheet.content(scene.matter)
    asked = sheet.claim(voice.holder, content, scene.note, kind="question", sign="open", mode="asked")
    to = f"cg:hasAddressee {accused_of(scene.conflict)}"
    # Whoever asks asks for somebody: for himself, if for nobody else.
    act = _speech(sheet, "Request", voice, when, [asked], to, f"cg:asks {content.name}", speaks_for=voice.holder)
    sources.reports(sheet, act, scene.document)
    if sheet.left and sheet.chance.percent(50):
        _response(sheet, scene, content, act)


def _response(sheet: Sheet, scene: Scene, content: Content, request: str) -> None:
    chance = sheet.chance
    answering = sources.Voice(accused_of(scene.conflict), accused_of(scene.conflict), None)
    when = times.vague(sheet, scene.day + timedelta(days=chance.below(90)))
    to = f"cg:respondsTo {request}"
    if chance.percent(30):
        _speech(sheet, "DeclinedComment", answering, when, [], to)
        return
    sign = "negative" if chance.percent(60) else "positive"
    said = sheet.claim(answering.holder, content, scene.note, sign=sign)
    _speech(sheet, "Response", answering, when, [said], to)


def _retraction(sheet: Sheet, scene: Scene, voice: Voice, when: str | None, mine: Said) -> None:
    sign = "positive" if mine.denied else "negative"
    said = sheet.claim(voice.holder, mine.content, scene.note, sign=sign, basis=judgement.basis(sheet))
    if sheet.chance.percent(50):
        act = _speech(sheet, "Retraction", voice, when, [said], f"cg:retracts {mine.name}")
    else:
        act = _speech(sheet, "Assertion" if mine.denied else "Denial", voice, when, [said])
        judgement.withdrawn_in_effect(sheet, said, mine)
    sources.reports(sheet, act, scene.document)


def _speech(  # noqa: PLR0913 - the sides of an act
    sheet: Sheet,
    kind: str,
    voice: Voice,
    when: str | None,
    claims: list[Said],
    *more: str,
    speaks_for: str | None = None,
) -> str:
    number = sheet.number("act")
    facts = [label(f"Act {number} of {sheet.name}"), f"cg:hasSpeaker {voice.speaker}"]
    if principal := voice.principal or speaks_for:
        facts.append(f"cg:spokeFor {principal}")
    if when:
        facts.append(f"cg:utteredDuring {when}")
    if claims:
        facts.append(several("cg:expresses", [said.name for said in claims]))
    name = f":act-{number}"
    sheet.acts.append(block(name, f"cg:{kind}", *facts, *more))
    return name


def _of_holder(sheet: Sheet, holder: str) -> Said | None:
    """Find the last asserted claim of a holder in the dossier, if there is one."""
    return next((said for said in reversed(sheet.said) if said.holder == holder and said.content.name[0] != ":"), None)
