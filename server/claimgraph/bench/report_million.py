"""The part of the report on a million claims and more: what they take, and how that has grown with their number."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from claimgraph.bench.building import parts
from claimgraph.bench.report_peers import row
from claimgraph.bench.tables import Target, gigabytes, table, targets, two

if TYPE_CHECKING:
    from collections.abc import Iterator

Results = dict[str, Any]
MILLION: Final = 1_000_000
"""Claims from which on a size has a part of its own."""
_HEAD: Final = """\
{triples} triples, of which {asserted} are asserted. The snapshot is read from disk here, for in memory it would take
more than the service allows itself. Loading and reasoning are parts of the build here, at each size; up to 100,000
claims they are measured apart, too, below. Peers have what is asserted; questions that need the rules are not put to
them.
"""


def million(results: Results) -> Iterator[str]:
    """Write what the largest size takes, where it is one of a million claims or more."""
    sizes = results["sizes"]
    claims, large = list(sizes.items())[-1]
    if large["claims"] < MILLION:
        return
    small = _of_build(next(iter(sizes.values())))
    yield f"## {claims} claims"
    yield ""
    yield _HEAD.format(triples=f"{large['building']['triples']:,}", asserted=f"{large['loading']['triples']:,}")
    asked = [one["uncached"]["p95_ms"] for one in large["questions"]["ours"].values()]
    first = [one["first_ms"] for one in large["questions"]["ours"].values()]
    yield from targets(
        (
            Target("building, minutes", "at most 15", large["building"]["seconds"] / 60),
            Target("most memory while building, GB", "at most 12", large["building"]["peak_bytes"] / 1e9),
            Target("slowest p95 of all canned queries, not cached, ms", "at most 200", max(asked)),
            Target("slowest of all canned queries when asked first, ms", "", max(first)),
            Target("p95 of pages and descriptions, ms", "at most 100", large["pages"]["p95_ms"]),
            *(
                Target(f"{name} per claim, to {small['claims']:,} claims", "at most 2", per_claim(small, large, name))
                for name in ("loading", "reasoning", "building")
            ),
        )
    )
    yield from _growth(results)
    yield from _served(large["serving"])
    yield from _asked(large["questions"])


def per_claim(small: Results, large: Results, name: str, figure: str = "seconds") -> float:
    """Return how much more a claim takes among many than among few."""
    ratio: float = (large[name][figure] / large["claims"]) / (small[name][figure] / small["claims"])
    return ratio


def _of_build(sized: Results) -> Results:
    """Return the figures of a size with those of loading and reasoning as its build has them."""
    return sized | parts(sized["building"])


def _growth(results: Results) -> Iterator[str]:
    """Write what 1,000 claims take at each size, in milliseconds, and the memory of a build."""
    yield "Milliseconds for 1,000 claims, and memory at most while building:"
    yield ""
    rows = []
    for claims, sized in results["sizes"].items():
        built = _of_build(sized)
        taken = (1e6 * built[name]["seconds"] / sized["claims"] for name in ("loading", "reasoning", "building"))
        rows.append((claims, *map(two, taken), gigabytes(sized["building"]["peak_bytes"])))
    yield from table(("claims", "loading", "reasoning", "building", "peak GB"), rows)


def _served(taken: Results) -> Iterator[str]:
    """Write what the small, the heavy and the large query take here and at ``oxigraph``."""
    yield "Beside `oxigraph serve-read-only` on the same store on disk. All files of the store are read once before, so"
    yield "that what goes into the system's memory is there for both, as on a machine that has served for a while:"
    yield ""
    rows = [
        (
            who,
            *(f"{taken[name][who]['per_second']:,.0f}" for name in ("small", "repeated")),
            *(two(taken[name][who]) for name in ("heavy", "large")),
        )
        for who in ("ours", "oxigraph")
    ]
    yield from table(("who", "small, requests/s", "cached, requests/s", "heavy, s", "100,000 rows, s"), rows)


def _asked(taken: Results) -> Iterator[str]:
    """Write what each canned query takes, slowest first."""
    yield "Canned queries with their default parameters, over HTTP, as below:"
    yield ""
    names = sorted(taken["ours"], key=lambda name: -float(taken["ours"][name]["uncached"]["median_ms"]))
    head = ("query", "rows", "ours, ms", "p95", "cached", "page", *(f"{peer}, ms" for peer in taken["peers"]))
    yield from table(head, (row(name, taken) for name in names))
