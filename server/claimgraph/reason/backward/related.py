"""What else a rule said of the same thing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pyoxigraph import Literal

from claimgraph.reason.backward.pattern import names_of
from claimgraph.reason.backward.solution import known, unified

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from claimgraph.reason.backward.fact import Facts
    from claimgraph.reason.backward.pattern import Slot
    from claimgraph.reason.backward.solution import Binding


def related(
    patterns: Sequence[tuple[Slot, Slot, Slot]], binding: Binding, facts: Facts, sure: frozenset[str] | None = None
) -> Iterator[Binding]:
    """Bind more of a rule's head by the other triples that it constructs.

    A name that a rule makes up (``BIND(IRI(...) AS ?position)``) does not lead back to what it was made of, but the
    other triples that the rule derived with it do. ``sure`` are the variables that certainly have a value: where a
    triple of nothing else is missing, the rule did not derive the others.
    """
    for number, pattern in enumerate(patterns):
        subject, predicate, value = (known(slot, binding) for slot in pattern)
        if subject is None and value is None:
            continue
        rest = [*patterns[:number], *patterns[number + 1 :]]
        missing = sure is None or isinstance(subject, Literal | None) or not names_of(*pattern) <= sure
        for fact in facts.matching(subject, predicate, value):
            found = unified(pattern, fact[:3])
            if found is not None and all(binding.get(name, term) == term for name, term in found.items()):
                missing = False
                yield from related(rest, {**binding, **found}, facts, sure)
        if missing:
            yield from related(rest, binding, facts, sure)
        return
    yield binding
