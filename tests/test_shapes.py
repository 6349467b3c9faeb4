"""The validator of shapes against pySHACL, the reference, over data that are broken in every way that shapes know."""

import logging
import re
import shutil
from pathlib import Path

import pytest
import rdflib
from pyshacl import validate
from rdflib.namespace import RDF, SH

from claimgraph.check import check, reading, shapes
from claimgraph.check.corpus import Corpus
from claimgraph.dataset import Layout

SHIPPED = Path(__file__).parent.parent
BREAKS = [
    ("a count too low", "claims.ttl", r"    cg:polarity cg:positive ;\n", "", 3),
    ("a count too high", "claims.ttl", r"cg:polarity cg:positive", "cg:polarity cg:positive , cg:negative", 3),
    ("a value of no class", "claims.ttl", r"cg:modality cg:asserted", "cg:modality cg:positive", 2),
    ("a value of another datatype", "article.ttl", r"cg:endOffset (\d+)", r'cg:endOffset "\1"', 2),
    ("an end before its start", "article.ttl", r"cg:endOffset \d+", "cg:endOffset 1", 2),
    ("a number below the least", "article.ttl", r"cg:startOffset \d+", "cg:startOffset -1", 2),
    ("a text of another pattern", "article.ttl", r'cg:sha256 "', 'cg:sha256 "X', 1),
    ("none of two alternatives", "acts.ttl", r"cg:(hasSpeaker|impliedBy) [^;.]+;", "", 0),
    ("both of what excludes", "relations.ttl", r"\Z", "<x:a> a cg:Assessment ; cg:likelihood 1 ; cg:confidence 2 .", 1),
]  # fmt: skip


@pytest.fixture(scope="module")
def broken(tmp_path_factory):
    """Copy the shipped dataset and break it in all the ways at once."""
    folder = tmp_path_factory.mktemp("broken")
    for name in ("ontology", "data"):
        shutil.copytree(SHIPPED / name, folder / name)
    made = set()
    for what, file, old, new, times in BREAKS:
        for path in (folder / "data/ttl").rglob(file):
            text, number = re.subn(old, new, path.read_text(encoding="utf-8"), count=times)
            path.write_text(text, encoding="utf-8")
            if number:
                made.add(what)
    return folder, made


def corpus_of(folder):
    layout = Layout(folder)
    sources, faults = reading.parse(layout, layout.graphs())
    assert faults == []
    return Corpus(layout, sources, [])


def ours(corpus):
    compiled = shapes._compiled(corpus.of("shapes"))
    report = compiled.validate_text(shapes._as_text(corpus.of("ontology", "data")), format="ntriples")
    return {(r.component, r.focus_node, r.path or "", r.value or "", *sorted(r.messages)) for r in report.results}


def theirs(corpus):
    logging.getLogger("pyshacl-validate").setLevel(logging.CRITICAL)
    data, wanted = rdflib.Graph(), rdflib.Graph()
    data.parse(data=shapes._as_text(corpus.of("ontology", "data")), format="nt")
    for source in corpus.of("shapes"):
        wanted.parse(data=source.positions.text, format="turtle")
    _, report, _ = validate(data, shacl_graph=wanted)
    found = set()
    for result in report.subjects(RDF.type, SH.ValidationResult):
        component, focus, path, value = (
            report.value(result, key) for key in (SH.sourceConstraintComponent, SH.focusNode, SH.resultPath, SH.value)
        )
        messages = sorted(str(message) for message in report.objects(result, SH.resultMessage))
        terms = (term.n3() if term is not None else "" for term in (focus, path, value))
        found.add((component.fragment, *terms, *messages))
    return found


def test_every_way_to_break_the_data_was_used(broken):
    assert broken[1] == {what for what, *_ in BREAKS}


def test_finds_what_pyshacl_finds(broken):
    corpus = corpus_of(broken[0])
    found = ours(corpus)
    assert found == theirs(corpus)
    assert len({component for component, *_ in found}) >= 8


def test_brings_every_result_to_a_line_of_the_data(broken):
    found = [finding for finding in check(Layout(broken[0])) if finding.code == "CG401"]
    assert len(found) > 20
    assert all(finding.place.file.startswith("data/") for finding in found)
