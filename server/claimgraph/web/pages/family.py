"""The family tree of a model of weapons."""

from __future__ import annotations

from typing import TYPE_CHECKING

from claimgraph.web.hierarchy import Branch, tree
from claimgraph.web.service import name_of
from claimgraph.web.tables import href_of

if TYPE_CHECKING:
    from markupsafe import Markup

    from claimgraph.web.pages.section import Answer


def family(answer: Answer) -> Markup | None:
    """Draw rows of ``?model ?parent``; a model that stands alone has no family."""
    above: dict[str, list[str]] = {}
    for row in answer.rows:
        above.setdefault(row["model"].value, []).extend([row["parent"].value] if "parent" in row else [])
    if len(above) < 2:  # noqa: PLR2004 - a family has more than one member
        return None
    return tree(
        "The family of this model",
        {
            model: Branch(name_of(model, answer.labels), href_of(model) or "", tuple(parents), model == answer.thing)
            for model, parents in above.items()
        },
    )
