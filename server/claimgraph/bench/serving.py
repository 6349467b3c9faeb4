"""The service over HTTP beside ``oxigraph serve-read-only`` on the same data, asked the same in one run."""

from __future__ import annotations

import contextlib
import os
import sys
import threading
import time
import urllib.error
from dataclasses import asdict
from typing import TYPE_CHECKING, Any, Final

from pyoxigraph import QueryResultsFormat, QuerySolutions

from claimgraph.bench.canned import as_served, is_on_disk
from claimgraph.bench.load import Asking, Measured, load
from claimgraph.bench.measuring import peak_bytes, timed
from claimgraph.bench.peers import OXIGRAPH, serve_store
from claimgraph.bench.processes import free_port, get, running
from claimgraph.snapshot import open_current

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from pyoxigraph import Store

    from claimgraph.bench.measuring import Task

_PREFIXES: Final = "PREFIX cg: <https://w3id.org/claimgraph/ontology#> PREFIX dcterms: <http://purl.org/dc/terms/> "
SMALL: Final = (
    _PREFIXES + 'SELECT * { ?claim dcterms:identifier "SY%07d" ; cg:polarity ?polarity ; cg:heldBy ?holder } LIMIT 1%d'
)
REPEATED: Final = SMALL.replace("%07d", "0000077").replace("1%d", "1000")
LARGE: Final = "SELECT * { ?s ?p ?o } LIMIT 100000"
HEAVY: Final = (
    _PREFIXES + "SELECT ?polarity ?holder (COUNT(*) AS ?n) { ?claim a cg:Claim ; cg:polarity ?polarity ; "
    "cg:heldBy ?holder } GROUP BY ?polarity ?holder ORDER BY DESC(?n) LIMIT %d"
)
RUNAWAY: Final = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . FILTER(?c < ?f) }"
SECONDS: Final = float(os.environ.get("CLAIMGRAPH_BENCH_SECONDS", "5"))
"""How long a load lasts; what is asked a number of times is asked as many times more or fewer."""
_CONNECTIONS: Final = 16
_RUNS: Final = 5
_ENOUGH: Final = 30.0  # seconds after which a query has been asked often enough
_PATIENCE: Final = 240.0
_PIECE: Final = 1 << 24


def measure(task: Task) -> dict[str, Any]:
    """Return requests a second, latencies and seconds of both servers, over the snapshot that was built before."""
    snapshot = open_current(task.snapshots)
    program = OXIGRAPH.find() or OXIGRAPH.install  # it is among the packages for development
    with served(task) as ours, serve_store(program, snapshot.store) as endpoint:
        theirs = endpoint.url
        taken: dict[str, Any] = {"seconds_of_load": SECONDS, "connections": _CONNECTIONS}
        for name, query in (("small", SMALL), ("repeated", REPEATED)):
            taken[name] = _both(ours, theirs, query, task.claims)
        taken["heavy"] = {name: _best(url, HEAVY) for name, url in (("ours", ours), ("oxigraph", theirs))}
        taken["large"] = {"ours": _best(ours, LARGE + "# %d"), "oxigraph": _best(theirs, LARGE + "# %d")}
        taken["neighbour"] = _neighbour(ours, task.claims)
    taken["large"]["in_process"] = _in_process(as_served(task))
    return {**taken, "peak_bytes": peak_bytes()}


def _both(ours: str, theirs: str, query: str, claims: int) -> dict[str, Any]:
    """Load one server after the other, twice, and take the better run of each."""
    found: dict[str, Any] = {}
    for _ in range(2):
        for name, url in (("ours", ours), ("oxigraph", theirs)):
            run = load(Asking(url, query, claims), SECONDS, _CONNECTIONS)
            if name not in found or run.per_second > found[name]["per_second"]:
                found[name] = asdict(run)
    return found


def _best(url: str, query: str) -> float:
    """Return the seconds of the quickest of some runs, each of a query not asked before."""
    taken: list[float] = []
    while len(taken) < _RUNS and sum(taken) < _ENOUGH:
        taken.append(timed(lambda: get(url, query % (1000 + len(taken)), patience=_PATIENCE))[0])
    return min(taken)


def _neighbour(url: str, claims: int) -> dict[str, Any]:
    """Return what one client meets alone, and while another one asks runaway queries without pause."""
    asking = Asking(url, SMALL, claims)
    alone: Measured = load(asking, SECONDS, 1)
    stop = threading.Event()

    def run_away() -> None:
        while not stop.is_set():
            with contextlib.suppress(urllib.error.HTTPError, OSError):
                get(url, RUNAWAY, timeout="4")

    thread = threading.Thread(target=run_away)
    thread.start()
    time.sleep(1)
    beside = load(asking, SECONDS, 1)
    stop.set()
    thread.join()
    return {"alone": asdict(alone), "beside": asdict(beside)}


def _in_process(store: Store) -> float:
    """Return the seconds of the large answer from a store, evaluated and written, without any server."""
    seconds = []
    for _ in range(_RUNS):
        start = time.perf_counter()
        answer = store.query(LARGE, use_default_graph_as_union=True)
        assert isinstance(answer, QuerySolutions)  # noqa: S101 - a SELECT
        answer.serialize(format=QueryResultsFormat.JSON)
        seconds.append(time.perf_counter() - start)
    return min(seconds)


def _read_through(folder: Path) -> None:
    for path in folder.iterdir():
        with path.open("rb") as file:
            while file.read(_PIECE):
                pass


@contextlib.contextmanager
def served(task: Task) -> Iterator[str]:
    """Run our service over the snapshot of a task, and give the address of its endpoint.

    A snapshot that is served from disk is read once before: each has in the system's memory what goes into that.
    """
    snapshot = open_current(task.snapshots)
    if is_on_disk(snapshot):
        _read_through(snapshot.store)
    port = free_port()
    url = f"http://127.0.0.1:{port}/sparql"
    names = {
        "CLAIMGRAPH_SNAPSHOTS": str(task.snapshots),
        "CLAIMGRAPH_PORT": str(port),
        "CLAIMGRAPH_QUERY_TIMEOUT": str(_PATIENCE),  # a heavy query among a million claims is to be timed, too
    }
    command = [sys.executable, "-m", "claimgraph", "--dataset", str(task.dataset), "serve"]
    with running(command, url, environment=os.environ | names):
        yield url
