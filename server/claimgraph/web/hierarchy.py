"""The diagram of a hierarchy, drawn as SVG: each thing below the things that it is a kind of."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from markupsafe import Markup

from claimgraph.sparql.prefixes import PREFIXES

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from claimgraph.web.service import Row

_ROW = 22  # pixels, also the step of one level
_WIDTH = 560


@dataclass(frozen=True, slots=True)
class Branch:
    """Be one thing of a hierarchy: what it is called, where it leads, and the names of those directly above it."""

    text: str
    href: str
    above: tuple[str, ...]
    is_current: bool = False


def diagram(classes: Sequence[Row]) -> Markup:
    """Draw the classes of the ontology; a name leads to its definition on the page."""
    branches = {}
    for row in classes:
        given = row.get("parents")
        term = row["term"].value
        above = tuple(given.value.split()) if given else ()
        branches[term] = Branch(row["label"].value, "#" + term.removeprefix(PREFIXES["cg"]), above)
    return tree("Hierarchy of the classes", branches)


def tree(title: str, branches: Mapping[str, Branch]) -> Markup:
    """Draw things by name, each below those above it; what has nothing above it here begins a line of its own."""
    below: dict[str, list[str]] = defaultdict(list)
    for name, branch in branches.items():
        for parent in [above for above in branch.above if above in branches] or [""]:
            below[parent].append(name)
    placed = list(_placed(below, branches, "", 0, -1))
    height = _ROW * (len(placed) + 1)
    parts = [_drawn(line, branches[name], depth, above) for line, (name, depth, above) in enumerate(placed)]
    return Markup(
        '<svg role="group" aria-label="{title}" viewBox="0 0 {width} {height}" width="{width}"'
        ' height="{height}" class="hierarchy">{parts}</svg>'
    ).format(title=title, width=_WIDTH, height=height, parts=Markup("").join(parts))


def _placed(
    below: Mapping[str, list[str]], branches: Mapping[str, Branch], parent: str, depth: int, line: int
) -> Iterator[tuple[str, int, int]]:
    """Yield name, depth and the line of the one above, in the order in which they are drawn."""
    drawn = line
    for name in sorted(below.get(parent, ()), key=lambda name: branches[name].text):
        here = drawn + 1
        yield name, depth, line
        inner = list(_placed(below, branches, name, depth + 1, here))
        yield from inner
        drawn = here + len(inner)


def _drawn(line: int, branch: Branch, depth: int, parent_line: int) -> Markup:
    x, y = _ROW * depth + 8, _ROW * line + _ROW
    elbow = Markup("")
    if depth:
        elbow = Markup('<path d="M{x0} {y0}V{y}H{x}" fill="none" stroke="currentColor" opacity=".4"/>').format(
            x0=x - _ROW + 6, y0=_ROW * parent_line + _ROW + 6, y=y - 4, x=x - 4
        )
    weight = Markup(' font-weight="700"') if branch.is_current else ""
    text = Markup('<a href="{href}"><text x="{x}" y="{y}" fill="currentColor"{weight}>{name}</text></a>')
    return elbow + text.format(href=branch.href, x=x, y=y, weight=weight, name=branch.text)
