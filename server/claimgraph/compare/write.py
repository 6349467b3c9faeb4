"""A difference written for the terminal, for a pull request, for programs and for the browser."""

from __future__ import annotations

import json
from dataclasses import asdict
from html import escape
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable

    from claimgraph.compare.difference import Change, Difference

_NOTHING: Final = "Nothing changed"
_MOST_IN_MARKDOWN: Final = 50


def as_text(difference: Difference) -> str:
    """Write a section below the other, one change a line and its particulars below it."""
    lines = [f"From {difference.before} to {difference.after}"]
    for section in difference.sections:
        lines += ["", f"{section.title} ({len(section.changes)})"]
        for change in section.changes:
            lines.append(f"  {change.verb:9} {change.name}  {change.label}")
            lines += [f"            {detail}" for detail in change.details]
    return "\n".join(lines if difference else [f"{_NOTHING} from {difference.before} to {difference.after}"]) + "\n"


def as_markdown(difference: Difference) -> str:
    """Write a comment for a pull request: a summary line, then each section as a list that can be folded."""
    if not difference:
        return f"**{_NOTHING}** from {_code(difference.before)} to {_code(difference.after)}.\n"
    lines = [f"### What changes from {_code(difference.before)} to {_code(difference.after)}", ""]
    lines += ["| | |", "|---|---|"]
    lines += [f"| {section.title} | {_counts(section.changes)} |" for section in difference.sections]
    for section in difference.sections:
        lines += ["", f"<details><summary>{section.title} ({len(section.changes)})</summary>", ""]
        for change in section.changes[:_MOST_IN_MARKDOWN]:
            lines.append(f"- **{change.verb}** {_code(change.name)} {_plain(change.label)}")
            lines += [f"  - {_code(detail)}" for detail in change.details]
        if len(section.changes) > _MOST_IN_MARKDOWN:
            lines.append(f"- and {len(section.changes) - _MOST_IN_MARKDOWN} more")
        lines += ["", "</details>"]
    return "\n".join(lines) + "\n"


def _counts(changes: tuple[Change, ...]) -> str:
    verbs = [change.verb for change in changes]
    return ", ".join(f"{verbs.count(verb)} {verb}" for verb in dict.fromkeys(verbs))


def _code(text: str) -> str:
    fence = "``" if "`" in text else "`"
    pad = " " if "`" in text else ""
    return f"{fence}{' '.join(text.split())}{pad}{fence}"


def _plain(text: str) -> str:
    """Keep Markdown and HTML in a label from taking effect."""
    return "".join(f"\\{letter}" if letter in "\\`*_[]<>|#" else letter for letter in " ".join(text.split()))


def as_json(difference: Difference) -> str:
    """Write one JSON object: the two states, and a list of changes for each section."""
    sections = {section.key: [asdict(change) for change in section.changes] for section in difference.sections}
    whole = {"before": difference.before, "after": difference.after, **sections}
    return json.dumps(whole, ensure_ascii=False, indent=1) + "\n"


def as_html(difference: Difference) -> str:
    """Write a page that stands alone."""
    title = f"From {escape(difference.before)} to {escape(difference.after)}"
    parts = [f"<h1>{title}</h1>"]
    if not difference:
        parts.append(f"<p>{_NOTHING}.</p>")
    for section in difference.sections:
        parts.append(f"<h2>{escape(section.title)} ({len(section.changes)})</h2>\n<ul>")
        parts += [_item(change) for change in section.changes]
        parts.append("</ul>")
    body = "\n".join(parts)
    return f"{_HEAD.replace('TITLE', title)}\n<body>\n{body}\n</body>\n</html>\n"


def _item(change: Change) -> str:
    details = "".join(f"<br><code>{escape(detail)}</code>" for detail in change.details)
    return f"<li><b>{change.verb}</b> <code>{escape(change.name)}</code> {escape(change.label)}{details}</li>"


_HEAD: Final = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>TITLE</title>
<style>
body { font: 1rem/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem }
li { margin: .4rem 0 }
code { font-size: .9em; overflow-wrap: anywhere }
</style>
</head>"""

WRITERS: Final[dict[str, Callable[[Difference], str]]] = {
    "text": as_text,
    "markdown": as_markdown,
    "json": as_json,
    "html": as_html,
}
"""The writer of each format by the name that --format takes."""
