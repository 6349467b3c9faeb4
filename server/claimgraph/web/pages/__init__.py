"""Pages of things: for each kind of thing a row of sections, each one question to the snapshot and one way to show it.

A new kind of page is a new entry in :mod:`claimgraph.web.pages.kinds`, not a branch.
"""

from claimgraph.web.pages.kinds import Kind, kind_of
from claimgraph.web.pages.section import Section, Shown, fill

__all__ = ["Kind", "Section", "Shown", "fill", "kind_of"]
