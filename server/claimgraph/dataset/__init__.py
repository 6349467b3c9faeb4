"""The text files in git: which there are, which named graph each one is, and what they say."""

from claimgraph.dataset.files import Layout, SourceFile, derived_graphs, description_graph, root
from claimgraph.dataset.turtle import load, load_into

__all__ = ["Layout", "SourceFile", "derived_graphs", "description_graph", "load", "load_into", "root"]
