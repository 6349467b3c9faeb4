"""What a change of the data bears on: the things of which something else may be found than before.

That are those of which something else is said, and those that these are judged with. Every step of the check that looks
beyond the triples of one thing has its rule here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from claimgraph.check.again.change import Everything
from claimgraph.check.again.numbers import name_number, names_of, number_of
from claimgraph.check.house.chains import CHAINS

if TYPE_CHECKING:
    from collections.abc import Iterable

    from claimgraph.check.again.change import Change
    from claimgraph.check.again.memory import Memory
    from claimgraph.check.again.shelf import Shelf

PAST: Final = ("cg:utteredDuring", "cg:publishedDuring", "cg:custodyDuring")


def borne_on(change: Change, memory: Memory, shelf: Shelf) -> set[int]:
    """Find what has to be judged again; the memory must hold the files as they are now.

    Raises:
        Everything: that is too much, or something beside the data leans on what has changed.
    """
    # What mentions a thing is judged by its classes, and by whether anything describes it.
    deep = change.of("rdf:type") | change.begun | change.ended
    names = change.names | names_borne(deep, shelf)
    leaning = memory.leaning_on(deep, change.names)
    if leaning:
        raise Everything(f"{leaning} leans on what has changed")
    if change.of("rdfs:subClassOf"):
        raise Everything("the data say which class is below which")
    found = change.subjects | change.values() | change.begun | change.ended
    found |= memory.mentioning(deep) | memory.bearing(names)
    return found | _by_time(change, memory, shelf) | _by_copy(change, memory) | _by_chain(change, shelf)


def names_borne(subjects: Iterable[int], shelf: Shelf) -> set[int]:
    """Find the names of some things, as the memory has them."""
    return {
        name_number(word)
        for _, node, triples in shelf.said_of(subjects)
        for _, word in names_of(triples, several={node})
    }


def _by_time(change: Change, memory: Memory, shelf: Shelf) -> set[int]:
    """Follow dates: from a time to what happened then, and from there to answers, reports and retractions."""
    spans = change.of("cg:notBefore", "cg:notAfter")
    acts = change.of("cg:utteredDuring", "cg:custodyDuring", "cg:reportedIn")
    acts |= memory.mentioning(spans, _numbers("cg:utteredDuring", "cg:custodyDuring"))
    documents = change.of("cg:publishedDuring") | memory.mentioning(spans, _numbers("cg:publishedDuring"))
    acts |= memory.mentioning(documents, _numbers("cg:reportedIn"))
    found = acts | memory.mentioning(acts, _numbers("cg:respondsTo", "cg:reports", "cg:custodyAfter"))
    expressed = change.values("cg:expresses") | shelf.values(acts, "cg:expresses")
    found |= memory.mentioning(expressed, _numbers("cg:retracts"))
    # A date is late by the day on which that was recorded which it dates.
    return found | shelf.values(change.of("cg:recordedAt"), *PAST)


def _by_copy(change: Change, memory: Memory) -> set[int]:
    documents = change.of("cg:evidentiaryCopy", "cg:sha256")
    return memory.mentioning(documents, _numbers("cg:inDocument"))


def _by_chain(change: Change, shelf: Shelf) -> set[int]:
    """Follow chains: a loop that has come, changed or gone runs through a step that has."""
    return shelf.reached(change.of(*CHAINS) | change.values(*CHAINS), *CHAINS) if change.of(*CHAINS) else set()


def judged_with(judged: set[int], memory: Memory, shelf: Shelf) -> set[int]:
    """Find what has to be there so that some things can be judged, themselves included."""
    found = judged | memory.bearing(names_borne(judged, shelf))
    found |= memory.mentioning(judged, _numbers(*PAST, "cg:custodyItem"))
    found |= memory.mentioning(shelf.values(judged, "cg:retracts"), _numbers("cg:expresses"))
    return shelf.reached(found)


def _numbers(*curies: str) -> set[int]:
    return set(map(number_of, curies))
