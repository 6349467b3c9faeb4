"""Mend faults whose cure is certain: the one place where the check writes into files."""

from __future__ import annotations

import os
from collections import defaultdict
from typing import TYPE_CHECKING

from claimgraph.dataset.positions import line_starts

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from claimgraph.check.finding import Edit, Finding
    from claimgraph.dataset import Layout


def mend(layout: Layout, findings: Iterable[Finding]) -> int:
    """Carry out the edits of those findings that have some, and return how many findings were mended.

    An edit whose place no longer holds the text it replaces is left out.
    """
    by_file: defaultdict[str, list[tuple[Edit, ...]]] = defaultdict(list)
    for finding in findings:
        if finding.fix:
            by_file[finding.fix[0].place.file].append(finding.fix)
    return sum(_mend(layout.root / file, fixes) for file, fixes in by_file.items())


def _mend(path: Path, fixes: list[tuple[Edit, ...]]) -> int:
    text = path.read_bytes().decode()
    starts = line_starts(text)

    def offset(edit: Edit) -> int:
        return starts[edit.place.line - 1] + edit.place.column - 1

    fitting = [fix for fix in fixes if all(text.startswith(edit.old, offset(edit)) for edit in fix)]
    # From the end to the beginning, so that no edit moves the place of another.
    for edit in sorted((edit for fix in fitting for edit in fix), key=offset, reverse=True):
        at = offset(edit)
        text = text[:at] + edit.new + text[at + len(edit.old) :]
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    beside.write_bytes(text.encode())
    beside.chmod(path.stat().st_mode)
    beside.replace(path)
    return len(fitting)
