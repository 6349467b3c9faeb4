"""The process that looks at the dataset while somebody edits it: each change is checked and built, and told of.

Two processes work side by side: this one builds while another checks, and what was built is published once the check
has found no error. The snapshot that was current stays so until then.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import time
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, field, replace
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from watchfiles import watch

from claimgraph.check import REPORTS, Checked, Finding, check_again, unanswered
from claimgraph.dataset import Layout
from claimgraph.engine.walls import die_with_parent
from claimgraph.errors import ClaimgraphError, FindingsError
from claimgraph.settings import Settings
from claimgraph.snapshot import build, digest_of, read_snapshot
from claimgraph.sources import with_sources

if TYPE_CHECKING:
    from collections.abc import Sequence

_QUIET: Final = 20
"""Milliseconds without a change after which a save is taken to be complete."""
_WAKE: Final = 200
"""Milliseconds after which the watcher looks whether there is anything else to do."""
_AT_MOST: Final = 400
"""Milliseconds for which changes that follow each other closely are gathered."""


@dataclass(frozen=True)
class State:
    """Say how the dataset stands: the digest of what was looked at, what was found, and how long that took.

    ``message`` tells what went wrong beside the findings, ``way`` how the snapshot was made; ``seconds`` run from the
    change to the publication.
    """

    digest: str
    is_good: bool
    findings: Sequence[Finding] = ()
    message: str = ""
    seconds: float = 0.0
    way: str = ""

    def as_json(self) -> str:
        """Write the state as pages read it."""
        told: dict[str, Any] = json.loads(REPORTS["json"](list(self.findings)))
        words = {"digest": self.digest, "good": self.is_good, "message": self.message, "seconds": self.seconds}
        return json.dumps(words | {"findings": told["findings"]})


@dataclass
class Curator:
    """Check and build a dataset whenever it has changed, and write into a file how it stands."""

    root: Path
    file: Path
    settings: Settings
    _said: State | None = None
    _checker: ProcessPoolExecutor = field(init=False)
    _grain: str = field(init=False)

    def __post_init__(self) -> None:
        """Have a process ready that checks."""
        self._checker = _checker()
        self._grain = self.settings.sources or "sample"

    def run(self) -> None:
        """Look at once, say on standard output that it is done, and look again after every change."""
        layout = Layout(self.root, self.settings.base)
        folders = [folder for folder in (layout.ontology, layout.data, layout.queries) if folder.is_dir()]
        is_first = True
        changes = watch(
            *folders, step=_QUIET, debounce=_AT_MOST, rust_timeout=_WAKE, yield_on_timeout=True, raise_interrupt=False
        )
        for changed in changes:
            if changed or is_first:
                self.look()
            if is_first:
                is_first = False
                sys.stdout.write("ready\n")
                sys.stdout.flush()

    def look(self) -> None:
        """Check and build the dataset if it is not as it was."""
        start = time.monotonic()
        try:
            layout = with_sources(Layout(self.root, self.settings.base), self._grain)
            digest = digest_of(layout)
        except ClaimgraphError as error:
            self._tell(State("", is_good=False, message=str(error)))
            return
        if not self._is_settled(digest):
            state = self._build(layout, digest)
            state = replace(state, seconds=round(time.monotonic() - start, 3))
            self._tell(state)
            silent = self._unanswered(layout, digest) if state.is_good else []
            if silent:
                self._tell(replace(state, findings=sorted([*state.findings, *silent])))

    def _is_settled(self, digest: str) -> bool:
        """Tell whether a state was found to be good; one that was not is looked at again.

        Its fault may be that a file changed, and changed back.
        """
        return self._said is not None and self._said.is_good and self._said.digest == digest

    def _build(self, layout: Layout, digest: str) -> State:
        try:
            checking = self._checker.submit(check_again, layout, grain=self._grain, smallest=0)
            approve = partial(_refuse, checking)
            built = build(layout, self.settings.snapshots, self.settings.keep_snapshots, approve=approve, pack=False)
            checked = checking.result()
            why = f"; everything was checked: {checked.whole_because}" if checked.whole_because else ""
            return State(digest, is_good=True, findings=checked.findings, way=f"{built.manifest.way()}{why}")
        except FindingsError:
            return State(digest, is_good=False, findings=checking.result().findings)
        except BrokenProcessPool:
            self._checker = _checker()
            return State(digest, is_good=False, message="the check was ended from outside; save again")
        except (ClaimgraphError, OSError) as error:
            return self._failed(digest, checking, str(error))

    def _unanswered(self, layout: Layout, digest: str) -> list[Finding]:
        """Look which queries find nothing by now; nobody has to wait for that."""
        try:
            return unanswered(layout, read_snapshot(self.settings.snapshots / digest))
        except (ClaimgraphError, OSError) as error:
            sys.stderr.write(f"the queries could not be tried: {error}\n")
            return []

    def _failed(self, digest: str, checking: Future[Checked], reason: str) -> State:
        """Tell of a build that failed: by the findings, where they say why."""
        try:
            found = checking.result().findings
        except (ClaimgraphError, OSError, BrokenProcessPool) as error:
            return State(digest, is_good=False, message=str(error))
        return State(digest, is_good=False, findings=found, message="" if _errors(found) else reason)

    def _tell(self, state: State) -> None:
        """Write a state down for pages; say it in the log where it is another one than was said last."""
        written = self.file.with_suffix(".new")
        written.write_text(state.as_json(), encoding="utf-8")
        written.replace(self.file)
        said, self._said = self._said, replace(state, seconds=0.0)
        if self._said == said:
            return
        lines = [str(finding) for finding in state.findings]
        lines += [state.message] if state.message else []
        lines.append(
            f"checked and built in {state.seconds:.2f} s{state.way}"
            if state.is_good
            else "not published; the last good snapshot stays in service"
        )
        sys.stderr.write("\n".join(lines) + "\n")
        sys.stderr.flush()


def _refuse(checking: Future[Checked]) -> None:
    errors = _errors(checking.result().findings)
    if errors:
        raise FindingsError(errors)


def _errors(findings: Sequence[Finding]) -> list[Finding]:
    return [finding for finding in findings if finding.severity == "error"]


def _checker() -> ProcessPoolExecutor:
    return ProcessPoolExecutor(
        1, mp_context=get_context("spawn"), initializer=_begin, initargs=(signal.SIGKILL, os.getpid())
    )


def _begin(end: signal.Signals, parent: int) -> None:
    """End by a signal when the process that started this one ends, and leave Ctrl-C to that one."""
    die_with_parent(end, parent)
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def main(config: str) -> None:
    """Run a curator until the process that started it ends."""
    words = json.loads(config)
    _begin(signal.SIGTERM, words["parent"])
    Curator(Path(words["root"]), Path(words["file"]), Settings.model_validate(words["settings"])).run()


if __name__ == "__main__":
    main(sys.argv[1])
