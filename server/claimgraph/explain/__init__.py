"""Explanations: for any triple, where it is asserted, or which rule derives it from what, down to asserted triples."""

from claimgraph.explain.as_json import as_json
from claimgraph.explain.as_prov import as_prov
from claimgraph.explain.as_text import as_text
from claimgraph.explain.explainer import Explainer, StoreExplainer
from claimgraph.explain.proof import Entry, Leaf, Node, Proof, Source, outline, steps
from claimgraph.explain.words import Words

__all__ = [
    "Entry",
    "Explainer",
    "Leaf",
    "Node",
    "Proof",
    "Source",
    "StoreExplainer",
    "Words",
    "as_json",
    "as_prov",
    "as_text",
    "outline",
    "steps",
]
