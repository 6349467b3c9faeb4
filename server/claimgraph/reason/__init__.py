"""Reasoning: the rules of OWL and those about claims, run over a store until nothing new follows."""

from claimgraph.reason.memory import give_memory_back, resident
from claimgraph.reason.rule import ON_DEMAND, Rule, load_on_demand_rules, load_rule, load_rules
from claimgraph.reason.run import MAX_ROUNDS, reason
from claimgraph.reason.spill import Spill

__all__ = [
    "MAX_ROUNDS",
    "ON_DEMAND",
    "Rule",
    "Spill",
    "give_memory_back",
    "load_on_demand_rules",
    "load_rule",
    "load_rules",
    "reason",
    "resident",
]
