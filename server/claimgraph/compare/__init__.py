"""Compare two states of a dataset in words of the domain: claims, positions, disputes, terms, answers."""

from claimgraph.compare.difference import Change, Difference, Section, difference
from claimgraph.compare.sources import Sources
from claimgraph.compare.state import State
from claimgraph.compare.write import WRITERS

__all__ = ["WRITERS", "Change", "Difference", "Section", "Sources", "State", "difference"]
