"""The command line: ``claimgraph check``, ``build``, ``serve``, ``query`` and ``sparql``."""

from claimgraph.cli.program import main, program

__all__ = ["main", "program"]
