"""Chance that comes out the same on every machine: seeded by text, reckoned in integers."""

from __future__ import annotations

from bisect import bisect_right
from itertools import accumulate
from random import Random
from typing import TYPE_CHECKING, Final, TypeVar

if TYPE_CHECKING:
    from collections.abc import Sequence

_T = TypeVar("_T")

# Of all that Random offers, only random() is promised to stay the same from one Python to the next.
_WHOLE: Final = 1 << 32


class Zipf:
    """Weigh ranks 0, 1, 2, ... as 1/(rank + shift): a few get most, and nobody gets nothing.

    The shift flattens the top (Mandelbrot's form of Zipf's law). Weights are integers, since sums of floating-point
    numbers need not agree between machines to the last bit.
    """

    def __init__(self, size: int, shift: int) -> None:
        """Prepare the running totals for ``size`` ranks."""
        self.totals = list(accumulate(_WHOLE // (rank + shift) for rank in range(size)))


class Chance:
    """Draw numbers, members and ranks for one named part of a dataset."""

    def __init__(self, seed: int, part: str) -> None:
        """Start at the same point whenever seed and part are the same."""
        self._random = Random(f"{seed}/{part}").random  # noqa: S311 - made-up data, no secret

    def below(self, end: int) -> int:
        """Draw a number from 0 to ``end - 1``, each as likely as the other."""
        return int(self._random() * _WHOLE) * end >> 32

    def percent(self, likely: int) -> bool:
        """Say yes in ``likely`` cases of a hundred."""
        return self.below(100) < likely

    def permille(self, likely: int) -> bool:
        """Say yes in ``likely`` cases of a thousand."""
        return self.below(1000) < likely

    def one(self, choices: Sequence[_T]) -> _T:
        """Draw one member, each as likely as the other."""
        return choices[self.below(len(choices))]

    def rank(self, zipf: Zipf) -> int:
        """Draw a rank by its weight."""
        return bisect_right(zipf.totals, self.below(zipf.totals[-1]))
