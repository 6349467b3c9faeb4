"""The service manifest: what the reconciliation service offers and where."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from claimgraph import __version__
from claimgraph.sparql.prefixes import PREFIXES, expand
from claimgraph.web.reconciliation.asked import BATCH
from claimgraph.web.reconciliation.entities import SPACE, named

if TYPE_CHECKING:
    from claimgraph.web.vocabulary import Vocabulary

_DEFAULTS: Final = (
    "Actor", "Person", "Organisation", "State", "WeaponModel", "Place", "WorldEvent", "Document", "Proposition",
    "Claim",
)  # fmt: skip
"""Types that a table is likely to speak of."""
_WIDTH, _HEIGHT = 420, 240


def manifest(vocabulary: Vocabulary, host: str) -> dict[str, Any]:
    """Describe the service at an address."""
    root = host + "/reconcile"
    kinds = [vocabulary.classes.get(expand("cg:" + name)) for name in _DEFAULTS]
    return {
        "versions": ["0.1", "0.2"],
        "name": "claimgraph",
        "identifierSpace": SPACE,
        "schemaSpace": PREFIXES["cg"],
        "documentation": host + "/api#reconcile",
        "serviceVersion": __version__,
        "defaultTypes": [named(term) for term in kinds if term],
        "batchSize": BATCH,
        "view": {"url": host + "/page/{{id}}"},
        "preview": {"url": root + "/preview?id={{id}}", "width": _WIDTH, "height": _HEIGHT},
        "suggest": {
            what: {
                "service_url": root,
                "service_path": f"/suggest/{what}",
                "flyout_service_url": root,
                "flyout_service_path": f"/flyout/{what}?id=${{id}}",
            }
            for what in ("entity", "type", "property")
        },
        "extend": {
            "propose_properties": {"service_url": root, "service_path": "/properties"},
            "property_settings": [
                {
                    "name": "limit",
                    "label": "At most so many values",
                    "type": "number",
                    "default": 0,
                    "help_text": "Values of the property that are fetched for each thing; 0 is all.",
                }
            ],
        },
    }
