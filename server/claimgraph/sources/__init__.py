"""Data sets of other makers in the dataset: their files, and the mappings that make graphs of them."""

from claimgraph.sources.make import ALL
from claimgraph.sources.mapping import GRAINS
from claimgraph.sources.products import NONE, product_name, with_sources
from claimgraph.sources.source import find_sources

__all__ = ["ALL", "GRAINS", "NONE", "find_sources", "product_name", "with_sources"]
