"""The one place of content negotiation (RFC 9110, section 12.5.1)."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from claimgraph.errors import NotAcceptable, UnknownName
from claimgraph.formats import Format, by_name

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

_EXACT, _TYPE, _ANY = 3, 2, 1


def negotiate(
    accept: str | None, offered: Sequence[Format], override: str | None = None, *, lesser: Collection[Format] = ()
) -> Format:
    """Choose the format that a client likes best; the server's own order decides between equals.

    A media type named exactly wins over a wildcard of the same quality. Parameters of media types count for nothing,
    and what is ``lesser`` counts half as much as the client says. ``override`` is the name given as ``?format=`` or as
    an extension, and settles the matter.

    Raises:
        NotAcceptable: nothing on offer is acceptable, or the override names nothing on offer.
    """
    if override is not None:
        try:
            return by_name(override, tuple(offered))
        except UnknownName as error:
            raise NotAcceptable([format_.name for format_ in offered]) from error
    if not (accept or "").strip():
        return offered[0]
    ranges = _ranges(accept or "")
    ranks = {format_: _rank(format_, ranges, 0.5 if format_ in lesser else 1.0) for format_ in offered}
    best = max(offered, key=lambda format_: ranks[format_])  # the first of equals
    if ranks[best][0] <= 0:
        raise NotAcceptable([format_.media_type for format_ in offered])
    return best


@lru_cache(maxsize=256)
def _ranges(accept: str) -> tuple[tuple[str, float], ...]:
    return tuple(parsed for part in accept.split(",") if (parsed := _range(part)))


def _range(part: str) -> tuple[str, float] | None:
    """Parse one media range into the bare type and its quality; what is no media range is None."""
    media_type, *parameters = (piece.strip().lower() for piece in part.split(";"))
    if "/" not in media_type:
        return None
    quality = 1.0
    for parameter in parameters:
        name, _, value = parameter.partition("=")
        if name.strip() == "q":
            try:
                quality = min(max(float(value), 0.0), 1.0)
            except ValueError:
                quality = 0.0
    return media_type, quality


def _rank(format_: Format, ranges: tuple[tuple[str, float], ...], weight: float) -> tuple[float, int]:
    """Rank a format by the quality of the most specific range that fits it; wildcards fit its own media type alone."""
    exact = [quality for wanted, quality in ranges if wanted in format_.media_types]
    if exact:
        return weight * max(exact), _EXACT
    family = format_.media_type.partition("/")[0] + "/*"
    for wildcard, specificity in ((family, _TYPE), ("*/*", _ANY)):
        fitting = [quality for wanted, quality in ranges if wanted == wildcard]
        if fitting:
            return weight * max(fitting), specificity
    return 0.0, 0
