"""Our query files by the rules of grlc: its header, its reading of parameter names, its parser.

The rules are those of ``get_yaml_decorators``, ``get_parameters`` and ``get_metadata`` in grlc's ``gquery`` module:
lines that start with ``#+`` are one YAML mapping, the query must parse in rdflib, and a variable ``?_name_type`` is a
parameter of which neither the name nor the type has an underscore. Written anew from its documentation and tests.
"""

import re

import pytest
import yaml
from rdflib.plugins.sparql.parser import parseQuery
from rdflib.plugins.sparql.processor import translateQuery

from claimgraph.catalog import Catalog
from claimgraph.dataset import Layout, root

CATALOG = Catalog.load(Layout(root()).queries)
NAME = re.compile(r"_(?P<optional>_?)(?P<name>[^_]+)(_(?P<type>[a-zA-Z0-9]+))?(_(?P<datatype>[a-zA-Z0-9]+))?$")


def header(text):
    lines = [line.removeprefix("#+") for line in text.split("\n") if line.startswith("#+")]
    return yaml.safe_load("\n".join(lines))


def seen(text):
    """List the variables that grlc sees: those of rdflib's algebra, which leaves out what stands in a FILTER alone."""
    return {str(variable) for variable in translateQuery(parseQuery(text)).algebra["_vars"]}


@pytest.mark.parametrize("query", list(CATALOG), ids=lambda query: query.name)
def test_loads_by_the_rules_of_grlc(query):
    said = header(query.text)
    assert said["summary"]
    assert all(isinstance(tag, str) for tag in said["tags"])
    ours = {known.variable: known for known in query.parameters.values()}
    assert {name for name in seen(query.text) if name.startswith("_") and not name.startswith("__agg_")} <= set(ours)
    names = set()
    for variable, known in ours.items():
        match = NAME.match(variable)
        names.add(match["name"])
        assert known.name in {match["name"], "as_of"}
        assert bool(match["optional"]) == known.optional
        assert "_".join(filter(None, (match["type"], match["datatype"]))) == known.type
        assert match["type"] in {"iri", "literal", "integer"} or match["datatype"]
    for key in ("defaults", "enumerate"):
        assert {name for entry in said.get(key, ()) for name in entry} <= names
