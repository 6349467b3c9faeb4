"""Run SPARQL servers of others, for tests: each empty at first, with everything that ``publish`` needs."""

import contextlib
import os
import shutil
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from claimgraph.bench.peers import OXIGRAPH, PEERS
from claimgraph.bench.processes import free_port, running


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
    bind = f"127.0.0.1:{free_port()}"
    command = [OXIGRAPH.find(), "serve", "--bind", bind, *options]
    server = Server(f"http://{bind}/query", f"http://{bind}/update", f"http://{bind}/store")
    with running(command, server.query, folder=folder):
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
    command = ["virtuoso-t", "+configfile", "virtuoso.ini", "+foreground"]
    with running(command, f"http://127.0.0.1:{web}/sparql", folder=folder):
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
    environment = {**os.environ, "FUSEKI_BASE": str(folder)}
    with running(command, f"{at}/sparql", environment=environment, folder=folder):
        yield Server(f"{at}/sparql", f"{at}/update", f"{at}/data")


def needs(program, how):
    if not shutil.which(program):
        pytest.skip(f"{program} is not installed: {how}")
