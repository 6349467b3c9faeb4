"""The SPARQL files of a dataset, queries, rules and mappings, as text with places; what is checked alike in both."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Literal

from pyoxigraph import NamedNode

from claimgraph.check.finding import Finding
from claimgraph.check.vocabulary import OURS, Vocabulary
from claimgraph.errors import BadQuery, Place
from claimgraph.sparql.prefixes import PREFIXES, shorten
from claimgraph.sparql.tokens import Token, place, tokenise

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from claimgraph.check.corpus import Corpus

Kind = Literal["query", "rule", "mapping"]


@dataclass(frozen=True)
class SparqlText:
    """One SPARQL file that is UTF-8: where it is, the name that places show, and its text."""

    path: Path
    file: str
    kind: Kind
    text: str

    def at(self, offset: int) -> Place:
        """Turn an offset in characters into a place."""
        return Place(self.file, *place(self.text, offset))

    def line(self, words: str) -> Place:
        """Find the first line that holds some words, else the first line."""
        return self.at(max(self.text.find(words), 0))

    @cached_property
    def tokens(self) -> list[Token]:
        """The tokens; none where the text is no SPARQL, which is reported by itself."""
        try:
            return tokenise(self.text)
        except BadQuery:
            return []

    @cached_property
    def prefixes(self) -> dict[str, tuple[str, int]]:
        """The namespace of each prefix that the text declares, and the offset of the declaration."""
        tokens = self.tokens
        declared = zip(tokens, tokens[1:], tokens[2:], strict=False)
        return {
            name.text[:-1]: (iri.text[1:-1], name.start)
            for word, name, iri in declared
            if word.kind == "word" and word.text.upper() == "PREFIX" and name.kind == "name" and iri.kind == "iri"
        }

    def names(self) -> Iterator[tuple[NamedNode, int]]:
        """List the prefixed names of the text as IRIs, with their offsets."""
        for before, token in zip([None, *self.tokens], self.tokens, strict=False):
            prefix, _, local = token.text.partition(":")
            if token.kind != "name" or prefix not in self.prefixes or "\\" in local:
                continue
            if before is None or before.text.upper() != "PREFIX":
                yield NamedNode(self.prefixes[prefix][0] + local), token.start


def undeclared_names(corpus: Corpus) -> Iterator[Finding]:
    """Find terms of ours in queries and rules that no module declares: they would never match."""
    vocabulary = Vocabulary(corpus)
    for text in corpus.texts:
        for term, offset in text.names():
            if term.value.startswith(OURS) and term not in vocabulary.declared:
                message = f"{shorten(term.value)} is not declared"
                yield Finding(text.at(offset), "CG103", message, vocabulary.suggestion(term))


def rebound_names(corpus: Corpus) -> Iterator[Finding]:
    """Find prefixes of the project's table that a query or rule binds to another namespace."""
    for text in corpus.texts:
        for prefix, (namespace, offset) in text.prefixes.items():
            wanted = PREFIXES.get(prefix, namespace)
            if namespace != wanted:
                message = f"the prefix {prefix}: stands for <{namespace}> here"
                yield Finding(text.at(offset), "CG102", message, f"everywhere else it stands for <{wanted}>")
