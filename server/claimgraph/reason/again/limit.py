"""When it is better to reason over everything."""

from __future__ import annotations


class TooMuch(Exception):
    """Say why a change cannot be followed through, or not in less time than reasoning over everything takes."""


class Limit:
    """Count the questions that are put to rules."""

    def __init__(self, most: int) -> None:
        """Allow so many."""
        self._most = most
        self._spent = 0

    def spend(self) -> None:
        """Count one question.

        Raises:
            TooMuch: it is one too many.
        """
        self._spent += 1
        self.count(self._spent)

    def count(self, number: int) -> None:
        """Take note of how many things there are to ask about.

        Raises:
            TooMuch: they are too many.
        """
        if number > self._most:
            raise TooMuch("the change leads to more conclusions than are quicker looked at one by one")
