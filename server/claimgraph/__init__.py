"""A knowledge-graph service for contested claims about weapons.

This module is the one place where the program's version is written, and the base of the shipped names.
"""

__version__ = "0.1.0"

BASE = "https://w3id.org/claimgraph/"
"""What all names of the shipped dataset start with; a host that serves them elsewhere maps it on its pages."""
