"""Find for a fact why it holds, down to what is asserted.

A proof must end: no fact may stand on itself, be it by way of a hundred others, as the two directions of an inverse
property would. So conclusions are accepted in the order in which reasoning could have drawn them: a fact is settled
when all premises of one of its derivations are settled, and asserted facts are settled from the start.
"""

from __future__ import annotations

from collections import defaultdict, deque
from typing import TYPE_CHECKING, NamedTuple

from pyoxigraph import NamedNode

from claimgraph.errors import SnapshotError, UnknownName
from claimgraph.explain.rulebook import Derivation
from claimgraph.reason.backward.fact import Fact
from claimgraph.reason.backward.solve import Solver
from claimgraph.sparql.prefixes import expand

if TYPE_CHECKING:
    from collections.abc import Iterator

    from claimgraph.explain.rulebook import Rulebook
    from claimgraph.reason.backward.fact import Facts

_TYPE = NamedNode(expand("rdf:type"))
_SYMMETRIC = NamedNode(expand("owl:SymmetricProperty"))
_AT_ONCE = 4
"""How many derivations of a fact are looked at before others have their turn."""


class Asserted(NamedTuple):
    """Say that a fact is asserted, and in which graphs."""

    graphs: tuple[NamedNode, ...]


Ground = Asserted | Derivation


class Prover:
    """Prove facts, and remember how: what is settled once is used again."""

    def __init__(self, facts: Facts, rules: Rulebook) -> None:
        """Keep the facts and the rules; nothing is settled yet."""
        self.facts = facts
        self._rules = rules
        self._solver = Solver(facts)
        self._settled: dict[Fact, Ground] = {}

    def ground(self, fact: Fact) -> Ground:
        """Say what a fact rests on; the premises of a derivation have grounds of their own.

        Raises:
            UnknownName: it neither is asserted nor follows.
            SnapshotError: a rule no longer derives what it is said to have derived.
        """
        return self.known(fact) or _Search(self, fact).run()

    def known(self, fact: Fact) -> Ground | None:
        """Return what a fact rests on if it is settled or asserted."""
        if fact not in self._settled:
            graphs, _ = self.facts.holders(fact)
            if graphs:
                self._settled[fact] = Asserted(tuple(graphs))
        return self._settled.get(fact)

    def derivations(self, fact: Fact) -> Iterator[Derivation]:
        """Find the ways in which rules derive a fact: the rule whose graph it is in, or one that answers on demand."""
        _, names = self.facts.holders(fact)
        for name in names:
            yield from self._rules[name].derivations(fact, self.facts, self._solver)
        on_demand = [] if names else self._rules.on_demand(fact.predicate)
        for rule in on_demand:
            yield from rule.derivations(fact, self.facts, self._solver)
        if on_demand:
            yield from self._mirrored(fact)

    def _mirrored(self, fact: Fact) -> Iterator[Derivation]:
        """Turn a symmetric relation round that is found on demand, as a rule of OWL does for those that are stored."""
        axiom = Fact(fact.predicate, _TYPE, _SYMMETRIC)
        if next(self.facts.matching(*axiom), None) is not None:
            turned = Fact(fact.value, fact.predicate, fact.subject)
            yield Derivation(self._rules["owl/symmetric"].rule, (axiom, turned), ())

    def settle(self, fact: Fact, ground: Derivation) -> None:
        """Accept a derivation whose premises are all settled."""
        self._settled.setdefault(fact, ground)


class _Open:
    """Be a derivation some of whose premises are not settled yet."""

    def __init__(self, fact: Fact, derivation: Derivation, missing: int) -> None:
        self.fact = fact
        self.derivation = derivation
        self.missing = missing


class _Search:
    """Settle one fact: look into facts in turns, one derivation at a time, until the one asked for is settled.

    Taking turns finds short proofs first, and gets past a fact that has endless derivations from what is not settled.
    """

    def __init__(self, prover: Prover, goal: Fact) -> None:
        self._prover = prover
        self._goal = goal
        self._agenda: deque[tuple[Fact, Iterator[Derivation]]] = deque()
        self._seen: set[Fact] = set()
        self._waiting: defaultdict[Fact, list[_Open]] = defaultdict(list)

    def run(self) -> Ground:
        self._ask(self._goal)
        while self._agenda:
            fact, derivations = self._agenda.popleft()
            derivation = None if self._prover.known(fact) else next(derivations, None)
            if derivation is None:
                continue
            self._look(fact, derivation)
            ground = self._prover.known(self._goal)
            if ground is not None:
                return ground
            self._agenda.append((fact, derivations))
        raise self._failure()

    def _ask(self, fact: Fact) -> None:
        if fact not in self._seen:
            self._seen.add(fact)
            self._agenda.append((fact, self._prover.derivations(fact)))

    def _look(self, fact: Fact, derivation: Derivation) -> None:
        """Accept a derivation if its premises are settled; otherwise ask for those that are not."""
        missing = [premise for premise in derivation.premises if self._prover.known(premise) is None]
        if not missing:
            self._settle(fact, derivation)
        elif fact not in missing:
            waiting = _Open(fact, derivation, len(missing))
            for premise in missing:
                self._waiting[premise].append(waiting)
                self._ask(premise)

    def _settle(self, fact: Fact, derivation: Derivation) -> None:
        """Accept a derivation, and whatever was waiting for just that."""
        ready = [(fact, derivation)]
        while ready:
            fact, derivation = ready.pop()
            if self._prover.known(fact) is not None:
                continue
            self._prover.settle(fact, derivation)
            for waiting in self._waiting.pop(fact, ()):
                waiting.missing -= 1
                if not waiting.missing:
                    ready.append((waiting.fact, waiting.derivation))

    def _failure(self) -> UnknownName | SnapshotError:
        _, names = self._prover.facts.holders(self._goal)
        if names:
            return SnapshotError(
                f"the rule {names[0]!r} does not derive this any more; run 'claimgraph build' to have it up to date"
            )
        return UnknownName("nothing says so: it neither is asserted nor follows by any rule")
