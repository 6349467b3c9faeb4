"""Canned queries: one ``.rq`` file with a header that grlc reads, and the parameters that BASIL names."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from pyoxigraph import NamedNode

from claimgraph.catalog.parameter import Parameter, find, read_parameters, spoken
from claimgraph.errors import BadParameter
from claimgraph.sparql.bind import bind
from claimgraph.sparql.header import read_header, require

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from claimgraph.catalog.parameter import Resolver


@dataclass(frozen=True)
class CannedQuery:
    """Hold one canned query with everything its header says of it.

    ``columns`` maps the name of each column to its meaning, ``questions`` are the numbers of the competency questions
    that it answers, ``picture`` names the picture that suits its answer (``none`` where a table does). ``things`` are
    the columns that hold things and no texts, so that a label stands beside each of them in every answer. ``explain``
    names the three columns, if any, that together are a triple which can be explained. ``may_be_empty`` says that a
    dataset need not have what it asks for.
    """

    name: str
    path: Path
    text: str
    summary: str
    description: str
    tags: tuple[str, ...]
    parameters: dict[str, Parameter]
    columns: dict[str, str]
    picture: str
    questions: tuple[int, ...]
    things: frozenset[str] = frozenset()
    explain: tuple[str, ...] = ()
    may_be_empty: bool = False

    def bind(
        self, values: Mapping[str, str], resolve: Resolver, is_known: Callable[[str], bool] = lambda _iri: True
    ) -> str:
        """Return the query with its parameters replaced by terms: the values given, otherwise the defaults.

        An empty value of an optional parameter leaves it unbound. ``is_known`` is asked of each IRI that is no default,
        so that a misspelt one is not taken for a thing of which nobody said anything.

        Raises:
            UnknownName: there is no parameter of a name given.
            BadParameter: a value is not of its parameter's type, or is an IRI that nothing is known of.
        """
        terms = {}
        for name in values:
            find(name, self.parameters, self.name)
        for parameter in self.parameters.values():
            value = values.get(parameter.name, parameter.default)
            if value is None or (value == "" and parameter.optional):
                continue
            term = terms[parameter.variable] = parameter.term(value, resolve)
            if value != parameter.default and isinstance(term, NamedNode) and not is_known(term.value):
                raise BadParameter(parameter.name, parameter.spoken_type, value, hint="nothing is known of it")
        return bind(self.text, terms)

    def example(self) -> str:
        """Return the query with its defaults in place, as it stands in the editor."""
        return self.bind({}, lambda _: None)


def load_query(path: Path, text: str | None = None) -> CannedQuery:
    """Read a canned query from its file, or from what that has been found to say.

    Raises:
        BadHeader: its header cannot be read.
        BadQuery: it does not tokenise.
    """
    text = path.read_text(encoding="utf-8") if text is None else text
    header = read_header(text, path.name)
    require(header, ("summary",), path.name)
    ours = header.get("x-claimgraph") or {}
    return CannedQuery(
        name=path.stem,
        path=path,
        text=text,
        summary=header["summary"].strip(),
        description=str(header.get("description", "")).strip(),
        tags=tuple(header.get("tags") or ()),
        parameters=_parameters(text, header, ours),
        columns={str(name): str(meaning) for name, meaning in (ours.get("columns") or {}).items()},
        picture=str(ours.get("picture", "none")),
        questions=tuple(int(number) for number in ours.get("questions") or ()),
        things=frozenset(str(column) for column in ours.get("things") or ()),
        explain=tuple(str(column) for column in ours.get("explain") or ()),
        may_be_empty=ours.get("empty") is True,
    )


def _parameters(text: str, header: dict[str, Any], ours: dict[str, Any]) -> dict[str, Parameter]:
    """Put together what text and header say of each parameter, in the order in which the header explains them."""
    defaults = single(header.get("defaults"))
    choices = single(header.get("enumerate"))
    labels = ours.get("parameters") or {}
    order = list(labels)
    read = sorted(read_parameters(text), key=lambda one: order.index(one.name) if one.name in order else len(order))
    return {
        parameter.name: replace(
            parameter,
            label=str(labels.get(parameter.name, parameter.name.replace("_", " "))),
            default=None if parameter.name not in defaults else str(defaults[parameter.name]),
            choices=tuple(str(choice) for choice in choices.get(parameter.name, ())),
        )
        for parameter in read
    }


def single(entries: list[dict[str, Any]] | None) -> dict[str, Any]:
    """Merge the one-key mappings in which grlc writes defaults and enumerations, by the names that people give."""
    return {spoken(key): value for entry in entries or () for key, value in entry.items()}
