"""The text files in git: which there are, which named graph each one is, and what they say."""

from claimgraph.dataset.files import Layout, SourceFile, root
from claimgraph.dataset.turtle import load, load_into

__all__ = ["Layout", "SourceFile", "load", "load_into", "root"]
