"""Property paths, as rules write them (SPARQL 1.1, section 9)."""

from __future__ import annotations

from dataclasses import dataclass

from pyoxigraph import NamedNode


@dataclass(frozen=True, slots=True)
class Inverse:
    """Be a step against the direction of another one."""

    path: Path


@dataclass(frozen=True, slots=True)
class Sequence:
    """Be several steps one after the other."""

    paths: tuple[Path, ...]


@dataclass(frozen=True, slots=True)
class Either:
    """Be one of several steps."""

    paths: tuple[Path, ...]


@dataclass(frozen=True, slots=True)
class Repeat:
    """Be a step taken at least ``least`` times (0 or 1), and more than once if ``many``."""

    path: Path
    least: int
    many: bool


@dataclass(frozen=True, slots=True)
class Except:
    """Be a step along any predicate but these, forward or (``backward``) against its direction."""

    forward: frozenset[NamedNode]
    backward: frozenset[NamedNode]


Path = NamedNode | Inverse | Sequence | Either | Repeat | Except
