# ruff: noqa: INP001 - a script beside the pages, no package
"""Write what the program itself knows best into docs/: the pages of the codes and the reference of the commands.

Run ``python docs/generate.py`` after a change of codes, commands or settings; a test fails while the pages differ.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

import click
from pydantic_core import PydanticUndefined

from claimgraph.check import CODES, GROUPS
from claimgraph.cli import program
from claimgraph.settings import Settings

ROOT = Path(__file__).resolve().parent.parent
_ORDER = re.compile(r"# (appended to|replaces|adds): (\S+)\n")
_WIDTH = 100
_LONGEST_EXAMPLE = 14


def pages() -> dict[str, str]:
    """Return the text of every generated page by its path below the checkout."""
    made = {f"docs/codes/{code}.md": _code_page(code) for code in CODES}
    made["docs/codes/README.md"] = _index_of_codes()
    made["docs/commands.md"] = _commands()
    made["docs/settings.md"] = _settings()
    return made


def _code_page(code: str) -> str:
    known, (group, why) = CODES[code], GROUPS[code[:3]]
    lines = [f"# {code}: {known.title}", "", f"*{group}, {known.severity}*", "", f"**What to do.** {known.advice}", ""]
    lines += [f"**Why it matters.** {why}", ""]
    if known.source:
        lines += [f"**Source.** <{known.source}>", ""]
    for path in sorted((ROOT / "tests/violations").glob(f"{code}-*")):
        lines += _example(path)
    return "\n".join(lines).rstrip() + "\n"


def _example(path: Path) -> list[str]:
    text = path.read_bytes().decode(errors="backslashreplace")
    order = _ORDER.match(text)
    body = text[order.end() :] if order else text
    rows = body.rstrip("\n").split("\n")
    if len(rows) > _LONGEST_EXAMPLE:
        at = next((number for number, row in enumerate(rows) if row.endswith("# here")), 0)
        first = max(0, min(at - _LONGEST_EXAMPLE // 2, len(rows) - _LONGEST_EXAMPLE))
        rows = ["# ...", *rows[first : first + _LONGEST_EXAMPLE], "# ..."]
    language = {".ttl": "turtle", ".rq": "sparql"}.get(path.suffix, "text")
    title = path.stem.partition("-")[2].replace("-", " ")
    return [f"For example, {title}:", "", f"```{language}", *rows, "```", ""]


def _index_of_codes() -> str:
    lines = ["# Codes of findings", "", "`claimgraph explain-code CODE` says the same on the terminal.", ""]
    for prefix, (group, why) in GROUPS.items():
        lines += [f"## {group}", "", why, "", "| code | severity | what is wrong |", "|---|---|---|"]
        lines += [
            f"| [{code}]({code}.md) | {known.severity} | {known.title} |"
            for code, known in CODES.items()
            if code.startswith(prefix)
        ]
        lines.append("")
    return "\n".join(lines).rstrip() + "\n"


def _commands() -> str:
    lines = ["# Commands", "", "Written from the program itself: `claimgraph COMMAND --help` says the same.", ""]
    lines += _help(program, "claimgraph")
    return "\n".join(lines).rstrip() + "\n"


def _help(command: click.Command, name: str) -> list[str]:
    context = click.Context(command, info_name=name, terminal_width=_WIDTH, max_content_width=_WIDTH)
    context.help_option_names = ["-h", "--help"]
    text = "\n".join(line.rstrip() for line in command.get_help(context).split("\n"))
    lines = [f"## {name}", "", "```text", text, "```", ""]
    if isinstance(command, click.Group):
        for inner in command.list_commands(context):
            found = command.get_command(context, inner)
            lines += _help(found, f"{name} {inner}") if found else []
    return lines


def _settings() -> str:
    lines = ["# Settings", "", "Each is an environment variable; an option of a command goes before it.", ""]
    lines += ["| variable | meaning | default |", "|---|---|---|"]
    for name, field in Settings.model_fields.items():
        lines.append(f"| `CLAIMGRAPH_{name.upper()}` | {field.description} | {_default(name, field.default)} |")
    return "\n".join(lines) + "\n"


def _default(name: str, default: object) -> str:
    if default in (None, ()):
        return "none"
    if name == "snapshots":
        return "`snapshots`"
    return "depends on the machine" if default is PydanticUndefined else f"`{default}`"


def write() -> int:
    """Write the pages, take away pages of codes that are gone, and return how many files changed."""
    made, changed = pages(), 0
    for relative, text in made.items():
        path = ROOT / relative
        path.parent.mkdir(exist_ok=True)
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            path.write_text(text, encoding="utf-8")
            changed += 1
    for path in (ROOT / "docs/codes").glob("*.md"):
        if path.relative_to(ROOT).as_posix() not in made:
            path.unlink()
            changed += 1
    return changed


if __name__ == "__main__":
    sys.stdout.write(f"{write()} pages changed\n")
