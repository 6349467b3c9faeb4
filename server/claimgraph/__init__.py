"""A knowledge-graph service for contested claims about weapons.

This module is the one place where the program's version is written.
"""

__version__ = "0.1.0"
