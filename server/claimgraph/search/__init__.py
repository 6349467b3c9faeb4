"""Search: an index of names and words over one snapshot, in one SQLite file that is written once and only read after.

It is written from what a build finds and asked by the service. It knows nothing of HTTP and nothing of snapshots.
"""

from claimgraph.search.find import Found, Hit, Stage, find, likeness, match
from claimgraph.search.gather import READ, named_otherwise
from claimgraph.search.index import Index, Thing
from claimgraph.search.update import NoRoom, update_index
from claimgraph.search.wanted import LONGEST
from claimgraph.search.write import write_index

__all__ = [
    "LONGEST",
    "READ",
    "Found",
    "Hit",
    "Index",
    "NoRoom",
    "Stage",
    "Thing",
    "find",
    "likeness",
    "match",
    "named_otherwise",
    "update_index",
    "write_index",
]
