"""Synthetic datasets in our model, skewed as real ones are: for benchmarks, and for trying things at scale."""

from claimgraph.synth.write import synthesise

__all__ = ["synthesise"]
