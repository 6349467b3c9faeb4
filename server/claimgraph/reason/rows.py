"""What a query constructs, written as N-Triples from the rows of a SELECT.

It takes the engine three fifths of the time of a CONSTRUCT, which makes three terms of every triple and remembers all
triples to give none twice. Here a triple may come twice; whoever loads it does not mind. Queries that construct
several triples are left as they are: to take their rows apart costs what is spared, and holds Python's lock.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import accumulate
from typing import TYPE_CHECKING, Any, Self, cast

from pyoxigraph import NamedNode, QueryResultsFormat, RdfFormat, Variable
from rdflib.term import Variable as Name

from claimgraph.sparql.bind import bind
from claimgraph.sparql.tokens import tokenise

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from pyoxigraph import QuerySolutions, QueryTriples, Store

    from claimgraph.reason.rule import Rule
    from claimgraph.reason.shape import Term

Pattern = tuple[str, str, str]


@dataclass(frozen=True)
class Construction:
    """Be a query that constructs triples, and one that selects what they are made of, if that can be written.

    ``triple`` is the one triple of the template, its terms as SPARQL writes them. Some variables are replaced by
    terms when the query is put.
    """

    text: str
    rows: str | None = None
    triple: Pattern | None = None
    substitutions: dict[Variable, Any] | None = None

    @classmethod
    def of(cls, rule: Rule, binding: Mapping[str, Term]) -> Self:
        """Read the query of a rule, with some variables bound."""
        named = {name: term for name, term in binding.items() if isinstance(term, NamedNode)}
        if len(named) < len(binding) or len(rule.tree.template) > 1:
            return cls(rule.text, substitutions={Variable(name): term for name, term in binding.items()} or None)
        text = bind(rule.text, named)
        tokens = tokenise(text)
        start = next(number for number, token in enumerate(tokens) if token.text.upper() == "CONSTRUCT")
        end = next(number for number, token in enumerate(tokens) if number > start and token.text == "}")
        if not _is_group([token.text for token in tokens[end + 1 :]]):
            return cls(text)
        triple = tuple(_written(term, binding) for term in rule.tree.template[0])
        return cls._written(text, text[: tokens[start].start], cast("Pattern", triple), text[tokens[end].end :])

    @classmethod
    def one(cls, triple: Pattern, where: str) -> Self:
        """Write the queries for one triple, of terms as SPARQL writes them."""
        return cls._written(f"CONSTRUCT {{ {' '.join(triple)} }} {where}", "", triple, where)

    @classmethod
    def _written(cls, text: str, prologue: str, triple: Pattern, where: str) -> Self:
        subject, predicate, value = triple
        columns = [term for term in (subject, value) if term.startswith("?")]
        can_be = subject.startswith("?") and not predicate.startswith("?") and subject != value
        return cls(text, f"{prologue}SELECT {' '.join(columns)} {where}", triple) if can_be else cls(text)

    def answer(self, store: Store) -> bytes:
        """Ask a store, over the union of its graphs, and return what is constructed as N-Triples."""
        lines = self._lines(store) if self.rows else None
        if lines is None:
            triples = cast("QueryTriples", self._ask(store, self.text))
            lines = triples.serialize(format=RdfFormat.N_TRIPLES) or b""
        return lines

    def _lines(self, store: Store) -> bytes | None:
        """Select, and write each row as a triple; None where a term is not written as N-Triples has it.

        Such are numbers, which stand without quotes, blank nodes, which lose their names, and what is not bound.
        """
        solutions = cast("QuerySolutions", self._ask(store, str(self.rows)))
        _, _, rows = (solutions.serialize(format=QueryResultsFormat.TSV) or b"").partition(b"\n")
        _, predicate, value = cast("Pattern", self.triple)
        count = rows.count(b"\n")
        if rows.startswith(b"<") + rows.count(b"\n<") != count:
            return None
        if not value.startswith("?"):
            return rows.replace(b"\n", f" {predicate} {value} .\n".encode())
        if rows.count(b"\t<") + rows.count(b'\t"') != count:
            return None
        return rows.replace(b"\t", f" {predicate} ".encode()).replace(b"\n", b" .\n")

    def _ask(self, store: Store, text: str) -> object:
        return store.query(text, use_default_graph_as_union=True, substitutions=self.substitutions)


def _is_group(texts: Sequence[str]) -> bool:
    """Tell whether tokens are those of one group, with nothing after it."""
    depth = list(accumulate({"{": 1, "}": -1}.get(text, 0) for text in texts))
    return depth.index(0, texts.index("{")) == len(texts) - 1


def _written(term: Any, binding: Mapping[str, Term]) -> str:  # noqa: ANN401 - rdflib's terms
    return str(binding.get(str(term), term.n3())) if isinstance(term, Name) else str(term.n3())
