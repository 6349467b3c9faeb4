"""What docs/operations.md says of settings, statuses and figures, held against the program."""

import re
import shutil
import subprocess
import sys
from http import HTTPStatus
from pathlib import Path

import pytest

from claimgraph.settings import Settings
from claimgraph.web.problems import STATUSES

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


def test_gives_running_queries_time_to_end():
    timeout = Settings.model_fields["query_timeout"].default
    for setting in (r"TimeoutStopSec=(\d+)", r"--stop-timeout (\d+)", r"proxy_read_timeout (\d+)s"):
        assert int(re.search(setting, TEXT)[1]) > timeout


def test_lets_through_the_proxy_what_the_service_takes():
    assert int(re.search(r"client_max_body_size (\d+)m", TEXT)[1]) << 20 == Settings().max_request_bytes
