"""Virtuoso's bulk loader: files that the server reads by itself, which is quicker than anything over HTTP."""

from __future__ import annotations

import re
import shutil
import subprocess
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, Self

from claimgraph.errors import EngineError, UsageError
from claimgraph.publish.portions import sizes
from claimgraph.publish.store import PATIENCE

if TYPE_CHECKING:
    from pathlib import Path

    from claimgraph.publish.load import Job
    from claimgraph.settings import Settings

_PROGRAMS: Final = ("isql-vt", "isql")
_FILE_BYTES: Final = 256 << 20
_PORTION: Final = 8 << 20
_LINES: Final = 1 << 16
_ERROR: Final = re.compile(r"^\*\*\* Error (.*)", re.MULTILINE)
_NOT_LOADED: Final = re.compile(r"^not loaded: (.*)", re.MULTILINE)
_OF_THIS: Final = "FROM DB.DBA.LOAD_LIST WHERE strstr(ll_file, '{name}') IS NOT NULL"
_UNDONE: Final = " AND (ll_state <> 2 OR ll_error IS NOT NULL)"
_LEFT: Final = "SELECT CONCAT('not loaded: ', ll_file, ' ', COALESCE(ll_error, '')) " + _OF_THIS + _UNDONE
_LOAD: Final = "ld_dir('{folder}', '{name}*.nq', 'urn:claimgraph:unused'); rdf_loader_run(); checkpoint"
"""A per cent sign would be more usual in the pattern, and isql takes it for something of its own."""


@dataclass
class Bulk:
    """Load by ``ld_dir`` and ``rdf_loader_run``, over isql.

    ``folder`` is written here and read by the server, which knows it by ``seen_as`` and has it among its DirsAllowed.
    """

    address: str
    user: str
    password: str
    folder: Path
    seen_as: str
    program: str
    expected: dict[str, int] = field(default_factory=dict)

    @classmethod
    def of(cls, settings: Settings, address: str, folder: Path, seen_as: str) -> Self:
        """Take the account from the settings.

        Raises:
            UsageError: there is no account or no isql, the folder cannot be written to, or has a quotation mark.
        """
        program = next(filter(None, map(shutil.which, _PROGRAMS)), None)
        if program is None:
            raise UsageError(f"to load in bulk takes the program {_PROGRAMS[0]} of Virtuoso, which is not installed")
        if not settings.engine_user or not settings.engine_password:
            raise UsageError("to load in bulk takes CLAIMGRAPH_ENGINE_USER and CLAIMGRAPH_ENGINE_PASSWORD")
        if not folder.is_dir() or "'" in seen_as:
            raise UsageError(f"there is no folder {folder} that Virtuoso could read")
        return cls(address, settings.engine_user, settings.engine_password.get_secret_value(), folder, seen_as, program)

    def run(self, job: Job) -> int:
        """Write files and have them read; see :class:`claimgraph.publish.load.Load`. The files go in any case."""
        self.expected = dict(sizes(job.dump))
        job.empty()
        name = f"claimgraph{job.version.mark}-"
        words = {"folder": self.seen_as, "name": name}
        undone = _UNDONE if job.goes_on and job.only is None else ""
        self._do(("DELETE " + _OF_THIS + undone).format(**words))
        self._clear(name)
        try:
            sent = self._write(job)
            job.progress("load in bulk", 0, 1)
            self._do(_LOAD.format(**words))
        finally:
            self._clear(name)
        left = _NOT_LOADED.findall(self._do(_LEFT.format(**words)))
        if left:
            raise EngineError(f"Virtuoso did not load all files: {left[0]}")
        return sent

    def _clear(self, name: str) -> None:
        for path in self.folder.glob(f"{name}*.nq"):
            path.unlink()

    def _write(self, job: Job) -> int:
        """Write each triple twice into files: in its graph, and in the one that holds everything."""
        merged, all_ = f" <{job.version.merged}> .\n".encode(), sum(self.expected.values())
        number = size = done = sent = 0
        for portion in job.portions(_PORTION, _LINES):
            job.progress("write files", done, all_)
            graph = f" <{job.version.named(portion.graph)}> .\n".encode()
            text = b"".join(portion.lines.replace(b" .\n", end) for end in (graph, merged))
            with (self.folder / f"claimgraph{job.version.mark}-{number:05}.nq").open("ab") as file:
                file.write(text)
            size, sent, done = size + len(text), sent + portion.count, done + portion.count
            if size > _FILE_BYTES:
                number, size = number + 1, 0
        return sent

    def _do(self, statements: str) -> str:
        """Have Virtuoso execute statements, and return what it says.

        Raises:
            EngineError: it cannot be reached, or refuses them.
        """
        command = [
            self.program,
            self.address,
            self.user,
            self.password,
            "VERBOSE=OFF",
            "BANNER=OFF",
            f"exec={statements};",
        ]
        try:
            done = subprocess.run(command, check=False, capture_output=True, timeout=24 * PATIENCE, text=True)
        except (OSError, subprocess.TimeoutExpired) as error:
            raise EngineError(f"{self.program} cannot be run: {type(error).__name__}") from error
        fault = _ERROR.search(done.stdout + done.stderr)
        if fault or done.returncode:
            raise EngineError(f"Virtuoso refuses: {fault[1] if fault else done.stderr.strip()[:400]}")
        return done.stdout
