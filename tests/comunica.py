"""Run Comunica, a client in JavaScript that finds its way by itself, for tests."""

import fcntl
import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest

from claimgraph.sparql.prefixes import declarations

VERSION = "4.5.0"  # the last that runs on Node 20; from 5.1 on it wants 22


def install():
    """Install it, once for all runs, below the user's cache; CI keeps that folder."""
    if not shutil.which("npm"):
        pytest.skip("npm is not installed")
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    folder = cache / "claimgraph-tests" / f"comunica-{VERSION}"
    program = folder / "node_modules/.bin/comunica-sparql"
    folder.mkdir(parents=True, exist_ok=True)
    with (folder.parent / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # tests run in several processes
        if not program.exists():
            command = ["npm", "install", "--no-audit", "--no-fund", "--ignore-scripts", "--loglevel=error"]
            run = subprocess.run(
                [*command, f"@comunica/query-sparql@{VERSION}"], check=False, cwd=folder, capture_output=True, text=True
            )
            if run.returncode:
                pytest.skip("Comunica cannot be installed here: " + run.stderr[-200:])
    return program


def ask_comunica(program, source, query):
    command = [str(program), source, declarations() + query, "-t", "application/sparql-results+json"]
    environment = {name: value for name, value in os.environ.items() if "proxy" not in name.lower()}
    run = subprocess.run(command, check=False, capture_output=True, text=True, timeout=100, env=environment)
    assert run.returncode == 0, run.stderr
    return json.loads(run.stdout)["results"]["bindings"]
