"""Write a canned query without derived properties: each is replaced by what it means in asserted ones."""

from __future__ import annotations

import re
from itertools import count, product
from typing import TYPE_CHECKING, Final, NamedTuple

from claimgraph.bench.meanings import CLASSES, PATHS, PATTERNS, TESTED
from claimgraph.sparql.tokens import Token, tokenise

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

_JOINING: Final = frozenset({"OPTIONAL", "MINUS", "UNION"})
_COPIED: Final = frozenset({"GRAPH", "VALUES"})
_OPENING, _CLOSING = frozenset("{("), frozenset("})")
_FRESH: Final = re.compile(r"\?_(\w+)")


class NotExpressible(Exception):
    """Say that a query cannot be written so by this module."""


class _Path(NamedTuple):
    """A property path: an operator (empty for a property) with its parts."""

    operator: str
    parts: tuple[_Path | str, ...]

    def properties(self) -> Iterator[str]:
        """List all properties in it."""
        for part in self.parts:
            if isinstance(part, str):
                yield part
            else:
                yield from part.properties()

    def __str__(self) -> str:
        """Write it as in SPARQL, properties that are paths as these."""
        written = [PATHS.get(part, part) if isinstance(part, str) else f"({part})" for part in self.parts]
        if self.operator in {"/", "|"}:
            return self.operator.join(written)
        return f"^{written[0]}" if self.operator == "^" else written[0] + self.operator


def unfold(text: str, derived: Collection[str]) -> str:
    """Return a query that asks the same of asserted triples; ``derived`` are properties that rules derive.

    Raises:
        NotExpressible: it uses a derived property of which nobody has written what it means, or in a path with ``*``.
    """
    return _Unfolding(tokenise(text), frozenset(derived), count(1), tests=False).query()


