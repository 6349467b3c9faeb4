"""Pages of answers: part of the rows at a time, with the number of all of them and links to the pages beside it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from claimgraph.errors import BadParameter
from claimgraph.sparql.query import Query, read
from claimgraph.sparql.tokens import tokenise
from claimgraph.web.parameters import LARGEST_PAGE, PAGE_SIZE

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from claimgraph.sparql.tokens import Token

TOTAL = "Claimgraph-Total"
_LARGEST = 10**9
_MODIFIERS = frozenset({"LIMIT", "OFFSET", "VALUES"})


@dataclass(frozen=True, slots=True)
class Page:
    """Be one page: its number from 1 and how many rows it holds."""

    number: int = 1
    size: int = PAGE_SIZE

    @property
    def offset(self) -> int:
        """Count the rows on the pages before it."""
        return (self.number - 1) * self.size

    def last(self, total: int) -> int:
        """Return the number of the last page of so many rows; there is always one page."""
        return max(1, -(-total // self.size))


def read_page(arguments: Mapping[str, str], *, always: bool) -> Page | None:
    """Read ``page`` and ``page_size``; without either there is no page unless there is always one.

    Raises:
        BadParameter: one is no number in its range.
    """
    if not always and not {"page", "page_size"} & set(arguments):
        return None
    size = _number("page_size", arguments.get("page_size", str(PAGE_SIZE)), LARGEST_PAGE)
    return Page(_number("page", arguments.get("page", "1"), _LARGEST), size)


def _number(name: str, value: str, largest: int) -> int:
    if not (value.isascii() and value.isdecimal() and len(value) <= len(str(largest)) and 1 <= int(value) <= largest):
        raise BadParameter(name, f"a whole number from 1 to {largest}", value)
    return int(value)


def cut(query: Query, page: Page) -> Query:
    """Return the query for the rows of one page, in the query's own order."""
    head, body = _split(query.text)
    window = f"LIMIT {page.size} OFFSET {page.offset}"
    if any(token.text.upper() in _MODIFIERS for token in _outer(query.text)):
        return read(f"{head}SELECT * WHERE {{ {{\n{body}\n}} }}\n{window}")
    return read(f"{query.text}\n{window}")


def count(query: Query) -> Query:
    """Return the query for the number of rows, as ``?total``."""
    head, body = _split(query.text)
    outer = list(_outer(query.text))
    words = [token.text.upper() for token in outer]
    if "ORDER" in words and not _MODIFIERS & set(words):  # counting needs no order
        body = query.text[len(head) : outer[words.index("ORDER")].start]
    return read(f"{head}SELECT (COUNT(*) AS ?total) WHERE {{ {{\n{body}\n}} }}")


def _split(text: str) -> tuple[str, str]:
    """Split a SELECT query into its declarations and the rest."""
    start = next(token.start for token in tokenise(text) if token.kind == "word" and token.text.upper() == "SELECT")
    return text[:start], text[start:]


def _outer(text: str) -> Iterator[Token]:
    """Yield the words that stand outside all braces and brackets."""
    depth = 0
    for token in tokenise(text):
        depth += (token.text in {"{", "("}) - (token.text in {"}", ")"})
        if depth == 0 and token.kind == "word":
            yield token


def address(path: str, arguments: Mapping[str, str], number: int) -> str:
    """Return the address of another page of the same answer."""
    return f"{path}?{urlencode({**arguments, 'page': number})}"


def links(path: str, arguments: Mapping[str, str], page: Page, total: int) -> dict[str, str]:
    """Map ``first``, ``prev``, ``next`` and ``last`` (RFC 8288) to addresses, as far as there are such pages."""
    last = page.last(total)
    numbers = {"first": 1, "prev": min(page.number - 1, last), "next": page.number + 1, "last": last}
    return {name: address(path, arguments, number) for name, number in numbers.items() if 1 <= number <= last}


def link_header(found: Mapping[str, str]) -> str:
    """Write links as the value of a Link header."""
    return ", ".join(f'<{target}>; rel="{name}"' for name, target in found.items())
