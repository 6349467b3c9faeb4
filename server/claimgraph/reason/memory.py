"""How much memory processes hold, for those who can do with less."""

from __future__ import annotations

import os
from pathlib import Path


def resident(process: int) -> int:
    """Return the bytes of memory that a process holds (statm of proc(5)); 0 where the system does not tell."""
    try:
        pages = Path(f"/proc/{process}/statm").read_text(encoding="ascii").split()[1]
    except OSError:
        return 0
    return int(pages) * os.sysconf("SC_PAGE_SIZE")
