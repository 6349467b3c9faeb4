"""The one layout of Turtle files: comments, the order of sections and every token stay; white space is settled here."""

from claimgraph.dataset.tidy.document import tidy

__all__ = ["tidy"]
