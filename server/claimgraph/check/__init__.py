"""Find what is wrong with a dataset, each fault with its place, its code and what to do about it."""

from claimgraph.check.codes import CODES, Code, Severity
from claimgraph.check.finding import Finding
from claimgraph.check.run import check

__all__ = ["CODES", "Code", "Finding", "Severity", "check"]
