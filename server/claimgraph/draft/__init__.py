"""Draft what a maintainer would otherwise type: passages with offsets, claims, actors, documents, dossiers, queries."""

from claimgraph.draft.desk import Desk
from claimgraph.draft.make import Statement, new_actor, new_claim, new_document, new_dossier
from claimgraph.draft.passage import Passage, find_passages
from claimgraph.draft.query import new_query

__all__ = [
    "Desk",
    "Passage",
    "Statement",
    "find_passages",
    "new_actor",
    "new_claim",
    "new_document",
    "new_dossier",
    "new_query",
]
