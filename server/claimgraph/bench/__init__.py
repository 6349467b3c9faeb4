"""The benchmark: one module for each measurement, one report with ratios first.

``python -m claimgraph.bench`` invents datasets of two sizes, takes every measurement of :mod:`claimgraph.bench.suite`
on each, in a process of its own, and writes ``benchmark.json`` and ``benchmark.md``. It is a layer beside the command
line: nothing of the program imports it.
"""
