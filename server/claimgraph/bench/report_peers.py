"""The part of the report that sets the service beside its peers."""

from __future__ import annotations

from math import exp, log
from typing import TYPE_CHECKING, Any, Final

from claimgraph.bench.tables import Target, gigabytes, one, table, targets, two

if TYPE_CHECKING:
    from collections.abc import Iterator

Results = dict[str, Any]
_SERVICE: Final = """\
Beside `oxigraph serve-read-only` on the same data, derived facts and all, and in the same run. A small query asks for
one claim, another one each time; a large answer has 100,000 rows; a heavy query counts all claims by holder and
polarity. The snapshot is in memory.
"""
_QUESTIONS: Final = """\
With their default parameters, as CSV. Peers have what is asserted and the ontology, and are asked texts in which each
derived property is replaced by what it means (`server/claimgraph/bench/meanings.py`). Where this cannot be done (a
property that comes from itself in several steps, or by several rules), they have our derived facts as well and are
asked our text: †. A peer is asked the same text again and again, we a text that is new each time; then we, too, the
same text, which our cache answers. Who takes more than {deadline} s counts with {deadline} s. Only right answers are
compared: ≠ is another answer than ours, and what is refused is told below.
"""
_REFUSED: Final = 60  # characters of what a peer says that are shown


def service(claims: str, served: Results) -> Iterator[str]:
    """Write what the service does beside ``oxigraph serve-read-only``, with each target."""
    small, repeated, large, heavy = (served[name] for name in ("small", "repeated", "large", "heavy"))
    alone, beside = served["neighbour"]["alone"], served["neighbour"]["beside"]
    yield f"## Service over HTTP, {claims} claims"
    yield ""
    yield _SERVICE
    yield from targets(
        (
            Target("small query, not cached: requests/s, to oxigraph's", "at least 0.5", _to(small, "per_second")),
            Target("small query, not cached: p99, to oxigraph's", "at most 3", _to(small, "p99_ms")),
            Target("small query, cached: requests/s, to oxigraph's", "above 1", _to(repeated, "per_second")),
            Target("large answer: time, to a bare in-process one", "at most 1.2", large["ours"] / large["in_process"]),
            Target("heavy query: times as fast as oxigraph", "at least 2", heavy["oxigraph"] / heavy["ours"]),
            Target("p95 of one client beside a runaway one, to alone", "at most 2", beside["p95_ms"] / alone["p95_ms"]),
        )
    )
    figures = [
        (what, who, f"{taken[who]['per_second']:,.0f}", two(taken[who]["half_ms"]), two(taken[who]["p99_ms"]))
        for what, taken in (("small", small), ("cached", repeated))
        for who in ("ours", "oxigraph")
    ]
    yield from table(("query", "who", "requests/s", "median ms", "p99 ms"), figures)


def _to(taken: Results, name: str) -> float:
    ratio: float = taken["ours"][name] / taken["oxigraph"][name]
    return ratio


_WAYS: Final = (("uncached", ""), ("cached", ", both asked the same again and again"))


def questions(claims: str, taken: Results) -> Iterator[str]:
    """Write how long each canned query takes, here and at the peers."""
    ours, peers = taken["ours"], taken["peers"]
    yield f"## Canned queries over HTTP, {claims} claims"
    yield ""
    yield _QUESTIONS.format(deadline=taken["deadline"])
    worst = {name: max(one_["p95_ms"] for one_ in _each(ours, name)) for name in ("uncached", "cached", "page")}
    rows = [
        Target("slowest p95 of all queries, not cached, ms", "at most 100", worst["uncached"]),
        Target("slowest p95 of all queries, cached, ms", "at most 5", worst["cached"]),
        Target("slowest p95 of all pages, not cached, ms", "at most 150", worst["page"]),
    ]
    for peer, its in peers.items():
        for kind, how in _WAYS:
            asked = ((ours[name][kind], found) for name, found in its["questions"].items())
            times = [ratio for own, found in asked if (ratio := _times(own["median_ms"], found, taken))]
            if times:
                faster = f"times as fast as {peer}{how}"
                rows.append(Target(f"{faster}, geometric mean of {len(times)}", "at least 10", _mean(times)))
                rows.append(Target(f"{faster}, the worst of them", "at least 1", min(times)))
    yield from targets(rows)
    names = sorted(ours, key=lambda name: -float(ours[name]["uncached"]["median_ms"]))
    head = ("query", "rows", "ours, ms", "p95", "cached", "page", *(f"{peer}, ms" for peer in peers))
    yield from table(head, (row(name, taken) for name in names))
    yield from _refusals(peers)
    yield from _peers(taken)


def _each(ours: Results, name: str) -> list[dict[str, float]]:
    return [one_[name] for one_ in ours.values()]


def _times(median: float, found: Results, taken: Results) -> float | None:
    """Return how many times as fast we are, or None where a peer gave no answer or another one."""
    if found.get("same"):
        return float(found["median_ms"]) / median
    return 1000 * float(taken["deadline"]) / median if found.get("late") else None


def _mean(times: list[float]) -> float:
    return exp(sum(map(log, times)) / len(times))


def row(name: str, taken: Results) -> tuple[str, ...]:
    """Write what a canned query takes, here and at the peers."""
    ours = taken["ours"][name]
    figures = (ours["uncached"]["median_ms"], *(ours[kind]["p95_ms"] for kind in ("uncached", "cached", "page")))
    cells = (_cell(its["questions"].get(name, {})) for its in taken["peers"].values())
    return (name, f"{ours['answer'][0]:,}", *map(one, figures), *cells)


def _cell(found: Results) -> str:
    mark = " †" if found.get("derived") else ""
    if found.get("late"):
        return f"over the deadline{mark}"
    if not found or found.get("skipped"):
        return "not asked"
    if "median_ms" not in found:
        return f"refused{mark}"
    return one(found["median_ms"]) + mark + ("" if found["same"] else " ≠")


def _refusals(peers: Results) -> Iterator[str]:
    rows = [
        (peer, name, found["failed"][:_REFUSED].replace("|", " "))
        for peer, its in peers.items()
        for name, found in its["questions"].items()
        if "failed" in found and not found.get("late") and not found.get("skipped")
    ]
    if rows:
        yield "What peers refuse:"
        yield ""
        yield from table(("peer", "query", "says"), rows)


def _peers(taken: Results) -> Iterator[str]:
    """Write what peers take for loading, and for the queries that measure servers."""
    yield "Peers on what is asserted alone: loading, and the small, the heavy and the large query."
    yield ""
    rows = [
        (
            peer,
            one(its["loading_seconds"]),
            gigabytes(its["peak_bytes"]),
            f"{its['small']['per_second']:,.0f}",
            two(its["small"]["p99_ms"]),
            *(two(its[name]) if name in its else "" for name in ("heavy", "large")),
        )
        for peer, its in taken["peers"].items()
    ]
    head = ("peer", "loading, s", "peak GB", "small, requests/s", "p99 ms", "heavy, s", "100,000 rows, s")
    yield from table(head, rows)
    for peer, install in taken["missing"].items():
        yield f"{peer} is not installed: `{install}`."
        yield ""
