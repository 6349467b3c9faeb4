"""The Python client and the notebook, against a service that runs."""

import json
import sys
from pathlib import Path

import pandas as pd
import pytest

from claimgraph.client import Client
from claimgraph.errors import EngineError, UsageError

NOTEBOOK = Path(__file__).parent.parent / "docs/questions.ipynb"


@pytest.fixture
def client(address):
    return Client(address)


def test_answers_a_question_with_rows_that_have_labels(client, shipped):
    answer = client.query("contradictions", weapon="Iskander", kind="strict", dossier="id:dossier/iskander-shusha")
    assert [(row["id_a"], row["id_b"]) for row in answer] == [("ST34", "ST49")]
    assert answer[0]["holder_b_label"] == "Igor Konashenkov"
    assert answer.columns["ground"] == "why"
    assert answer.snapshot == shipped.digest
    assert len(answer[0:1]) == 1


def test_lists_the_questions(client, shipped):
    assert set(client.questions()) == {query.name for query in shipped.catalog}


def test_leaves_a_parameter_that_is_none_to_its_default(client):
    assert list(client.query("contradictions", dossier=None)) == list(client.query("contradictions"))


def test_asks_sparql(client):
    (row,) = client.sparql("SELECT (COUNT(*) AS ?n) { ?c a <https://w3id.org/claimgraph/ontology#Claim> }")
    assert int(row["n"]) > 60


@pytest.mark.parametrize(
    ("name", "given", "said"),
    [("nix", {}, "nix"), ("contradictions", {"kind": "loose"}, "strict"), ("contradictions", {"wepon": "x"}, "wepon")],
)
def test_says_what_is_wrong_with_a_question(client, name, given, said):
    with pytest.raises(UsageError, match=said):
        client.query(name, **given)


def test_says_that_a_query_is_wrong(client):
    with pytest.raises(EngineError, match="FILTR"):
        client.sparql("SELECT * { ?s ?p ?o FILTR(1) }")


def test_says_that_nobody_answers():
    with pytest.raises(EngineError, match="cannot be reached"):
        Client("http://127.0.0.1:1", timeout=1).questions()


def test_makes_a_data_frame_of_the_rows(client):
    frame = client.query("open-requests", as_of="2021-04-12").frame()
    assert isinstance(frame, pd.DataFrame)
    assert set(frame["addressee_label"]) == {"Armenia"}


def test_says_that_pandas_is_not_there(client, monkeypatch):
    monkeypatch.setitem(sys.modules, "pandas", None)
    with pytest.raises(UsageError, match="pandas is not installed"):
        client.query("open-requests").frame()


def test_runs_the_notebook_from_top_to_bottom(address, monkeypatch, capsys):
    monkeypatch.setenv("CLAIMGRAPH_URL", address)
    names = {}
    for cell in json.loads(NOTEBOOK.read_text())["cells"]:
        if cell["cell_type"] == "code":
            assert cell["outputs"] == []  # nothing recorded that could go stale
            exec(compile("".join(cell["source"]), cell["id"], "exec"), names)  # noqa: S102 - our own notebook
    said = capsys.readouterr().out
    assert "ST34" in said
    assert "Ilham Aliyev" in said
