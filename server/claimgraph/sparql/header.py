"""The one reader of the ``#+`` lines of YAML that stand at the head of queries and rules, as grlc writes them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import yaml

from claimgraph.errors import BadHeader, Place

if TYPE_CHECKING:
    from collections.abc import Iterable

_MARK = "#+"


class _PlainLoader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc] # in C where it is there
    """Read YAML as safe_load does, but leave dates and numbers the texts that they are."""

    yaml_implicit_resolvers = {  # noqa: RUF012 - this is how PyYAML is told
        first: [(tag, pattern) for tag, pattern in resolvers if not tag.endswith((":timestamp", ":int", ":float"))]
        for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
    }


def read_header(text: str, file: str) -> dict[str, Any]:
    """Read the header of a query or rule; ``file`` is the name that errors show. Without ``#+`` lines it is empty.

    Scalars stay texts (``2021-02-27`` is no date), apart from ``true``, ``false`` and ``null``.

    Raises:
        BadHeader: the lines are no YAML mapping; carries the place.
    """
    numbered = [(number, line) for number, line in enumerate(text.splitlines(), 1) if line.startswith(_MARK)]
    if not numbered:
        return {}
    first = numbered[0][0]
    try:
        header = yaml.load("\n".join(_strip(line) for _, line in numbered), _PlainLoader)  # noqa: S506 - a SafeLoader
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        line = numbered[min(mark.line, len(numbered) - 1)][0] if mark else first
        place = Place(file, line, (mark.column if mark else 0) + len(_MARK) + 2)
        raise BadHeader(f"the header is no YAML: {error.problem or error.context}", place=place) from error
    except yaml.YAMLError as error:
        raise BadHeader(f"the header is no YAML: {error}", place=Place(file, first, 1)) from error
    if not isinstance(header, dict):
        raise BadHeader("the header must be 'key: value' lines", place=Place(file, first, 1))
    return header


def require(header: dict[str, Any], keys: Iterable[str], file: str) -> None:
    """Check that a header has some keys, each with a text.

    Raises:
        BadHeader: one is missing, empty or no text.
    """
    for key in keys:
        value = header.get(key)
        if not isinstance(value, str) or not value.strip():
            raise BadHeader(f"the header lacks '{key}': write a line '#+ {key}: ...'", place=Place(file, 1, 1))


def _strip(line: str) -> str:
    return line.removeprefix(_MARK).removeprefix(" ")
