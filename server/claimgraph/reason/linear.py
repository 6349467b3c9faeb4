"""Rules with one premise (subclass, subproperty, domain, range, inverse, symmetry), as premise and conclusion."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from pyoxigraph import NamedNode
from rdflib.term import URIRef, Variable

from claimgraph.reason.schema import patterns
from claimgraph.reason.shape import TYPE, Shape, Term
from claimgraph.reason.tree import parts

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from claimgraph.reason.rule import Rule
    from claimgraph.reason.tree import Node


class Conclusion(NamedTuple):
    """Describe what follows from ``x predicate y`` (or ``x a class``); ``"x"`` and ``"y"`` stand for its two ends."""

    subject: str
    predicate: NamedNode
    value: str | Term

    @property
    def shape(self) -> Shape:
        """Return the shape of the triples concluded."""
        return Shape(self.predicate, None if isinstance(self.value, str) else self.value)

    def after(self, premise: Conclusion) -> Conclusion:
        """Say the same of the ends of an earlier premise, of which this one's premise is the conclusion."""
        ends = {"x": premise.subject, "y": premise.value}
        value = ends[self.value] if isinstance(self.value, str) else self.value
        return Conclusion(str(ends[self.subject]), self.predicate, value)

    def terms(self) -> tuple[str, str, str]:
        """Write the conclusion term by term, as SPARQL does."""
        value = f"?{self.value}" if isinstance(self.value, str) else str(self.value)
        return f"?{self.subject}", str(self.predicate), value

    def pattern(self) -> str:
        """Write the conclusion as a SPARQL triple pattern."""
        return " ".join(self.terms())


class LinearRule(NamedTuple):
    """Hold an instance of a rule with one premise: the shape of the premise and what follows."""

    rule: Rule
    premise: Shape
    conclusion: Conclusion

    @property
    def is_idle(self) -> bool:
        """Tell whether it concludes its own premise."""
        return self.conclusion == Conclusion("x", self.premise.predicate or TYPE, self.premise.class_ or "y")


def linear(rule: Rule, binding: Mapping[str, Term]) -> LinearRule | None:
    """Read an instance of a rule as one with a single premise, or return None where it is not of that kind."""
    _, facts = patterns(rule)
    if len(facts) != 1 or len(rule.tree.template) != 1 or not _is_plain(rule.tree.where):
        return None
    subject, predicate, value = (_resolve(term, binding) for term in facts[0])
    head_subject, head_predicate, head_value = (_resolve(term, binding) for term in rule.tree.template[0])
    if not isinstance(subject, Variable) or not _are_names(predicate, head_predicate):
        return None
    has_value = isinstance(value, Variable)
    if has_value == (predicate == TYPE) or subject == value:
        return None
    ends: dict[Any, str] = {subject: "x", value: "y"} if has_value else {subject: "x"}
    concludes_class = head_predicate == TYPE and not isinstance(head_value, Variable)
    if head_subject not in ends or not (head_value in ends or concludes_class):
        return None
    premise = Shape(predicate, None if has_value else value)
    return LinearRule(rule, premise, Conclusion(ends[head_subject], head_predicate, ends.get(head_value, head_value)))


def described(subject: Any, predicate: URIRef, value: Any) -> Conclusion:  # noqa: ANN401 - rdflib's terms
    """Write a triple pattern of rdflib as a conclusion about its variables; a class stays a class."""
    name = NamedNode(str(predicate))
    is_class = name == TYPE and isinstance(value, URIRef)
    return Conclusion(subject.n3(), name, NamedNode(str(value)) if is_class else value.n3())


class Reach:
    """Know what single premises lead to in any number of steps."""

    def __init__(self, rules: Iterable[LinearRule]) -> None:
        """Gather the conclusions from each premise."""
        self._steps: dict[Shape, list[Conclusion]] = {}
        for rule in rules:
            self._steps.setdefault(rule.premise, []).append(rule.conclusion)
        self._known: dict[Conclusion, set[Conclusion]] = {}

    def spares(self, premise: Shape, conclusion: Conclusion, others: Iterable[Conclusion]) -> bool:
        """Tell whether another conclusion from a premise leads to this one, so that it need not be drawn directly.

        One that leads back to the premise does not count: each of the two could leave the conclusion to the other. Nor
        does one about y, if this one is about x: where y is a literal, nothing is concluded about it.
        """
        return any(
            conclusion in self.of(other)
            and (other.subject == "x" or conclusion.subject == "y")
            and other not in self.of(conclusion)
            and all(reached.shape != premise for reached in (other, *self.of(other)))
            for other in others
            if other != conclusion
        )

    def with_ends(self, start: Conclusion) -> Iterator[tuple[Conclusion, Conclusion]]:
        """List the direct conclusions from a triple, each as the rule has it and as said of the triple's ends."""
        for step in self._steps.get(start.shape, ()):
            yield step, step.after(start)

    def of(self, start: Conclusion) -> set[Conclusion]:
        """Return all that follows from a triple, also if its value is a literal, of which nothing can be said."""
        if start not in self._known:
            about_value = {one for one in self._closure(start, None) if one.subject == start.value}
            self._known[start] = about_value | self._closure(start, start.value)
        return self._known[start]

    def _closure(self, start: Conclusion, mute: str | Term | None) -> set[Conclusion]:
        """Follow the rules from a triple, but draw no conclusion of which the subject is ``mute``."""
        seen: set[Conclusion] = set()
        waiting = [start]
        while waiting:
            premise = waiting.pop()
            reached = {step.after(premise) for step in self._steps.get(premise.shape, ())} - seen
            reached = {one for one in reached if one.subject != mute}
            seen |= reached
            waiting.extend(reached)
        return seen


def _are_names(*terms: object) -> bool:
    return all(isinstance(term, NamedNode) for term in terms)


def _resolve(term: Any, binding: Mapping[str, Term]) -> Any:  # noqa: ANN401 - rdflib's terms have no common type
    if isinstance(term, Variable):
        return binding.get(str(term), term)
    return NamedNode(str(term)) if isinstance(term, URIRef) else term


def _is_plain(group: Node) -> bool:
    """Tell whether a pattern is nothing but triples and tests that a value is no literal, which updates see to."""
    return all(
        part.name == "TriplesBlock" or (part.name == "Filter" and _is_literal_test(part)) for part in parts(group)
    )


def _is_literal_test(part: Node) -> bool:
    return bool(getattr(part.expr, "name", "") == "UnaryNot" and part.expr.expr.name == "Builtin_isLITERAL")
