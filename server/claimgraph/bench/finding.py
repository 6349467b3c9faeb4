"""Finding over HTTP: searches, and the reconciliation of 1,000 names; and what index and files cost a build."""

from __future__ import annotations

import http.client
import json
from itertools import chain, cycle, islice
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote_plus, urlencode, urlsplit

from pyoxigraph import RdfFormat, Store

from claimgraph.bench.measuring import peak_bytes, timed
from claimgraph.bench.serving import SECONDS, served
from claimgraph.reason import Spill
from claimgraph.search import Index
from claimgraph.snapshot import open_current
from claimgraph.snapshot.ahead_worker import write_ahead
from claimgraph.snapshot.census import classes_in, count
from claimgraph.snapshot.disk import fill_store, new_store, put_in_order
from claimgraph.snapshot.dump import Dump
from claimgraph.snapshot.snapshot import DUMP
from claimgraph.sparql.prefixes import expand

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pyoxigraph import NamedNode

    from claimgraph.bench.measuring import Task
    from claimgraph.snapshot import Snapshot

_NAMED: Final = ("Person", "Organisation", "State", "Place", "WeaponModel", "WorldEvent")
_TOLD: Final = ("Document", "Claim", "Proposition")
_SEARCHES: Final = round(100 * SECONDS)
_MOST: Final = 100_000  # claims that are held in memory with all that is derived, to write them down once more
_NAMES: Final = 1000
_RUNS: Final = round(SECONDS)


def measure(task: Task) -> dict[str, Any]:
    """Return milliseconds of searches, seconds of 1,000 names, and seconds that index and files add to a build.

    Searches are names, single words, beginnings and slips, one in five of them words of claims; none is asked twice.
    """
    snapshot = open_current(task.snapshots)
    assert snapshot.index  # noqa: S101 - it was built just now
    index = Index(snapshot.index)
    chance = Random(1)  # noqa: S311 - for a mixture, not for secrets
    names = [name for kind in _NAMED for name in _labels(index, kind)]
    told = [name for kind in _TOLD for name in _labels(index, kind)]
    with served(task) as url:
        where = urlsplit(url)
        connection = http.client.HTTPConnection(where.hostname or "", where.port or 80, timeout=60)
        asked = [*islice(cycle(names), 4 * _SEARCHES // 5), *islice(cycle(told), _SEARCHES // 5)]
        searches = sorted(_search(connection, _mangled(text, chance), number) for number, text in enumerate(asked))
        batches = {
            "seconds_of_names": _reconcile(connection, names, {}),
            "seconds_of_typed_names": _reconcile(connection, names, {"type": "cg:Actor"}),
        }
        connection.close()
    return {
        "searches": len(searches),
        "search_half_ms": searches[len(searches) // 2],
        "search_p95_ms": searches[int(0.95 * len(searches))],
        "names": _NAMES,
        **batches,
        **(_cost(snapshot, task) if task.claims <= _MOST else {}),
        "peak_bytes": peak_bytes(),
    }


def _labels(index: Index, kind: str) -> list[str]:
    """Return the labels of some things of a class, spread evenly over all of them."""
    ranges = index.ranges((frozenset({expand("cg:" + kind)}),))
    step = max(1, sum(last - first + 1 for first, last in ranges) // 200)
    numbers = islice(chain.from_iterable(range(first, last + 1) for first, last in ranges), 0, None, step)
    return [index.part(number, 1)[0].label for number in islice(numbers, 200)]


def _mangled(text: str, chance: Random) -> str:
    """Write a name as people do: as it is, one word of it, its beginning, or with a letter left out."""
    words = text.split()
    at = chance.randrange(max(1, len(text)))
    slip = text[:at] + text[at + 1 :]
    return chance.choice((text, text, text, chance.choice(words), text[:5], slip, " ".join(words[:4])))


def _search(connection: http.client.HTTPConnection, text: str, number: int) -> float:
    seconds, _ = timed(lambda: _get(connection, f"/search?format=json&q={quote_plus(text or 'x')}&run={number}"))
    return 1000 * seconds


def _reconcile(connection: http.client.HTTPConnection, names: list[str], more: dict[str, str]) -> float:
    """Return the seconds of the quickest of some batches of 1,000 names; every tenth name is unknown."""
    batch = {
        f"q{number}": {"query": name if number % 10 else f"{name} of nowhere", **more}
        for number, name in enumerate(islice(cycle(names), _NAMES))
    }
    body = urlencode({"queries": json.dumps(batch)})
    return min(timed(lambda: _get(connection, "/reconcile", body))[0] for _ in range(_RUNS))


def _get(connection: http.client.HTTPConnection, target: str, body: str | None = None) -> bytes:
    headers = {"Content-Type": "application/x-www-form-urlencoded"} if body else {}
    connection.request("POST" if body else "GET", target, body, headers)
    response = connection.getresponse()
    told = response.read()
    if response.status != http.client.OK:
        raise RuntimeError(f"{target} was answered with {response.status}: {told[:200]!r}")
    return told


def _cost(snapshot: Snapshot, task: Task) -> dict[str, float]:
    """Write dump and store alone, and tell how much longer the build took for them with index and files beside.

    As in the build, what is asserted is there before.
    """
    graphs = Store()
    graphs.bulk_load(path=str(snapshot.dump), format=RdfFormat.N_QUADS)
    with TemporaryDirectory(dir=task.work) as name:
        folder = Path(name)
        alone = _written(graphs, folder, task)
    spent = snapshot.manifest.seconds
    beside = spent["dump"] + spent["store"] + spent.get("pack", 0.0)
    return {"store_alone_seconds": alone, "store_seconds": beside, "added_seconds": beside - alone}


def _written(graphs: Store, folder: Path, task: Task) -> float:
    """Return the seconds it takes; the store is closed then, for the engine tidies up in threads of its own."""
    store = new_store(folder)
    ahead = write_ahead(store, iter(task.layout().graphs()), folder, lambda: False)
    dumped, _ = timed(lambda: _write_dump(folder, graphs, ahead))
    stored, _ = timed(lambda: _write_store(store, folder, ahead))
    return dumped + stored


def _write_store(store: Store, folder: Path, ahead: Mapping[NamedNode, Path]) -> None:
    fill_store(store, folder, ahead)
    put_in_order(store)


def _write_dump(folder: Path, store: Store, ahead: Mapping[NamedNode, Path]) -> None:
    with Dump(folder / DUMP) as dump:
        dump.add_all(store, Spill(folder / "spill"), folder, ahead=ahead)
        count(folder / DUMP, classes_in(folder / DUMP))
