"""Pictures as PNG, for those who put them into a text: the drawing on white, at twice its size."""

from __future__ import annotations

from functools import cache
from typing import Final

from claimgraph.errors import UsageError

_ZOOM: Final = 2
_PAPER: Final = "#ffffff"
_FAMILIES: Final = (
    *("DejaVu Sans", "Liberation Sans", "Noto Sans", "Open Sans", "Roboto", "Ubuntu", "Cantarell", "FreeSans"),
    *("Segoe UI", "Helvetica Neue", "Helvetica", "Arial", "Verdana"),
)
"""Fonts without serifs of which a machine has one, if it has any: the library asks for them by name."""
_EMPTY: Final = '<svg xmlns="http://www.w3.org/2000/svg" width="40" height="40">{}</svg>'
_LETTER: Final = '<text x="5" y="30" font-family="sans-serif" font-size="30">M</text>'


def rasterise(svg: str) -> bytes:
    """Turn a drawing into a PNG file.

    Raises:
        UsageError: this machine has no font, and a picture without its words says nothing.
    """
    font = family()
    if font is None:
        wanted = "DejaVu Sans or Arial"
        raise UsageError(f"this machine has no font such as {wanted} to write a PNG with; take the picture as SVG")
    return _render(svg, font, _ZOOM)


@cache
def family() -> str | None:
    """Find a font that this machine has; letters of a font that is not there are left out silently."""
    blank = _render(_EMPTY.format(""), "")
    return next((name for name in _FAMILIES if _render(_EMPTY.format(_LETTER), name) != blank), None)


def _render(svg: str, font: str, zoom: int = 1) -> bytes:
    from resvg_py import svg_to_bytes  # noqa: PLC0415 - only PNG needs it

    return bytes(svg_to_bytes(svg_string=svg, background=_PAPER, zoom=zoom, sans_serif_family=font or None))
