"""Check again after a change: what the change bears on is judged, and what was found of the rest is remembered."""

from claimgraph.check.again.change import Everything
from claimgraph.check.again.judge import judge_again
from claimgraph.check.again.memory import recalled
from claimgraph.check.again.remember import FLEETING, remember

__all__ = ["FLEETING", "Everything", "judge_again", "recalled", "remember"]
