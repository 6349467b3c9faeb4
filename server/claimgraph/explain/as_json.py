"""Proofs as JSON: the tree as it is, terms as in SPARQL results."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from pyoxigraph import BlankNode, NamedNode

from claimgraph.explain.proof import Leaf, outline

if TYPE_CHECKING:
    from claimgraph.explain.proof import Entry, Proof
    from claimgraph.explain.words import Words
    from claimgraph.reason.backward.pattern import Term

_XSD_STRING = "http://www.w3.org/2001/XMLSchema#string"


def as_json(proof: Proof, words: Words) -> str:
    """Write a proof as JSON.

    A step has ``number``, ``says``, ``subject``, ``predicate``, ``object`` and ``status``. An asserted one has
    ``sources``; a derived one ``rule``, ``premises`` (steps) and ``absences`` (sentences), or ``see`` with the number
    of the step that shows them.
    """
    return json.dumps(_step(outline(proof), words), ensure_ascii=False, indent=1) + "\n"


def _step(entry: Entry, words: Words) -> dict[str, Any]:
    proof = entry.proof
    step: dict[str, Any] = {"number": entry.number, "says": words.sentence(proof.fact)}
    places = ("subject", "predicate", "object")
    step |= {place: _term(term) for place, term in zip(places, proof.fact[:3], strict=True)}
    if isinstance(proof, Leaf):
        sources = [asdict(source) | {"graph": source.graph.value} for source in proof.sources]
        return step | {"status": "asserted", "sources": sources}
    step |= {"status": "derived", "rule": _rule(proof.rule)}
    if entry.again or entry.cut:
        return step | ({"see": entry.number} if entry.again else {"cut": True})
    premises = [_step(child, words) for child in entry.children]
    return step | {"premises": premises, "absences": list(proof.absences)}


def _rule(rule: Any) -> dict[str, str]:  # noqa: ANN401 - a Rule; its fields are named here
    return {name: getattr(rule, name) for name in ("name", "label", "derives", "why", "file")}


def _term(term: Term) -> dict[str, str]:
    """Write a term as the SPARQL 1.1 Query Results JSON Format does (section 3.2.2)."""
    if isinstance(term, NamedNode):
        return {"type": "uri", "value": term.value}
    if isinstance(term, BlankNode):
        return {"type": "bnode", "value": term.value}
    literal = {"type": "literal", "value": term.value}
    if term.language:
        return literal | {"xml:lang": term.language}
    return literal if term.datatype.value == _XSD_STRING else literal | {"datatype": term.datatype.value}
