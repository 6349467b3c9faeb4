"""Count the rows of an answer in its serialised form, while it streams, at the speed of a search for bytes."""

from __future__ import annotations

import re

_MARKS: dict[str, bytes] = {
    "json": b'"}},{"',
    "xml": b"</result>",
    "csv": b"\n",
    "tsv": b"\n",
    "nt": b" .\n",
    "nq": b" .\n",
}
"""What stands between two rows (in JSON) or after each, and in no value: quotes in values are escaped. In CSV a quoted
value may hold a line end; quotes are counted for that."""
_IN_JSON = re.compile(rb'"}},{"[^},]')
_DOUBTFUL = (b'"}},{"}', b'"}},{",')
"""A value in JSON may be ``}},{``. After it stands one of two characters, which no name of a variable begins with."""
_TAIL = 8  # bytes, one less than the longest mark
_HEADED = frozenset({"csv", "tsv"})


class Count:
    """Tell when an answer in some format has more rows, or triples, than allowed."""

    def __init__(self, format_name: str, limit: int) -> None:
        """Take the name of the format and how many there may be."""
        self.limit = limit
        self.unit = "triples" if format_name in {"ttl", "nt", "rdf", "jsonld", "trig", "nq"} else "rows"
        self._mark = _MARKS.get(format_name)
        self._is_csv = format_name == "csv"
        self._is_json = format_name == "json"
        self._found = -1 if format_name in _HEADED else int(format_name == "json")
        self._is_quoted = False
        self._tail = b""

    @property
    def reads_bytes(self) -> bool:
        """Tell whether this format can be counted by its bytes; of others the triples are counted one by one."""
        return self._mark is not None

    def is_past(self, piece: bytes) -> bool:
        """Take the next piece of the answer, and tell whether there are more rows by now than allowed."""
        if self._is_csv:
            self._found += self._line_ends(piece)
        elif self._mark:
            whole = self._tail + piece
            found, end = self._marks(whole, self._mark)
            self._found += found
            self._tail = whole[max(end, len(whole) - _TAIL) :]
        return self._found > self.limit

    def _marks(self, whole: bytes, mark: bytes) -> tuple[int, int]:
        """Count marks, in JSON those after which something is known to stand, and tell where the last one ends."""
        if self._is_json and any(doubtful in whole for doubtful in _DOUBTFUL):
            ends = [found.end() for found in _IN_JSON.finditer(whole)]
            return len(ends), ends[-1] if ends else 0
        last = len(whole) - int(self._is_json)
        found = whole.count(mark, 0, last)
        return found, whole.rfind(mark, 0, last) + len(mark) if found else 0

    def _line_ends(self, piece: bytes) -> int:
        """Count line ends outside quoted values; a doubled quote inside one closes and opens at once."""
        parts = piece.split(b'"')
        found = sum(part.count(b"\n") for part in parts[int(self._is_quoted) :: 2])
        if len(parts) % 2 == 0:
            self._is_quoted = not self._is_quoted
        return found
