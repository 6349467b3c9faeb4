"""The commands that look for faults: ``claimgraph check`` and ``claimgraph explain-code``."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from claimgraph.cli.options import dataset_option, layout_of, progress, settings_from
from claimgraph.dataset import Layout
from claimgraph.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable

    from claimgraph.check import Finding

FORMATS: Final = ("text", "json", "github", "sarif")
_MOST_ROUNDS: Final = 10


def _codes(_context: click.Context, _option: click.Parameter, given: tuple[str, ...]) -> list[str]:
    return [code.strip().upper() for text in given for code in text.split(",") if code.strip()]


@click.command()
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path, exists=True), metavar="[PATH]...")
@dataset_option
@click.option(
    "--format", "format_", type=click.Choice(FORMATS), default="text", show_default=True, help="How to write them."
)
@click.option("--select", multiple=True, callback=_codes, metavar="CODES", help="Tell only these, as CG4 or CG401,CG5.")
@click.option("--ignore", multiple=True, callback=_codes, metavar="CODES", help="Do not tell these.")
@click.option("--fix", is_flag=True, help="Mend what can be mended without a doubt, then look again.")
def check(  # noqa: PLR0913 - click passes each option by name
    paths: tuple[Path, ...],
    dataset: Path | None,
    format_: str,
    select: list[str],
    ignore: list[str],
    *,
    fix: bool,
) -> int:
    r"""Look for faults in the dataset; with PATHs, report those in these files and folders only.

    Each finding is one line, 'file:line:column CODE message'. The exit status is 1 if there is an error among them;
    warnings alone leave it 0. What a code means, 'claimgraph explain-code' says.

    \b
      claimgraph check
      claimgraph check data/ttl/iskander-shusha --ignore CG8
      claimgraph check --format sarif > findings.sarif
    """
    # The check brings SHACL and rdflib along, which other commands need not wait for.
    from claimgraph.check import REPORTS, Counts, selected  # noqa: PLC0415
    from claimgraph.check import check as find_faults  # noqa: PLC0415

    settings = settings_from(dataset=dataset)
    layout, grain = layout_of(settings), settings.sources or "sample"
    files = _asked_for(layout, paths)

    def look(layout: Layout) -> list[Finding]:
        with progress() as told:
            return selected(find_faults(layout, paths or None, partial(told, "check"), grain), select, ignore)

    findings = look(layout)
    if fix:
        findings = _mended(layout, findings, look)
    counts = Counts.of(findings)
    click.echo(REPORTS[format_](_from_here(layout, findings)), nl=False)
    click.echo(str(counts) if findings else f"no findings in {files} file{'s' * (files != 1)}", err=True)
    return 1 if counts.errors else 0


def _asked_for(layout: Layout, paths: Collection[Path]) -> int:
    """Count the files that are asked about.

    Raises:
        UsageError: a path leads out of the dataset, where nothing would ever be found.
    """
    root, wanted = layout.root.resolve(), [path.resolve() for path in paths]
    for path, real in zip(paths, wanted, strict=True):
        if not real.is_relative_to(root):
            raise UsageError(f"{path} is not in the dataset {layout.root}; --dataset names another one")
    files = (file.path.resolve() for file in layout.files())
    return sum(any(file.is_relative_to(path) for path in wanted) for file in files) if wanted else len(layout.files())


def _mended(layout: Layout, findings: list[Finding], look: Callable[[Layout], list[Finding]]) -> list[Finding]:
    """Mend and look again until nothing more can be mended: one fault may hide others."""
    from claimgraph.check import mend  # noqa: PLC0415 - as in check

    mended = 0
    for _ in range(_MOST_ROUNDS):
        done = mend(layout, findings)
        if not done:
            break
        mended += done
        layout = Layout(layout.root, layout.base)
        findings = look(layout)
    click.echo(f"mended {mended} findings", err=True)
    return findings


def _from_here(layout: Layout, findings: Iterable[Finding]) -> list[Finding]:
    """Name files as they are named from the folder one stands in, if the dataset lies below it."""
    root, here = layout.root.resolve(), Path.cwd()
    if root == here or not root.is_relative_to(here):
        return list(findings)
    inner = root.relative_to(here).as_posix()
    return [replace(f, place=replace(f.place, file=f"{inner}/{f.place.file}")) for f in findings]


@click.command("explain-code")
@click.argument("code", required=False)
def explain_code(code: str | None) -> None:
    r"""Say what the CODE of a finding means and what to do about it; without CODE, list all of them.

    \b
      claimgraph explain-code CG501
    """
    from claimgraph.check import CODES, GROUPS, code_named  # noqa: PLC0415 - as in check

    if code is None:
        for name, known in CODES.items():
            click.echo(f"{name}  {known.severity:7}  {known.title}")
        return
    known = code_named(code)
    click.echo(f"{code.upper()} ({known.severity}): {known.title}.\n\nWhat to do: {known.advice}")
    click.echo(f"Why it matters: {GROUPS[code.upper()[:3]][1]}")
    if known.source:
        click.echo(f"Source: {known.source}")
