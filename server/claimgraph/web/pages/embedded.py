"""What search engines read on a page: JSON-LD in the terms of schema.org.

A claim is a ``Claim`` of its author, never a fact; there is a ``ClaimReview`` only where somebody assessed it.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

from markupsafe import Markup
from pyoxigraph import NamedNode

from claimgraph.sparql.prefixes import expand

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from claimgraph.web.service import Row, View

_SAID = """SELECT ?words ?author ?name ?kind ?day ?document ?title ?content {
  { ?thing cg:holder ?author OPTIONAL { ?author rdfs:label ?name } OPTIONAL { ?author a ?kind } }
  UNION { ?thing cg:groundedIn ?locus . ?locus cg:inDocument ?document
          OPTIONAL { ?locus cg:quotedText ?words } OPTIONAL { ?document rdfs:label ?title } }
  UNION { ?thing cg:saidNotBefore ?day ; cg:saidNotAfter ?day }
  UNION { ?thing cg:hasProposition/cg:canonicalText ?content }
} LIMIT 200"""
_REVIEWS = """SELECT ?review ?author ?name ?day ?rating {
  ?review cg:assesses ?thing ; cg:assessedBy ?author ; cg:assessedOn ?day .
  OPTIONAL { ?author rdfs:label ?name }
  ?review cg:likelihood|cg:informationCredibility ?grade . ?grade rdfs:label ?rating
} ORDER BY ?review LIMIT 50"""
_TYPES: Final = (
    ("cg:Person", "Person"),
    ("cg:MediaOutlet", "NewsMediaOrganization"),
    ("cg:StateBody", "GovernmentOrganization"),
    ("cg:Organisation", "Organization"),
    ("cg:State", "Country"),
    ("cg:WeaponModel", "ProductModel"),
    ("cg:Place", "Place"),
    ("cg:WorldEvent", "Event"),
    ("cg:Document", "CreativeWork"),
    ("cg:Dossier", "Collection"),
)
"""What things of our classes are to schema.org; the first one whose class a thing has decides."""


def embedded(view: View, iri: str, label: str, classes: Collection[str]) -> Markup | None:
    """Write the JSON-LD of a thing; None where schema.org has nothing to say of its kind."""
    if expand("cg:Claim") in classes:
        graph = [_claim(iri, label, view.rows(_SAID, {"thing": NamedNode(iri)})), *_reviews(view, iri, label)]
        return _script({"@context": "https://schema.org", "@graph": graph})
    kind = _type(classes)
    return _script({"@context": "https://schema.org", "@type": kind, "@id": iri, "name": label}) if kind else None


def _type(classes: Collection[str]) -> str | None:
    return next((theirs for ours, theirs in _TYPES if expand(ours) in classes), None)


def _claim(iri: str, label: str, rows: Iterable[Row]) -> dict[str, Any]:
    claim: dict[str, Any] = {"@type": "Claim", "@id": iri, "name": label}
    authors: dict[str, dict[str, Any]] = {}
    documents: dict[str, dict[str, Any]] = {}
    kinds: dict[str, set[str]] = {}
    for row in rows:
        if "author" in row:
            author = authors.setdefault(row["author"].value, {"@id": row["author"].value})
            author |= {"name": row["name"].value} if "name" in row else {}
            kinds.setdefault(row["author"].value, set()).update([row["kind"].value] if "kind" in row else [])
        if "document" in row:
            document = {"@type": "CreativeWork", "@id": row["document"].value}
            documents[row["document"].value] = document | ({"name": row["title"].value} if "title" in row else {})
        if "words" in row:
            claim["text"] = row["words"].value
        if "day" in row:
            claim["datePublished"] = row["day"].value
        if "content" in row:
            claim["about"] = {"@type": "Statement", "name": row["content"].value}
    if authors:
        # An author whose kind is none of theirs is at least somebody: schema.org has no wider class for that.
        claim["author"] = [{"@type": _type(kinds[one]) or "Organization", **author} for one, author in authors.items()]
    if documents:
        claim["appearance"] = list(documents.values())
    return claim


def _reviews(view: View, iri: str, label: str) -> list[dict[str, Any]]:
    found: dict[str, dict[str, Any]] = {}
    for row in view.rows(_REVIEWS, {"thing": NamedNode(iri)}):
        review = found.setdefault(
            row["review"].value,
            {
                "@type": "ClaimReview",
                "@id": row["review"].value,
                "claimReviewed": label,
                "itemReviewed": {"@id": iri},
                "author": {"@type": "Organization", "@id": row["author"].value}
                | ({"name": row["name"].value} if "name" in row else {}),
                "datePublished": row["day"].value,
                "reviewRating": {"@type": "Rating", "alternateName": ""},
            },
        )
        rating = review["reviewRating"]
        rating["alternateName"] = "; ".join(filter(None, (rating["alternateName"], row["rating"].value)))
    return list(found.values())


def _script(data: dict[str, Any]) -> Markup:
    """Write JSON so that nothing in it can end the element that it stands in."""
    text = json.dumps(data, ensure_ascii=False, indent=1)
    return Markup(text.replace("&", "\\u0026").replace("<", "\\u003c").replace(">", "\\u003e"))  # noqa: S704 - escaped
