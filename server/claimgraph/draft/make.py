"""New actors, documents, dossiers and claims as Turtle, written into the files where they belong."""

from __future__ import annotations

import re
from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING, Final

from pyoxigraph import Literal, NamedNode

from claimgraph.dataset.edtf import edtf_bounds
from claimgraph.draft.desk import slug
from claimgraph.draft.passage import find_passages
from claimgraph.errors import UnknownName, UsageError
from claimgraph.sparql.prefixes import PREFIXES, expand

if TYPE_CHECKING:
    from pathlib import Path

    from claimgraph.draft.desk import Desk

_ABOUT: Final = (
    ("WeaponModel", "aboutWeapon"),
    ("WorldEvent", "aboutEvent"),
    ("Place", "aboutPlace"),
    ("Actor", "aboutActor"),
    ("EvidenceItem", "aboutItem"),
    ("Claim", "aboutClaim"),
    ("Report", "aboutReport"),
    ("SpeechAct", "aboutAct"),
)
_NUMBERED: Final = re.compile(r"([A-Z][A-Z-]*?)(\d+)\Z")


def new_dossier(desk: Desk, name: str, title: str) -> Path:
    """Begin a dossier: its folder, and the file that says what it is about.

    Raises:
        UsageError: it is there already.
    """
    dossier = slug(name)
    path = desk.layout.data / "ttl" / dossier / "dossier.ttl"
    if path.exists():
        raise UsageError(f"the dossier {dossier!r} is there already")
    block = f"<{desk.name('dossier', dossier).value}> a cg:Dossier ; \n rdfs:label {_english(title)} ."
    return desk.add(path, block, title=f"The dossier: {title}", dossier=dossier)


def new_actor(desk: Desk, label: str, class_: str, dossier: str | None) -> tuple[NamedNode, Path]:
    """Describe an actor: in a dossier, or among those that the dossiers share.

    Raises:
        UnknownName: there is no such dossier, or no such class of actors.
    """
    if not desk.is_below(class_, "Actor"):
        raise UnknownName(f"cg:{class_} is no class of actors")
    folder = desk.folder(dossier) if dossier else desk.layout.data / "ttl" / "reference"
    actor = desk.fresh(dossier or "actor", label)
    block = f"{actor} a cg:{class_} ;\n rdfs:label {_english(label)} ."
    title = "Who speaks in this dossier"
    return actor, desk.add(folder / "actors.ttl", block, title=title, dossier=dossier or "actor")


def new_document(
    desk: Desk, dossier: str, title: str, copy: Path | None, published: str | None
) -> tuple[NamedNode, Path]:
    """Describe a document with its narrator; a copy of its text is put beside the Turtle, and its SHA-256 recorded.

    Raises:
        UsageError: the copy is no UTF-8, one of that name is there, or the day of publication is no EDTF.
    """
    folder = desk.folder(dossier)
    document = desk.fresh(dossier, title)
    local = document.value.rpartition("/")[2]
    narrator = desk.fresh(dossier, f"voice of {local}")
    lines = [f"{document} a cg:Document ;\n rdfs:label {_english(title)} ;"]
    target = folder / f"{local}.txt"
    text = _text_of(copy, target) if copy else None
    if text is not None:
        lines.append(f'cg:evidentiaryCopy {Literal(target.name)} ;\ncg:sha256 "{sha256(text).hexdigest()}" ;')
    time = ""
    if published:
        span = desk.fresh(dossier, f"published {local}")
        lines.append(f"cg:publishedDuring {span} ;")
        time = f"\n\n{span} a cg:TimeSpan ;\n{_bounds(published)} ."
    lines.append(f"cg:narratedBy {narrator} .")
    lines.append(f"\n{narrator} a cg:Narrator ;\n rdfs:label {_english(f'The voice of: {title}')} .{time}")
    written = desk.add(folder / "documents.ttl", "\n".join(lines), title="Documents", dossier=dossier)
    if text is not None and not target.exists():  # nothing is copied for a document that could not be described
        target.write_bytes(text)
    return document, written


def _text_of(copy: Path, target: Path) -> bytes:
    """Read what is to be copied, and see that nothing else is where it goes."""
    try:
        data = copy.read_bytes()
        data.decode()
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"{copy} cannot be taken as a copy: {error}") from error
    if target.exists() and target.read_bytes() != data:
        raise UsageError(f"{target} is there already; give the document another title")
    return data


def _bounds(text: str) -> str:
    bounds = edtf_bounds(text)
    if bounds is None:
        raise UsageError(f"{text!r} is no date of EDTF; write one such as 2021-02-26, 2021-03 or ../2021-04-12")
    parts = [f"rdfs:label {_english(text)}", f"cg:edtf {Literal(text)}"]
    parts += [f'cg:notBefore "{bounds.first}"^^xsd:date'] if bounds.first else []
    parts += [f'cg:notAfter "{bounds.last}"^^xsd:date'] if bounds.last else []
    return " ;\n".join([*parts, "cg:resolvedBy cg:asStated"])


@dataclass(frozen=True, slots=True)
class Statement:
    """Say what a new claim is: names are resolved in its dossier, concepts are written without ``cg:``.

    ``words`` are quoted from the document's copy; ``note`` stands in their place where no copy is kept. ``proposition``
    names one that is there; otherwise one is made of ``text``, ``predicate`` and ``about``.
    """

    dossier: str
    document: str
    holder: str
    text: str
    words: str | None = None
    note: str | None = None
    occurrence: int = 1
    proposition: str | None = None
    predicate: str | None = None
    about: tuple[str, ...] = ()
    polarity: str = "positive"
    modality: str = "asserted"
    kind: str = "said"


