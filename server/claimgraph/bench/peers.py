"""The peers: other SPARQL servers, asked the same on the same data. One that is not installed is left out."""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import sys
import urllib.request
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

from pyoxigraph import RdfFormat, Store

from claimgraph.bench.processes import Endpoint, free_port, running

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

DEADLINE: Final = 20
"""Seconds that a peer has for a query."""


_HURRY: Final = 2


@dataclass(frozen=True, slots=True)
class Peer:
    """Be one peer: how it is found, installed and run, and the largest number of claims it is asked about.

    ``most`` keeps the benchmark short: what would take hours says nothing that a smaller size does not say. So does
    ``patience``: how many queries may run past the deadline before the rest are left out.
    """

    name: str
    program: str
    install: str
    most: int
    run: Callable[[str, Path, Path], contextlib.AbstractContextManager[Endpoint]]
    patience: int = sys.maxsize

    def hurried(self) -> Peer:
        """Return the same peer with which less patience is had."""
        return replace(self, patience=min(self.patience, _HURRY))

    def find(self) -> str | None:
        """Return the program, or None where it is not installed."""
        return _jar() if self.program == _JAR else _beside(self.program)

    def serve(self, dump: Path, folder: Path) -> contextlib.AbstractContextManager[Endpoint]:
        """Load a dump and serve it, the default graph being the union of all graphs.

        Raises:
            OSError: it is not installed, or does not come up.
        """
        program = self.find()
        if program is None:
            raise OSError(f"{self.name} is not installed: {self.install}")
        folder.mkdir(parents=True, exist_ok=True)
        return self.run(program, dump, folder)


def _beside(program: str) -> str | None:
    """Find a program beside this Python, or on the path."""
    beside = Path(sys.executable).with_name(program)
    return str(beside) if beside.exists() else shutil.which(program)


def serve_store(program: str, store: Path) -> contextlib.AbstractContextManager[Endpoint]:
    """Serve a store on disk by ``oxigraph serve-read-only``."""
    bind = f"127.0.0.1:{free_port()}"
    command = [program, "serve-read-only", "--location", str(store), "--bind", bind, "--union-default-graph"]
    return running(command, f"http://{bind}/query")  # with --timeout-s, each query leaves a thread behind until then


def _oxigraph(program: str, dump: Path, folder: Path) -> contextlib.AbstractContextManager[Endpoint]:
    store = Store(str(folder / "store"))
    if len(store) == 0:  # otherwise it is there from before
        store.bulk_load(path=str(dump), format=RdfFormat.N_QUADS)
        store.flush()
    del store
    return serve_store(program, folder / "store")


_VIRTUOSO: Final = """
[Database]
DatabaseFile = v.db
ErrorLogFile = v.log
LockFile = v.lck
TransactionFile = v.trx
xa_persistent_file = v.pxa
[TempDatabase]
DatabaseFile = t.db
TransactionFile = t.trx
[Parameters]
ServerPort = 127.0.0.1:%d
DirsAllowed = .
NumberOfBuffers = 340000
MaxDirtyBuffers = 250000
[HTTPServer]
ServerPort = 127.0.0.1:%d
ServerThreads = 20
[SPARQL]
ResultSetMaxRows = 10000000
MaxQueryExecutionTime = %d
"""
_LOAD: Final = "ld_dir('.','data.nq','http://x.example/'); rdf_loader_run(); checkpoint;"


@contextlib.contextmanager
def _virtuoso(program: str, dump: Path, folder: Path) -> Iterator[Endpoint]:
    """Run Virtuoso with the buffers that its manual advises for 4 GB, and load by its bulk loader."""
    sql, web = free_port(), free_port()
    (folder / "virtuoso.ini").write_text(_VIRTUOSO % (sql, web, DEADLINE), encoding="ascii")
    command = [program, "+configfile", "virtuoso.ini", "+foreground"]
    is_loaded = (folder / "data.nq").exists()
    with running(command, f"http://127.0.0.1:{web}/sparql", folder=folder) as endpoint:
        if not is_loaded:
            (folder / "data.nq").symlink_to(dump.resolve())
            client = ["isql-vt", f"127.0.0.1:{sql}", "dba", "dba", f"exec={_LOAD}"]
            subprocess.run(client, check=True, capture_output=True)
        yield endpoint


def _rdflib(program: str, dump: Path, _folder: Path) -> contextlib.AbstractContextManager[Endpoint]:
    port = free_port()
    return running(
        [program, "serve", "--host", "127.0.0.1", "--port", str(port), str(dump)], f"http://127.0.0.1:{port}/"
    )


_JAR: Final = "jena-fuseki-server"
_FUSEKI: Final = "5.2.0"


def _jar() -> str | None:
    """Find Fuseki's archive where Maven keeps what it has fetched."""
    kept = Path.home() / ".m2/repository/org/apache/jena" / _JAR / _FUSEKI / f"{_JAR}-{_FUSEKI}.jar"
    return str(kept) if kept.exists() and shutil.which("java") else None


@contextlib.contextmanager
def _fuseki(program: str, dump: Path, folder: Path) -> Iterator[Endpoint]:
    """Run Fuseki over a TDB2 store on disk, and load over its Graph Store Protocol."""
    port = free_port()
    store = folder / "store"
    is_loaded = store.exists()
    store.mkdir(exist_ok=True)
    kind = ["--tdb2", "--loc", str(store), "--set", "tdb2:unionDefaultGraph=true", "--update"]
    command = ["java", "-Xmx4g", "-jar", program, "--localhost", "--port", str(port), f"--timeout={1000 * DEADLINE}"]
    with running([*command, *kind, "/ds"], f"http://127.0.0.1:{port}/ds/sparql") as endpoint:
        if not is_loaded:
            target = f"http://127.0.0.1:{port}/ds/data"
            headers = {"Content-Type": "application/n-quads", "Content-Length": str(dump.stat().st_size)}
            with dump.open("rb") as quads:
                request = urllib.request.Request(target, quads, headers, method="POST")
                urllib.request.urlopen(request).close()  # noqa: S310 - as above
        yield endpoint


_MAVEN: Final = (
    "mvn org.apache.maven.plugins:maven-dependency-plugin:3.6.1:get "
    f"-Dartifact=org.apache.jena:{_JAR}:{_FUSEKI} -Dtransitive=false (and Java 17)"
)
OXIGRAPH: Final = Peer("oxigraph", "oxigraph", "pip install oxigraph", sys.maxsize, _oxigraph)
PEERS: Final = (
    OXIGRAPH,
    Peer("Virtuoso 7", "virtuoso-t", "apt-get install virtuoso-opensource-7-bin", 100_000, _virtuoso),
    Peer("Fuseki", _JAR, _MAVEN, 10_000, _fuseki),
    Peer("rdflib-endpoint", "rdflib-endpoint", "pip install '.[bench]'", 10_000, _rdflib, patience=3),
)


def wanted() -> tuple[Peer, ...]:
    """Return the peers to measure: all, or those that ``CLAIMGRAPH_BENCH_PEERS`` names, with commas between them."""
    named = os.environ.get("CLAIMGRAPH_BENCH_PEERS")
    return PEERS if named is None else tuple(peer for peer in PEERS if peer.name in named.split(","))
