"""Which findings are told: by code, or by the beginning of a code."""

from __future__ import annotations

from typing import TYPE_CHECKING

from claimgraph.check.codes import CODES
from claimgraph.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from claimgraph.check.finding import Finding


def selected(findings: Iterable[Finding], select: Collection[str], ignore: Collection[str]) -> list[Finding]:
    """Keep the findings whose code begins with one of ``select`` (all, if empty) and with none of ``ignore``.

    Raises:
        UsageError: no code begins so.
    """
    for beginning in (*select, *ignore):
        if not any(code.startswith(beginning) for code in CODES):
            raise UsageError(f"no code begins with {beginning!r}; codes look like CG401, groups like CG4")
    wanted, unwanted = tuple(select) or ("",), tuple(ignore)
    return [
        finding for finding in findings if finding.code.startswith(wanted) and not finding.code.startswith(unwanted)
    ]
