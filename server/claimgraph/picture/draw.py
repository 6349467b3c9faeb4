"""Draw a picture as SVG: no script, no style sheet, each thing a link that a keyboard reaches and a reader names."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from markupsafe import Markup

from claimgraph.picture.model import Counts, Graph, Timeline
from claimgraph.picture.scale import Scale, day_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from claimgraph.picture.model import Bar, Node, Picture

    Href = Callable[[str], str | None]

WIDTH = 960
_LEFT, _RIGHT, _ROW, _TOP = 260, WIDTH - 20, 24, 40
_BOX, _GAP = 40, 16
_LETTER = 7.2  # pixels that a letter takes, on the average
_LONGEST = 110
_COLOURS = {"for": "#1a7f37", "against": "#b3261e", "open": "#6e7781"}
_SAID = {"for": "affirms", "against": "denies", "open": "leaves open"}


def draw(picture: Picture, href: Href) -> Markup:
    """Draw a picture; ``href`` tells where the IRI of a thing leads, or None."""
    if isinstance(picture, Timeline):
        height, parts = _timeline(picture, href)
    elif isinstance(picture, Graph):
        height, parts = _graph(picture, href)
    else:
        height, parts = _counts(picture)
    head = Markup(
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}"'
        ' role="group" aria-label="{title}" color="#24292f" fill="currentColor" font-family="system-ui, sans-serif"'
        ' font-size="13" class="picture"><title>{title}</title>'
    ).format(width=WIDTH, height=height, title=picture.title)
    return head + Markup("").join(parts) + Markup("</svg>\n")


def _linked(inner: Markup, said: str, target: str | None) -> Markup:
    """Wrap a drawing into a link with a name; what leads nowhere is a picture with a name."""
    if target is None:
        named = Markup('<g role="img" aria-label="{said}"><title>{said}</title>{inner}</g>')
    else:  # what is written beside it may be cut short, so the title alone gives the link its name
        named = Markup('<a href="{target}"><title>{said}</title><g aria-hidden="true">{inner}</g></a>')
    return named.format(target=target, said=said, inner=inner)


def _text(  # noqa: PLR0913 - what SVG asks for
    x: float, y: float, text: str, *, anchor: str = "start", soft: bool = False, room: float = WIDTH
) -> Markup:
    """Write a text, cut where it would not fit into the room for it."""
    most = int(room / _LETTER)
    shown = text if len(text) <= most else text[: most - 1] + "…"
    return Markup('<text x="{x}" y="{y}" text-anchor="{anchor}"{soft}>{shown}</text>').format(
        x=x, y=y, anchor=anchor, soft=Markup(' opacity=".75"') if soft else "", shown=shown
    )


def _timeline(picture: Timeline, href: Href) -> tuple[int, list[Markup]]:
    days = [day_of(day) for bar in picture.bars for day in (bar.first, bar.last) if day]
    if picture.day:
        days.append(day_of(picture.day))
    scale = Scale.around(days, _LEFT, _RIGHT)
    parts: list[Markup] = []
    y, lane = _TOP, ""
    for bar in picture.bars:
        if bar.lane != lane:
            lane = bar.lane
            parts.append(Markup('<g font-weight="600">{}</g>').format(_text(4, y, lane, room=_LONGEST * _LETTER)))
            y += _ROW
        parts.append(_bar(bar, scale, y, href))
        y += _ROW
    lines = [_tick(x, name, y) for x, name in scale.ticks()]
    if picture.day:
        x = scale.at(day_of(picture.day))
        lines.append(Markup('<path d="M{x} 26V{y}" stroke="#0b57b0" stroke-width="2"/>').format(x=x, y=y - 12))
        lines.append(_text(x, y + 6, picture.day, anchor="middle"))
    return y + 16, lines + parts


def _tick(x: float, name: str, bottom: float) -> Markup:
    line = Markup('<path d="M{x} 26V{y}" stroke="currentColor" opacity=".2"/>').format(x=x, y=bottom - 12)
    return line + _text(x, 18, name, anchor="middle", soft=True)


def _bar(bar: Bar, scale: Scale, y: float, href: Href) -> Markup:
    """Draw a span: full where it denies nothing, hollow where it denies, dashed on a side that nothing bounds."""
    left = scale.at(day_of(bar.first)) if bar.first else scale.left
    right = scale.at(day_of(bar.last)) if bar.last else scale.right
    width = max(right - left, 8.0)
    is_vague = not (bar.first and bar.last)
    shape = Markup(
        '<rect x="{x}" y="{y}" width="{width}" height="12" rx="3" fill="{fill}" stroke="{stroke}"'
        ' stroke-width="2"{dash}/>'
    ).format(
        x=round(left - (8 - (right - left)) / 2 if right - left < 8 else left, 1),  # noqa: PLR2004 - the least width
        y=y - 11,
        width=round(width, 1),
        fill="none" if bar.tone == "against" or is_vague else _COLOURS[bar.tone],
        stroke=_COLOURS[bar.tone],
        dash=Markup(' stroke-dasharray="3 4"') if is_vague else "",
    )
    said = f"{bar.label}, {_SAID[bar.tone]}, {when(bar)}" + (f". {bar.note}" if bar.note else "")
    return _linked(_text(16, y, bar.label, room=_LEFT - 24) + shape, said, href(bar.iri) if bar.iri else None)


def when(bar: Bar) -> str:
    """Say in words when something was."""
    if bar.first and bar.last:
        return bar.first if bar.first == bar.last else f"between {bar.first} and {bar.last}"
    if bar.first:
        return f"not before {bar.first}"
    return f"not after {bar.last}" if bar.last else "undated"


def _graph(picture: Graph, href: Href) -> tuple[int, list[Markup]]:
    columns: dict[int, list[Node]] = defaultdict(list)
    for node in picture.nodes:
        columns[node.column].append(node)
    count = max(columns, default=0) + 1
    pitch = (WIDTH - 20) / count
    wide = min(pitch - 60, 300)
    tallest = max((len(nodes) for nodes in columns.values()), default=1)
    height = _TOP + tallest * (_BOX + _GAP)
    places: dict[str, tuple[float, float]] = {}
    for column, nodes in columns.items():
        top = _TOP + (tallest - len(nodes)) * (_BOX + _GAP) / 2
        for line, node in enumerate(nodes):
            places[node.name] = (round(10 + column * pitch, 1), round(top + line * (_BOX + _GAP), 1))
    parts = [_text(10 + column * pitch, 20, text, soft=True) for column, text in enumerate(picture.headings)]
    parts += _edges(picture, places, wide)
    parts += [_box(node, *places[node.name], wide, href) for node in picture.nodes]
    return round(height), parts


def _edges(picture: Graph, places: dict[str, tuple[float, float]], wide: float) -> Iterator[Markup]:
    for edge in picture.edges:
        (x1, y1), (x2, y2) = places[edge.source], places[edge.target]
        start, end = x1 + wide, x2
        middle = round((start + end) / 2, 1)
        yield Markup(
            '<path d="M{a} {b}C{m} {b} {m} {d} {c} {d}" fill="none" stroke="{colour}" stroke-width="1.5"'
            ' opacity=".8"{dash}>{title}</path>'
        ).format(
            a=round(start, 1),
            b=y1 + _BOX / 2,
            c=end,
            d=y2 + _BOX / 2,
            m=middle,
            colour=_COLOURS["open"] if edge.weak else "currentColor",
            dash=Markup(' stroke-dasharray="5 4"') if edge.weak else "",
            title=Markup("<title>{}</title>").format(edge.label) if edge.label else "",
        )


def _box(node: Node, x: float, y: float, wide: float, href: Href) -> Markup:
    box = Markup(
        '<rect x="{x}" y="{y}" width="{wide}" height="{tall}" rx="5" fill="#8c959f" fill-opacity=".12"'
        ' stroke="currentColor"{dash}/>'
    ).format(x=x, y=y, wide=round(wide, 1), tall=_BOX, dash=Markup(' stroke-dasharray="5 4"') if node.hidden else "")
    inner = (
        box
        + _text(x + 10, y + 17, node.label, room=wide - 16)
        + _text(x + 10, y + 33, node.note, soft=True, room=wide - 16)
    )
    said = f"{node.label}, {node.note}" + (", a source without a name" if node.hidden else "")
    return _linked(inner, said, href(node.iri) if node.iri else None)


def _counts(picture: Counts) -> tuple[int, list[Markup]]:
    floor, tall = 260.0, 200.0
    most = max((month.sure + month.more for month in picture.months), default=1)
    step = (WIDTH - 80) / max(1, len(picture.months))
    parts: list[Markup] = [
        _text(40, 24, str(most), anchor="end", soft=True),
        _text(40, floor, "0", anchor="end", soft=True),
    ]
    for number, month in enumerate(picture.months):
        x = 50 + number * step
        low, both = tall * month.sure / most, tall * (month.sure + month.more) / most
        bars = _column(x, floor - low, step, low, hollow=False) + _column(x, floor - both, step, both - low)
        sure, more = picture.words
        said = f"{month.month}: {month.sure} {sure}, {month.more} {more}"
        label = Markup('<text x="{x}" y="{y}" font-size="11">{text}</text>').format(x=x, y=floor + 18, text=month.month)
        parts.append(_linked(bars + (label if number % _every(picture.months) == 0 else Markup("")), said, None))
    return int(floor) + 40, parts


def _every(months: Sequence[object]) -> int:
    """Tell how many months share one label, so that labels do not run into each other."""
    return max(1, -(-len(months) // 14))


def _column(x: float, y: float, step: float, height: float, *, hollow: bool = True) -> Markup:
    return Markup('<rect x="{x}" y="{y}" width="{w}" height="{h}" fill="{fill}" stroke="#0b57b0"{dash}/>').format(
        x=round(x, 1),
        y=round(y, 1),
        w=round(max(step - 6, 2), 1),
        h=round(height, 1),
        fill="none" if hollow else "#0b57b0",
        dash=Markup(' stroke-dasharray="3 3"') if hollow else "",
    )
