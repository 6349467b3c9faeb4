"""What all tests share."""

import logging
import os
import threading

import pytest
from werkzeug.serving import make_server

from claimgraph.catalog import Catalog
from claimgraph.dataset import Layout, root
from claimgraph.engine.embedded import Embedded, KeeperProcess
from claimgraph.settings import Settings
from claimgraph.snapshot import build
from claimgraph.web.app import create_app
from claimgraph.web.service import View
from comunica import install

# The data of others are mapped where a test asks for it: most tests are about the dossiers.
os.environ["CLAIMGRAPH_SOURCES"] = "none"


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item):
    """Turn a skip into a failure under CI, where every program that a test needs is installed."""
    report = yield
    if report.skipped and not hasattr(report, "wasxfail") and os.environ.get("CI") == "true":
        reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
        report.outcome = "failed"
        report.longrepr = f"{item.nodeid} may not be skipped under CI: {reason}"
    return report


class Fixed:
    """Give one view for good."""

    def __init__(self, view):
        self.view = view

    def current(self):
        return self.view


@pytest.fixture(scope="session")
def shipped_settings(tmp_path_factory):
    return Settings(snapshots=tmp_path_factory.mktemp("shipped"))


@pytest.fixture(scope="session")
def shipped(shipped_settings):
    """Serve the shipped dataset by the real engine."""
    layout = Layout(root())
    snapshot = build(layout, shipped_settings.snapshots)
    with KeeperProcess(snapshot.dump, None, shipped_settings) as keeper:
        engine = Embedded(keeper.socket, shipped_settings)
        yield View(snapshot.manifest, engine, Catalog.load(layout.queries), snapshot.path)
        engine.close()


@pytest.fixture(scope="session")
def shipped_app(shipped, shipped_settings):
    return create_app(Fixed(shipped), shipped_settings)


@pytest.fixture
def web(shipped_app):
    return shipped_app.test_client()


@pytest.fixture
def bare_web(shipped, shipped_settings, tmp_path):
    """Ask the service as it is where no JavaScript of others was brought."""
    return create_app(Fixed(shipped), shipped_settings, vendor=tmp_path).test_client()


@pytest.fixture
def full_web(shipped, shipped_settings, tmp_path):
    """Ask the service as it is where the JavaScript of others was brought."""
    (tmp_path / "COMPLETE").touch()
    return create_app(Fixed(shipped), shipped_settings, vendor=tmp_path).test_client()


@pytest.fixture(scope="session")
def address(shipped_app):
    """Serve the shipped dataset on a free port of this machine."""
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    server = make_server("127.0.0.1", 0, shipped_app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture(scope="session")
def comunica():
    return install()
