"""Proofs as a tree of lines for the terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pyoxigraph import NamedNode

from claimgraph.explain.proof import Leaf, outline
from claimgraph.sparql.prefixes import shorten

if TYPE_CHECKING:
    from collections.abc import Iterator

    from claimgraph.explain.proof import Entry, Proof, Source
    from claimgraph.explain.words import Words
    from claimgraph.reason.backward.fact import Fact
    from claimgraph.reason.backward.pattern import Term

_SHORT_COMMIT = 10


def as_text(proof: Proof, words: Words) -> str:
    """Write a proof as a tree: each step as a sentence, below it the triple, and where it comes from."""
    return "\n".join(_lines(outline(proof), words, "", "")) + "\n"


def _lines(entry: Entry, words: Words, first: str, rest: str) -> Iterator[str]:
    yield f"{first}{words.sentence(entry.proof.fact)}{_mark(entry)}"
    notes = list(_notes(entry))
    absences = [] if isinstance(entry.proof, Leaf) or entry.again or entry.cut else list(entry.proof.absences)
    bar = "│  " if entry.children or absences else "   "
    yield from (f"{rest}{bar}{note}" for note in notes)
    for number, child in enumerate(entry.children, 1):
        last = number == len(entry.children) and not absences
        yield from _lines(child, words, rest + ("└─ " if last else "├─ "), rest + ("   " if last else "│  "))
    for number, absence in enumerate(absences, 1):
        yield f"{rest}{'└─ ' if number == len(absences) else '├─ '}{absence}"


def _mark(entry: Entry) -> str:
    if entry.again:
        return f"  (see {entry.number} above)"
    return f"  [{entry.number}]" if entry.children or entry.cut else ""


def _notes(entry: Entry) -> Iterator[str]:
    proof = entry.proof
    if entry.again:
        return
    yield short(proof.fact)
    if isinstance(proof, Leaf):
        for source in proof.sources:
            yield f"asserted: {_where(source)}"
    else:
        yield f"derived: {proof.rule.label} ({proof.rule.file})"
    if entry.cut:
        yield "... and so on; explain this triple to see what it rests on"


def short(fact: Fact) -> str:
    """Write a triple with short IRIs."""
    return " ".join(_short(term) for term in fact[:3])


def _short(term: Term) -> str:
    return shorten(term.value) if isinstance(term, NamedNode) else str(term)


def _where(source: Source) -> str:
    commit = source.commit[:_SHORT_COMMIT] if source.commit else None
    date = source.date[: len("2021-02-27")] if source.date else None
    parts = (source.place, commit, source.author, date, source.note)
    return ", ".join(part for part in parts if part)
