"""The fast way for rules with one premise, which derive nearly all of what is derived.

They run inside the store as updates: all conclusions from one shape of triples together, without a Python object for
any triple. A conclusion that another conclusion leads to is left to that one: from ``?x a cg:Denial`` follows
``cg:SpeechAct``, and only from there what a speech act is.
"""

from __future__ import annotations

from collections import defaultdict
from functools import partial
from time import perf_counter
from typing import TYPE_CHECKING, cast

from pyoxigraph import BlankNode, Literal, Quad

from claimgraph.reason.linear import Conclusion, LinearRule, Reach, described
from claimgraph.reason.premises import known
from claimgraph.reason.rows import Construction
from claimgraph.reason.shape import Reads, Shape

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from pyoxigraph import NamedNode, QuerySolutions, Store

    from claimgraph.reason.rule import Rule
    from claimgraph.reason.unit import Progress


_MANY = 5_000
_Texts = dict[tuple["Rule", Conclusion], bytes]
"""What is new of each conclusion, as N-Triples."""


class LinearUnit:
    """Draw all conclusions from one shape of triples."""

    def __init__(
        self, premise: Shape, conclusions: Iterable[tuple[Rule, Conclusion]], settled_by: Iterable[Rule] = ()
    ) -> None:
        """Keep the conclusions in a stable order.

        ``settled_by`` are rules that write the premise too, but whose own premises lead to the same conclusions, so
        that the step need not wait for them; it does not look into their graphs either, whether they came before it or
        not.
        """
        self.settled_by = frozenset(settled_by)
        self.unseen = {rule.graph for rule in self.settled_by}
        self.premise = premise
        self._is_large = False
        self.conclusions = list(conclusions)
        self.rules = list(dict.fromkeys(rule for rule, _ in self.conclusions))
        self.reads = Reads(positive={premise})
        self.writes: dict[Shape, set[NamedNode]] = {}
        for rule, conclusion in self.conclusions:
            self.writes.setdefault(conclusion.shape, set()).add(rule.graph)

    def split(self, read: Iterable[Shape]) -> Iterator[LinearUnit]:
        """Make two steps of this one, apart by whether others that read some shapes may read what is concluded."""
        shapes = list(read)
        inside = [one for one in self.conclusions if any(shape.meets(one[1].shape) for shape in shapes)]
        outside = [one for one in self.conclusions if one not in inside]
        return (LinearUnit(self.premise, part, self.settled_by) for part in (inside, outside) if part)

    def finds_nothing(self, progress: Progress) -> bool:
        """Tell whether nobody asserts the premise."""
        progress.watch(self.premise)
        return not progress.holders[self.premise]

    def asks_late(self, progress: Progress) -> bool:
        """Tell whether others have still to derive what this step concludes, too."""
        return any(
            progress.only_in(conclusion.shape, rule.graph) != progress.stays_only_in(conclusion.shape, rule.graph)
            for rule, conclusion in self.conclusions
        )

    def ask(self, progress: Progress) -> Callable[[], _Texts] | None:
        """Return the search for conclusions from many premises; for few of them an update is quicker."""
        if self._is_settled(progress):
            return None
        self._measure(progress)
        named = [one for one in self.conclusions if not self._has_blank(one[1])] if self._is_large else []
        asked = [(rule, one, not progress.only_in(one.shape, rule.graph)) for rule, one in named]
        asked = [one for one in asked if one[2] or progress.stays_only_in(one[1].shape, one[0].graph)]
        return partial(self._search_all, progress.store, asked) if asked else None

    def _search_all(self, store: Store, asked: list[tuple[Rule, Conclusion, bool]]) -> _Texts:
        return {(rule, conclusion): self._search(store, conclusion, look=look) for rule, conclusion, look in asked}

    def _search(self, store: Store, conclusion: Conclusion, *, look: bool) -> bytes:
        """Write out a conclusion, as N-Triples; with ``look`` only what is not there yet."""
        where = f"WHERE {{ {self._where([conclusion], look=look)} }}"
        return Construction.one(conclusion.terms(), where).answer(store)

    def run(self, progress: Progress, answer: object = None, *, in_turns: bool) -> bool:
        """Load what was asked for; else insert what is new together, and what may be there already after a look."""
        if self._is_settled(progress) or not progress.changed(self, self.premise):
            return False
        self._measure(progress)
        texts = cast("_Texts", answer or {})
        sure = self._surely_new(progress, in_turns=in_turns)
        together = {shape: one for shape, one in sure.items() if one not in texts}
        if together:
            self._insert(progress, list(together.values()), look=False)
        added = bool(together)
        for rule, conclusion in self.conclusions:
            if together.get(conclusion.shape) == (rule, conclusion):
                continue
            if self._has_blank(conclusion):
                added |= self._copy(progress, rule, conclusion)
            elif self._is_large:
                start = perf_counter()
                text = texts.get((rule, conclusion))
                if text is None:
                    text = self._search(progress.store, conclusion, look=True)
                added |= progress.load(rule, [conclusion.shape], text)
                progress.spent(rule.name, start)
            elif not in_turns or self._is_new(progress, conclusion):
                self._insert(progress, [(rule, conclusion)], look=True)
                added = True
        return added

    def feeds_itself(self, _store: Store) -> bool:
        """Say that it may: one shape may be premise and conclusion."""
        return True

    def _is_settled(self, progress: Progress) -> bool:
        """Tell whether nobody asserts the premise, and who derives it derives the conclusions too."""
        progress.watch(self.premise)
        return progress.holders[self.premise] <= self.unseen

    def _surely_new(self, progress: Progress, *, in_turns: bool) -> dict[Shape, tuple[Rule, Conclusion]]:
        """Pick the conclusions of which no triple can be there yet, one for each shape.

        It is the first of its shape or none, so that always the same rule has what two of them derive. Of those that
        take turns it must be certain, too, that something is added.
        """
        first: dict[Shape, tuple[Rule, Conclusion]] = {}
        for rule, conclusion in self.conclusions:
            first.setdefault(conclusion.shape, (rule, conclusion))
        return {
            shape: (rule, conclusion)
            for shape, (rule, conclusion) in first.items()
            if not (in_turns and (progress.holders.get(shape) != set() or conclusion.subject == "y"))
            and progress.only_in(shape, rule.graph)
            and not self._has_blank(conclusion)
        }

    def _is_new(self, progress: Progress, conclusion: Conclusion) -> bool:
        """Ask whether a conclusion would add anything; updates do not tell, and to count a store takes long."""
        question = f"ASK {{ {self._where([conclusion], look=True)} }}"
        return bool(progress.store.query(question))

    def _where(self, conclusions: list[Conclusion], *, look: bool) -> str:
        where = f"GRAPH ?g {{ ?x {self.premise.predicate} {self.premise.class_ or '?y'} }}"
        if self.unseen:
            where += f" FILTER(?g NOT IN ({', '.join(sorted(map(str, self.unseen)))}))"
        # Conclusions about literals are left out by the store itself, but would seem to be new each time.
        if look and conclusions[0].subject == "y":
            where += " FILTER(!isLiteral(?y))"
        if look:
            absent = "MINUS" if self._is_large else "FILTER NOT EXISTS"
            where += f" {absent} {{ GRAPH ?h {{ {conclusions[0].pattern()} }} }}"
        return where

    def _measure(self, progress: Progress) -> None:
        """See whether there are many premises, when MINUS pays: it gathers all that is there, whatever the premises.

        NOT EXISTS looks for each premise by itself, among all triples that its subject has.
        """
        if self._is_large or not progress.changed((self, "size"), self.premise):  # it only grows
            return
        some = f"SELECT ?x {{ {self._where([], look=False)} }} LIMIT 1 OFFSET {_MANY}"
        self._is_large = any(True for _ in cast("QuerySolutions", progress.store.query(some)))

    def _has_blank(self, conclusion: Conclusion) -> bool:
        return isinstance(self.premise.class_, BlankNode) or isinstance(conclusion.value, BlankNode)

    def _insert(self, progress: Progress, conclusions: list[tuple[Rule, Conclusion]], *, look: bool) -> None:
        start = perf_counter()
        inserts = " ".join(f"GRAPH {rule.graph} {{ {conclusion.pattern()} }}" for rule, conclusion in conclusions)
        where = self._where([conclusion for _, conclusion in conclusions], look=look)
        progress.store.update(f"INSERT {{ {inserts} }} WHERE {{ {where} }}")
        for rule, conclusion in conclusions:
            progress.wrote(conclusion.shape, rule.graph)
        progress.spent(conclusions[0][0].name, start)

    def _copy(self, progress: Progress, rule: Rule, conclusion: Conclusion) -> bool:
        """Do the same where a class has no name and cannot stand in an update."""
        start, store = perf_counter(), progress.store
        new = []
        for quad in store.quads_for_pattern(None, self.premise.predicate, self.premise.class_):
            if quad.graph_name in self.unseen:
                continue
            ends = {"x": quad.subject, "y": quad.object}
            subject = ends[conclusion.subject]
            value = ends[conclusion.value] if isinstance(conclusion.value, str) else conclusion.value
            if isinstance(subject, Literal):
                continue
            if next(store.quads_for_pattern(subject, conclusion.predicate, value), None) is None:
                new.append(Quad(subject, conclusion.predicate, value, rule.graph))
        store.bulk_extend(new)
        if new:
            progress.wrote(conclusion.shape, rule.graph)
        progress.spent(rule.name, start)
        return bool(new)


