"""Compare two states of a dataset in words of the domain: claims, positions, disputes, terms, answers."""

from claimgraph.compare.difference import Change, Difference, Section, difference
from claimgraph.compare.dumps import Changed, compare_dumps
from claimgraph.compare.kept import difference_of
from claimgraph.compare.state import State
from claimgraph.compare.write import WRITERS

__all__ = [
    "WRITERS",
    "Change",
    "Changed",
    "Difference",
    "Section",
    "State",
    "compare_dumps",
    "difference",
    "difference_of",
]
