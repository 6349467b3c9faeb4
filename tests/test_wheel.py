"""The wheel, built, installed elsewhere and run: what is published is what is tested."""

import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent


def run(*command, **options):
    # The checkout must not be found by way of the working directory or the environment.
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "CLAIMGRAPH"))}
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=environment, **options)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    folder = tmp_path_factory.mktemp("dist")
    build = "import sys; from hatchling.build import build_wheel; build_wheel(sys.argv[1])"
    run(sys.executable, "-c", build, str(folder), cwd=ROOT)
    (built,) = folder.glob("*.whl")
    return built


def test_the_wheel_carries_the_dataset_and_the_licences(wheel):
    names = set(zipfile.ZipFile(wheel).namelist())
    shipped = {f"claimgraph/shipped/{path.relative_to(ROOT).as_posix()}" for path in dataset_files()}
    assert shipped <= names
    assert {name.rsplit("/", 1)[-1] for name in names} >= {"LICENSE", "LICENSE-DATA", "py.typed"}


def test_the_wheel_carries_the_javascript_that_is_never_committed(wheel):
    names = set(zipfile.ZipFile(wheel).namelist())
    pinned = json.loads((ROOT / "assets.json").read_text())["packages"]
    brought = {name for package in pinned for name in package["files"].values()}
    assert {f"claimgraph/web/static/vendor/{name}" for name in brought} <= names


def dataset_files():
    found = (path for folder in ("ontology", "data", "queries") for path in (ROOT / folder).rglob("*"))
    return [path for path in found if path.is_file()]


@pytest.mark.timeout(300)
def test_the_wheel_installed_elsewhere_builds_and_answers(wheel, tmp_path):
    run(sys.executable, "-m", "venv", str(tmp_path / "venv"))
    python = tmp_path / "venv/bin/python"
    constraints = ("--constraint", str(ROOT / "constraints.txt"))
    run(python, "-m", "pip", "install", "--quiet", *constraints, str(wheel), cwd=tmp_path)
    command = tmp_path / "venv/bin/claimgraph"
    assert "derived by" in run(command, "build", cwd=tmp_path)
    answer = run(command, "query", "attribution-chain", "statement=ST14", "--format", "csv", cwd=tmp_path)
    assert [line.split(",")[0] for line in answer.splitlines()[1:3]] == ["1", "2"]
