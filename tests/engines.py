"""Run SPARQL servers of others, for tests: each empty at first, with everything that ``publish`` needs."""

import contextlib
import os
import shutil
import subprocess
import sys
import time
import urllib.error
import urllib.request
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from claimgraph.bench.peers import PEERS
from claimgraph.bench.processes import free_port


@dataclass(frozen=True)
class Server:
    """Where a server answers and takes data; ``settings`` are those of the account that may write."""

    query: str
    update: str
    store: str
    settings: dict = field(default_factory=dict)
    isql: str = ""
    folder: Path | None = None

    def named(self):
        """Return the settings by which claimgraph finds it."""
        return {
            "engine": self.query,
            "engine_update": self.update,
            "engine_graph_store": self.store,
            **self.settings,
        }


@contextlib.contextmanager
def oxigraph(folder, *, options=()):
    program = Path(sys.executable).with_name("oxigraph")
    bind = f"127.0.0.1:{free_port()}"
    command = [str(program) if program.exists() else "oxigraph", "serve", "--bind", bind, *options]
    server = Server(f"http://{bind}/query", f"http://{bind}/update", f"http://{bind}/store")
    with _running(command, server.query, folder):
        yield server


VIRTUOSO = """
[Database]
DatabaseFile = v.db
ErrorLogFile = v.log
LockFile = v.lck
TransactionFile = v.trx
xa_persistent_file = v.pxa
FileExtend = 50
[TempDatabase]
DatabaseFile = t.db
TransactionFile = t.trx
[Parameters]
ServerPort = 127.0.0.1:{sql}
ServerThreads = 10
DirsAllowed = {folder}
NumberOfBuffers = 4000
MaxDirtyBuffers = 3000
CheckpointInterval = 0
[HTTPServer]
ServerPort = 127.0.0.1:{web}
ServerThreads = 10
[SPARQL]
ResultSetMaxRows = 2000000
MaxQueryExecutionTime = 10
"""


@contextlib.contextmanager
def virtuoso(folder):
    needs("virtuoso-t", "apt-get install virtuoso-opensource-7-bin")
    sql, web = free_port(), free_port()
    (folder / "virtuoso.ini").write_text(VIRTUOSO.format(sql=sql, web=web, folder=folder), encoding="utf-8")
    auth = f"http://127.0.0.1:{web}/sparql-auth"
    crud = f"http://127.0.0.1:{web}/sparql-graph-crud-auth"
    account = {"engine_user": "dba", "engine_password": "dba", "engine_auth": "digest"}
    with _running(
        ["virtuoso-t", "+configfile", "virtuoso.ini", "+foreground"], f"http://127.0.0.1:{web}/sparql", folder
    ):
        yield Server(auth, auth, crud, account, f"127.0.0.1:{sql}", folder)


@contextlib.contextmanager
def fuseki(folder):
    jar = next(peer for peer in PEERS if peer.name == "Fuseki").find()
    if jar is None:
        pytest.skip("Fuseki's archive has not been fetched; see claimgraph.bench.peers")
    at = f"http://127.0.0.1:{(port := free_port())}/ds"
    command = [
        "java",
        "-Xmx1g",
        "-jar",
        jar,
        "--localhost",
        "--port",
        str(port),
        "--timeout=10000",
        "--update",
        "--mem",
        "/ds",
    ]
    with _running(command, f"{at}/sparql", folder):
        yield Server(f"{at}/sparql", f"{at}/update", f"{at}/data")


def needs(program, how):
    if not shutil.which(program):
        pytest.skip(f"{program} is not installed: {how}")


@contextlib.contextmanager
def _running(command, url, folder):
    environment = {**os.environ, "FUSEKI_BASE": str(folder)}
    process = subprocess.Popen(
        command, cwd=folder, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        end = time.monotonic() + 120
        while not _answers(url):
            assert process.poll() is None, f"{command[0]} ended with {process.returncode}"
            assert time.monotonic() < end, f"{command[0]} does not answer"
            time.sleep(0.1)
        yield
    finally:
        process.kill()  # what it holds is not needed any more
        process.wait()


def _answers(url):
    try:
        with urllib.request.urlopen(f"{url}?query=ASK%7B%7D", timeout=10) as response:  # noqa: S310 - loopback
            return response.status == 200
    except urllib.error.HTTPError as error:
        with error:
            return False
    except OSError:
        return False
