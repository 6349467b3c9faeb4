"""Terms as people write them on a command line or in an address."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from pyoxigraph import BlankNode, Literal, NamedNode, RdfFormat, parse

from claimgraph.catalog import Parameter
from claimgraph.errors import BadParameter
from claimgraph.sparql.prefixes import PREFIXES, expand

if TYPE_CHECKING:
    from collections.abc import Callable

    from claimgraph.reason.backward.pattern import Term

_LITERAL = re.compile(r"""["']|[+-]?\.?[0-9][0-9.eE+-]*\Z|(?:true|false)\Z""")
_IS_A = NamedNode(expand("rdf:type"))


def read_term(place: str, text: str, resolve: Callable[[str], str | None]) -> Term:
    """Read a term: an IRI, a CURIE, an identifier such as ST14, ``a``, or a literal as Turtle writes it.

    ``place`` says in errors which of the three terms it is.

    Raises:
        BadParameter: the text is none of these, or names nothing.
    """
    text = text.strip()
    if text == "a":
        return _IS_A
    if _LITERAL.match(text):
        return _literal(place, text)
    if text.startswith("_:"):
        return _node(place, text, BlankNode, text[2:])
    if text.startswith("<") and text.endswith(">"):
        return _node(place, text, NamedNode, text[1:-1])
    return Parameter(place, place, "iri", optional=False).term(text, resolve)


def _literal(place: str, text: str) -> Literal:
    prefixes = "".join(f"@prefix {prefix}: <{namespace}> .\n" for prefix, namespace in PREFIXES.items())
    try:
        triples = list(parse(f"{prefixes}<urn:s> <urn:p> {text} .", format=RdfFormat.TURTLE))
    except SyntaxError as error:
        raise BadParameter(place, "a literal as Turtle writes it", text, hint=error.msg) from error
    if len(triples) != 1 or not isinstance(triples[0].object, Literal):
        raise BadParameter(place, "one literal as Turtle writes it", text)
    return triples[0].object


def _node(place: str, text: str, kind: type[NamedNode | BlankNode], value: str) -> NamedNode | BlankNode:
    try:
        return kind(value)
    except ValueError as error:
        raise BadParameter(place, "an IRI or a blank node", text, hint=str(error)) from error
