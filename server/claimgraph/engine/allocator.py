"""Allocators that processes take memory from in place of the C library's, where the system has them.

The engine takes memory and gives it back a dozen times for a look-up or a quad, which is a fifth of its time.
"""

from __future__ import annotations

import os
from ctypes.util import find_library
from functools import cache
from typing import Final

LOOKING_UP: Final = "jemalloc"
"""For workers that read from disk: a seventh less time for a query. What a worker may take is counted right with it."""
LOADING: Final = "mimalloc"
"""For the process that fills a store on disk: a seventh less time."""
_library = cache(find_library)  # which asks other programs, for up to a quarter of a second; keepers begin on request


def preloaded(name: str) -> dict[str, str]:
    """Return the environment in which a program takes memory from a library of that name; without one it is empty."""
    found = _library(name)
    if found is None:
        return {}
    return {"LD_PRELOAD": " ".join(filter(None, (os.environ.get("LD_PRELOAD"), found)))}
