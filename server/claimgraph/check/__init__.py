"""Find what is wrong with a dataset, each fault with its place, its code and what to do about it."""

from claimgraph.check.codes import CODES, GROUPS, Code, Severity, code_named
from claimgraph.check.finding import Edit, Finding
from claimgraph.check.fix import mend
from claimgraph.check.report import REPORTS, Counts
from claimgraph.check.run import Checked, check, check_again, unanswered
from claimgraph.check.select import selected

__all__ = [
    "CODES",
    "GROUPS",
    "REPORTS",
    "Checked",
    "Code",
    "Counts",
    "Edit",
    "Finding",
    "Severity",
    "check",
    "check_again",
    "code_named",
    "mend",
    "selected",
    "unanswered",
]
