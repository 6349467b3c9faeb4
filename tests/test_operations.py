"""What docs/operations.md says of settings, statuses and figures, held against the program."""

import json
import re
import shutil
import subprocess
import sys
import zipfile
from http import HTTPStatus
from pathlib import Path

import pytest

from claimgraph.dataset import Layout, root
from claimgraph.settings import Settings
from claimgraph.snapshot import build
from claimgraph.web.problems import STATUSES
from serving import Server

ROOT = Path(__file__).parent.parent
TEXT = (ROOT / "docs/operations.md").read_text(encoding="utf-8")
NAMES = {f"CLAIMGRAPH_{name.upper()}" for name in Settings.model_fields}


def block(language):
    return re.search(rf"```{language}\n(.*?)```", TEXT, re.DOTALL)[1]


def test_names_only_settings_that_there_are():
    assert set(re.findall(r"CLAIMGRAPH_[A-Z_]+", TEXT)) <= NAMES


def test_every_setting_stands_in_the_table_with_its_meaning_and_default():
    table = (ROOT / "docs/settings.md").read_text(encoding="utf-8")
    for name, field in Settings.model_fields.items():
        assert f"| `CLAIMGRAPH_{name.upper()}` | {field.description} |" in table


def test_names_only_statuses_that_the_service_answers():
    table = TEXT.partition("## Limits")[2].partition("\n\nAn answer")[0]
    named = {int(number) for number in re.findall(r"\| (\d{3})", table)}
    assert named <= {*STATUSES.values(), HTTPStatus.REQUEST_ENTITY_TOO_LARGE}
    assert named >= {400, 403, 413, 429, 503, 504, 507}


COUNTING = """
import pathlib, sys
from claimgraph.web.metrics import Metrics, Outcome
metrics = Metrics(pathlib.Path(sys.argv[1]))
metrics.begin()
metrics.end(Outcome("sparql", "GET", 200, 0.1, 10, is_broken=True))
sys.stdout.write(metrics.write().decode())
"""


def test_names_exactly_the_figures_that_the_service_tells(tmp_path):
    command = [sys.executable, "-c", COUNTING, str(tmp_path)]
    written = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    told = set(re.findall(r"^# TYPE (\S+)", written, re.MULTILINE))
    assert set(re.findall(r"^\| `(claimgraph_\w+)`", TEXT, re.MULTILINE)) == told


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="systemd is not installed")
def test_systemd_understands_the_unit(tmp_path):
    unit = tmp_path / "claimgraph.service"
    text = re.sub(r"(ExecStart\w*)=\S+", r"\1=/bin/true", block("ini")).replace("User=claimgraph\n", "")
    unit.write_text(text)
    run = subprocess.run(["systemd-analyze", "verify", str(unit)], check=False, capture_output=True, text=True)
    assert [line for line in run.stderr.splitlines() if "claimgraph.service" in line] == []


def instructions(name):
    return re.findall(rf"^{name} (.*)$", block("dockerfile"), re.MULTILINE)


def test_the_container_file_copies_all_that_a_wheel_is_made_of(tmp_path):
    """Its steps up to the installation, in a folder that has nothing but what it copies."""
    for line in instructions("COPY"):
        *sources, target = line.split()
        for source in sources:
            into = tmp_path / target.lstrip("/") / ("" if (ROOT / source).is_dir() else source)
            into.parent.mkdir(parents=True, exist_ok=True)
            (shutil.copytree if (ROOT / source).is_dir() else shutil.copyfile)(ROOT / source, into)
    contents = [wheel_of(folder, tmp_path / name) for folder, name in ((tmp_path / "src", "copied"), (ROOT, "whole"))]
    assert contents[0] == contents[1]
    assert any(name.startswith("claimgraph/shipped/data/") for name in contents[0])


def wheel_of(source, target):
    target.mkdir()
    build = "import sys; from hatchling.build import build_wheel; build_wheel(sys.argv[1])"
    subprocess.run([sys.executable, "-c", build, str(target)], cwd=source, check=True, capture_output=True)
    with zipfile.ZipFile(next(target.glob("*.whl"))) as wheel:
        return {entry.filename: entry.CRC for entry in wheel.infolist() if not entry.filename.endswith("/RECORD")}


def test_the_container_file_installs_what_it_copied_and_runs_commands_that_there_are():
    assert [line for line in instructions("RUN") if line.startswith("pip install")] == [
        "pip install --no-cache-dir --constraint /src/constraints.txt /src"
    ]
    assert "claimgraph build" in instructions("RUN")
    (command,) = re.findall(r"^CMD (.*)$", block("dockerfile"), re.MULTILINE)
    program, verb = json.loads(command)
    assert program == "claimgraph"
    run = subprocess.run([sys.executable, "-m", program, verb, "--help"], check=False, capture_output=True)
    assert run.returncode == 0


def test_the_container_runs_a_python_that_the_program_takes():
    (version,) = re.findall(r"python:(\d\.\d+)", block("dockerfile"))
    assert f"Programming Language :: Python :: {version}" in (ROOT / "pyproject.toml").read_text(encoding="utf-8")


def test_the_container_is_asked_for_its_health_where_it_answers(tmp_path):
    """The very command, against a server that answers at that port and path alone."""
    (check,) = re.findall(r"^HEALTHCHECK CMD (.*)$", block("dockerfile"), re.MULTILINE)
    _, option, code = json.loads(check)
    port = str(Settings.model_fields["port"].default)
    assert f"127.0.0.1:{port}/readyz" in code
    assert instructions("EXPOSE") == [port]
    build(Layout(root()), tmp_path)
    server = Server(tmp_path)
    try:
        ready = code.replace(port, str(server.port))
        assert subprocess.run([sys.executable, option, ready], check=False).returncode == 0
        lost = ready.replace("readyz", "nowhere")
        assert subprocess.run([sys.executable, option, lost], check=False, capture_output=True).returncode != 0
    finally:
        server.stop()


def test_gives_running_queries_time_to_end():
    timeout = Settings.model_fields["query_timeout"].default
    for setting in (r"TimeoutStopSec=(\d+)", r"--stop-timeout (\d+)", r"proxy_read_timeout (\d+)s"):
        assert int(re.search(setting, TEXT)[1]) > timeout


def test_lets_through_the_proxy_what_the_service_takes():
    assert int(re.search(r"client_max_body_size (\d+)m", TEXT)[1]) << 20 == Settings().max_request_bytes
