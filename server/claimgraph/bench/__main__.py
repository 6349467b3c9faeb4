"""Run the benchmark: ``python -m claimgraph.bench [--sizes 10000,100000,1000000] [--out docs]``."""

from __future__ import annotations

import json
import os
import platform
import sys
import time
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import click

from claimgraph.bench.building import parts
from claimgraph.bench.measuring import Task
from claimgraph.bench.report import charts, markdown
from claimgraph.bench.suite import measurements, take
from claimgraph.engine.allocator import LOADING, LOOKING_UP, preloaded
from claimgraph.synth import synthesise

if TYPE_CHECKING:
    from collections.abc import Sequence


@click.command()
@click.option("--sizes", default="10000,100000,1000000", show_default=True, help="Numbers of claims.")
@click.option("--seed", default=1, show_default=True, help="The seed of the synthetic datasets.")
@click.option("--out", type=click.Path(path_type=Path, file_okay=False), default=Path("docs"), show_default=True)
@click.option("--largest-served", is_flag=True, help="Measure what is served at the largest number of claims alone.")
def main(sizes: str, seed: int, out: Path, *, largest_served: bool) -> None:
    """Take every measurement on synthetic datasets and write benchmark.json and benchmark.md."""
    results: dict[str, Any] = {"run": _circumstances(seed), "sizes": {}}
    for claims in sorted(map(int, sizes.split(",")), reverse=True):  # what may miss its aims is seen first
        names = measurements(claims, served=not (largest_served and results["sizes"]))
        with TemporaryDirectory(prefix="claimgraph-bench-") as folder:
            measured = {"claims": claims, **_measure(claims, seed, Path(folder), names)}
        results["sizes"] = {f"{claims:,}": measured, **results["sizes"]}  # the smallest stands first
        _write(results, out)  # after each size: the next one may take half an hour


def _write(results: dict[str, Any], out: Path) -> None:
    out.mkdir(parents=True, exist_ok=True)
    (out / "benchmark.json").write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")
    for name, drawn in charts(results).items():
        (out / name).write_text(drawn, encoding="utf-8")
    (out / "benchmark.md").write_text(markdown(results), encoding="utf-8")
    click.echo(f"wrote {out / 'benchmark.md'}, its charts and {out / 'benchmark.json'}", err=True)


def _measure(claims: int, seed: int, folder: Path, names: Sequence[str]) -> dict[str, Any]:
    dataset = folder / f"synth-{claims}"
    synthesise(claims, seed, dataset)
    taken: dict[str, Any] = {}
    for name in names:
        start = time.monotonic()
        taken[name] = take(name, Task(dataset, claims, folder))
        click.echo(f"{claims:,} claims: {name}, {time.monotonic() - start:.0f} s", err=True)
    return parts(taken["building"]) | taken


def _circumstances(seed: int) -> dict[str, Any]:
    return {
        "day": datetime.now(UTC).date().isoformat(),
        "seed": seed,
        "processors": os.cpu_count(),
        "system": f"{platform.system()} {platform.machine()}",
        "python": platform.python_version(),
        "pyoxigraph": version("pyoxigraph"),
        "allocators": {part: name for part, name in (("filling", LOADING), ("reading", LOOKING_UP)) if preloaded(name)},
        "claimgraph": version("claimgraph"),
    }


if __name__ == "__main__":
    sys.exit(main())
