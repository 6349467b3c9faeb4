"""How much memory processes hold, and how to hold less."""

from __future__ import annotations

import ctypes
import os
from contextlib import suppress
from pathlib import Path


def resident(process: int) -> int:
    """Return the bytes of memory that a process holds (statm of proc(5)); 0 where the system does not tell."""
    try:
        pages = Path(f"/proc/{process}/statm").read_text(encoding="ascii").split()[1]
    except OSError:
        return 0
    return int(pages) * os.sysconf("SC_PAGE_SIZE")


def give_memory_back() -> None:
    """Have what is free taken from this process, where the C library (malloc_trim(3)) or mimalloc can do that."""
    with suppress(OSError):
        program = ctypes.CDLL(None)
        with suppress(AttributeError):
            program.malloc_trim(0)
        with suppress(AttributeError):
            program.mi_collect(1)
