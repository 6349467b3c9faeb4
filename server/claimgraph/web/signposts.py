"""Links in headers, for programs that look for them: other formats, licence, description, and Signposting.

Sources: RFC 8288 (links), RFC 6892 (describes), https://signposting.org/ (cite-as, item, type, collection).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from claimgraph.formats import GRAPHS, HTML
from claimgraph.sparql.prefixes import PREFIXES

if TYPE_CHECKING:
    from collections.abc import Iterable

    from claimgraph.formats import Format
    from claimgraph.web.resources import Resource

_LANDING_PAGE = "https://schema.org/AboutPage"
_SPOKEN = (PREFIXES["schema"], PREFIXES["cg"])  # classes that those who follow links have use for
_MOST_TYPES = 8


def signposts(resource: Resource, host: str, shown: Format, items: Iterable[str] = ()) -> str:
    """Write the links of the document about a resource in a format, as the value of one Link header.

    ``items`` are paths of what a page is the entrance to, besides the whole description with its graphs.
    """
    links = [_link(resource.iri, "cite-as")]
    links += [_link(license_, "license") for license_ in resource.licenses]
    if shown is HTML:
        links += [_link(kind, "type") for kind in (_LANDING_PAGE, *_types(resource))]
        links += [
            _link(f"{host}{resource.data}.{format_.extension}", "alternate describedby", format_) for format_ in GRAPHS
        ]
        links.append(_link(f"{host}{resource.data}.trig", "item", _format("trig")))
        links += [_link(host + path, "item") for path in items]
    else:
        links.append(_link(resource.iri, "describes"))
        links.append(_link(host + resource.page, "alternate collection", HTML))
        links += [
            _link(f"{host}{resource.data}.{format_.extension}", "alternate", format_)
            for format_ in GRAPHS
            if format_ is not shown
        ]
    return ", ".join(links)


def _types(resource: Resource) -> list[str]:
    return [kind for start in _SPOKEN for kind in resource.kinds if kind.startswith(start)][:_MOST_TYPES]


def _format(name: str) -> Format:
    return next(format_ for format_ in GRAPHS if format_.name == name)


def _link(target: str, relation: str, format_: Format | None = None) -> str:
    """Write one link; an IRI is written as the URI that it maps to, since headers are ASCII."""
    written = "".join(character if " " < character < "\x7f" else _escape(character) for character in target)
    return f'<{written}>; rel="{relation}"' + (f'; type="{format_.media_type}"' if format_ else "")


def _escape(character: str) -> str:
    return "".join(f"%{byte:02X}" for byte in character.encode())
