"""Rules run backwards: the parse tree of a rule as patterns, and their solutions for one conclusion at a time.

Explanations ask so why something holds, and a build after a small change whether something still does.
"""

from claimgraph.reason.backward.fact import Fact, Facts, as_stored, terms_of
from claimgraph.reason.backward.read import Reader
from claimgraph.reason.backward.solve import Answers, Solver

__all__ = ["Answers", "Fact", "Facts", "Reader", "Solver", "as_stored", "terms_of"]
