"""The pages and files for maintainers: what is generated is up to date, and what is shown works."""

import importlib.util
import json
import re
import shlex
import shutil
import subprocess
from pathlib import Path

import pytest
import yaml

from claimgraph.check import CODES
from claimgraph.cli import main
from claimgraph.cli.program import COMMANDS

ROOT = Path(__file__).parent.parent
_SPEC = importlib.util.spec_from_file_location("generate_docs", ROOT / "docs/generate.py")
generate_docs = importlib.util.module_from_spec(_SPEC)
_SPEC.loader.exec_module(generate_docs)
PAGES = generate_docs.pages()


@pytest.mark.parametrize("relative", PAGES)
def test_the_generated_page_is_up_to_date(relative):
    written = (ROOT / relative).read_text(encoding="utf-8")
    assert written == PAGES[relative], "run: python docs/generate.py"


def test_has_a_page_for_each_code_and_no_other():
    assert {path.stem for path in (ROOT / "docs/codes").glob("CG*.md")} == set(CODES)


def test_describes_every_command():
    text = PAGES["docs/commands.md"]
    assert all(f"## claimgraph {name}\n" in text for name in COMMANDS)
    assert "\\b" not in text


@pytest.fixture
def repository(tmp_path, monkeypatch):
    """Make a repository that holds the dataset, and stand in it with an article."""
    for part in ("ontology", "data", "queries"):
        shutil.copytree(ROOT / part, tmp_path / part)
    who = ["-c", "user.name=a", "-c", "user.email=a@example.org", "-c", "commit.gpgsign=false"]
    for arguments in (["init", "-q"], ["add", "."], ["commit", "-q", "-m", "first"]):
        subprocess.run(["git", *who, *arguments], cwd=tmp_path, check=True)
    article = "Jane Roe said Iskander missiles hit the port.\nAn official said that no missile was fired.\n"
    (tmp_path / "article.txt").write_text(article, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("CLAIMGRAPH_DATASET", str(tmp_path))
    return tmp_path


@pytest.mark.usefixtures("repository")
def test_the_walk_from_an_article_to_a_dossier_can_be_walked(capsys):
    blocks = re.findall(r"```sh\n(.*?)```", (ROOT / "docs/curation.md").read_text(encoding="utf-8"), re.DOTALL)
    for line in "".join(blocks).splitlines():
        assert main(shlex.split(line)[1:]) == 0, line
    shown = capsys.readouterr()
    assert "no findings" in shown.err
    assert "opened    id:port-strike/that-iskander-missiles-hit-the-port-dispute" in shown.out


def test_the_hooks_run(repository):
    hooks = {hook["id"]: hook for hook in yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))}
    assert main(shlex.split(hooks["claimgraph-check"]["entry"])[1:]) == 0
    file = "data/ttl/iskander-shusha/claims.ttl"
    assert re.search(hooks["claimgraph-fmt"]["files"], file)
    assert re.search(hooks["claimgraph-check"]["files"], file)
    assert main([*shlex.split(hooks["claimgraph-fmt"]["entry"])[1:], str(repository / file)]) == 0


def test_the_problem_matcher_reads_what_check_writes(repository, capsys):
    with (repository / "data/ttl/iskander-shusha/claims.ttl").open("a", encoding="utf-8") as file:
        file.write(":st99 a cg:Clam .\n")
    main(["check"])
    tasks = json.loads((ROOT / "docs/vscode-tasks.json").read_text(encoding="utf-8"))["tasks"]
    pattern = tasks[0]["problemMatcher"][0]["pattern"]
    (found, *_) = [
        re.match(pattern["regexp"], line) for line in capsys.readouterr().out.splitlines() if "CG103" in line
    ]
    assert (repository / found[pattern["file"]]).is_file()
    assert found[pattern["code"]] == "CG103"
    assert found[pattern["message"]].startswith("cg:Clam is not declared")


def test_the_workflow_runs_commands_that_there_are(repository, capsys):
    workflow = yaml.safe_load((ROOT / "docs/pull-requests.yml").read_text(encoding="utf-8"))
    steps = workflow["jobs"]["dataset"]["steps"]
    lines = [line for step in steps for line in step.get("run", "").splitlines() if line.startswith("claimgraph ")]
    assert len(lines) == 4
    for line in lines:
        command = re.split(r" (?:>|\|\|) ", line)[0].replace('"origin/$BASE_REF"', "HEAD")
        assert main(shlex.split(command)[1:]) == 0, command
    assert "**Nothing changed** from `HEAD` to `HEAD`." in capsys.readouterr().out
    assert repository.is_dir()
