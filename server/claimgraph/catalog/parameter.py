"""Parameters of canned queries: their BASIL names, their types, and the terms that values become."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from pyoxigraph import Literal, NamedNode

from claimgraph.errors import BadParameter, UnknownName
from claimgraph.sparql.bind import variables
from claimgraph.sparql.prefixes import PREFIXES, expand

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    Resolver = Callable[[str], str | None]
    """Finds the IRI of what has an identifier such as ST14, or None."""

_NAME: Final = re.compile(r"(?P<mark>__?)(?P<name>[a-z][a-z_]*?)_(?P<type>iri|literal|integer|xsd_[a-zA-Z]+)")
_SCHEME: Final = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")
_SHARED: Final = frozenset({"actor", "weapon", "place", "event", "office", "dossier"})
"""Kinds of shared resource whose names people may write without ``id:``, as in ``weapon:iskander``."""

_SPOKEN: Final = {"asof": "as_of"}
"""Names that people give otherwise than queries write them: grlc reads what follows an underscore as the type."""

SPOKEN_TYPES: Final = {
    "iri": "an IRI, a CURIE such as id:weapon/iskander, or an identifier such as ST14",
    "literal": "a text",
    "integer": "a whole number",
    "xsd_date": "a date such as 2021-02-27",
}


@dataclass(frozen=True, slots=True)
class Parameter:
    """Describe one parameter: ``variable`` as the query writes it, ``name`` as people give it.

    ``default`` is None for an optional parameter that is left unbound; ``choices`` is empty where any value goes.
    """

    name: str
    variable: str
    type: str
    optional: bool
    label: str = ""
    default: str | None = None
    choices: tuple[str, ...] = ()

    @property
    def written_name(self) -> str:
        """The name as the variable and the header of the query write it."""
        match = _NAME.fullmatch(self.variable)
        return match["name"] if match else self.name

    @property
    def spoken_type(self) -> str:
        """Say in words what values the parameter takes."""
        if self.choices:
            return "one of " + ", ".join(self.choices)
        return SPOKEN_TYPES.get(self.type, self.type.removeprefix("xsd_"))

    def term(self, value: str, resolve: Resolver) -> NamedNode | Literal:
        """Turn a value as people give it into the term that it means.

        Raises:
            BadParameter: the value is not of the type, or names nothing.
        """
        if self.choices and value not in self.choices:
            raise BadParameter(self.name, self.spoken_type, value)
        if self.type == "iri":
            return self._iri(value, resolve)
        if self.type == "literal":
            return Literal(value)
        return self._typed(value)

    def _iri(self, value: str, resolve: Resolver) -> NamedNode:
        iri = self._absolute(value.strip(), resolve)
        try:
            return NamedNode(iri)
        except ValueError as error:
            raise BadParameter(self.name, self.spoken_type, value) from error

    def _absolute(self, value: str, resolve: Resolver) -> str:
        prefix, colon, local = value.partition(":")
        if not colon:
            found = resolve(value)
            if found is None:
                raise BadParameter(self.name, self.spoken_type, value, hint="nothing has that identifier")
            return found
        if prefix in _SHARED:
            return f"{PREFIXES['id']}{prefix}/{local}"
        if prefix in PREFIXES:
            return expand(value)
        if _SCHEME.match(value) and local.startswith("//"):
            return value
        raise BadParameter(self.name, self.spoken_type, value, hint=f"the prefix {prefix!r} is not known")

    def _typed(self, value: str) -> Literal:
        try:
            if self.type == "integer":
                return Literal(int(value))
            if self.type == "xsd_date":
                return Literal(dt.date.fromisoformat(value).isoformat(), datatype=_xsd("date"))
        except ValueError as error:
            raise BadParameter(self.name, self.spoken_type, value) from error
        return Literal(value, datatype=_xsd(self.type.removeprefix("xsd_")))


def _xsd(name: str) -> NamedNode:
    return NamedNode(PREFIXES["xsd"] + name)


def spoken(name: str) -> str:
    """Return the name that people give a parameter, for the one that the query and its header write."""
    return _SPOKEN.get(name, name)


def read_parameters(text: str) -> Iterator[Parameter]:
    """Find the parameters of a query by the names of its variables, as BASIL names them, each once, in their order.

    Raises:
        BadQuery: the text does not tokenise.
    """
    seen: set[str] = set()
    for variable in variables(text):
        match = _NAME.fullmatch(variable)
        if match and match["name"] not in seen:
            seen.add(match["name"])
            yield Parameter(spoken(match["name"]), variable, match["type"], optional=match["mark"] == "__")


def find(name: str, known: dict[str, Parameter], query: str) -> Parameter:
    """Look a parameter up by the name that people give it.

    Raises:
        UnknownName: the query has no such parameter; the message lists those it has.
    """
    if name not in known:
        has = ", ".join(known) or "none"
        message = f"the query {query!r} has no parameter {name!r}; it has {has}"
        raise UnknownName(message)
    return known[name]
