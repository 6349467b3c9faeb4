"""Who last changed a line, as git tells it."""

from __future__ import annotations

import datetime as dt
import re
import subprocess
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_HEADER = re.compile(r"([0-9a-f]{40,64}) \d+ (\d+)")
_UNCOMMITTED = re.compile(r"0+\Z")
_SECONDS = 20


class Change(NamedTuple):
    """Be the last change of a line; ``commit`` is None where it is not committed yet. ``date`` is ISO 8601."""

    commit: str | None
    author: str | None
    date: str | None


def blame(root: Path, file: str) -> dict[int, Change] | None:
    """Ask for the last change of each line of a file; None where git does not know the file, or is not there."""
    try:
        run = subprocess.run(
            ["git", "blame", "--line-porcelain", "--", file],
            cwd=root, capture_output=True, check=True, timeout=_SECONDS,
        )  # fmt: skip
    except (OSError, subprocess.SubprocessError):
        return None
    return dict(_changes(run.stdout.decode("utf-8", errors="replace")))


def _changes(text: str) -> Iterator[tuple[int, Change]]:
    line, facts = 0, {"commit": ""}
    for row in text.split("\n"):
        header = _HEADER.match(row)
        if row.startswith("\t"):
            yield line, _change(facts)
        elif header:
            line, facts = int(header[2]), {"commit": header[1]}
        else:
            name, _, value = row.partition(" ")
            facts[name] = value


def _change(facts: dict[str, str]) -> Change:
    if _UNCOMMITTED.match(facts["commit"]):
        return Change(None, None, None)
    offset = facts.get("author-tz", "+0000")
    minutes = int(offset[:-2]) * 60 + int(offset[0] + offset[-2:])
    zone = dt.timezone(dt.timedelta(minutes=minutes))
    moment = dt.datetime.fromtimestamp(int(facts.get("author-time", "0")), zone)
    return Change(facts["commit"], facts.get("author"), moment.isoformat())
