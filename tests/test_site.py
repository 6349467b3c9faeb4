"""`claimgraph docs`: the ontology as files that link to each other and to nothing of a service."""

import re

import pytest
from pyoxigraph import RdfFormat, parse

from claimgraph.cli import main
from claimgraph.dataset import Layout, root
from claimgraph.web.site import ontology_files

pytestmark = pytest.mark.usefixtures("shipped")


@pytest.fixture(scope="module")
def files(shipped, shipped_settings):
    return ontology_files(shipped, shipped_settings)


def test_every_link_leads_to_a_file_of_the_site_to_a_term_of_the_page_or_outwards(files):
    page = files["index.html"].decode()
    for link in re.findall(r'(?:href|src)="([^"]*)"', page):
        if link.startswith("#"):
            assert f'id="{link[1:]}"' in page
        else:
            assert link in files or link.startswith(("http://", "https://", "data:")), link


def test_the_page_names_every_class_and_property(files):
    page = files["index.html"].decode()
    kinds = {"http://www.w3.org/2002/07/owl#" + kind for kind in ("Class", "ObjectProperty", "DatatypeProperty")}
    for file in Layout(root()).graphs():
        if file.path.parent == root() / "ontology" and file.path.stem != "alignments":
            for quad in parse(path=file.path, format=RdfFormat.TURTLE):
                if getattr(quad.object, "value", "") in kinds and "claimgraph/ontology#" in quad.subject.value:
                    assert f'<dt id="{quad.subject.value.rpartition("#")[2]}">' in page


@pytest.mark.parametrize(("name", "format_"), [("nt", "N_TRIPLES"), ("rdf", "RDF_XML"), ("jsonld", "JSON_LD")])
def test_each_format_holds_the_same_ontology(files, name, format_):
    found = set(parse(files[f"ontology.{name}"], format=getattr(RdfFormat, format_)))
    assert len(found) == len(set(parse(files["ontology.ttl"], format=RdfFormat.TURTLE))) > 1000


def test_writes_into_the_folder_that_is_named(tmp_path, capsys, shipped_settings):
    out = tmp_path / "deep/site"
    assert main(["docs", "--snapshots", str(shipped_settings.snapshots), "--out", str(out)]) == 0
    assert (out / "index.html").stat().st_size > 10_000
    assert str(out / "index.html") in capsys.readouterr().out


def test_says_in_one_line_that_it_cannot_write(tmp_path, capsys, shipped_settings):
    (tmp_path / "file").touch()
    arguments = ["docs", "--snapshots", str(shipped_settings.snapshots), "--out", str(tmp_path / "file/site")]
    assert main(arguments) == 2
    assert capsys.readouterr().err.startswith(f"claimgraph: cannot write to {tmp_path / 'file/site'}: ")
