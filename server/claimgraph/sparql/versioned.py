"""Write a query in the names of one version, token by token, and say of which graphs it has to be asked.

Names of graphs are replaced wherever they stand, as a client writes them: in full, relative, or with a prefix. Three
functions see through names that clients do not know: ``isBlank`` and ``isIRI``, since blank nodes are kept as IRIs, and
``STR``. Else the text stays as it is, but for what engines misread and can be said otherwise.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from pyoxigraph import NamedNode, RdfFormat, parse

from claimgraph.sparql.prefixes import BASE
from claimgraph.sparql.query import SHORT
from claimgraph.sparql.tokens import Token, tokenise
from claimgraph.sparql.version import BLANK

if TYPE_CHECKING:
    from collections.abc import Iterator

    from claimgraph.sparql.query import Query
    from claimgraph.sparql.version import Version

_ESCAPED: Final = re.compile(r"\\(.)")
_ABSOLUTE: Final = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")
Graphs = tuple[tuple[str, ...], tuple[str, ...]]
"""Default graphs and named graphs, by the names that clients know."""
_FORMS: Final = frozenset({"SELECT", "ASK", "CONSTRUCT", "DESCRIBE"})
_AFTER_DATASET: Final = frozenset({"WHERE", "ORDER", "GROUP", "HAVING", "LIMIT", "OFFSET", "VALUES", "FROM"})
_COMPARED: Final = frozenset({"=", "!=", "<", ">", "<=", ">="})
_FUNCTIONS: Final = frozenset({"STR", "ISBLANK", "ISIRI", "ISURI"})


def versioned(query: Query, version: Version, graphs: Graphs | None = None) -> str:
    """Write a query that has been read in the names of a version, to be asked of some graphs in place of its own.

    Without any, and without FROM, it is asked of the graph that holds everything, and of those that it names by GRAPH;
    of all of them where a variable stands there. That is written into the text: hundreds of graphs are too many for the
    headers in which Virtuoso repeats parameters, and it adds parameters to FROM where they should take its place.
    """
    write = _remembered if len(query.text) <= SHORT else _versioned
    return write(query, version, graphs)


def _versioned(query: Query, version: Version, graphs: Graphs | None) -> str:
    writer = _Writer(query.text, version, keeps_dataset=graphs is None)
    before, after = writer.write()
    if graphs is not None:
        default, named = ({version.named(graph) for graph in some} for some in graphs)
    elif query.names_dataset:
        return before + after
    else:
        default = {version.merged}
        named = {version.named(graph) for graph in version.graphs} if writer.asks_any else writer.asked
    clauses = [*(f"FROM <{graph}>" for graph in sorted(default)), *(f"FROM NAMED <{graph}>" for graph in sorted(named))]
    return f"{before} {' '.join(clauses)}{after}"


_remembered = lru_cache(maxsize=256)(_versioned)


@dataclass
class _Writer:
    text: str
    version: Version
    keeps_dataset: bool
    asked: set[str] = field(default_factory=set)
    asks_any: bool = False
    _base: str = BASE
    _prefixes: dict[str, str] = field(default_factory=dict)
    _tokens: list[Token] = field(init=False)
    _free: frozenset[str] = field(init=False)

    def __post_init__(self) -> None:
        self._tokens = tokenise(self.text)
        self._free = self._never_bound()

    def write(self) -> tuple[str, str]:
        """Return the text before and after the place of a dataset clause (section 13.2)."""
        last, body = len(self._tokens), self._body()
        before = "".join(self._pieces(0, body, 0))
        after = "".join(self._pieces(body, last, self._tokens[body - 1].end))
        return before, after + self.text[self._tokens[-1].end :]

    def _body(self) -> int:
        """Return the number of the token before which a dataset clause may stand."""
        first = next(index for index in range(len(self._tokens)) if self._word(index) in _FORMS)
        depth, is_template = 0, self._word(first) == "CONSTRUCT" and self._tokens[first + 1].text == "{"
        for index in range(first + 1, len(self._tokens)):
            text = self._tokens[index].text
            if depth == 0 and not is_template and (text == "{" or self._word(index) in _AFTER_DATASET):
                return index
            depth += {"{": 1, "(": 1, "}": -1, ")": -1}.get(text, 0)
            is_template = is_template and not (depth == 0 and text == "}")
        return len(self._tokens)

    def _pieces(self, first: int, last: int, start: int) -> Iterator[str]:
        """Yield the text from an offset to the end of the tokens in a range, with what is replaced."""
        index = first
        while index < last:
            token = self._tokens[index]
            yield self.text[start : token.start]
            start = token.end
            after = self._call_end(index)
            if after:
                yield self._call(index, after)
                index, start = after, self._tokens[after].end
            else:
                yield self._token(index)
            index += 1

    def _token(self, index: int) -> str:
        token, before = self._tokens[index], self._word(index - 1)
        if before == "GRAPH" and token.kind == "variable":
            self.asks_any = True
        if token.text in self._free and not _COMPARED.isdisjoint((self._text(index - 1), self._text(index + 1))):
            return f"COALESCE({token.text})"
        if self._word(index) in {"FROM", "NAMED"} and not self.keeps_dataset:
            return ""
        if token.kind not in {"iri", "name"} or before == "PREFIX":
            return token.text
        if before in {"FROM", "NAMED"} and not self.keeps_dataset:
            return ""
        iri = self._resolved(token)
        if before == "BASE":
            self._base = iri
        elif self._word(index - 2) == "PREFIX":
            self._prefixes[self._tokens[index - 1].text] = iri
        elif before in {"GRAPH", "FROM", "NAMED"} or iri in self.version.graphs:
            kept = self.version.named(iri)
            if before == "GRAPH":
                self.asked.add(kept)
            return f"<{kept}>"
        return token.text

    def _text(self, index: int) -> str:
        return self._tokens[index].text if 0 <= index < len(self._tokens) else ""

    def _never_bound(self) -> frozenset[str]:
        """Find the variables that stand in brackets of expressions and nowhere else, so nothing gives them a value.

        Virtuoso drops a comparison with one; with COALESCE around it, which means the same, it compares.
        """
        found: set[str] = set()
        bound: set[str] = set()
        brackets: list[int] = []
        for index, token in enumerate(self._tokens):
            if token.text in {"(", "{", "["}:
                brackets.append(index)
            elif token.text in {")", "}", "]"} and brackets:
                brackets.pop()
            elif token.kind == "variable":
                inner = brackets[-1] if brackets else -1
                is_used = (
                    self._text(inner) == "(" and self._word(inner - 1) != "VALUES" and self._word(index - 1) != "AS"
                )
                (found if is_used else bound).add(token.text)
        return frozenset(found - bound)

    def _word(self, index: int) -> str:
        """Return the keyword that a token is; empty where it is none, or there is no token."""
        token = self._tokens[index] if index >= 0 else None
        return token.text.upper() if token and token.kind == "word" else ""

    def _resolved(self, token: Token) -> str:
        """Return the IRI that a token stands for."""
        if token.kind == "name":
            prefix, _, local = token.text.partition(":")
            return self._prefixes.get(prefix + ":", prefix + ":") + _ESCAPED.sub(r"\1", local)
        iri = token.text[1:-1]
        return iri if _ABSOLUTE.match(iri) else _resolve(self._base, iri)

    def _call_end(self, index: int) -> int | None:
        """Return where the bracket of a call of one of the functions closes, or None where there is no such call."""
        token, depth = self._tokens[index], 0
        if token.kind != "word" or token.text.upper() not in _FUNCTIONS:
            return None
        for place in range(index + 1, len(self._tokens)):
            depth += {"(": 1, ")": -1}.get(self._tokens[place].text, 0)
            if depth == 0:
                return place if place > index + 1 else None
        return None

    def _call(self, index: int, last: int) -> str:
        name = self._tokens[index].text.upper()
        inner = "".join(self._pieces(index + 2, last, self._tokens[index + 1].end)).strip()
        if name == "STR":
            return f'STRBEFORE(CONCAT(STR({inner}),"{self.version.mark}"),"{self.version.mark}")'
        is_kept = f'STRSTARTS(STR({inner}),"{BLANK}")'
        if name == "ISBLANK":
            return is_kept
        # What is more than a variable is not written twice, or the text would double with each bracket.
        return (
            f"({name}({inner}) && !{is_kept})" if inner[:1] in {"?", "$"} and "(" not in inner else f"{name}({inner})"
        )


def _resolve(base: str, iri: str) -> str:
    """Resolve a relative IRI as the engine does; what is none (a comparison that looks like one) stays as it is."""
    try:
        (quad,) = parse(f"<{iri}> <x:x> <x:x> .".encode(), RdfFormat.TURTLE, base_iri=base)
    except (SyntaxError, ValueError):
        return iri
    return quad.subject.value if isinstance(quad.subject, NamedNode) else iri
