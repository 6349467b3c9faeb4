"""Tokens of Turtle turned into RDF terms, as the store's own parser would turn them."""

from __future__ import annotations

import re
from typing import Final

from pyoxigraph import BlankNode, Literal, NamedNode, RdfFormat, parse

from claimgraph.dataset.positions.tokens import literal_parts

Node = NamedNode | BlankNode
Term = NamedNode | BlankNode | Literal

_XSD: Final = "http://www.w3.org/2001/XMLSchema#"
_BOOLEAN: Final = NamedNode(_XSD + "boolean")
_INTEGER: Final = NamedNode(_XSD + "integer")
_DECIMAL: Final = NamedNode(_XSD + "decimal")
_DOUBLE: Final = NamedNode(_XSD + "double")

_ESCAPE: Final = re.compile(r"\\(?:u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{8})|(.))")
_LOCAL_ESCAPE: Final = re.compile(r"\\(.)")
_ESCAPED: Final = {"t": "\t", "b": "\b", "n": "\n", "r": "\r", "f": "\f", '"': '"', "'": "'", "\\": "\\"}
_ABSOLUTE: Final = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")


class BadTerm(ValueError):
    """Say why a token stands for no term; the reader adds the place."""


class Terms:
    """Turn tokens into terms under the prefixes and the base declared so far."""

    def __init__(self, base: str | None, scope: str) -> None:
        """Start with the base IRI of the document; ``scope`` keeps blank nodes of different documents apart."""
        self._base = base
        self._scope = scope
        self._prefixes: dict[str, str] = {}
        self._known: dict[str, Term] = {}

    def declare_prefix(self, prefix: str, token: str) -> str:
        """Bind ``prefix`` (without its colon) to the IRI of the token, and return that IRI."""
        namespace = self.iri(token).value
        if self._prefixes.get(prefix, namespace) != namespace:
            self._known.clear()
        self._prefixes[prefix] = namespace
        return namespace

    def declare_base(self, token: str) -> str:
        """Make the IRI of the token the base of the relative IRIs that follow, and return it."""
        self._base = self.iri(token).value
        self._known.clear()
        return self._base

    def anonymous(self, kind: str, offset: int) -> BlankNode:
        """Make the blank node of the bracket (kind ``b``) or of the list item (``i``) at ``offset``."""
        return BlankNode(f"{self._scope}{kind}{offset}")

    def term(self, token: str) -> Term:
        """Return the term that a token stands for.

        Raises:
            BadTerm: an undeclared prefix, an IRI that is none, or a word that is no term.
        """
        known = self._known.get(token)
        if known is None:
            known = self._known[token] = self._make(token)
        return known

    def iri(self, token: str) -> NamedNode:
        """Return the IRI that ``<...>`` or a prefixed name stands for.

        Raises:
            BadTerm: an undeclared prefix, or an IRI that is none.
        """
        if token[0] == "<":
            return self._resolved(token[1:-1])
        prefix, _, local = token.partition(":")
        namespace = self._prefixes.get(prefix)
        if namespace is None:
            raise BadTerm(f"the prefix {prefix}: is not declared")
        return _named(namespace + (_LOCAL_ESCAPE.sub(r"\1", local) if "\\" in local else local))

    def _make(self, token: str) -> Term:
        first = token[0]
        if first in "\"'":
            return self._literal(token)
        if first in "0123456789+-.":
            return _number(token)
        if token.startswith("_:"):
            return BlankNode(f"{self._scope}l{token[2:]}")
        if first == "<" or ":" in token:
            return self.iri(token)
        if token in {"true", "false"}:
            return Literal(token, datatype=_BOOLEAN)
        raise BadTerm(f"{token} is no IRI, literal or blank node")

    def _literal(self, token: str) -> Literal:
        string, language, datatype = literal_parts(token)
        quotes = 3 if string.startswith(('"""', "'''")) else 1
        value = _unescaped(string[quotes:-quotes])
        if datatype is not None:
            return Literal(value, datatype=self.iri(datatype))
        if language is None:
            return Literal(value)
        return _tagged(value, language)

    def _resolved(self, reference: str) -> NamedNode:
        reference = _unescaped(reference)
        if _ABSOLUTE.match(reference) and (self._base is None or "/." not in reference):
            return _named(reference)
        # Relative references are rare; the store's own parser resolves them, so both agree on every corner of RFC 3986.
        resolved = _parsed(f"<{reference}>", self._base)
        if not isinstance(resolved, NamedNode):
            raise BadTerm(f"<{reference}> is no IRI")
        return resolved


def _named(iri: str) -> NamedNode:
    try:
        return NamedNode(iri)
    except ValueError as error:
        raise BadTerm(f"<{iri}> is no IRI: {error}") from error


def _number(token: str) -> Literal:
    if "e" in token or "E" in token:
        return Literal(token, datatype=_DOUBLE)
    return Literal(token, datatype=_DECIMAL if "." in token else _INTEGER)


def _tagged(value: str, language: str) -> Literal:
    try:
        literal = Literal(value, language=language)
    except ValueError as error:
        raise BadTerm(f"@{language} is no language tag: {error}") from error
    # The constructor lowers the tag; the parser keeps it as it was written.
    written = literal if literal.language == language else _parsed(f"{literal}"[: -len(language)] + language, None)
    return written if isinstance(written, Literal) else literal


def _parsed(token: str, base: str | None) -> Term:
    try:
        term = next(iter(parse(f"<x:s> <x:p> {token} .", format=RdfFormat.TURTLE, base_iri=base))).object
    except SyntaxError as error:
        raise BadTerm(f"{token} is no term: {error.msg.partition(': ')[2]}") from error
    if not isinstance(term, NamedNode | Literal):
        raise BadTerm(f"{token} is no term of RDF 1.1")
    return term


def _unescaped(text: str) -> str:
    return _ESCAPE.sub(_character, text) if "\\" in text else text


def _character(escape: re.Match[str]) -> str:
    if escape[3]:
        return _ESCAPED[escape[3]]
    code = int(escape[1] or escape[2], 16)
    try:
        character = chr(code)
        character.encode()
    except (ValueError, OverflowError) as error:
        raise BadTerm(f"{escape[0]} is no character") from error
    return character
