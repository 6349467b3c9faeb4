"""Identifiers: one thing, nothing, or a list to choose from, over HTTP as on the command line."""

import pytest

from claimgraph.catalog import Catalog
from claimgraph.engine.embedded import Embedded, KeeperProcess
from claimgraph.errors import UsageError
from claimgraph.settings import Settings
from claimgraph.snapshot import Manifest
from claimgraph.snapshot.identifiers import the_one
from claimgraph.web.service import View

THING = "https://w3id.org/claimgraph/id/{}/st01"


def test_knows_one_thing_and_nothing():
    assert the_one("ST01", ["a", "a"]) == "a"
    assert the_one("ST01", []) is None


def test_lists_the_candidates_where_an_identifier_is_ambiguous(tmp_path):
    identifier = "http://purl.org/dc/terms/identifier"
    dump = tmp_path / "dataset.nq"
    dump.write_text("".join(f'<{THING.format(one)}> <{identifier}> "ST01" <http://e/g> .\n' for one in ("one", "two")))
    settings = Settings(query_timeout=5)
    with KeeperProcess(dump, None, settings) as keeper:
        engine = Embedded(keeper.socket, settings)
        view = View(Manifest("0" * 64, "0", None, "2026-01-01", 2, {}), engine, Catalog([]))
        with pytest.raises(UsageError, match="id:one/st01, id:two/st01"):
            view.resolve("ST01")
        engine.close()
