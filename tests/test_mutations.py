"""The shipped dataset, broken in sixty ways: each fault is found, on its line, under its code."""

import shutil
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest

from claimgraph.check import check
from claimgraph.dataset import Layout

SHIPPED = Path(__file__).parent.parent
SHUSHA = "data/ttl/iskander-shusha"
OTHER = "data/ttl/iskander-other-reports"
REFERENCE = "data/ttl/reference"


@dataclass(frozen=True)
class Mutation:
    """Replace ``old`` by ``new`` once in a file, without adding or taking lines.

    The finding stands on the first line that changes, or on the first line with ``at``, in ``found_in`` if not here.
    """

    what: str
    file: str
    old: str
    new: str
    code: str
    at: str = ""
    found_in: str = ""


M = Mutation
ALONE = [
    M("a semicolon is missing", f"{SHUSHA}/dossier.ttl", 'statements"@en ;', 'statements"@en', "CG001", "dcterms:desc"),
    M("a dot is missing", f"{OTHER}/acts.ttl", ":or04 .", ":or04", "CG001", ":report-tass a"),
    M("a string is not closed", f"{REFERENCE}/places.ttl", 'label "Shusha"', 'label "Shusha', "CG001"),
    M("a bracket is not closed", "ontology/weapons.ttl", "WeaponSystemModel ] .", "WeaponSystemModel .", "CG001"),
    M("a byte is not UTF-8", f"{REFERENCE}/weapons.ttl", 'Iskander-E"@en', 'Iskander-\udce9"@en', "CG002"),
    M("a prefix is misspelt", f"{SHUSHA}/actors.ttl", "tenureIn office:prime", "tenureIn ofice:prime", "CG101"),
    M("a term in a shape is misspelt", "ontology/shapes/actors.ttl", "class cg:Office", "class cg:Ofice", "CG103"),
    M("a prefix is not declared", f"{REFERENCE}/events.ttl", "rdfs:label", "skos:altLabel", "CG101"),
]
TOGETHER = [
    # Terms
    M("a property is misspelt", f"{SHUSHA}/claims.ttl", "cg:heldBy", "cg:heldby", "CG103"),
    M("a class is misspelt", f"{SHUSHA}/acts.ttl", "act-a3 a cg:Assertion", "act-a3 a cg:Asertion", "CG103"),
    M("a concept is misspelt", f"{OTHER}/claims.ttl", "cg:modality cg:asserted", "cg:modality cg:assertd", "CG103"),
    M("a concept is of no scheme", f"{SHUSHA}/relations.ttl", "cg:scopeUndecided", "cg:scopeUnclear", "CG103"),
    M("a term in a query is misspelt", "queries/agreements.rq", "cg:hasProposition", "cg:hasPropositon", "CG103"),
    M("a term in a rule is misspelt", "ontology/rules/repeats.rq", "cg:relationKind", "cg:relationsKind", "CG103"),
    M("a prefix means something else", f"{SHUSHA}/evidence.ttl", "2004/02/skos/core#", "2004/02/skos#", "CG102"),
    M("a class stands for a thing", f"{SHUSHA}/acts.ttl", "Speaker actor:ilham-aliyev", "Speaker cg:Person", "CG105"),
    M("a property stands as a class", f"{OTHER}/documents.ttl", "apa a cg:Document", "apa a cg:inDocument", "CG105"),
    M("a holder is a text", f"{OTHER}/claims.ttl", "heldBy actor:igor-konashenkov", 'heldBy "Igor"', "CG106"),
    M("a text is a thing", f"{SHUSHA}/inferences.ttl", 'Note "The year is inferred."', "Note :i2", "CG106"),
    M("an offset is a text", f"{SHUSHA}/article.ttl", "startOffset 22", 'startOffset "22"', "CG107"),
    M("a day is none", f"{SHUSHA}/times-and-events.ttl", 'After "2020-09-30"', 'After "2020-09-31"', "CG107"),
    M("a day is not written as one", f"{OTHER}/wikipedia.ttl", '"2021-01-31"', '"31.01.2021"', "CG107"),
    M("a place holds a claim", f"{SHUSHA}/claims.ttl", "heldBy :claimant-of-st34", "heldBy place:shusha", "CG108"),
    M("an act expresses a proposition", f"{SHUSHA}/acts.ttl", "expresses :st14", "expresses :that-ilham", "CG109"),
    M("an actor is misspelt", f"{SHUSHA}/claims.ttl", "Actor actor:ilham-aliyev", "Actor actor:ilham-aliev", "CG109"),
    M("a passage is not there", f"{SHUSHA}/claims.ttl", ":st05-words", ":st005-words", "CG109"),
    M("a relation leads nowhere", f"{SHUSHA}/relations.ttl", "relationTarget :st38", "relationTarget :st83", "CG109"),
    M("an assertion expresses an act", f"{OTHER}/acts.ttl", "expresses :or07", "expresses :act-interview", "CG108"),
    M(
        "two mentions are made one",
        f"{SHUSHA}/inferences.ttl",
        "cg:readAs",
        "<http://www.w3.org/2002/07/owl#sameAs>",
        "CG110",
    ),
    # Labels, identifiers, licences
    M(
        "an actor has no label",
        f"{REFERENCE}/actors.ttl",
        'label "Igor Konashenkov"',
        'comment "Igor"',
        "CG201",
        "actor:igor-konashenkov a",
    ),
    M("a licence is gone", f"{REFERENCE}/places.ttl", "dcterms:license", "dcterms:source", "CG202", "a cg:Reference"),
    M("an identifier comes twice", f"{SHUSHA}/claims.ttl", 'identifier "ST17"', 'identifier "ST16"', "CG204"),
    M(
        "a term loses its definition",
        "ontology/claims.ttl",
        'skos:definition "Whose',
        'rdfs:comment "Whose',
        "CG203",
        "cg:heldBy a owl",
    ),
    # Profiles
    M(
        "a class is a union",
        "ontology/actors.ttl",
        "cg:State a owl:Class ;",
        "cg:State a owl:Class ; owl:unionOf ( cg:Person cg:Office ) ;",
        "CG301",
    ),
    M("a mapping is an axiom", "ontology/alignments.ttl", "skos:broadMatch", "a", "CG320"),
    # Shapes
    M(
        "a holder is removed",
        f"{SHUSHA}/claims.ttl",
        "Place ;\n    cg:heldBy :narrator ;",
        "Place ;\n",
        "CG401",
        ":st04 a cg:Claim",
    ),
    M("a claim has two polarities", f"{SHUSHA}/claims.ttl", "cg:positive ;", "cg:positive , cg:negative ;", "CG401"),
    M(
        "a reading has no assessor",
        f"{SHUSHA}/inferences.ttl",
        "cg:assessedBy actor:claimgraph-editors ;",
        "",
        "CG401",
        ":i1 a cg:Reading",
    ),
    M(
        "a reading has no ground",
        f"{SHUSHA}/inferences.ttl",
        'cg:ground "The latest before',
        'rdfs:comment "The latest before',
        "CG401",
        ":i2 a cg:Reading",
    ),
    M("bounds are swapped", f"{OTHER}/acts.ttl", 'notBefore "2021-02-23"', 'notBefore "2021-03-23"', "CG401"),
    M(
        "an act has no speaker",
        f"{OTHER}/acts.ttl",
        "cg:hasSpeaker actor:russian-ministry-of-defence ;",
        "",
        "CG401",
        ":act-denial-sputnik a",
    ),
    M(
        "nobody tells of a step of custody",
        f"{SHUSHA}/evidence.ttl",
        "cg:accordingTo :st31",
        'skos:note "told"',
        "CG401",
        ":custody-exhibition a",
    ),
    M(
        "a claim has no identifier",
        f"{SHUSHA}/claims.ttl",
        'dcterms:identifier "ST20" ;',
        "",
        "CG401",
        ":st20 a cg:Claim",
    ),
    M(
        "a relation has two kinds",
        f"{SHUSHA}/relations.ttl",
        "Contradiction ;",
        "Contradiction , cg:tension ;",
        "CG401",
    ),
    M(
        "a proposition has no predicate",
        f"{SHUSHA}/claims.ttl",
        "cg:predicate cg:actDated ;",
        "",
        "CG401",
        ":that-act-a1-on-april-12 a",
    ),
    # Evidence
    M(
        "an offset is shifted",
        f"{SHUSHA}/article.ttl",
        "cg:startOffset 203",
        "cg:startOffset 204",
        "CG501",
        'cg:quotedText "He said this on Monday',
    ),
    M("words are changed", f"{SHUSHA}/article.ttl", '"Azerbaijani President Il', '"Azerbaijan President Il', "CG501"),
    # Queries and rules
    M("a query loses a brace", "queries/disputes.rq", "ORDER BY", "} ORDER BY", "CG601"),
    M("a query loses its summary", "queries/presuppositions.rq", "#+ summary:", "#+ sumary:", "CG602"),
    M("a parameter has no default", "queries/accusations-without-reply.rq", "- asof:", "- asoff:", "CG603"),
    M("a default is no day", "queries/standing-as-of.rq", "- asof: ", "- asof: x", "CG604"),
    M("a column is renamed", "queries/chain-lengths.rq", "#+     id:", "#+     ident:", "CG605"),
    M(
        "a rule becomes a SELECT",
        "ontology/rules/own-opposition.rq",
        "CONSTRUCT {",
        "SELECT * { #",
        "CG701",
    ),
    M("a rule does not say why", "ontology/rules/speaker.rq", "#+ why:", "#+ because:", "CG702", "#+ label"),
    # House rules
    M("a date is words", f"{OTHER}/documents.ttl", 'edtf "2021-02-25"', 'edtf "25 February 2021"', "CG801"),
    M("a date and its bounds differ", f"{OTHER}/documents.ttl", 'edtf "2021-04-02"', 'edtf "2021-04-20"', "CG802"),
    M(
        "an act lies in the far future",
        f"{OTHER}/acts.ttl",
        '"2021-03-15" ;\n    cg:notBefore "2021-03-15"^^xsd:date ;\n    cg:notAfter "2021-03-15"',
        '"2921-03-15" ;\n    cg:notBefore "2921-03-15"^^xsd:date ;\n    cg:notAfter "2921-03-15"',
        "CG803",
        'cg:notBefore "2921-03-15"',
    ),
    M(
        "a report comes before its act",
        f"{OTHER}/documents.ttl",
        '"2021-03-01" ;\n    cg:notBefore "2021-03-01"^^xsd:date ;\n    cg:notAfter "2021-03-01"',
        '"2021-02-01" ;\n    cg:notBefore "2021-02-01"^^xsd:date ;\n    cg:notAfter "2021-02-01"',
        "CG804",
        "cg:reports :act-gevorgyan-armenpress",
        f"{OTHER}/acts.ttl",
    ),
    M(
        "an event is part of its part",
        f"{REFERENCE}/events.ttl",
        "event:nagorno-karabakh-conflict a cg:ArmedConflict ;",
        "event:nagorno-karabakh-conflict a cg:ArmedConflict ; cg:partOfEvent event:battle-of-shusha ;",
        "CG805",
    ),
    M(
        "a variant is its own variant",
        f"{REFERENCE}/weapons.ttl",
        "cg:variantOf weapon:iskander-missile",
        "cg:variantOf weapon:iskander-m-missile",
        "CG805",
    ),
    M(
        "reports go in a circle",
        f"{OTHER}/acts.ttl",
        "FromReport :report-tass",
        "FromReport :report-pledgetimes",
        "CG806",
    ),
    M(
        "two events have one label",
        f"{REFERENCE}/events.ttl",
        "Battle of Shusha (2020)",
        "Escalation of the conflict in Nagorno-Karabakh, 2020",
        "CG807",
    ),
    M("an actor comes twice", f"{REFERENCE}/actors.ttl", 'label "Nikol Pashinyan"', 'label "Mane Gevorkyan"', "CG808"),
    M(
        "a dated reading rests on nothing",
        f"{SHUSHA}/inferences.ttl",
        "    cg:restsOn :i1 .",
        ' rdfs:comment "" .',
        "CG811",
        ":time-a1",
    ),
]
LATE = [
    M("a copy is missing", f"{SHUSHA}/article.ttl", 'Copy "article.txt"', 'Copy "artikel.txt"', "CG503"),
    M(
        "the article was edited",
        f"{SHUSHA}/article.txt",
        "Aliyev",
        "Aliev",
        "CG502",
        "cg:sha256",
        f"{SHUSHA}/article.ttl",
    ),
    M(
        "an item has no custody",
        f"{SHUSHA}/evidence.ttl",
        ":fragments a cg:EvidenceItem ;",
        ':crate a cg:EvidenceItem ; rdfs:label "A crate"@en . :fragments a cg:EvidenceItem ;',
        "CG810",
    ),
    M("nobody says so", "queries/declined-comments.rq", "a cg:DeclinedComment", "a cg:Retraction", "CG606", "SELECT"),
    M(
        "a claim lets go of its words",
        f"{SHUSHA}/claims.ttl",
        "cg:groundedIn :st07-words",
        "cg:groundedIn :st08-words",
        "CG809",
        ":st07-words a",
        f"{SHUSHA}/article.ttl",
    ),
]
EACH = {mutation.what: (mutation,) for mutation in (*ALONE, *LATE)}
"""Faults that keep others from being told are tried alone, the rest eight at a time."""
BATCHES = EACH | {
    m.what: tuple(TOGETHER[at : at + 8]) for at in range(0, len(TOGETHER), 8) for m in TOGETHER[at : at + 8]
}


