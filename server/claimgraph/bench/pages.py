"""Pages and RDF descriptions over HTTP: of the busiest things and of ordinary ones, each address asked once."""

from __future__ import annotations

import http.client
from collections import Counter
from time import perf_counter
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote, urlsplit

from claimgraph.bench.measuring import peak_bytes
from claimgraph.bench.serving import SECONDS, served
from claimgraph.search import Index
from claimgraph.snapshot import open_current
from claimgraph.sparql.prefixes import BASE, expand
from claimgraph.web.pages.kinds import KINDS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from claimgraph.bench.measuring import Task

_ORDINARY: Final = round(4 * SECONDS)  # things of each kind, spread evenly over all of them
_BUSIEST: Final = 3
_RUNS: Final = round(SECONDS)
_GENERAL: Final = ("cg:SpeechAct", "cg:Report", "cg:TimeSpan", "cg:Basis")  # of those that have the general page
_FORMS: Final = {
    "page": "/page/%s",
    "statements": "/page/%s?view=statements",
    "data": "/data/%s.ttl",
    "quads": "/data/%s.nq",
}


def measure(task: Task) -> dict[str, Any]:
    """Return milliseconds by kind of thing and form over the snapshot that was built before, nothing from a cache."""
    snapshot = open_current(task.snapshots)
    assert snapshot.index  # noqa: S101 - it was built just now
    pointed_to = _pointed_to(snapshot.dump)
    things = dict(_things(Index(snapshot.index), pointed_to))
    with served(task) as url:
        where = urlsplit(url)
        connection = http.client.HTTPConnection(where.hostname or "", where.port or 80, timeout=60)
        taken = {kind: _asked(connection, *names) for kind, names in things.items()}
        connection.close()
    every = [ms for one in taken.values() for form in _FORMS for ms in one[form]["all"]]
    for one in taken.values():
        for form in _FORMS:
            one[form].pop("all")
    return {"kinds": taken, "count": len(every), "p95_ms": _at(every, 0.95), "peak_bytes": peak_bytes()}


def _pointed_to(dump: Path) -> Counter[str]:
    """Count the statements that point to each thing."""
    found: Counter[str] = Counter()
    start = f"<{BASE}id/".encode()
    with dump.open("rb") as lines:
        for line in lines:
            value = line.split(b" ", 3)[2]
            if value.startswith(start):
                found[value[1:-1].decode()] += 1
    return found


def _things(index: Index, pointed_to: Counter[str]) -> Iterator[tuple[str, tuple[list[str], list[str]]]]:
    """Yield each kind with its busiest things and with ordinary ones, as far as there are any."""
    for kind in (*(kind.name for kind in KINDS), *_GENERAL):
        wanted = expand(kind)
        parts = (index.part(first, last - first + 1) for first, last in index.ranges((frozenset({wanted}),)))
        own = list(dict.fromkeys(thing.iri for part in parts for thing in part if wanted in thing.classes))
        if own:
            busiest = sorted(own, key=lambda iri: (-pointed_to[iri], iri))[:_BUSIEST]
            yield kind, (busiest, own[:: max(1, len(own) // _ORDINARY)][:_ORDINARY])


def _asked(connection: http.client.HTTPConnection, busiest: list[str], ordinary: list[str]) -> dict[str, Any]:
    taken: dict[str, Any] = {"busiest": busiest[0].removeprefix(BASE)}
    for form, address in _FORMS.items():
        spread = [_quickest(connection, address, iri, 1) for iri in ordinary]
        top = [_quickest(connection, address, iri, _RUNS) for iri in busiest]
        every = [*spread, *top]
        taken[form] = {"p95_ms": _at(every, 0.95), "busiest_ms": max(top), "all": every}
    return taken


def _quickest(connection: http.client.HTTPConnection, address: str, iri: str, runs: int) -> float:
    """Return the milliseconds of the quickest of some requests, none of which was asked before."""
    name = quote(iri.removeprefix(BASE + "id/"))
    mark = "&" if "?" in address else "?"
    return min(_ask(connection, f"{address % name}{mark}run={perf_counter():.9f}") for _ in range(runs))


def _ask(connection: http.client.HTTPConnection, target: str) -> float:
    start = perf_counter()
    connection.request("GET", target, headers={"Accept": "text/html"})
    response = connection.getresponse()
    response.read()
    if response.status != http.client.OK:
        raise RuntimeError(f"{target} was answered with {response.status}")
    return 1000 * (perf_counter() - start)


def _at(taken: Iterable[float], part: float) -> float:
    ordered = sorted(taken)
    return ordered[min(len(ordered) - 1, int(part * len(ordered)))]