class _Unfolding:
    """Go through the tokens of a query, or of a pattern, once."""

    def __init__(self, tokens: list[Token], derived: frozenset[str], numbers: count[int], *, tests: bool) -> None:
        self._tokens = tokens
        self._at = 0
        self._tests = tests
        self._derived = derived
        self._numbers = numbers

    def query(self) -> str:
        """Rewrite a whole query."""
        written = self._until("{")
        while self._now() == "{":
            written += [self._group(), *self._until("{")]
        return " ".join(written)

    def inside(self) -> str:
        """Rewrite what stands in a group."""
        written = []
        while self._at < len(self._tokens) and self._now() != "}":
            written.append(self._element())
        return " ".join(written)

    def _now(self) -> str:
        return self._tokens[self._at].text if self._at < len(self._tokens) else ""

    def _word(self) -> str:
        is_word = self._at < len(self._tokens) and self._tokens[self._at].kind in {"word", "punctuation"}
        return self._now().upper() if is_word else ""

    def _take(self) -> str:
        self._at += 1
        return self._tokens[self._at - 1].text

    def _until(self, *ends: str) -> list[str]:
        written = []
        while self._at < len(self._tokens) and self._now() not in ends:
            written.append(self._take())
        return written

    def _is_test(self) -> bool:
        return self._tokens[self._at - 1].text.upper() == "EXISTS"

    def _group(self) -> str:
        outside, self._tests = self._tests, self._tests or self._is_test()
        self._take()
        written = self.inside()
        self._take()
        self._tests = outside
        return f"{{ {written} }}"

    def _balanced(self) -> str:
        """Copy what stands in brackets; a group within an expression is rewritten."""
        written, depth = [], 0
        while True:
            if depth and self._now() == "{" and self._is_test():
                written.append(self._group())
                continue
            depth += (self._now() in _OPENING) - (self._now() in _CLOSING)
            word = self._take()
            if word == "(" and written and written[-1].isalpha():
                written[-1] += word  # the engine knows COALESCE( and no COALESCE (
            else:
                written.append(word)
            if depth == 0:
                return " ".join(written)

    def _element(self) -> str:
        word = self._word()
        if word == ".":  # each triple brings its own
            self._take()
            return ""
        if word in _JOINING:
            return self._take()
        if word == "SELECT":
            return " ".join([*self._until("{"), self._group(), *self._until("}")])
        if word in _COPIED:  # what stands in a named graph is asserted
            return " ".join([*self._until("{"), self._balanced()])
        if word in {"{", "FILTER", "BIND"}:
            return " ".join([*self._until("(", "{"), self._group() if self._now() == "{" else self._balanced()])
        return self._triples()

    def _triples(self) -> str:
        subject = self._term()
        written = []
        while True:
            path = self._alternatives()
            written.append(self._triple(subject, path, self._term()))
            while self._word() == ",":
                self._take()
                written.append(self._triple(subject, path, self._term()))
            while self._word() == ";":
                self._take()
            if not self._is_verb():
                return " ".join(written)

    def _is_verb(self) -> bool:
        """Tell whether a property path begins here: it can only after a semicolon."""
        if self._tokens[self._at - 1].text != ";" or self._at >= len(self._tokens):
            return False
        return self._tokens[self._at].kind in {"iri", "name"} or self._now() in {"a", "^", "("}

    def _term(self) -> str:
        kind = self._tokens[self._at].kind
        if kind == "punctuation":
            raise NotExpressible(f"{self._now()!r} where a term is looked for")
        term = self._take()
        if kind == "string" and self._now().startswith("@"):
            term += self._take()
        elif kind == "string" and self._now() == "^^":
            term += self._take() + self._take()
        return term

    def _alternatives(self) -> _Path:
        parts = [self._sequence()]
        while self._word() == "|":
            self._take()
            parts.append(self._sequence())
        return parts[0] if len(parts) == 1 else _Path("|", tuple(parts))

    def _sequence(self) -> _Path:
        parts = [self._step()]
        while self._word() == "/":
            self._take()
            parts.append(self._step())
        return parts[0] if len(parts) == 1 else _Path("/", tuple(parts))

    def _step(self) -> _Path:
        if self._word() == "^":
            self._take()
            return _Path("^", (self._step(),))
        if self._word() == "(":
            self._take()
            step = self._alternatives()
            self._take()
        else:
            step = _Path("", (self._take(),))
        if self._word() in {"?", "*", "+"}:
            step = _Path(self._take(), (step,))
        return step

    def _is_pattern(self, path: _Path) -> bool:
        """Tell whether a path has a property that is no path itself."""
        return any(name in self._derived and name not in PATHS for name in path.properties())

    def _triple(self, subject: str, path: _Path, value: str) -> str:
        if str(path) == "a" and value in CLASSES:
            return f"{subject} {CLASSES[value]} {value} ."
        if not self._is_pattern(path):
            return f"{subject} {path} {value} ."
        if path.operator == "":
            return self._meaning(str(path.parts[0]), subject, value)
        inner = [part for part in path.parts if isinstance(part, _Path)]
        if path.operator == "^":
            return self._triple(value, inner[0], subject)
        if path.operator == "|":
            return " UNION ".join(f"{{ {self._triple(subject, part, value)} }}" for part in inner)
        if path.operator == "/":
            choices = [self._choices(part) for part in inner]
            ways = [[step for choice in way for step in choice] for way in product(*choices)]
            written = [self._way(subject, way, value) for way in ways]
            return written[0] if len(written) == 1 else " UNION ".join(f"{{ {one} }}" for one in written)
        raise NotExpressible(f"a path with {path.operator} over a derived property")

    def _choices(self, step: _Path) -> list[list[_Path]]:
        """List the ways to take a step of a sequence: one that may be left out is there, or is not."""
        inner = step.parts[0]
        if step.operator == "?" and self._is_pattern(step) and isinstance(inner, _Path):
            return [[], [inner]]
        return [[step]]

    def _way(self, subject: str, steps: list[_Path], value: str) -> str:
        if not steps:
            raise NotExpressible("a path that may have no step")
        written = []
        for step in steps[:-1]:
            then = f"?step{next(self._numbers)}"
            written.append(self._triple(subject, step, then))
            subject = then
        return " ".join([*written, self._triple(subject, steps[-1], value)])

    def _meaning(self, name: str, subject: str, value: str) -> str:
        if self._tests and name in TESTED:
            return f"{subject} {TESTED[name]} {value} ."
        pattern = PATTERNS.get(name)
        if pattern is None:
            raise NotExpressible(f"nobody has written what {name} means")
        number = next(self._numbers)
        pattern = _FRESH.sub(rf"?\g<1>n{number}", pattern).replace("$s", subject).replace("$o", value)
        return _Unfolding(tokenise(pattern), self._derived, self._numbers, tests=self._tests).inside()
