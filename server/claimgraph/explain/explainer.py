"""Explain triples of a snapshot."""

from __future__ import annotations

import threading
from functools import cached_property
from typing import TYPE_CHECKING

from claimgraph.dataset import Layout, root
from claimgraph.errors import UnknownName
from claimgraph.explain.proof import Leaf, Node
from claimgraph.explain.prove import Asserted, Prover
from claimgraph.explain.rulebook import Rulebook
from claimgraph.explain.sources import Sources
from claimgraph.explain.terms import read_term
from claimgraph.explain.words import Words
from claimgraph.reason.backward.fact import Fact, Facts, as_stored
from claimgraph.snapshot import Identifiers
from claimgraph.sparql.prefixes import BASE

if TYPE_CHECKING:
    from pyoxigraph import Store

    from claimgraph.explain.proof import Proof
    from claimgraph.reason.backward.pattern import Term
    from claimgraph.snapshot import Manifest, Snapshot

_KEPT = 50_000
"""How many proofs are remembered before all are forgotten again; one takes about a kilobyte."""


class StoreExplainer:
    """Explain the triples of a store that was reasoned over with the rules of a dataset."""

    def __init__(
        self, store: Store, rules: Layout, sources: Layout | None = None, manifest: Manifest | None = None
    ) -> None:
        """Keep the store; ``sources`` is the dataset whose lines are named, if its files are at hand."""
        self.words = Words(store)
        self._identifiers = Identifiers(store)
        self._facts = Facts(store, rules.base)
        self._rules = Rulebook(rules)
        self._sources = Sources(sources, manifest, rules.base)
        self._prover = Prover(self._facts, self._rules)
        self._proofs: dict[Fact, Proof] = {}
        self._lock = threading.Lock()

    def read(self, subject: str, predicate: str, value: str) -> Proof:
        """Explain a triple whose terms are written as people write them.

        Raises:
            BadParameter: a text is no term.
            UnknownName: nothing says so.
        """
        names = {"subject": subject, "predicate": predicate, "object": value}
        terms = [read_term(place, text, self._identifiers.resolve) for place, text in names.items()]
        return self.explain(*terms)

    def explain(self, subject: Term, predicate: Term, value: Term) -> Proof:
        """Prove a triple down to what is asserted.

        Raises:
            UnknownName: it neither is asserted nor follows.
            SnapshotError: the rules are not those that the snapshot was built with.
            BadRule: a rule has a part that explanations do not cover.
        """
        fact = Fact(subject, predicate, as_stored(value))
        with self._lock:
            if len(self._proofs) > _KEPT:
                self._proofs.clear()
                self._prover = Prover(self._facts, self._rules)
            try:
                self._prover.ground(fact)
            except UnknownName as error:
                raise UnknownName(f"nothing says that {self.words.sentence(fact)}") from error
            return self._built(fact)

    def _built(self, goal: Fact) -> Proof:
        """Put a proof together from its leaves upwards, without recursion, as chains can be long."""
        waiting = [goal]
        while waiting:
            fact = waiting[-1]
            if fact in self._proofs:
                waiting.pop()
                continue
            ground = self._prover.ground(fact)
            if isinstance(ground, Asserted):
                sources = tuple(source for graph in ground.graphs for source in self._sources.of(fact, graph))
                self._proofs[fact] = Leaf(fact, sources)
                continue
            missing = [premise for premise in ground.premises if premise not in self._proofs]
            if missing:
                waiting += missing
                continue
            premises = tuple(self._proofs[premise] for premise in ground.premises)
            absences = tuple(dict.fromkeys(self.words.absence(absence) for absence in ground.absences))
            self._proofs[fact] = Node(fact, ground.rule, premises, absences)
        return self._proofs[goal]


class Explainer:
    """Explain the triples of a snapshot, which is opened when it is first asked."""

    def __init__(self, snapshot: Snapshot, layout: Layout | None = None) -> None:
        """Keep the snapshot and, if it is at hand, the dataset that it was built from.

        Without a dataset no lines can be named, and the rules are those that are shipped.
        """
        self._snapshot = snapshot
        self._layout = layout

    @cached_property
    def _open(self) -> StoreExplainer:
        rules = self._layout or Layout(root(), BASE)
        return StoreExplainer(self._snapshot.open_store(), rules, self._layout, self._snapshot.manifest)

    @property
    def words(self) -> Words:
        """Return what names the things of the snapshot."""
        return self._open.words

    def read(self, subject: str, predicate: str, value: str) -> Proof:
        """Explain a triple whose terms are written as people write them; see :meth:`StoreExplainer.read`."""
        return self._open.read(subject, predicate, value)

    def explain(self, subject: Term, predicate: Term, value: Term) -> Proof:
        """Prove a triple down to what is asserted; see :meth:`StoreExplainer.explain`."""
        return self._open.explain(subject, predicate, value)
