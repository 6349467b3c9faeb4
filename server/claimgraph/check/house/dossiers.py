"""Every claim stands in one dossier: most questions are asked of one, and would pass by a claim that stands in none."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from claimgraph.check.finding import Finding
from claimgraph.check.names import RDF_TYPE, name
from claimgraph.sparql.prefixes import shorten

if TYPE_CHECKING:
    from collections.abc import Iterator

    from claimgraph.check.corpus import Corpus, Statement
    from claimgraph.dataset.positions import Term

_CLAIM: Final = name("cg:Claim")
_IN_DOSSIER: Final = name("cg:inDossier")


def claims_without_a_dossier(corpus: Corpus) -> Iterator[Finding]:
    """Find graphs with claims that say of themselves no dossier, or two, by their first claim."""
    dossiers: dict[Term, set[Term]] = {}
    for statement in corpus.with_predicate(_IN_DOSSIER):
        dossiers.setdefault(statement.subject, set()).add(statement.object)
    for graph, claim in _first_claims(corpus).items():
        named = dossiers.get(graph, set())
        if len(named) != 1:
            said = "no dossier" if not named else "several dossiers: " + ", ".join(sorted(map(_short, named)))
            message = f"{_short(claim.subject)} stands in a graph of {said}"
            hint = f"say cg:inDossier of <{graph.value}>, once" if not named else ""
            yield Finding(claim.at(claim.subject_at), "CG812", message, hint)


def _first_claims(corpus: Corpus) -> dict[Term, Statement]:
    """Map each graph that is judged to the first claim in it."""
    found: dict[Term, Statement] = {}
    for statement in corpus.with_predicate(RDF_TYPE):
        if statement.object == _CLAIM and corpus.judges_file(statement.source):
            found.setdefault(statement.source.graph, statement)
    return found


def _short(term: Term) -> str:
    return shorten(term.value)
