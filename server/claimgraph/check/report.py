"""Findings written for people, for programs, and for the places where a change is reviewed."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final, NamedTuple
from urllib.parse import quote

from claimgraph import __version__
from claimgraph.check.codes import CODES

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Sequence

    from claimgraph.check.finding import Finding

_SCHEMA: Final = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"


class Counts(NamedTuple):
    """How many findings there are of each severity, and in how many files."""

    errors: int
    warnings: int
    files: int

    @classmethod
    def of(cls, findings: Collection[Finding]) -> Counts:
        """Count findings."""
        errors = sum(finding.severity == "error" for finding in findings)
        return cls(errors, len(findings) - errors, len({finding.place.file for finding in findings}))

    def __str__(self) -> str:
        """Say it in words."""
        return f"{self.errors} errors and {self.warnings} warnings in {self.files} files"


def as_text(findings: Sequence[Finding]) -> str:
    """Write a line for each finding, as compilers do."""
    return "".join(f"{finding}\n" for finding in findings)


def as_json(findings: Sequence[Finding]) -> str:
    """Write one JSON object with the findings and how many there are."""
    counts = Counts.of(findings)
    found = [
        {
            "file": finding.place.file,
            "line": finding.place.line,
            "column": finding.place.column,
            "code": finding.code,
            "severity": finding.severity,
            "message": finding.message,
            "advice": finding.advice,
            "mendable": bool(finding.fix),
        }
        for finding in findings
    ]
    report = {"findings": found, "errors": counts.errors, "warnings": counts.warnings, "files": counts.files}
    return json.dumps(report, ensure_ascii=False, indent=1) + "\n"


def as_github(findings: Sequence[Finding]) -> str:
    """Write workflow commands, from which GitHub makes remarks beside the lines of a pull request."""
    return "".join(_command(finding) for finding in findings)


def _command(finding: Finding) -> str:
    place, title = finding.place, f"{finding.code} {CODES[finding.code].title}"
    where = f"file={_property(place.file)},line={place.line},col={place.column},title={_property(title)}"
    return f"::{finding.severity} {where}::{_escaped(f'{finding.message}; {finding.advice}')}\n"


def _escaped(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _escaped(text).replace(":", "%3A").replace(",", "%2C")


def as_sarif(findings: Sequence[Finding]) -> str:
    """Write a log of SARIF 2.1.0, which code scanning and editors read.

    Source: Static Analysis Results Interchange Format 2.1.0 (OASIS Standard).
    """
    codes = sorted({finding.code for finding in findings})
    driver = {"name": "claimgraph", "version": __version__, "rules": [_rule(code) for code in codes]}
    run = {
        "tool": {"driver": driver},
        "columnKind": "unicodeCodePoints",
        "results": [_result(finding, codes.index(finding.code)) for finding in findings],
    }
    return json.dumps({"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}, ensure_ascii=False, indent=1) + "\n"


def _rule(code: str) -> dict[str, Any]:
    described = CODES[code]
    rule: dict[str, Any] = {
        "id": code,
        "shortDescription": {"text": f"{described.title}."},
        "help": {"text": described.advice},
        "defaultConfiguration": {"level": described.severity},
    }
    return rule | {"helpUri": described.source} if described.source else rule


def _result(finding: Finding, index: int) -> dict[str, Any]:
    region = {"startLine": finding.place.line, "startColumn": finding.place.column}
    location = {"artifactLocation": {"uri": quote(finding.place.file)}, "region": region}
    return {
        "ruleId": finding.code,
        "ruleIndex": index,
        "level": finding.severity,
        "message": {"text": f"{finding.message}; {finding.advice}"},
        "locations": [{"physicalLocation": location}],
    }


REPORTS: Final[dict[str, Callable[[Sequence[Finding]], str]]] = {
    "text": as_text,
    "json": as_json,
    "github": as_github,
    "sarif": as_sarif,
}
"""The writer of each format by the name that --format takes."""
