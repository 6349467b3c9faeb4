"""Show the algebra of a query (SPARQL 1.1, section 18.2), as rdflib translates it; nothing is evaluated or fetched.

rdflib's parser has no limit of time or depth, so it runs in a process of its own, for a moment at most:
``python -m claimgraph.engine.algebra`` reads a query from standard input.
"""

from __future__ import annotations

import subprocess
import sys
import threading
from typing import TYPE_CHECKING

from claimgraph.engine.walls import bound_memory

if TYPE_CHECKING:
    from collections.abc import Iterator

_PATIENCE = 3.0  # seconds
_MEMORY = 512 << 20  # bytes
_TURN = threading.Semaphore(2)
_INNER = frozenset({"_vars", "lazy"})


def algebra_of(text: str) -> str | None:
    """Return the algebra of a query as an indented tree, or None where rdflib does not know it within a moment."""
    command = [sys.executable, "-m", "claimgraph.engine.algebra"]
    if not _TURN.acquire(timeout=_PATIENCE):
        return None
    try:
        done = subprocess.run(command, input=text.encode(), capture_output=True, timeout=_PATIENCE, check=True)
    except (subprocess.TimeoutExpired, subprocess.CalledProcessError):
        return None
    finally:
        _TURN.release()
    return done.stdout.decode()


def _lines(node: object, depth: int = 0, label: str = "") -> Iterator[str]:
    """Write a node and what is below it, one line each."""
    begin = "  " * depth + (f"{label}: " if label else "")
    if hasattr(node, "items"):
        yield begin + str(getattr(node, "name", type(node).__name__))
        for key, value in node.items():
            if key not in _INNER and value is not None:
                yield from _lines(value, depth + 1, "" if key in {"p", "p1", "p2"} else str(key))
    elif isinstance(node, list | tuple) and any(hasattr(part, "items") or isinstance(part, tuple) for part in node):
        yield begin.rstrip(" ")
        for part in node:
            yield from _lines(part, depth + 1) if hasattr(part, "items") else ["  " * (depth + 1) + _short(part)]
    else:
        yield begin + _short(node)


def _short(node: object) -> str:
    """Write a term, or a row of terms, as in SPARQL."""
    if isinstance(node, list | tuple | set):
        return " ".join(_short(part) for part in node)
    return node.n3() if hasattr(node, "n3") else str(node)


def _main() -> None:
    """Write the algebra of the query on standard input; what rdflib does not know ends this process."""
    from rdflib.plugins.sparql.algebra import translateQuery  # noqa: PLC0415 - only this process needs it
    from rdflib.plugins.sparql.parser import parseQuery  # noqa: PLC0415

    sys.setrecursionlimit(5000)
    bound_memory(_MEMORY)
    sys.stdout.write("\n".join(_lines(translateQuery(parseQuery(sys.stdin.read())).algebra)) + "\n")


if __name__ == "__main__":
    _main()