def linear_units(found: Iterable[LinearRule], others: Sequence[Rule]) -> list[LinearUnit]:
    """Gather instances by premise and leave out the conclusions that other conclusions lead to.

    ``others`` are the rules with more than one premise; see :class:`LinearUnit` for why they matter.
    """
    by_premise: dict[Shape, dict[Conclusion, Rule]] = defaultdict(dict)
    kept = [one for one in found if not one.is_idle]
    for rule, premise, conclusion in kept:
        by_premise[premise].setdefault(conclusion, rule)
    reach = Reach(kept)
    vacuous = _vacuous(others, reach)
    units = []
    for premise, conclusions in by_premise.items():
        apart: dict[frozenset[Rule], list[tuple[Rule, Conclusion]]] = defaultdict(list)
        for conclusion, rule in conclusions.items():
            if not reach.spares(premise, conclusion, conclusions):
                apart[frozenset(vacuous.get((premise, conclusion), ()))].append((rule, conclusion))
        units += [LinearUnit(premise, members, settled_by) for settled_by, members in apart.items()]
    return units


def _vacuous(rules: Sequence[Rule], reach: Reach) -> dict[tuple[Shape, Conclusion], set[Rule]]:
    """Find the conclusions from what a rule derives that follow from its own premises already, or are derived with it.

    A rule that reads ``?claim cg:hasBasis ?basis`` and derives ``?claim cg:hasOrigin ?origin`` makes nothing a claim
    that was none; one that derives ``?position cg:takenIn ?claim`` says in the same breath that this is a position.
    Without this every derived property with a domain would seem to feed the rules about its domain.
    """
    found: dict[tuple[Shape, Conclusion], set[Rule]] = defaultdict(set)
    refuted: set[tuple[Shape, Conclusion, Rule]] = set()
    for rule in rules:
        # What else it derives counts as it stands: were its consequences counted, two could leave one to each other.
        given = known(rule.tree.where, reach) | {described(*triple) for triple in rule.tree.template}
        for triple in rule.tree.template:
            derived = described(*triple)
            for general, particular in reach.with_ends(derived):
                if particular in given:
                    found[derived.shape, general].add(rule)
                else:
                    refuted.add((derived.shape, general, rule))
    return {key: {rule for rule in rules if (*key, rule) not in refuted} for key, rules in found.items()}
