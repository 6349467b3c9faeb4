"""A parser of Turtle 1.1 that keeps the place of every subject, predicate and object.

Source: RDF 1.1 Turtle, section 6.5 (https://www.w3.org/TR/turtle/#sec-grammar-grammar). The store's parser is faster
but forgets places; a test holds the triples of both equal.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from pyoxigraph import BlankNode, Literal, NamedNode

from claimgraph.dataset.positions.parts import Declaration, Fault, Triple
from claimgraph.dataset.positions.terms import BadTerm, Node, Term, Terms
from claimgraph.dataset.positions.tokens import split

if TYPE_CHECKING:
    from collections.abc import Callable

_RDF: Final = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
_TYPE: Final = NamedNode(_RDF + "type")
_FIRST: Final = NamedNode(_RDF + "first")
_REST: Final = NamedNode(_RDF + "rest")
_NIL: Final = NamedNode(_RDF + "nil")
_DEPTH: Final = 100
"""How deep brackets may nest: far beyond what a person writes, and well inside Python's own stack."""


class Reader:
    """Read one Turtle text from its first token to its last."""

    def __init__(self, text: str, base: str | None = None, scope: str = "") -> None:
        """Cut the text into tokens and stand on the first."""
        self.triples: list[Triple] = []
        self.prefixes: list[Declaration] = []
        self._terms = Terms(base, scope)
        self._length = len(text)
        self._tokens = iter(split(text))
        self._end = 0
        self._depth = 0
        self._advance()

    def read(self) -> None:
        """Fill ``triples`` and ``prefixes``.

        Raises:
            Fault: the text is not Turtle 1.1.
        """
        while self._lexeme or self._at < self._length:
            directive = self._directive()
            if directive is not None:
                directive()
                continue
            self._statement()
            self._expect(".")

    def _advance(self) -> None:
        skipped, self._lexeme = next(self._tokens)
        self._at = self._end + len(skipped)
        self._end = self._at + len(self._lexeme)

    def _expect(self, token: str) -> None:
        if self._lexeme != token:
            raise self._unexpected(f"'{token}'")
        self._advance()

    def _unexpected(self, wanted: str) -> Fault:
        if self._lexeme:
            found = f"found {self._lexeme if len(self._lexeme) <= 40 else self._lexeme[:40] + '...'}"  # noqa: PLR2004
        else:
            found = "the file ends" if self._at >= self._length else "found something that is no Turtle token"
        return Fault(f"expected {wanted}, {found}", self._at)

    def _directive(self) -> Callable[[], None] | None:
        lexeme = self._lexeme
        if lexeme == "@prefix" or lexeme.upper() == "PREFIX":
            return self._prefix
        if lexeme == "@base" or lexeme.upper() == "BASE":
            return self._base
        return None

    def _prefix(self) -> None:
        dotted = self._lexeme[0] == "@"
        self._advance()
        name, at = self._lexeme, self._at
        if name[-1:] != ":" or name.index(":") != len(name) - 1:
            raise self._unexpected("a prefix and a colon")
        self._advance()
        namespace = self._declared(lambda token: self._terms.declare_prefix(name[:-1], token))
        self.prefixes.append(Declaration(name[:-1], namespace, at))
        if dotted:
            self._expect(".")

    def _base(self) -> None:
        dotted = self._lexeme[0] == "@"
        self._advance()
        self._declared(self._terms.declare_base)
        if dotted:
            self._expect(".")

    def _declared(self, declare: Callable[[str], str]) -> str:
        if self._lexeme[:1] != "<":
            raise self._unexpected("an IRI in angle brackets")
        try:
            iri = declare(self._lexeme)
        except BadTerm as error:
            raise Fault(str(error), self._at) from error
        self._advance()
        return iri

    def _statement(self) -> None:
        at = self._at
        if self._lexeme == "[":
            node, described = self._bracket()
            if not described or self._lexeme != ".":
                self._predicates(node, at)
        else:
            self._predicates(self._node("a subject"), at)

    def _node(self, wanted: str) -> Node:
        """Take an IRI, a blank node label or a collection."""
        if self._lexeme == "(":
            return self._collection()
        term = self._term(wanted)
        if isinstance(term, Literal):
            raise self._unexpected(wanted)
        self._advance()
        return term

    def _term(self, wanted: str) -> Term:
        lexeme = self._lexeme
        if lexeme in _NO_TERM or lexeme[0] == "@":
            raise self._unexpected(wanted)
        try:
            return self._terms.term(lexeme)
        except BadTerm as error:
            raise Fault(str(error), self._at) from error

    def _predicates(self, subject: Node, subject_at: int) -> None:
        triples = self.triples
        while True:
            predicate_at = self._at
            predicate = self._verb()
            while True:
                at = self._at
                triples.append((subject, predicate, self._object(), subject_at, predicate_at, at))
                if self._lexeme != ",":
                    break
                self._advance()
            if self._lexeme != ";":
                return
            while self._lexeme == ";":
                self._advance()
            if self._lexeme in {".", "]"}:
                return

    def _verb(self) -> NamedNode:
        lexeme = self._lexeme
        if lexeme == "a":
            self._advance()
            return _TYPE
        term = self._term("a predicate")
        if not isinstance(term, NamedNode):
            raise self._unexpected("a predicate")
        self._advance()
        return term

    def _object(self) -> Term:
        lexeme = self._lexeme
        if lexeme == "[":
            return self._bracket()[0]
        if lexeme == "(":
            return self._collection()
        term = self._term("an object")
        self._advance()
        return term

    def _bracket(self) -> tuple[BlankNode, bool]:
        """Take ``[ ... ]`` and tell whether anything stood inside."""
        at = self._at
        node = self._terms.anonymous("b", at)
        self._descend()
        described = self._lexeme != "]"
        if described:
            self._predicates(node, at)
        self._ascend("]")
        return node, described

    def _collection(self) -> Node:
        self._descend()
        head: Node = _NIL
        last: BlankNode | None = None
        while self._lexeme != ")":
            item_at = self._at
            cell = self._terms.anonymous("i", item_at)
            if last is None:
                head = cell
            else:
                self.triples.append((last, _REST, cell, item_at, item_at, item_at))
            self.triples.append((cell, _FIRST, self._object(), item_at, item_at, item_at))
            last = cell
        if last is not None:
            self.triples.append((last, _REST, _NIL, self._at, self._at, self._at))
        self._ascend(")")
        return head

    def _descend(self) -> None:
        self._depth += 1
        if self._depth > _DEPTH:
            raise Fault(f"brackets nest deeper than {_DEPTH}", self._at)
        self._advance()

    def _ascend(self, closer: str) -> None:
        self._expect(closer)
        self._depth -= 1


_NO_TERM: Final = frozenset({"", ".", ";", ",", "]", ")", "[", "(", "a"})
