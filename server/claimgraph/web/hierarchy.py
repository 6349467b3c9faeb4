"""The diagram of the class hierarchy, drawn as SVG from what the snapshot says of the classes."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from markupsafe import Markup

from claimgraph.sparql.prefixes import PREFIXES

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from claimgraph.web.service import Row

_ROW = 22  # pixels, also the step of one level
_WIDTH = 560


def diagram(classes: Sequence[Row]) -> Markup:
    """Draw the classes, each below the classes it is a kind of; a name leads to its definition on the page."""
    names = {row["term"].value: row["label"].value for row in classes}
    below: dict[str, list[str]] = defaultdict(list)
    for row in classes:
        given = row.get("parents")
        parents = [parent for parent in (given.value.split() if given else ()) if parent in names]
        for parent in parents or [""]:
            below[parent].append(row["term"].value)
    placed = list(_placed(below, names, "", 0, -1))
    height = _ROW * (len(placed) + 1)
    parts = [_drawn(line, names, *place) for line, place in enumerate(placed)]
    return Markup(
        '<svg role="group" aria-label="Hierarchy of the classes" viewBox="0 0 {width} {height}" width="{width}"'
        ' height="{height}" class="hierarchy">{parts}</svg>'
    ).format(width=_WIDTH, height=height, parts=Markup("").join(parts))


def _placed(
    below: Mapping[str, list[str]], names: Mapping[str, str], parent: str, depth: int, line: int
) -> Iterator[tuple[str, int, int]]:
    """Yield class, depth and the line of its parent, in the order in which they are drawn."""
    drawn = line
    for term in sorted(below.get(parent, ()), key=lambda term: names[term]):
        here = drawn + 1
        yield term, depth, line
        inner = list(_placed(below, names, term, depth + 1, here))
        yield from inner
        drawn = here + len(inner)


def _drawn(line: int, names: Mapping[str, str], term: str, depth: int, parent_line: int) -> Markup:
    x, y = _ROW * depth + 8, _ROW * line + _ROW
    elbow = Markup("")
    if depth:
        elbow = Markup('<path d="M{x0} {y0}V{y}H{x}" fill="none" stroke="currentColor" opacity=".4"/>').format(
            x0=x - _ROW + 6, y0=_ROW * parent_line + _ROW + 6, y=y - 4, x=x - 4
        )
    local = term.removeprefix(PREFIXES["cg"])
    text = Markup('<a href="#{local}"><text x="{x}" y="{y}" fill="currentColor">{name}</text></a>')
    return elbow + text.format(local=local, x=x, y=y, name=names[term])