@pytest.fixture(scope="module")
def findings_of(tmp_path_factory):
    """Return a function that breaks a copy of the shipped dataset and checks it, once for each batch."""

    @cache
    def run(batch):
        dataset = tmp_path_factory.mktemp("broken")
        for part in ("ontology", "data", "queries"):
            shutil.copytree(SHIPPED / part, dataset / part)
        for mutation in batch:
            path = dataset / mutation.file
            before = path.read_bytes().decode(errors="surrogateescape")
            after = before.replace(mutation.old, mutation.new, 1)
            assert after != before, f"{mutation.what}: the text to break is not there"
            assert after.count("\n") == before.count("\n")
            path.write_bytes(after.encode(errors="surrogateescape"))
        return check(Layout(dataset)), dataset

    return run


def line_of(mutation, dataset):
    after = (dataset / (mutation.found_in or mutation.file)).read_bytes().decode(errors="replace").split("\n")
    if mutation.at:
        whole = [number for number, line in enumerate(after, 1) if line == mutation.at]
        return (whole or [number for number, line in enumerate(after, 1) if mutation.at in line])[0]
    before = (SHIPPED / mutation.file).read_text(encoding="utf-8")
    return before[: before.index(mutation.old)].count("\n") + _lines_alike(mutation) + 1


def _lines_alike(mutation):
    pairs = zip(mutation.old.split("\n"), mutation.new.split("\n"), strict=True)
    return next(number for number, (old, new) in enumerate(pairs) if old != new)


def test_breaks_at_least_sixty_things():
    assert len(BATCHES) >= 60


@pytest.mark.parametrize("mutation", [*ALONE, *TOGETHER, *LATE], ids=lambda mutation: mutation.what)
def test_finds_the_fault_on_its_line(findings_of, mutation):
    found, dataset = findings_of(BATCHES[mutation.what])
    wanted = (mutation.code, mutation.found_in or mutation.file, line_of(mutation, dataset))
    assert wanted in {(f.code, f.place.file, f.place.line) for f in found}, [str(f) for f in found]


@pytest.mark.parametrize(
    "batch", sorted(set(BATCHES.values()), key=lambda batch: batch[0].what), ids=lambda b: b[0].what
)
def test_tells_no_more_than_a_few_findings_for_each_fault(findings_of, batch):
    found, _ = findings_of(batch)
    # An edited article puts each quotation of it out of place; every other fault has one finding, seldom two or three.
    if batch[0].code != "CG502":
        assert len(found) <= 2 * len(batch) + 2, [str(f) for f in found]
