"""Reasoning after a small change: only what hangs on it is looked at again, with the result of a full reasoning."""

from claimgraph.reason.again.limit import TooMuch
from claimgraph.reason.again.renew import renew
from claimgraph.reason.again.state import Change, triple_in

__all__ = ["Change", "TooMuch", "renew", "triple_in"]