def new_claim(desk: Desk, statement: Statement) -> tuple[NamedNode, Path]:
    """Write a claim with its passage or note, its proposition if that is new, and the basis that nothing is said of.

    Raises:
        UnknownName: a name stands for nothing, or the words do not stand in the document.
        UsageError: something is missing.
    """
    folder = desk.folder(statement.dossier)
    identifier = _next_identifier(desk, statement.dossier)
    claim = desk.name(statement.dossier, identifier.lower())
    locus = desk.name(statement.dossier, f"{identifier.lower()}-words")
    proposition, described = _proposition(desk, statement)
    concepts = [_concept(desk, value) for value in (statement.kind, statement.polarity, statement.modality)]
    basis = desk.name(statement.dossier, "basis-not-reported")
    is_known = desk.value(basis, "rdf:type") is not None
    block = f"""{claim} a cg:Claim ;
        dcterms:identifier {Literal(identifier)} ;
        rdfs:label {_english(f"{identifier}: {statement.text}")} ;
        cg:statementKind {concepts[0]} ;
        cg:heldBy {desk.resolve(statement.holder, statement.dossier)} ;
        cg:hasProposition {proposition} ;
        cg:polarity {concepts[1]} ;
        cg:modality {concepts[2]} ;
        cg:hasBasis {basis} ;
        cg:groundedIn {locus} .

        {_locus(desk, statement, locus, identifier)}
        {described}"""
    if not is_known:
        block += f"\n\n{basis} a cg:BasisNotReported ;\n rdfs:label {_english('The source is silent about a basis')} ."
    return claim, desk.add(folder / "claims.ttl", block, title="Claims", dossier=statement.dossier)


def _locus(desk: Desk, statement: Statement, locus: NamedNode, identifier: str) -> str:
    document = desk.resolve(statement.document, statement.dossier)
    start = (
        f"{locus} a cg:{'Passage' if statement.words else 'Note'} ;\n rdfs:label {_english(f'Words of {identifier}')} ;"
    )
    if not statement.words:
        if not statement.note:
            raise UsageError("give the words of the document, or a note where no copy of it is kept")
        return f"{start} cg:inDocument {document} ;\n cg:noteText {Literal(statement.note)} ."
    copy, holder = desk.value(document, "cg:evidentiaryCopy"), desk.describing(document)
    if copy is None or holder is None:
        raise UsageError(f"no copy of {statement.document} is kept, so its words cannot be quoted; give a note instead")
    found = find_passages((holder.parent / copy).read_bytes().decode(), statement.words)
    if not 1 <= statement.occurrence <= len(found):
        raise UsageError(f"the words stand there {len(found)} times; there is no occurrence {statement.occurrence}")
    passage = found[statement.occurrence - 1]
    return f"""{start} cg:inDocument {document} ;
        cg:paragraph {passage.paragraph} ;
        cg:startOffset {passage.start} ;
        cg:endOffset {passage.end} ;
        cg:quotedText {Literal(passage.words)} ."""


def _proposition(desk: Desk, statement: Statement) -> tuple[NamedNode, str]:
    if statement.proposition:
        return desk.resolve(statement.proposition, statement.dossier), ""
    if not statement.predicate:
        raise UsageError("a new proposition needs a predicate, such as --predicate use; or name one that is there")
    proposition = desk.fresh(statement.dossier, f"that {statement.text}")
    lines = [
        f"\n{proposition} a cg:OccurrenceProposition ;",
        f"rdfs:label {_english(statement.text)} ;",
        f"cg:canonicalText {Literal(statement.text)} ;",
        f"cg:predicate {_concept(desk, statement.predicate)}",
    ]
    for name in statement.about:
        thing = desk.resolve(name, statement.dossier)
        role = next((role for class_, role in _ABOUT if desk.is_a(thing, class_)), None)
        if role is None:
            raise UsageError(f"a proposition cannot be about {name}: it is no weapon, event, place, actor or claim")
        lines[-1] += " ;"
        lines.append(f"cg:{role} {thing}")
    return proposition, "\n".join(lines) + " ."


def _concept(desk: Desk, local: str) -> NamedNode:
    return desk.resolve(f"cg:{local.removeprefix('cg:')}", "")


def _next_identifier(desk: Desk, dossier: str) -> str:
    """Go on counting where the claims of the dossier end; a new dossier counts under letters of its own."""
    own, taken = [], set()
    for quad in desk.store.quads_for_pattern(None, NamedNode(expand("dcterms:identifier")), None):
        found = _NUMBERED.match(getattr(quad.object, "value", ""))
        if found:
            taken.add(found[1])
            subject = getattr(quad.subject, "value", "")
            if subject.startswith(f"{PREFIXES['id']}{dossier}/") and desk.is_a(NamedNode(subject), "Claim"):
                own.append((int(found[2]), found[1], len(found[2])))
    if own:
        number, letters, width = max(own)
        return f"{letters}{number + 1:0{width}}"
    letters = "".join(word[0] for word in dossier.split("-") if word[0].isalpha()).upper() or "C"
    while letters in taken:
        letters += "X"
    return f"{letters}01"


def _english(text: str) -> str:
    return str(Literal(text, language="en"))
