"""Charts of the report as SVG: how times grow with the claims, and each canned query beside the peers; log scales."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from math import ceil, floor, log10
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

_WIDTH, _LEFT, _RIGHT, _TOP = 900, 240, 700, 40
_HEIGHT: Final = 420
_ROW: Final = 18
_COLOURS: Final = ("#0b57d0", "#b3261e", "#1a7f37", "#9a6700", "#8250df", "#57606a", "#bf3989")
Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class _Axis:
    """Map values between two powers of ten to positions."""

    first: int
    last: int
    begin: float
    end: float

    @classmethod
    def over(cls, values: Iterable[float], begin: float, end: float) -> _Axis:
        known = [value for value in values if value > 0] or [1.0]
        first = floor(log10(min(known)))
        return cls(first, max(first + 1, ceil(log10(max(known)))), begin, end)

    def at(self, value: float) -> float:
        share = (log10(max(value, 10.0**self.first)) - self.first) / (self.last - self.first)
        return round(self.begin + share * (self.end - self.begin), 1)

    def ticks(self) -> Iterator[tuple[float, str]]:
        for power in range(self.first, self.last + 1):
            yield self.at(10.0**power), f"{10.0**power:,.10g}"


def growth(results: dict[str, Any]) -> str:
    """Draw the seconds of loading, reasoning, building, and of the middle canned query, over the number of claims."""
    sizes = list(results["sizes"].values())
    lines: dict[str, list[Point]] = {
        name: [(sized["claims"], sized[name]["seconds"]) for sized in sizes if name in sized]
        for name in ("loading", "reasoning", "building", "checking")
    }
    asked = [(sized["claims"], sized["questions"]["ours"]) for sized in sizes if "questions" in sized]
    for name in ("uncached", "page"):
        lines[f"middle query, {name}"] = [(claims, _middle(ours, name) / 1000) for claims, ours in asked]
    across = _Axis.over((x for points in lines.values() for x, _ in points), _LEFT - 160, _RIGHT)
    up = _Axis.over((y for points in lines.values() for _, y in points), _HEIGHT - 50, _TOP)
    parts = [*_grid(across, _TOP, _HEIGHT - 50, "claims")]
    for y, said in up.ticks():
        parts.append(f'<line x1="{across.begin}" y1="{y}" x2="{across.end}" y2="{y}" stroke="#d0d7de"/>')
        parts.append(_text(across.begin - 8, y + 4, f"{said} s", "end"))
    for number, points in enumerate(lines.values()):
        colour = _COLOURS[number]
        placed = [(across.at(x), up.at(y)) for x, y in points]
        path = " ".join(f"{x},{y}" for x, y in placed)
        parts.append(f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="2"/>')
        parts += [f'<circle cx="{x}" cy="{y}" r="3.5" fill="{colour}"/>' for x, y in placed]
    return _svg("Seconds by number of claims", _HEIGHT, [*parts, *_legend(list(lines))])


def beside(taken: dict[str, Any]) -> str:
    """Draw the milliseconds of each canned query, here and at the peers that gave the same answer."""
    who = {"ours": {name: ours["uncached"]["median_ms"] for name, ours in taken["ours"].items()}}
    for peer, its in taken["peers"].items():
        who[peer] = {name: found["median_ms"] for name, found in its["questions"].items() if found.get("same")}
    names = sorted(taken["ours"], key=lambda name: who["ours"][name])
    bottom = _TOP + _ROW * len(names)
    across = _Axis.over((value for times in who.values() for value in times.values()), _LEFT, _RIGHT)
    parts = [*_grid(across, _TOP, bottom, "ms")]
    for row, name in enumerate(names):
        y = _TOP + _ROW * row + _ROW / 2
        parts.append(_text(_LEFT - 8, y + 4, name, "end"))
        parts.append(f'<line x1="{_LEFT}" y1="{y}" x2="{_RIGHT}" y2="{y}" stroke="#eaeef2"/>')
        for number, times in enumerate(who.values()):
            if name in times:
                parts.append(f'<circle cx="{across.at(times[name])}" cy="{y}" r="4.5" fill="{_COLOURS[number]}"/>')
    return _svg("Milliseconds of each canned query", bottom + 50, [*parts, *_legend(list(who))])


def _middle(ours: dict[str, Any], name: str) -> float:
    ordered: list[float] = sorted(one[name]["median_ms"] for one in ours.values())
    return ordered[len(ordered) // 2]


def _grid(across: _Axis, top: float, bottom: float, unit: str) -> Iterator[str]:
    for x, said in across.ticks():
        yield f'<line x1="{x}" y1="{top}" x2="{x}" y2="{bottom}" stroke="#d0d7de"/>'
        yield _text(x, bottom + 18, f"{said} {unit}", "middle")


def _legend(names: Sequence[str]) -> Iterator[str]:
    for number, name in enumerate(names):
        y = _TOP + 22 * number + 8
        yield f'<circle cx="{_RIGHT + 30}" cy="{y}" r="5" fill="{_COLOURS[number]}"/>'
        yield _text(_RIGHT + 42, y + 4, name, "start")


def _text(x: float, y: float, said: str, anchor: str) -> str:
    return f'<text x="{x}" y="{y}" text-anchor="{anchor}">{escape(said)}</text>'


def _svg(title: str, height: float, parts: Iterable[str]) -> str:
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {height}" width="{_WIDTH}" height="{height}" '
        f'role="img" aria-label="{escape(title)}" font-family="system-ui, sans-serif" font-size="12" fill="#24292f">'
        f'<title>{escape(title)}</title><rect width="100%" height="100%" fill="#fff"/>'
    )
    return head + _text(_LEFT - 160, 22, title, "start") + "".join(parts) + "</svg>\n"
