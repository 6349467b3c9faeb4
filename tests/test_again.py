"""Reasoning after a small change against a full reasoning: each triple must be there, in the very same graph."""

from functools import lru_cache
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import HealthCheck, given, settings
from pyoxigraph import NamedNode, RdfFormat, Store

from claimgraph.dataset import Layout
from claimgraph.reason import load_rules, reason
from claimgraph.reason.again import Change, renew
from claimgraph.sparql.prefixes import BASE
from small_world import EX, ONTOLOGY, graphs, write_rules


@lru_cache
def rules():
    with TemporaryDirectory() as folder:
        write_rules(Path(folder))
        return tuple(load_rules(Layout(Path(folder))))


def asserted(graphs):
    """Make a store of the ontology and of two graphs that lie in different things."""
    store = Store()
    store.load(ONTOLOGY.encode(), RdfFormat.TURTLE, to_graph=NamedNode(EX + "ontology"))
    for name, lines in zip(("g0", "g1"), graphs, strict=True):
        text = f"@prefix : <{EX}> . {' '.join(lines)} :{name} :holds :{name}-thing ."
        store.load(text.encode(), RdfFormat.TURTLE, to_graph=NamedNode(EX + name))
    return store


def followed(before, after):
    """Follow a change through the rules; return what it leads to, and what a full reasoning does."""
    old, new = asserted(before), asserted(after)
    gone, come = set(old) - set(new), set(new) - set(old)
    reason(old, rules())
    state = Change(old, BASE)
    for quad in gone:
        state.remove(quad)
    for quad in come:
        state.add(quad)
    renew(state, old, rules())
    reason(new, rules())
    return set(map(str, (set(old) - state.gone) | state.new)), set(map(str, new))


@given(graphs, graphs)
@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_any_change_of_facts_leads_to_what_a_full_reasoning_finds(before, after):
    found, wanted = followed(before, after)
    assert (found - wanted, wanted - found) == (set(), set())
