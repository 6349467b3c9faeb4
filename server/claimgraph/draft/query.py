"""A new canned query: a file that parses, answers and describes itself, to be changed into what is wanted."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from claimgraph.draft.desk import slug
from claimgraph.errors import UsageError

if TYPE_CHECKING:
    from pathlib import Path

    from claimgraph.dataset import Layout

_DRAFT = """#+ summary: {summary}
#+ description: >-
#+   Say here what the answer holds, and what it does not.
#+ tags:
#+   - draft
#+ x-claimgraph:
#+   questions: []
#+   picture: none
#+   parameters:
#+     holder: "only claims of this actor"
#+   columns:
#+     id: "identifier of the claim"
#+     claim: "the claim"
#+     holder: "who holds it"

PREFIX cg: <https://w3id.org/claimgraph/ontology#>
PREFIX dcterms: <http://purl.org/dc/terms/>

SELECT ?id ?claim ?holder
WHERE {{
  ?claim a cg:Claim ; dcterms:identifier ?id ; cg:holder ?holder .
  FILTER(COALESCE(?__holder_iri = ?holder, true))
}}
ORDER BY ?id
"""


def new_query(layout: Layout, name: str, summary: str) -> Path:
    """Write the draft of a canned query.

    Raises:
        UsageError: there is one of that name.
    """
    path = layout.queries / f"{slug(name)}.rq"
    if path.exists():
        raise UsageError(f"the query {path.stem!r} is there already")
    path.write_text(_DRAFT.format(summary=json.dumps(summary, ensure_ascii=False)), encoding="utf-8")
    return path
