"""What a picture shows, apart from how it is drawn: a timeline, a graph in columns, or counts by month."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Tone = Literal["for", "against", "open"]
"""Whether something affirms, denies, or does neither. It is told by form as well as by colour."""


@dataclass(frozen=True, slots=True)
class Bar:
    """Be one thing on a timeline: a span between the first and the last day on which it can have been.

    ``first`` or ``last`` is None where nothing bounds it on that side. ``lane`` groups bars under one heading.
    """

    label: str
    note: str
    lane: str
    first: str | None
    last: str | None
    tone: Tone
    iri: str | None = None


@dataclass(frozen=True, slots=True)
class Timeline:
    """Be who held what, when; ``day`` is the day that was asked for, if one was."""

    title: str
    bars: tuple[Bar, ...]
    day: str | None = None
    kind: Literal["timeline"] = "timeline"


@dataclass(frozen=True, slots=True)
class Node:
    """Be one node of a graph, in a column from 0; a hidden one is a source without a name."""

    name: str
    label: str
    note: str
    column: int
    hidden: bool = False
    iri: str | None = None


@dataclass(frozen=True, slots=True)
class Edge:
    """Lead from one node to another; a weak one is drawn dashed."""

    source: str
    target: str
    label: str = ""
    weak: bool = False


@dataclass(frozen=True, slots=True)
class Graph:
    """Be nodes in columns, with headings, and the edges between them."""

    title: str
    headings: tuple[str, ...]
    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]
    kind: Literal["graph"] = "graph"


@dataclass(frozen=True, slots=True)
class Month:
    """Be one month, with how many of what is counted are sure, and how many more are said to be."""

    month: str
    sure: int
    more: int


@dataclass(frozen=True, slots=True)
class Counts:
    """Be counts by month; ``words`` say what the two counts of each are."""

    title: str
    words: tuple[str, str]
    months: tuple[Month, ...]
    kind: Literal["counts"] = "counts"


Picture = Timeline | Graph | Counts
